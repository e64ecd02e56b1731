// reboot(2).
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxBootstr bounds the string that RB_STRING says is given.
const maxBootstr = 64

// SysReboot is reboot(2), row 208: root only. The caller gets its answer, then
// the kernel ends.
func (b *Base) SysReboot(l *proc.LWP, opt int32, bootstr usermem.String) error {
	if !l.Cred().IsRoot() {
		return abi.EPERM
	}
	if opt&abi.RB_STRING != 0 {
		if _, err := bootstr.Get(maxBootstr); err != nil {
			return err
		}
	}
	l.OnReply(func() { b.spawn(func() { b.Shutdown(opt) }) })
	return nil
}
