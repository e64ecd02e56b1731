// Records of calls: their beginning, their end, and what handlers tell of.
package ktrace

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// call is a call under way of a traced process.
type call struct {
	// tee sees the data that the call moves; nil when nobody asks for it.
	tee *tee
}

// direct returns the number and the arguments of a call: an indirect one
// stands for the call that it makes.
func direct(num int, f *sysent.Frame) (int, []uint64) {
	args := f.Slot[:]
	if num == sysent.SYS_syscall || num == sysent.SYS___syscall {
		num, args = int(int32(args[0])), args[1:]
	}
	if num < 0 || num >= len(sysent.Rows) {
		return num, nil
	}
	return num, args[:min(int(sysent.Rows[num].NArg), len(args))]
}

// Enter records the beginning of a call, before its handler runs.
func (t *Tracing) Enter(l *proc.LWP, num int, f *sysent.Frame) {
	t.mu.Lock()
	g := t.targets[l.Proc()]
	if g == nil {
		t.mu.Unlock()
		return
	}
	c := new(call)
	t.calls[l] = c
	data := g.facs&abi.KTRFAC_GENIO != 0
	t.mu.Unlock()

	code, args := direct(num, f)
	b := binary.LittleEndian.AppendUint32(nil, uint32(code))
	b = binary.LittleEndian.AppendUint32(b, uint32(8*len(args)))
	t.record(l, abi.KTR_SYSCALL, append(b, usermem.BytesOfSlice(args)...))
	if m, ok := moves(num); ok && data && f.Space != nil {
		c.tee = newTee(f, m)
	}
}

// Exit records the end of a call that Enter recorded the beginning of.
func (t *Tracing) Exit(l *proc.LWP, num int, f *sysent.Frame, err error) {
	t.mu.Lock()
	c := t.calls[l]
	delete(t.calls, l)
	t.mu.Unlock()
	if c == nil {
		return
	}
	if c.tee != nil {
		f.Space = c.tee.Space
	}
	if m, ok := moves(num); ok && err == nil && t.wants(l, abi.KTR_GENIO) {
		t.genio(l, int32(f.Slot[0]), m, c.tee.data(f, m))
	}
	code, _ := direct(num, f)
	ret := abi.KtrSysret{Code: int16(code)}
	if e, ok := err.(abi.Errno); ok {
		ret.Error = int32(e)
	} else {
		ret.Retval, ret.Retval1 = f.Ret[0], f.Ret[1]
	}
	t.record(l, abi.KTR_SYSRET, usermem.BytesOf(&ret))
}

// Namei records a path that l looks up.
func (t *Tracing) Namei(l *proc.LWP, path string) {
	t.record(l, abi.KTR_NAMEI, usermem.BytesOfString(path))
}

// MIB records a name that l gives sysctl(3).
func (t *Tracing) MIB(l *proc.LWP, name []int32) {
	t.record(l, abi.KTR_MIB, usermem.BytesOfSlice(name))
}

// Switch records that l goes to sleep, or has woken.
func (t *Tracing) Switch(l *proc.LWP, out bool) {
	if !t.On() {
		return
	}
	var c abi.KtrCsw
	if out {
		c.Out = 1
	}
	t.note(l.Proc(), l.ID(), abi.KTR_CSW, usermem.BytesOf(&c))
}

// signalled records a signal to a process. What becomes of it the kernel does
// not know: it tells of the default action.
func (t *Tracing) signalled(p *proc.Proc, sig int32) {
	if t.On() {
		k := abi.KtrPsig{Signo: sig}
		t.note(p, 0, abi.KTR_PSIG, usermem.BytesOf(&k))
	}
}

// execed records that l's process runs a new program: its name, which is all
// that the kernel knows of its arguments, and the emulation once more.
func (t *Tracing) execed(l *proc.LWP) {
	if !t.On() {
		return
	}
	t.note(l.Proc(), l.ID(), abi.KTR_EXEC_ARG, usermem.BytesOfString(l.Proc().Name()))
	t.mu.Lock()
	defer t.mu.Unlock()
	if g := t.targets[l.Proc()]; g != nil {
		g.emul = g.facs&abi.KTRFAC_EMUL != 0
	}
}

// User is utrace(2): a record of l's own. A label that is no string, or too
// long, is empty. ENOSPC for too much data, EFAULT for data that are not there,
// which leave a record all the same.
func (t *Tracing) User(l *proc.LWP, label usermem.String, addr usermem.InBuf) error {
	if !t.On() || !t.wants(l, abi.KTR_USER) {
		return nil
	}
	if addr.Len() > abi.KTR_USER_MAXLEN {
		return abi.ENOSPC
	}
	var u abi.KtrUser
	if s, err := label.Get(len(u.Id)); err == nil {
		copy(u.Id[:], s)
	}
	data := make([]byte, max(addr.Len(), 0))
	err := addr.CopyIn(data)
	if err != nil {
		clear(data)
	}
	t.record(l, abi.KTR_USER, u.Id[:], data)
	return err
}
