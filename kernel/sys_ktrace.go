// Kernel tracing: fktrace(2) and utrace(2). ktrace(2) needs names, and so is
// served by the file-system faction.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/ktrace"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ktraceSetup makes the tracing of a kernel that boots, for nobody yet.
func (b *Base) ktraceSetup() {
	var tracer Tracer
	b.Ktrace = ktrace.New(ktrace.Config{
		Procs: b.Procs, Mem: b.Mem, Now: b.Now, Go: b.Go, Log: b.Printf,
		Yield: b.yield,
		Active: func(on bool) {
			if on {
				b.AddTracer(&tracer)
			} else {
				b.RemoveTracer(&tracer)
			}
		},
	})
	tracer = Tracer{Enter: b.Ktrace.Enter, Exit: b.Ktrace.Exit, Switch: b.Ktrace.Switch}
}

// SysFktrace is fktrace(2), row 288: records go to an open file, which must be
// open for writing (EBADF). Other errors are those of ktrace.Tracing.Set.
func (b *Base) SysFktrace(l *proc.LWP, fd, ops, facs, pid int32) error {
	f, err := file.Get(l, fd)
	if err != nil {
		return err
	}
	if f.Writable() {
		err = b.Ktrace.Set(l, f, uint32(ops), uint32(facs), pid)
	} else {
		err = abi.EBADF
	}
	_ = f.Drop(l)
	return err
}

// SysUtrace is utrace(2), row 306: ENOSPC for more than KTR_USER_MAXLEN bytes,
// if anybody traces them.
func (b *Base) SysUtrace(l *proc.LWP, label usermem.String, addr usermem.InBuf) error {
	return b.Ktrace.User(l, label, addr)
}
