// __sysctl(2).
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysSysctl is __sysctl(2), row 202. The length of the old value is stored
// whatever happens; a buffer too short for it is ENOMEM, with what fits in it.
func (b *Base) SysSysctl(l *proc.LWP, name usermem.InSlice[int32], oldv usermem.OutSized64, newv usermem.InBuf) error {
	room := 0
	if !oldv.Length.IsNil() {
		var err error
		if room, err = oldv.Cap(); err != nil {
			return err
		}
	}
	if name.N < 1 || name.N > abi.CTL_MAXNAME {
		return abi.EINVAL
	}
	var mib [abi.CTL_MAXNAME]int32
	n := int(name.N)
	if err := name.CopyIn(mib[:n]); err != nil {
		return err
	}
	if b.Ktrace.On() {
		b.Ktrace.MIB(l, mib[:n])
	}
	full, err := b.Sysctl.Sysctl(l, mib[:n], oldv.Buf, room, newv)
	if !oldv.Length.IsNil() {
		if e := oldv.Length.Put(uint64(full)); e != nil && err == nil {
			err = e
		}
	}
	if err == nil && !oldv.Buf.IsNil() && full > room {
		err = abi.ENOMEM
	}
	return err
}
