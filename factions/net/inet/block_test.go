package inet_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// await waits until one of the events is set, as poll(2) would.
func (x *box) await(fd int32, events int16) {
	x.t.Helper()
	f := x.file(fd)
	told := make(chan struct{}, 1)
	e := event.NewEntry(events, func(event.Mask) {
		select {
		case told <- struct{}{}:
		default:
		}
	})
	q := f.Ops.Events(f)
	q.Add(e)
	defer q.Remove(e)
	for f.Ops.Poll(f, events) == 0 {
		select {
		case <-told:
		case <-time.After(5 * time.Second):
			x.t.Fatal("never ready")
		}
	}
}

func TestPoll(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.AF_INET)
	const both = abi.POLLIN | abi.POLLOUT
	if got := x.poll(b); got != abi.POLLOUT {
		t.Errorf("idle: %#x", got)
	}
	x.send(a, "12345")
	x.await(b, abi.POLLIN)
	if got := x.poll(b); got != both {
		t.Errorf("data: %#x", got)
	}
	x.want(x.setOpt(b, abi.SOL_SOCKET, abi.SO_RCVLOWAT, 6), nil)
	if got := x.poll(b); got != abi.POLLOUT {
		t.Errorf("data below the low-water mark: %#x", got)
	}
	x.close(a)
	x.await(b, abi.POLLIN)
	if got := x.recv(b, 0); got != "12345" {
		t.Errorf("received %q", got)
	}
	if got := x.poll(b); got != both {
		t.Errorf("end: %#x", got)
	}
	f := x.file(b)
	if got := f.Ops.Poll(f, abi.POLLRDNORM|abi.POLLPRI|abi.POLLHUP); got != abi.POLLRDNORM {
		t.Errorf("end, other events: %#x", got)
	}
}

func TestSendFills(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.AF_INET)
	x.want(x.setOpt(a, abi.SOL_SOCKET, abi.SO_SNDBUF, 16384), nil)
	x.want(x.setOpt(b, abi.SOL_SOCKET, abi.SO_RCVBUF, 16384), nil)
	big := make([]byte, 4<<20)
	n, err := x.SysSendto(x.l, a, in(big), abi.MSG_DONTWAIT, usermem.InBuf{})
	if err != nil || n == 0 || n == len(big) {
		t.Fatalf("sent %d, %v", n, err)
	}
	for {
		k, err := x.SysSendto(x.l, a, in(big), abi.MSG_DONTWAIT, usermem.InBuf{})
		if err != nil {
			x.want(err, abi.EAGAIN)
			break
		}
		n += k
	}
	x.want(x.setTime(a, abi.SO_SNDTIMEO, 50*time.Millisecond), nil)
	for err = nil; err == nil; {
		k := 0
		k, err = x.SysSendto(x.l, a, in(big), 0, usermem.InBuf{})
		n += k
	}
	x.want(err, abi.EAGAIN)
	done := make(chan int, 1)
	x.want(x.setTime(a, abi.SO_SNDTIMEO, 0), nil)
	l := x.thread()
	go func() {
		k, _ := x.SysSendto(l, a, in(make([]byte, 100000)), 0, usermem.InBuf{})
		done <- k
	}()
	got := 0
	for got < n+100000 {
		k, err := x.SysRecvfrom(x.l, b, out(big), 0, nobody)
		x.ok(err)
		got += k
	}
	if k := <-done; k != 100000 {
		t.Errorf("a blocked send sent %d", k)
	}
}

func TestReceiveTimeout(t *testing.T) {
	x := newBox(t)
	_, b := x.pair(abi.AF_INET)
	x.want(x.setTime(b, abi.SO_RCVTIMEO, 30*time.Millisecond), nil)
	start := time.Now()
	_, err := x.SysRecvfrom(x.l, b, out(make([]byte, 9)), 0, nobody)
	x.want(err, abi.EAGAIN)
	if d := time.Since(start); d < 30*time.Millisecond {
		t.Errorf("returned after %v", d)
	}
}

func TestWaitAll(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.AF_INET)
	done := make(chan string, 1)
	l := x.thread()
	go func() {
		buf := make([]byte, 6)
		n, _ := x.SysRecvfrom(l, b, out(buf), abi.MSG_WAITALL, nobody)
		done <- string(buf[:n])
	}()
	for _, s := range []string{"ab", "cd", "ef"} {
		time.Sleep(time.Millisecond)
		x.send(a, s)
	}
	if got := <-done; got != "abcdef" {
		t.Errorf("received %q", got)
	}
	x.send(a, "peek")
	x.await(b, abi.POLLIN)
	for range 2 {
		if got := x.recv(b, abi.MSG_PEEK); got != "peek" {
			t.Errorf("peeked %q", got)
		}
	}
	x.ok(x.SysShutdown(x.l, a, abi.SHUT_WR))
	buf := make([]byte, 10)
	n, err := x.SysRecvfrom(x.l, b, out(buf), abi.MSG_WAITALL, nobody)
	if err != nil || string(buf[:n]) != "peek" {
		t.Errorf("at the end: %q, %v", buf[:n], err)
	}
}

