// Package cred is credentials and the suser security model: user 0 may do
// anything, everybody else what owner, group and mode allow.
package cred

import "slices"

// MaxGroups is NGROUPS_MAX: the most supplementary groups.
const MaxGroups = 16

// Cred is a set of credentials. It never changes once it is in use: a change
// makes a new one.
type Cred struct {
	Ruid, Euid, Svuid uint32
	Rgid, Egid, Svgid uint32
	// Groups are the supplementary groups.
	Groups []uint32
}

// Root returns the credentials of pid 0: user and group 0.
func Root() *Cred { return &Cred{} }

// Clone returns a copy to change.
func (c *Cred) Clone() *Cred {
	n := *c
	n.Groups = slices.Clone(c.Groups)
	return &n
}

// IsRoot reports the rights of the superuser.
func (c *Cred) IsRoot() bool { return c.Euid == 0 }

// InGroup reports whether gid is the effective or a supplementary group.
func (c *Cred) InGroup(gid uint32) bool {
	return c.Egid == gid || slices.Contains(c.Groups, gid)
}

// CanSignal reports whether a process with c may signal one with o.
func (c *Cred) CanSignal(o *Cred) bool {
	return c.IsRoot() || c.Ruid == o.Ruid || c.Euid == o.Ruid || c.Ruid == o.Svuid || c.Euid == o.Svuid
}

// New returns the credentials of a user: the ids given, as real, effective and
// saved ones, and at most MaxGroups supplementary groups. Nothing is to be
// given back.
func New(uid, gid uint32, groups ...uint32) *Cred {
	groups = groups[:min(len(groups), MaxGroups)]
	return &Cred{
		Ruid: uid, Euid: uid, Svuid: uid, Rgid: gid, Egid: gid, Svgid: gid,
		Groups: slices.Clone(groups),
	}
}
