// Nodes of the services of the base: pipes, user accounting, statistics.
package kernel

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// sysctlUser makes kern.uidinfo: what the caller's user has.
func (b *Base) sysctlUser(kern *sysctl.Node) {
	n := kern.Node(sysctl.Auto, "uidinfo", "Resource usage per uid")
	for _, s := range [...]struct {
		name, desc string
		count      func(p *proc.Proc) int
	}{
		{"proccnt", "Number of processes for the current user", func(*proc.Proc) int { return 1 }},
		{"lwpcnt", "Number of lwps for the current user", (*proc.Proc).NumLWPs},
	} {
		n.Add(sysctl.Spec{
			Num: sysctl.Auto, Name: s.name, Desc: s.desc, Type: abi.CTLTYPE_QUAD, Size: 8,
			Get: func(l *proc.LWP) ([]byte, error) {
				uid, sum := l.Cred().Ruid, 0
				for _, p := range b.Procs.All() {
					if p.Cred().Ruid == uid {
						sum += s.count(p)
					}
				}
				return binary.LittleEndian.AppendUint64(nil, uint64(sum)), nil
			},
		})
	}
}

// sysctlStats makes the nodes of statistics that tools expect and that are
// empty: there are no disks in the base.
func (b *Base) sysctlStats(hw *sysctl.Node) {
	none := func(*proc.LWP) ([]byte, error) { return nil, nil }
	hw.ConstString(abi.HW_DISKNAMES, "disknames", "List of disk drives present", "")
	hw.Struct(abi.HW_IOSTATS, "iostats", "System disk statistics", 0, none)
	hw.ConstString(abi.HW_IOSTATNAMES, "iostatnames", "List of devices with statistics", "")
}
