// Fork, exec, and the end of clients.
package sysproxy_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// prefork parks a copy of the process and returns its cookie.
func (p *peer) prefork(reqno uint64) string {
	p.t.Helper()
	p.send(frame(sp.Header{Type: sp.Prefork, Reqno: reqno}, ""))
	h, b := p.next()
	if h != (sp.Header{Len: 40, Class: sp.Resp, Type: sp.Prefork, Reqno: reqno}) {
		p.t.Fatalf("prefork: %+v %x", h, b)
	}
	return string(b)
}

func redeem(p *peer, cookie string, cancel byte) {
	p.send(frame(sp.Header{U: sp.Fork}, cookie+string([]byte{cancel, 0, 0, 0})))
}

func pidOf(p *peer) (pid, ppid int64) {
	p.send(call(77, 20))
	_, pid, ppid = p.result(77)
	return pid, ppid
}

func TestFork(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p := w.guest()
	p.send(call(2, 42))
	p.result(2)
	before := w.k.Procs.Len()
	cookie := p.prefork(3)
	pid, _ := pidOf(p)

	child := w.dial()
	redeem(child, cookie, 0)
	child.expect(sp.Header{Class: sp.Resp}, "\x00\x00\x00\x00")
	cpid, cppid := pidOf(child)
	if cpid == pid || cppid != 1 {
		t.Errorf("child %d of %d, parent %d", cpid, cppid, pid)
	}
	if got := w.k.Procs.Len(); got != before+1 {
		t.Errorf("%d processes, want %d: the parked one is gone", got, before+1)
	}
	child.send(call(4, 6, 4)) // the child has the descriptors, as a copy
	if e, _, _ := child.result(4); e != 0 {
		t.Errorf("close in the child: errno %d", e)
	}
	p.send(call(5, 6, 4))
	if e, _, _ := p.result(5); e != 0 {
		t.Errorf("close in the parent: errno %d", e)
	}

	again := w.dial()
	redeem(again, cookie, 0)
	again.expect(sp.Header{Class: sp.Err, U: sp.BadCookie}, "")
	again.expectEOF()
}

func TestForkOutlivesItsParent(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p := w.guest()
	cookie := p.prefork(1)
	p.Close()
	eventually(t, "the parent is gone", func() bool { return w.s.Clients() == 0 })
	child := w.dial()
	redeem(child, cookie, 0)
	child.expect(sp.Header{Class: sp.Resp}, "\x00\x00\x00\x00")
}

func TestCancelledFork(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p := w.guest()
	before := w.k.Procs.Len()
	cookie := p.prefork(1)
	child := w.dial()
	redeem(child, cookie, 1)
	child.expectEOF()
	eventually(t, "the parked process is gone", func() bool { return w.k.Procs.Len() == before })
}

func TestForksAreBounded(t *testing.T) {
	w := boot(t, sysproxy.Options{MaxParked: 5, MaxParkedEach: 3, ParkTime: 30 * time.Millisecond})
	p, q := w.guest(), w.guest()
	before := w.k.Procs.Len()
	for i := range 3 {
		p.prefork(uint64(i))
	}
	p.send(frame(sp.Header{Type: sp.Prefork, Reqno: 9}, ""))
	p.expect(sp.Header{Class: sp.Err, U: sp.NoMem, Reqno: 9}, "")
	q.prefork(1)
	q.prefork(2)
	q.send(frame(sp.Header{Type: sp.Prefork, Reqno: 9}, ""))
	q.expect(sp.Header{Class: sp.Err, U: sp.NoMem, Reqno: 9}, "")
	eventually(t, "forks that nobody redeems expire", func() bool { return w.k.Procs.Len() == before })
	p.prefork(10)
}

func TestExecEndsCallsAndKeepsTheRest(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p := w.guest()
	p.send(call(1, 42))
	p.result(1)
	p.send(call(2, 92, 4, abi.F_SETFD, abi.FD_CLOEXEC))
	p.result(2)
	pid, _ := pidOf(p)
	p.send(call(3, 3, 3, 0x1000, 10)) // a read that blocks
	proc := w.k.Procs.Find(int32(pid))
	eventually(t, "the read sleeps", func() bool { return sleeps(w, pid) })
	p.send(frame(sp.Header{U: sp.Exec, Reqno: 4}, "newprog\x00"))
	if e, _, _ := p.result(3); abi.Errno(e) != abi.EINTR {
		t.Errorf("blocked read: errno %d", e)
	}
	p.expect(sp.Header{Class: sp.Resp, Reqno: 4}, "\x00\x00\x00\x00")
	if proc.Name() != "newprog" {
		t.Errorf("called %q", proc.Name())
	}
	p.send(call(5, 6, 4)) // was close-on-exec
	if e, _, _ := p.result(5); abi.Errno(e) != abi.EBADF {
		t.Errorf("close-on-exec descriptor: errno %d", e)
	}
	p.send(call(6, 6, 3))
	if e, _, _ := p.result(6); e != 0 {
		t.Errorf("other descriptor: errno %d", e)
	}
	if now, _ := pidOf(p); now != pid {
		t.Errorf("pid %d became %d", pid, now)
	}
}

// sleeps reports whether an lwp of the process sleeps.
func sleeps(w *world, pid int64) bool {
	for _, l := range w.k.Procs.Find(int32(pid)).LWPs() {
		if l.Asleep() >= 0 {
			return true
		}
	}
	return false
}

func TestDeathInABlockedCall(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	before := w.k.Procs.Len()
	p, other := w.guest(), w.guest()
	p.send(call(1, 42))
	p.result(1)
	for i := range 10 {
		p.send(call(uint64(2+i), 3, 3, 0x1000, 10))
	}
	pid, _ := pidOf(p)
	eventually(t, "a read sleeps", func() bool { return sleeps(w, pid) })
	p.Close()
	eventually(t, "the process is gone", func() bool { return w.k.Procs.Len() == before+1 })
	pidOf(other)
}

// A client may die while the kernel waits for its memory.
func TestDeathInACopy(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	before := w.k.Procs.Len()
	p := w.guest()
	for i := range 5 {
		p.send(call(uint64(i), 4, 1, 0x1000, 3))
		p.next()
	}
	p.Close()
	eventually(t, "the process is gone", func() bool { return w.k.Procs.Len() == before })
}

func TestRebootAnswersFirst(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p, other := w.guest(), w.guest()
	p.send(call(1, 208, 0, 0))
	if e, _, _ := p.result(1); e != 0 {
		t.Errorf("errno %d", e)
	}
	p.expectEOF()
	other.expectEOF()
	select {
	case <-w.done:
	case <-time.After(5 * time.Second):
		t.Error("the server still serves")
	}
}

func TestCloseAnswersBlockedCalls(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p := w.guest()
	p.send(call(1, 42))
	p.result(1)
	p.send(call(2, 3, 3, 0x1000, 10))
	pid, _ := pidOf(p)
	eventually(t, "the read sleeps", func() bool { return sleeps(w, pid) })
	w.s.Close()
	if e, _, _ := p.result(2); abi.Errno(e) != abi.EINTR {
		t.Errorf("errno %d", e)
	}
	p.expectEOF()
}

// A call that waits for the client's memory when the server ends is not
// answered: EFAULT would be the client's fault.
func TestCloseInACopy(t *testing.T) {
	w := boot(t, sysproxy.Options{})
	p := w.guest()
	for i := range 2 { // the reader asks, and a worker beside it
		p.send(call(uint64(i), 4, 1, 0x1000, 3))
		p.next()
	}
	w.s.Close()
	p.expectEOF()
}
