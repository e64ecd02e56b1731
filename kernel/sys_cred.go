// Calls on credentials: the user and the groups a process acts as.
package kernel

import (
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysGetuidWithEuid is getuid(2), row 24: the second result is the effective one.
func (b *Base) SysGetuidWithEuid(l *proc.LWP) (uint32, uint32, error) {
	c := l.Cred()
	return c.Ruid, c.Euid, nil
}

// SysGeteuid is geteuid(2), row 25.
func (b *Base) SysGeteuid(l *proc.LWP) (uint32, error) { return l.Cred().Euid, nil }

// SysGetgidWithEgid is getgid(2), row 47: the second result is the effective one.
func (b *Base) SysGetgidWithEgid(l *proc.LWP) (uint32, uint32, error) {
	c := l.Cred()
	return c.Rgid, c.Egid, nil
}

// SysGetegid is getegid(2), row 43.
func (b *Base) SysGetegid(l *proc.LWP) (uint32, error) { return l.Cred().Egid, nil }

// keep leaves an id as it is.
const keep = ^uint32(0)

// from says which of the old ids a new one may be without the rights of root.
type from uint8

const (
	fromReal from = 1 << iota
	fromEffective
	fromSaved
	fromAny = fromReal | fromEffective | fromSaved
)

// ids is one change of real, effective and saved ids.
type ids struct {
	r, e, s             uint32
	rFrom, eFrom, sFrom from
}

// permitted reports whether the change is allowed without being root.
func (c ids) permitted(r, e, s uint32) bool {
	ok := func(id uint32, of from) bool {
		return id == keep || of&fromReal != 0 && id == r ||
			of&fromEffective != 0 && id == e || of&fromSaved != 0 && id == s
	}
	return ok(c.r, c.rFrom) && ok(c.e, c.eFrom) && ok(c.s, c.sFrom)
}

func replace(old *uint32, id uint32) {
	if id != keep {
		*old = id
	}
}

// setUIDs changes the user ids of l's process: EPERM when it may not.
func setUIDs(l *proc.LWP, c ids) error {
	old := l.Cred()
	if !old.IsRoot() && !c.permitted(old.Ruid, old.Euid, old.Svuid) {
		return abi.EPERM
	}
	n := old.Clone()
	replace(&n.Ruid, c.r)
	replace(&n.Euid, c.e)
	replace(&n.Svuid, c.s)
	return become(l, old, n)
}

// setGIDs changes the group ids of l's process.
func setGIDs(l *proc.LWP, c ids) error {
	old := l.Cred()
	if !old.IsRoot() && !c.permitted(old.Rgid, old.Egid, old.Svgid) {
		return abi.EPERM
	}
	n := old.Clone()
	replace(&n.Rgid, c.r)
	replace(&n.Egid, c.e)
	replace(&n.Svgid, c.s)
	return become(l, old, n)
}

// become gives l's process new credentials, if they are.
func become(l *proc.LWP, old, n *cred.Cred) error {
	same := old.Ruid == n.Ruid && old.Euid == n.Euid && old.Svuid == n.Svuid &&
		old.Rgid == n.Rgid && old.Egid == n.Egid && old.Svgid == n.Svgid
	if !same {
		l.Proc().SetCred(n, true)
	}
	return nil
}

// SysSetuid is setuid(2), row 23: all three ids.
func (b *Base) SysSetuid(l *proc.LWP, uid uint32) error {
	return setUIDs(l, ids{uid, uid, uid, fromReal, fromReal, fromReal})
}

// SysSeteuid is seteuid(2), row 183.
func (b *Base) SysSeteuid(l *proc.LWP, euid uint32) error {
	return setUIDs(l, ids{keep, euid, keep, 0, fromReal | fromSaved, 0})
}

// SysSetreuid is setreuid(2), row 126. The saved id follows the effective one
// when either id is set.
func (b *Base) SysSetreuid(l *proc.LWP, ruid, euid uint32) error {
	c := l.Cred()
	saved := keep
	if euid != keep {
		saved = euid
	} else if ruid != keep {
		saved = c.Euid
	}
	return setUIDs(l, ids{ruid, euid, saved, fromReal | fromEffective, fromAny, fromAny})
}

// SysSetgid is setgid(2), row 181: all three ids.
func (b *Base) SysSetgid(l *proc.LWP, gid uint32) error {
	return setGIDs(l, ids{gid, gid, gid, fromReal, fromReal, fromReal})
}

// SysSetegid is setegid(2), row 182.
func (b *Base) SysSetegid(l *proc.LWP, egid uint32) error {
	return setGIDs(l, ids{keep, egid, keep, 0, fromReal | fromSaved, 0})
}

// SysSetregid is setregid(2), row 127.
func (b *Base) SysSetregid(l *proc.LWP, rgid, egid uint32) error {
	c := l.Cred()
	saved := keep
	if egid != keep {
		saved = egid
	} else if rgid != keep {
		saved = c.Egid
	}
	return setGIDs(l, ids{rgid, egid, saved, fromReal | fromEffective, fromAny, fromAny})
}

// SysGetgroups is getgroups(2), row 79: the number of groups; without room,
// only that.
func (b *Base) SysGetgroups(l *proc.LWP, gidset usermem.OutSlice[uint32]) (int32, error) {
	groups := l.Cred().Groups
	n := int32(len(groups))
	if gidset.N == 0 {
		return n, nil
	}
	if int32(gidset.N) < n {
		return 0, abi.EINVAL
	}
	return n, gidset.Store(0, groups)
}

// SysSetgroups is setgroups(2), row 80: root only, at most NGROUPS.
func (b *Base) SysSetgroups(l *proc.LWP, gidset usermem.InSlice[uint32]) error {
	groups, err := gidset.Load(cred.MaxGroups, abi.EINVAL)
	if err != nil {
		return err
	}
	c := l.Cred()
	if !c.IsRoot() {
		return abi.EPERM
	}
	n := c.Clone()
	n.Groups = slices.Clone(groups)
	l.Proc().SetCred(n, true)
	return nil
}
