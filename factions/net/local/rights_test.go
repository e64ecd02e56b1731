package local_test

import (
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// pass sends descriptors and a byte over fd.
func (x *box) pass(l *proc.LWP, fd int32, fds ...int32) error {
	var f sysent.Frame
	data := usermem.BytesOfSlice(fds)
	control := net.AppendControl(nil, abi.SOL_SOCKET, abi.SCM_RIGHTS, data)
	iov := []abi.Iovec{{Base: f.Pin([]byte("x")), Len: 1}}
	h := abi.Msghdr{
		Iov: f.Pin(usermem.BytesOfSlice(iov)), Iovlen: 1, Control: f.Pin(control), Controllen: uint32(len(control)),
	}
	mem := usermem.Local(usermem.BytesOf(&h), &f)
	_, err := x.SysSendmsg(l, fd, usermem.In[abi.Msghdr]{Mem: mem}, abi.MSG_DONTWAIT)
	return err
}

// receive returns the descriptors that the next message on fd brings.
func (x *box) receive(l *proc.LWP, fd int32) (fds []int32, err error) {
	var f sysent.Frame
	control := make([]byte, 256)
	iov := []abi.Iovec{{Base: f.Pin(make([]byte, 1)), Len: 1}}
	h := abi.Msghdr{
		Iov: f.Pin(usermem.BytesOfSlice(iov)), Iovlen: 1, Control: f.Pin(control), Controllen: uint32(len(control)),
	}
	mem := usermem.Local(usermem.BytesOf(&h), &f)
	if _, err = x.SysRecvmsg(l, fd, usermem.InOut[abi.Msghdr]{Mem: mem}, 0); err != nil || h.Controllen == 0 {
		return nil, err
	}
	_, _, data, _, err := net.NextControl(control[:h.Controllen])
	for ; len(data) >= 4; data = data[4:] {
		fd, _ := net.Int(data[:4])
		fds = append(fds, fd)
	}
	return fds, err
}

// TestNested buries a socket in a socket in a socket, and so on, closes the
// outermost, and looks whether the innermost is closed.
func TestNested(t *testing.T) {
	x := newBox(t)
	probe, inner := x.pair(abi.SOCK_STREAM)
	const depth = 2000
	for range depth {
		a, b := x.pair(abi.SOCK_DGRAM)
		if err := x.pass(x.l, a, inner); err != nil {
			t.Fatal(err)
		}
		x.close(inner)
		x.close(a)
		inner = b
	}
	if _, err := x.recv(x.l, probe, 1, abi.MSG_DONTWAIT); err != abi.EAGAIN {
		t.Fatal("closed too early:", err)
	}
	x.close(inner)
	if s, err := x.recv(x.l, probe, 1, abi.MSG_DONTWAIT); s != "" || err != nil {
		t.Errorf("not closed: %q, %v", s, err)
	}
}

// TestPassing has lwps hand sockets round while others close them: what is
// reachable must stay open.
func TestPassing(t *testing.T) {
	x := newBox(t)
	var wg sync.WaitGroup
	for range 4 {
		a, b := x.pair(abi.SOCK_STREAM)
		l, _ := x.p.NewLWP(true)
		wg.Go(func() {
			for range 100 {
				if !x.round(t, l, a, b) {
					return
				}
			}
		})
		l2, _ := x.p.NewLWP(true)
		wg.Go(func() { // makes garbage
			for range 100 {
				p, q := x.pair(abi.SOCK_STREAM)
				_ = x.pass(l2, p, p, q)
				_ = x.pass(l2, q, q)
				_ = file.Of(l2).Close(l2, p)
				_ = file.Of(l2).Close(l2, q)
			}
		})
	}
	wg.Wait()
}

// round sends a socket that holds another through a and b, with no descriptor
// of either left meanwhile.
func (x *box) round(t *testing.T, l *proc.LWP, a, b int32) bool {
	table := file.Of(l)
	p, q := x.pair(abi.SOCK_STREAM)
	r, s := x.pair(abi.SOCK_STREAM)
	err := x.pass(l, p, s)
	if err == nil {
		err = x.pass(l, a, q)
	}
	_ = table.Close(l, s)
	_ = table.Close(l, q)
	got, err2 := x.receive(l, b)
	if err != nil || err2 != nil || len(got) != 1 {
		t.Errorf("outer: %v, %v, %v", got, err, err2)
		return false
	}
	in, err := x.receive(l, got[0])
	if err != nil || len(in) != 1 {
		t.Errorf("inner: %v, %v", in, err)
		return false
	}
	if n, err := x.send(r, "hi"); n != 2 || err != nil {
		t.Errorf("sent %d, %v", n, err)
	}
	if s, err := x.recv(l, in[0], 2, 0); s != "hi" || err != nil {
		t.Errorf("received %q, %v", s, err)
	}
	for _, fd := range []int32{p, r, got[0], in[0]} {
		_ = table.Close(l, fd)
	}
	return true
}

// TestInFlightAtClose leaves descriptors on their way when the kernel ends;
// newBox closes it, and TestMain looks for what is left.
func TestInFlightAtClose(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.SOCK_STREAM)
	c, _ := x.pair(abi.SOCK_DGRAM)
	for _, err := range []error{x.pass(x.l, a, a, b, c), x.pass(x.l, b, a, b), x.pass(x.l, c, c)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}
