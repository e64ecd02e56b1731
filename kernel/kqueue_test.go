package kernel_test

import (
	"encoding/binary"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// add changes one note of a queue.
func change(t *testing.T, c *client.Client, kq int, ev abi.Kevent, errno abi.Errno) {
	t.Helper()
	_, err := c.Kevent(kq, []abi.Kevent{ev}, nil, nil)
	want(t, "kevent", err, errno)
}

// poll returns the events that are there now.
func events(t *testing.T, c *client.Client, kq int) []abi.Kevent {
	t.Helper()
	evs := make([]abi.Kevent, 8)
	n, err := c.Kevent(kq, nil, evs, &abi.Timespec{})
	want(t, "kevent", err, 0)
	return evs[:n]
}

// A queue waits for queues, but not for itself, by no way round.
func TestKqueueNested(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	var kq [12]int
	for i := range kq {
		kq[i], _ = c.Kqueue()
	}
	on := func(fd int) abi.Kevent {
		return abi.Kevent{Ident: uint64(fd), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD}
	}
	r, w := pipe(t, c)
	change(t, c, kq[0], on(r), 0)
	change(t, c, kq[1], on(kq[0]), 0)
	change(t, c, kq[2], on(kq[1]), 0)
	change(t, c, kq[0], on(kq[2]), abi.EINVAL)
	change(t, c, kq[1], abi.Kevent{Ident: uint64(kq[3]), Filter: abi.EVFILT_WRITE, Flags: abi.EV_ADD}, abi.EINVAL)
	change(t, c, kq[1], abi.Kevent{Ident: uint64(kq[3]), Filter: abi.EVFILT_VNODE, Flags: abi.EV_ADD}, abi.EINVAL)
	if evs := events(t, c, kq[2]); len(evs) != 0 {
		t.Errorf("nothing has happened: %+v", evs)
	}
	if _, err := c.Write(w, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if evs := events(t, c, kq[2]); len(evs) != 1 || evs[0].Ident != uint64(kq[1]) || evs[0].Data != 1 {
		t.Errorf("the outermost queue tells %+v", evs)
	}
	want(t, "close", c.Close(kq[1]), 0)
	if evs := events(t, c, kq[2]); len(evs) != 0 {
		t.Errorf("a closed queue tells %+v", evs)
	}
	change(t, c, kq[0], on(kq[2]), 0) // it is no way round any more
	for i := 3; i < len(kq)-1; i++ {
		errno := abi.Errno(0)
		if i-2 > 8 {
			errno = abi.EINVAL
		}
		change(t, c, kq[i+1], on(kq[i]), errno)
	}
}

// NOTE_TRACK follows the children of a process.
func TestKqueueTrack(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	kq, _ := c.Kqueue()
	kid, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	pid := uint64(kid.Getpid())
	change(t, c, kq, abi.Kevent{Ident: pid, Filter: abi.EVFILT_PROC, Flags: abi.EV_ADD, Fflags: abi.NOTE_TRACK | abi.NOTE_FORK | abi.NOTE_EXIT, Udata: 9}, 0)
	grandkid, err := kid.Fork()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]abi.Kevent{}
	for _, e := range events(t, c, kq) {
		seen[e.Ident] = e
	}
	if e := seen[pid]; e.Fflags != abi.NOTE_FORK {
		t.Errorf("the parent tells %+v", e)
	}
	gpid := uint64(grandkid.Getpid())
	if e := seen[gpid]; e.Fflags != abi.NOTE_CHILD || e.Data != int64(pid) || e.Udata != 9 {
		t.Errorf("the child tells %+v", e)
	}
	want(t, "exit", grandkid.Exit(), 0)
	if evs := events(t, c, kq); len(evs) != 1 || evs[0].Ident != gpid || evs[0].Fflags != abi.NOTE_EXIT {
		t.Errorf("the child's end: %+v", evs)
	}
}

// Notes are added, altered, told of and closed under each other by several
// lwps, in one queue and on one descriptor.
func TestKqueueTogether(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	kq, _ := c.Kqueue()
	self := uint64(c.Getpid())
	var wg sync.WaitGroup
	for who := range 4 {
		wg.Go(func() {
			evs := make([]abi.Kevent, 4)
			for i := range 200 {
				flags := []uint32{abi.EV_ADD, abi.EV_ADD | abi.EV_ENABLE, abi.EV_ADD | abi.EV_CLEAR, abi.EV_DELETE}[(who+i)%4]
				_, _ = c.Kevent(kq, []abi.Kevent{
					{Ident: uint64(r), Filter: abi.EVFILT_READ, Flags: flags},
					{Ident: uint64(w), Filter: abi.EVFILT_WRITE, Flags: flags},
					{Ident: 1, Filter: abi.EVFILT_TIMER, Flags: flags, Data: 1},
					{Ident: self, Filter: abi.EVFILT_PROC, Flags: flags, Fflags: abi.NOTE_EXIT | abi.NOTE_FORK},
				}, evs, &abi.Timespec{})
				switch {
				case who == 0 && i%3 == 0:
					_, _ = c.Dup2(w, r)
					_, _ = c.Dup2(r, w)
				case who == 1 && i%5 == 0:
					fd, _ := c.Kqueue()
					_, _ = c.Dup2(fd, kq)
					_ = c.Close(fd)
				}
			}
		})
	}
	wg.Wait()
	want(t, "exit", c.Exit(), 0)
	if n := k.Mem.Used(); n != 0 {
		t.Errorf("%d bytes are still counted", n)
	}
}

// EV_DISPATCH disables what it has told, EV_RECEIPT tells of success.
func TestKqueueFlags(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	kq, _ := c.Kqueue()
	r, w := pipe(t, c)
	if _, err := c.Write(w, []byte("x")); err != nil {
		t.Fatal(err)
	}
	note := abi.Kevent{Ident: uint64(r), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD | abi.EV_DISPATCH | abi.EV_RECEIPT}
	evs := make([]abi.Kevent, 2)
	n, err := c.Kevent(kq, []abi.Kevent{note}, evs, nil)
	if n != 1 || err != nil || evs[0].Flags != abi.EV_ERROR || evs[0].Data != 0 {
		t.Errorf("the receipt is %d, %v, %+v", n, err, evs[0])
	}
	if evs := events(t, c, kq); len(evs) != 1 {
		t.Errorf("the first time: %+v", evs)
	}
	if evs := events(t, c, kq); len(evs) != 0 {
		t.Errorf("it is disabled: %+v", evs)
	}
	note.Flags = abi.EV_ENABLE
	change(t, c, kq, note, 0)
	if evs := events(t, c, kq); len(evs) != 1 {
		t.Errorf("it is enabled: %+v", evs)
	}
}

// What filters are called.
func TestKqueueFilterNames(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	kq, _ := c.Kqueue()
	for _, tc := range []struct {
		cmd  uint64
		name string
		num  uint32
		err  abi.Errno
	}{
		{abi.KFILTER_BYFILTER, "EVFILT_VNODE", 3, 0},
		{abi.KFILTER_BYFILTER, "EVFILT_TIMER", 6, 0},
		{abi.KFILTER_BYFILTER, "", 7, abi.ENOENT},
		{abi.KFILTER_BYFILTER, "", 1 << 31, abi.ENOENT},
		{abi.KFILTER_BYNAME, "EVFILT_READ", 0, 0},
		{abi.KFILTER_BYNAME, "EVFILT_SIGNAL", 5, 0},
		{abi.KFILTER_BYNAME, "EVFILT_NONE", 0, abi.ENOENT},
		{abi.FIONREAD, "", 0, abi.ENOTTY},
	} {
		name := make([]byte, 20)
		num := tc.num
		if tc.cmd == abi.KFILTER_BYNAME {
			copy(name, tc.name)
			num = 99
		}
		arg := make([]byte, 24)
		binary.LittleEndian.PutUint64(arg[8:], 20)
		binary.LittleEndian.PutUint32(arg[16:], num)
		err := c.Ioctl(kq, tc.cmd, client.Buf(arg).With(0, name))
		want(t, tc.name, err, tc.err)
		if got := string(name[:len(tc.name)]); err == nil && (got != tc.name || binary.LittleEndian.Uint32(arg[16:]) != tc.num) {
			t.Errorf("%q is %d, want %q and %d", got, arg[16], tc.name, tc.num)
		}
	}
}
