// The console pseudo file: what stands on descriptors 0 to 2 of pid 1 and of
// its fresh children.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// openConsole puts one console file on descriptors 0, 1 and 2 of a new table.
func (b *Base) openConsole(t *file.Table) {
	f := file.New((*console)(b), file.KindMisc, nil, file.FWRITE)
	t.Preset(f, f, f)
}

// console is the operations of console files: write only, always ready.
type console Base

func (c *console) Read(*proc.LWP, *file.File, []byte) (int, error) { return 0, abi.ENXIO }

func (c *console) Write(_ *proc.LWP, _ *file.File, p []byte) (int, error) {
	c.Host.ConsoleWrite(p)
	return len(p), nil
}

// Ioctl knows TIOCGETA only, so that isatty(3) is true.
func (c *console) Ioctl(_ *proc.LWP, _ *file.File, cmd uint32, arg *file.Arg) error {
	if cmd != abi.TIOCGETA {
		return abi.ENOTTY
	}
	clear(arg.Data)
	return nil
}

func (c *console) Poll(_ *file.File, events event.Mask) event.Mask {
	return events & (abi.POLLOUT | abi.POLLWRNORM | abi.POLLWRBAND)
}

func (c *console) Events(*file.File) *event.Queue { return nil }

// Stat shows a character device; all times are the boot time.
func (c *console) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error {
	boot := Timespec((*Base)(c).BootTime())
	*st = abi.Stat{
		Mode: abi.S_IFCHR | 0o600,
		Atim: boot, Mtim: boot, Ctim: boot, Birthtim: boot,
	}
	return nil
}

func (c *console) Close(*proc.LWP, *file.File) error { return nil }
