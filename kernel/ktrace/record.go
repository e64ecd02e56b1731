// Records: their heads, and how they come into the queue.
package ktrace

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// emulation is the name that KTR_EMUL records tell.
const emulation = "netbsd"

// wants reports whether records of a type are made of what l does.
func (t *Tracing) wants(l *proc.LWP, typ int16) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.targets[l.Proc()]
	return g != nil && g.facs&(1<<typ) != 0
}

// record makes a record of a type, if l's process is traced for that: body is
// what follows the head, in pieces. When much waits to be written it waits,
// too, but not for long.
func (t *Tracing) record(l *proc.LWP, typ int16, body ...[]byte) {
	p := l.Proc()
	name := p.Name()
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.enqueue(p, name, l.ID(), typ, body...); s != nil {
		t.await(l, s)
	}
}

// note is record that does not wait, of something that happens to a process
// at lwp lid: its caller may hold any lock but t.mu and the process's.
func (t *Tracing) note(p *proc.Proc, lid int32, typ int16, body ...[]byte) {
	name := p.Name()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.enqueue(p, name, lid, typ, body...)
}

// enqueue queues a record, and one of KTR_EMUL before it when that is due. It
// returns the session, nil when p is not traced for the type. Preconditions:
// t.mu is held.
func (t *Tracing) enqueue(p *proc.Proc, name string, lid int32, typ int16, body ...[]byte) *session {
	g := t.targets[p]
	if g == nil || g.facs&(1<<typ) == 0 {
		return nil
	}
	h := header{lid: lid, pid: p.Pid, comm: name, now: t.conf.Now()}
	h.version = int16(g.facs & abi.KTRFAC_VER_MASK >> abi.KTRFAC_VER_SHIFT)
	if g.emul {
		g.emul = false
		g.s.put(h, abi.KTR_EMUL, []byte(emulation))
	}
	g.s.put(h, typ, body...)
	return g.s
}

// await lets the writer catch up. Preconditions: t.mu is held.
func (t *Tracing) await(l *proc.LWP, s *session) {
	for len(s.queue) > maxQueue/2 && !s.slow {
		if g := t.targets[l.Proc()]; g == nil || g.s != s {
			return
		}
		if err := s.drained.Wait(l, &t.mu, patience); err != nil {
			s.slow = s.slow || err == abi.EWOULDBLOCK
			return
		}
	}
}

// header is what a record's head tells of who made it.
type header struct {
	pid, lid int32
	comm     string
	now      int64 // wall clock, nanoseconds
	version  int16
}

// put appends a record to the queue, or counts it as lost. Preconditions:
// Tracing.mu is held.
func (s *session) put(h header, typ int16, body ...[]byte) {
	size := 0
	for _, b := range body {
		size += len(b)
	}
	k := h.head(typ, size)
	head := usermem.BytesOf(&k)
	if len(s.queue)+len(head)+size > maxQueue {
		s.lost++
		return
	}
	s.queue = append(s.queue, head...)
	for _, b := range body {
		s.queue = append(s.queue, b...)
	}
	s.more.Signal()
}

// head returns the struct ktr_header of a record of size bytes. Version 0 has
// microseconds and no lwp, version 1 a time of 32 bits.
func (h header) head(typ int16, size int) abi.KtrHeader {
	k := abi.KtrHeader{Len: int32(size), Type: typ, Version: h.version, Pid: h.pid, Lid: h.lid}
	copy(k.Comm[:len(k.Comm)-1], h.comm)
	k.Ts = abi.Timespec{Sec: h.now / 1e9, Nsec: h.now % 1e9}
	switch h.version {
	case 0:
		k.Ts = abi.Timespec{Sec: int64(uint32(k.Ts.Sec)), Nsec: k.Ts.Nsec / 1000}
		k.Lid = 0
	case 1:
		k.Ts.Sec = int64(uint32(k.Ts.Sec))
	}
	return k
}