// TestInterrupted ends a process while its lwps are blocked in every way.
func TestInterrupted(t *testing.T) {
	x := newBox(t)
	lfd, _ := x.listener(abi.AF_INET)
	a, _ := x.pair(abi.AF_INET)
	_, b := x.pair(abi.AF_INET)
	udp := x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	sender := x.thread()
	calls := map[string]func() error{
		"accept": func() error { _, err := x.SysAccept(x.thread(), lfd, nobody); return err },
		"recv": func() error {
			_, err := x.SysRecvfrom(x.thread(), b, out(make([]byte, 9)), 0, nobody)
			return err
		},
		"recv datagram": func() error {
			_, err := x.SysRecvfrom(x.thread(), udp, out(make([]byte, 9)), 0, nobody)
			return err
		},
		"send": func() error {
			var err error
			for err == nil {
				_, err = x.SysSendto(sender, a, in(make([]byte, 1<<20)), 0, usermem.InBuf{})
				if sender.Quitting() { // no call would get this far
					return abi.EINTR
				}
			}
			return err
		},
	}
	got := make(chan error, len(calls))
	for _, call := range calls {
		go func() { got <- call() }()
	}
	time.Sleep(30 * time.Millisecond)
	x.b.Procs.Kill(x.b.BootLWP(), x.p)
	for range calls {
		select {
		case err := <-got:
			if err != abi.EINTR {
				t.Errorf("got %v", err)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("still blocked")
		}
	}
}

// TestCloseUnblocks closes descriptors that other lwps are blocked on. One
// that another process has goes on working there.
func TestCloseUnblocks(t *testing.T) {
	x := newBox(t)
	lfd, _ := x.listener(abi.AF_INET)
	a, b := x.pair(abi.AF_INET)
	child, err := x.b.Procs.Rfork(x.p, proc.FDCopy, "child")
	x.ok(err)
	cl, err := child.NewLWP(true)
	x.ok(err)
	got := make(chan error, 2)
	inChild := make(chan error, 1)
	go func() { _, err := x.SysAccept(x.thread(), lfd, nobody); got <- err }()
	go func() {
		_, err := x.SysRecvfrom(x.thread(), b, out(make([]byte, 9)), 0, nobody)
		got <- err
	}()
	go func() {
		_, err := x.SysRecvfrom(cl, b, out(make([]byte, 9)), 0, nobody)
		inChild <- err
	}()
	time.Sleep(20 * time.Millisecond)
	x.close(lfd)
	x.close(b)
	for range 2 {
		select {
		case err := <-got:
			x.want(err, abi.EBADF)
		case <-time.After(5 * time.Second):
			t.Fatal("still blocked")
		}
	}
	x.send(a, "hello")
	x.ok(<-inChild)
}

func TestLinger(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.AF_INET)
	x.ok(x.setBytes(a, abi.SO_LINGER, []byte{1, 0, 0, 0, 0, 0, 0, 0}))
	x.close(a)
	_, err := x.SysRecvfrom(x.l, b, out(make([]byte, 9)), 0, nobody)
	x.want(err, abi.ECONNRESET)

	a, b = x.pair(abi.AF_INET)
	x.ok(x.setBytes(a, abi.SO_LINGER, []byte{1, 0, 0, 0, 5, 0, 0, 0}))
	x.send(a, "bye")
	start := time.Now()
	x.close(a)
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("close took %v", d)
	}
	if got := x.recv(b, 0); got != "bye" {
		t.Errorf("received %q", got)
	}
}

func TestIoctl(t *testing.T) {
	x := newBox(t)
	a, b := x.pair(abi.AF_INET)
	x.send(a, "12345")
	x.await(b, abi.POLLIN)
	pid := byte(x.p.Pid)
	for _, c := range []struct {
		cmd  uint32
		in   byte
		out  byte
		want error
	}{
		{abi.FIONREAD, 0, 5, nil},
		{abi.FIONWRITE, 0, 0, nil},
		{abi.SIOCATMARK, 0, 0, nil},
		{abi.FIONBIO, 1, 1, nil},
		{abi.SIOCSPGRP, pid, pid, nil},
		{abi.SIOCGPGRP, 0, pid, nil},
		{abi.SIOCSPGRP, 99, 99, abi.ESRCH},
		{abi.FIOASYNC, 1, 1, nil},
		{abi.TIOCGETA, 0, 0, abi.ENOTTY},
	} {
		f := x.file(b)
		arg := &file.Arg{Data: make([]byte, max(abi.IocLen(c.cmd), 4))}
		arg.Data[0] = c.in
		if err := f.Ops.Ioctl(x.l, f, c.cmd, arg); err != c.want || err == nil && arg.Data[0] != c.out {
			t.Errorf("%#x: %v, %d", c.cmd, err, arg.Data[0])
		}
	}
	if !x.file(b).Nonblock() {
		t.Error("FIONBIO without effect")
	}
	var st abi.Stat
	f := x.file(b)
	x.ok(f.Ops.Stat(x.l, f, &st))
	if st.Mode != abi.S_IFSOCK || st.Blksize == 0 {
		t.Errorf("stat: %#o, %d", st.Mode, st.Blksize)
	}
}
