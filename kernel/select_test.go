package kernel_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestPoll(t *testing.T) {
	h, _, c := bootSim(t)
	r, w := pipe(t, c)
	fds := []abi.Pollfd{
		{Fd: int32(r), Events: abi.POLLIN},
		{Fd: int32(w), Events: abi.POLLIN | abi.POLLOUT},
		{Fd: 88, Events: abi.POLLIN},
		{Fd: -1, Events: abi.POLLIN},
	}
	if n, err := c.Poll(fds, -1); n != 2 || err != nil {
		t.Errorf("poll = %d, %v", n, err)
	}
	for i, ready := range []int16{0, abi.POLLOUT, abi.POLLNVAL, 0} {
		if fds[i].Revents != ready {
			t.Errorf("descriptor %d is %#x, want %#x", fds[i].Fd, fds[i].Revents, ready)
		}
	}
	done := make(chan int)
	th, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		n, _ := th.Poll(fds[:1], 5000)
		done <- n
	}()
	settle(h, 1)
	if _, err := c.Write(w, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if n := <-done; n != 1 || fds[0].Revents != abi.POLLIN {
		t.Errorf("poll = %d, %#x", n, fds[0].Revents)
	}
	fds[1].Events = abi.POLLIN
	go func() {
		n, _ := th.Poll(fds[1:2], 5000)
		done <- n
	}()
	settle(h, 1)
	h.Advance(5 * time.Second)
	if n := <-done; n != 0 {
		t.Errorf("poll = %d when its time was over", n)
	}
	_, err = c.Poll(fds, -2)
	want(t, "poll for less than for ever", err, abi.EINVAL)
	_, err = c.Poll(make([]abi.Pollfd, 5000), 0)
	want(t, "poll of too many", err, abi.EINVAL)
	_, err = c.Pollts(fds[:1], &abi.Timespec{Nsec: 1e9}, nil)
	want(t, "pollts with a wrong time", err, abi.EINVAL)
	if n, err := c.Pollts(fds[:1], &abi.Timespec{}, &abi.Sigset{}); n != 1 || err != nil {
		t.Errorf("pollts = %d, %v", n, err)
	}
	if n, err := c.Compat50Pollts(fds[:1], &abi.Timespec50{}, nil); n != 1 || err != nil {
		t.Errorf("the old pollts = %d, %v", n, err)
	}
}

