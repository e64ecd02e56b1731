// kern.uidinfo: what the caller's user has, all its processes together.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

func (b *Base) sysctlUser(kern *sysctl.Node) {
	n := kern.Node(sysctl.Auto, "uidinfo", "Resource usage per uid")
	charged := func(r proc.Resource) func(uint32) int64 {
		return func(uid uint32) int64 { return b.Procs.Charged(uid, r) }
	}
	for _, s := range [...]struct {
		name, desc string
		count      func(uid uint32) int64
	}{
		{"proccnt", "Number of processes for the current user", charged(proc.UserProcs)},
		{"lwpcnt", "Number of lwps for the current user", b.lwpsOf},
		{"lockcnt", "Number of locks for the current user", charged(proc.UserLocks)},
		{"sbsize", "Socket buffers used for the current user", charged(proc.UserSockbufs)},
	} {
		n.Add(sysctl.Spec{
			Num: sysctl.Auto, Name: s.name, Desc: s.desc, Type: abi.CTLTYPE_QUAD, Size: 8,
			Get: func(l *proc.LWP) ([]byte, error) { return le64(uint64(s.count(l.Cred().Ruid))), nil },
		})
	}
	n.Loose()
}

// lwpsOf counts the lwps of all processes of a real user.
func (b *Base) lwpsOf(uid uint32) int64 {
	sum := 0
	for _, p := range b.Procs.All() {
		if p.Cred().Ruid == uid {
			sum += p.NumLWPs()
		}
	}
	return int64(sum)
}