func TestSelect(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	set := func(fds ...int) *abi.FdSet {
		var s abi.FdSet
		for _, fd := range fds {
			s.Bits[fd/32] |= 1 << (fd % 32)
		}
		return &s
	}
	for _, tc := range []struct {
		name    string
		nd      int
		in, ou  *abi.FdSet
		n       int
		inAfter *abi.FdSet
		err     abi.Errno
	}{
		{"nothing", 0, nil, nil, 0, nil, 0},
		{"an empty pipe", w + 1, set(r), nil, 0, set(), 0},
		{"both ends", w + 1, set(r), set(w), 1, set(), 0},
		{"bits beyond nd", r, set(r), set(w), 0, set(r), 0},
		{"a descriptor that is not open", 20, set(11), nil, 0, set(11), abi.EBADF},
		{"less than none", -1, nil, nil, 0, nil, abi.EINVAL},
	} {
		n, err := c.Select(tc.nd, tc.in, tc.ou, nil, &abi.Timeval{})
		want(t, tc.name, err, tc.err)
		if err == nil && n != tc.n {
			t.Errorf("%s: select = %d, want %d", tc.name, n, tc.n)
		}
		if tc.nd > r && err == nil && *tc.in != *tc.inAfter {
			t.Errorf("%s: the set became %v", tc.name, *tc.in)
		}
	}
	if _, err := c.Write(w, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(in *abi.FdSet) (int, error){
		"select":      func(in *abi.FdSet) (int, error) { return c.Select(256, in, nil, nil, nil) },
		"pselect":     func(in *abi.FdSet) (int, error) { return c.Pselect(r+1, in, nil, nil, nil, &abi.Sigset{}) },
		"old select":  func(in *abi.FdSet) (int, error) { return c.Compat50Select(r+1, in, nil, nil, &abi.Timeval50{Sec: 1}) },
		"old pselect": func(in *abi.FdSet) (int, error) { return c.Compat50Pselect(r+1, in, nil, nil, nil, nil) },
	} {
		in := set(r)
		if n, err := f(in); n != 1 || err != nil || *in != *set(r) {
			t.Errorf("%s = %d, %v, %v", name, n, err, *in)
		}
	}
	_, err := c.Compat50Select(0, nil, nil, nil, &abi.Timeval50{Usec: 1e6})
	want(t, "the old select with a wrong time", err, abi.EINVAL)
}

func TestKqueueFiles(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	kq, err := c.Kqueue()
	want(t, "kqueue", err, 0)
	evs := make([]abi.Kevent, 4)
	zero := &abi.Timespec{}
	wait := func(what string, n int) {
		t.Helper()
		got, err := c.Kevent(kq, nil, evs, zero)
		if got != n || err != nil {
			t.Fatalf("%s: kevent = %d, %v, want %d", what, got, err, n)
		}
	}
	add := func(fd int, filter, flags uint32) error {
		_, err := c.Kevent(kq, []abi.Kevent{{Ident: uint64(fd), Filter: filter, Flags: flags, Udata: 7}}, nil, nil)
		return err
	}
	want(t, "adding", add(r, abi.EVFILT_READ, abi.EV_ADD), 0)
	wait("an empty pipe", 0)
	if _, err := c.Write(w, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	wait("data", 1)
	if e := evs[0]; e.Ident != uint64(r) || e.Data != 3 || e.Udata != 7 || e.Flags&abi.EV_EOF != 0 {
		t.Errorf("event %+v", e)
	}
	wait("data that is still there", 1)
	fds := []abi.Pollfd{{Fd: int32(kq), Events: abi.POLLIN}}
	if n, err := c.Poll(fds, 0); n != 1 || err != nil {
		t.Errorf("poll of a kqueue = %d, %v", n, err)
	}
	want(t, "disabling", add(r, abi.EVFILT_READ, abi.EV_DISABLE), 0)
	wait("disabled", 0)
	want(t, "enabling", add(r, abi.EVFILT_READ, abi.EV_ENABLE), 0)
	wait("enabled", 1)
	want(t, "making it tell once", add(r, abi.EVFILT_READ, abi.EV_ADD|abi.EV_CLEAR), 0)
	want(t, "deleting", add(r, abi.EVFILT_READ, abi.EV_DELETE), 0)
	wait("deleted", 0)
	want(t, "deleting again", add(r, abi.EVFILT_READ, abi.EV_DELETE), abi.ENOENT)
	want(t, "once", add(r, abi.EVFILT_READ, abi.EV_ADD|abi.EV_ONESHOT), 0)
	wait("once", 1)
	wait("once, the second time", 0)
	want(t, "at changes", add(r, abi.EVFILT_READ, abi.EV_ADD|abi.EV_CLEAR), 0)
	wait("at changes", 1)
	wait("no change", 0)
	want(t, "close", c.Close(w), 0)
	wait("the end", 1)
	if evs[0].Flags&abi.EV_EOF == 0 {
		t.Errorf("event %+v, want EV_EOF", evs[0])
	}
	want(t, "close", c.Close(r), 0)
	want(t, "deleting what is closed", add(r, abi.EVFILT_READ, abi.EV_DELETE), abi.EBADF)
	kqueueErrors(t, c, kq)
}

func kqueueErrors(t *testing.T, c *client.Client, kq int) {
	for _, tc := range []struct {
		name string
		ev   abi.Kevent
		err  abi.Errno
	}{
		{"a file that is not open", abi.Kevent{Ident: 66, Filter: abi.EVFILT_READ, Flags: abi.EV_ADD}, abi.EBADF},
		{"a filter that is not", abi.Kevent{Filter: 99, Flags: abi.EV_ADD}, abi.EINVAL},
		{"signals", abi.Kevent{Ident: 1, Filter: abi.EVFILT_SIGNAL, Flags: abi.EV_ADD}, abi.EOPNOTSUPP},
		{"nobody", abi.Kevent{Ident: 9999, Filter: abi.EVFILT_PROC, Flags: abi.EV_ADD}, abi.ESRCH},
		{"a time below 0", abi.Kevent{Filter: abi.EVFILT_TIMER, Flags: abi.EV_ADD, Data: -1}, abi.EINVAL},
		{"a queue", abi.Kevent{Ident: uint64(kq), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD}, abi.EINVAL},
		{"a note that is not", abi.Kevent{Ident: 5, Filter: abi.EVFILT_TIMER}, abi.ENOENT},
	} {
		_, err := c.Kevent(kq, []abi.Kevent{tc.ev}, nil, nil)
		want(t, tc.name, err, tc.err)
		evs := make([]abi.Kevent, 1)
		n, err := c.Kevent(kq, []abi.Kevent{tc.ev}, evs, nil)
		if n != 1 || err != nil || evs[0].Flags != abi.EV_ERROR || evs[0].Data != int64(tc.err) {
			t.Errorf("%s: kevent = %d, %v, %+v", tc.name, n, err, evs[0])
		}
	}
	_, err := c.Kevent(0, nil, nil, nil)
	want(t, "kevent of a console", err, abi.EBADF)
	_, err = c.Kqueue1(abi.O_APPEND)
	want(t, "kqueue1 with a flag of files", err, 0)
}

func TestKqueueTimersAndProcesses(t *testing.T) {
	h, _, c := bootSim(t)
	kq, err := c.Kqueue1(abi.O_CLOEXEC)
	want(t, "kqueue1", err, 0)
	kid, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kid.Kevent(kq, nil, nil, nil); err != abi.EBADF {
		t.Errorf("a child has its parent's kqueue: %v", err)
	}
	evs := make([]abi.Kevent, 4)
	_, err = c.Kevent(kq, []abi.Kevent{
		{Ident: 1, Filter: abi.EVFILT_TIMER, Flags: abi.EV_ADD, Data: 100},
		{Ident: 2, Filter: abi.EVFILT_TIMER, Flags: abi.EV_ADD | abi.EV_ONESHOT, Data: 250},
		{Ident: uint64(kid.Getpid()), Filter: abi.EVFILT_PROC, Flags: abi.EV_ADD, Fflags: abi.NOTE_EXIT | abi.NOTE_FORK},
	}, nil, nil)
	want(t, "adding", err, 0)
	h.Advance(260 * time.Millisecond)
	if n, err := c.Kevent(kq, nil, evs, nil); n != 2 || err != nil || evs[0].Data != 2 || evs[1].Data != 1 {
		t.Errorf("kevent = %d, %v, %+v", n, err, evs[:n])
	}
	grandkid, err := kid.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := c.Kevent(kq, nil, evs, nil); n != 1 || evs[0].Fflags != abi.NOTE_FORK {
		t.Errorf("kevent = %d, %+v", n, evs[0])
	}
	want(t, "exit", grandkid.Exit(), 0)
	want(t, "exit", kid.Exit(), 0)
	if n, _ := c.Kevent(kq, nil, evs, nil); n != 1 || evs[0].Fflags != abi.NOTE_EXIT || evs[0].Flags&abi.EV_EOF == 0 {
		t.Errorf("kevent = %d, %+v", n, evs[0])
	}
	if n, err := c.Compat50Kevent(kq, nil, evs, &abi.Timespec50{}); n != 0 || err != nil {
		t.Errorf("the old kevent = %d, %v", n, err)
	}
	want(t, "close", c.Close(kq), 0)
	if h.Pending() != 0 {
		t.Error("a closed kqueue left a timer")
	}
}
