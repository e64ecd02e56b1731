package ksem_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/tailored/all"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// boot brings up a kernel and attaches a client to it.
func boot(t *testing.T, cfg kernel.Config) (*all.Kernel, *client.Client) {
	t.Helper()
	k, err := all.Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	c, err := client.New(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	return k, c
}

func want(t *testing.T, what string, got, err error) {
	t.Helper()
	if got != err {
		t.Errorf("%s: %v, want %v", what, got, err)
	}
}

// must returns an id.
func must(t *testing.T) func(id int64, err error) int64 {
	return func(id int64, err error) int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
}

func TestValues(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	id := must(t)(c.KsemInit(2))
	want(t, "first", c.KsemTrywait(id), nil)
	want(t, "second", c.KsemWait(id), nil)
	want(t, "third", c.KsemTrywait(id), abi.EAGAIN)
	want(t, "post", c.KsemPost(id), nil)
	if v, err := c.KsemGetvalue(id); v != 1 || err != nil {
		t.Errorf("value %d, %v", v, err)
	}
	var st abi.Stat
	if err := c.Fstat(int(id), &st); err != nil || st.Size != 1 || st.Mode != abi.S_IFREG || st.Nlink != 1 {
		t.Errorf("stat: size %d, mode %o, %d links, %v", st.Size, st.Mode, st.Nlink, err)
	}
	full := must(t)(c.KsemInit(abi.SEM_VALUE_MAX))
	want(t, "post to the brim", c.KsemPost(full), abi.EOVERFLOW)
	want(t, "destroy", c.KsemDestroy(id), nil)
	want(t, "wait for what is gone", c.KsemWait(id), abi.EINVAL)
	want(t, "close what is gone", c.KsemClose(id), abi.EBADF)
	want(t, "wait on the console", c.KsemWait(1), abi.EINVAL)
	_, err := c.KsemGetvalue(-1)
	want(t, "value of nothing", err, abi.EINVAL)
}

func TestNames(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	user, err := client.New(k, "user")
	if err != nil {
		t.Fatal(err)
	}
	want(t, "setuid", errors.Join(user.Setgid(7), user.Setuid(7)), nil)
	const creat, excl = abi.O_CREAT, abi.O_CREAT | abi.O_EXCL
	for _, tt := range []struct {
		what  string
		c     *client.Client
		name  string
		oflag int
		mode  uint32
		err   error
	}{
		{"not there", c, "/a", 0, 0, abi.ENOENT},
		{"no slash", c, "a", creat, 0o600, abi.EINVAL},
		{"nothing but a slash", c, "/", creat, 0o600, abi.EINVAL},
		{"two slashes", c, "/a/b", creat, 0o600, abi.EINVAL},
		{"15 bytes", c, "/23456789012345", creat, 0o600, abi.ENAMETOOLONG},
		{"14 bytes", c, "/2345678901234", creat, 0o600, nil},
		{"made", c, "/a", excl, 0o600, nil},
		{"made twice", c, "/a", excl, 0o600, abi.EEXIST},
		{"made or found", c, "/a", creat, 0o600, nil},
		{"another's", user, "/a", 0, 0, abi.EACCES},
		{"anybody's", c, "/b", creat, 0o666, nil},
		{"anybody's, found", user, "/b", 0, 0, nil},
		{"a user's", user, "/c", creat, 0o600, nil},
		{"a user's, found by root", c, "/c", 0, 0, nil},
	} {
		_, err := tt.c.KsemOpen(tt.name, tt.oflag, tt.mode, 1)
		want(t, tt.what, err, tt.err)
	}
	want(t, "unlink another's", user.KsemUnlink("/a"), abi.EACCES)
	want(t, "unlink", c.KsemUnlink("/a"), nil)
	want(t, "unlink twice", c.KsemUnlink("/a"), abi.ENOENT)
	id := must(t)(c.KsemOpen("/b", 0, 0, 0))
	want(t, "destroy one with a name", c.KsemDestroy(id), abi.EINVAL)
	b := make([]byte, 8)
	if n, err := c.Read(int(id), b); n != 3 || string(b[:3]) != "/b\x00" || err != nil {
		t.Errorf("read %q, %v", b[:max(n, 0)], err)
	}
	_, err = c.Write(int(id), b)
	want(t, "write", err, abi.EOPNOTSUPP)
}

func TestAnUnlinkedSemaphoreLastsWhileItIsOpen(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	id := must(t)(c.KsemOpen("/s", abi.O_CREAT, 0o600, 0))
	want(t, "unlink", c.KsemUnlink("/s"), nil)
	want(t, "post", c.KsemPost(id), nil)
	other := must(t)(c.KsemOpen("/s", abi.O_CREAT, 0o600, 0))
	want(t, "another of that name", c.KsemTrywait(other), abi.EAGAIN)
	want(t, "the old one", c.KsemTrywait(id), nil)
	want(t, "close", c.KsemClose(other), nil)
	again := must(t)(c.KsemOpen("/s", 0, 0, 0))
	want(t, "closed, not unlinked", c.KsemPost(again), nil)
}

func TestLimits(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	names := func() (n int, err error) {
		for n = 0; err == nil; n++ {
			var id int64
			if id, err = c.KsemOpen("/n"+string(rune('0'+n/64))+string(rune('0'+n%64)), abi.O_CREAT, 0o600, 0); err == nil {
				err = c.KsemClose(id)
			}
		}
		return n - 1, err
	}
	if n, err := names(); n != 128 || err != abi.ENFILE {
		t.Errorf("%d names, %v", n, err)
	}
	_, err := c.KsemInit(0)
	want(t, "one without a name", err, abi.ENFILE)
}

func TestLimitOfAProcess(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	if err := c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: 1000, Max: 1000}); err != nil {
		t.Fatal(err)
	}
	var first int64
	for i := range 256 {
		id := must(t)(c.KsemInit(0))
		if i == 0 {
			first = id
		}
	}
	_, err := c.KsemInit(0)
	want(t, "number 257", err, abi.ENOSPC)
	want(t, "close", c.KsemClose(first), nil)
	_, err = c.KsemInit(0)
	want(t, "number 257 after one went", err, nil)
}

func TestTimedWait(t *testing.T) {
	h := hypercall.NewSim(1)
	_, c := boot(t, kernel.Config{Host: h})
	id := must(t)(c.KsemInit(1))
	past := abi.Timespec{Sec: 1}
	want(t, "one is there", c.KsemTimedwait(id, &past), nil)
	want(t, "the past", c.KsemTimedwait(id, &past), abi.ETIMEDOUT)
	want(t, "no time", c.KsemTimedwait(id, &abi.Timespec{Nsec: 1e9}), abi.EINVAL)
	want(t, "before time", c.KsemTimedwait(id, &abi.Timespec{Sec: -1}), abi.EINVAL)
	want(t, "NULL", c.KsemTimedwait(id, nil), abi.EFAULT)
	end := kernel.Timespec(h.Now() + 3e9)
	done := make(chan error)
	go func() { done <- c.KsemTimedwait(id, &end) }()
	for {
		select {
		case err := <-done:
			want(t, "three seconds", err, abi.ETIMEDOUT)
			if h.Now() < end.Sec*1e9+end.Nsec {
				t.Error("too soon")
			}
			return
		case <-time.After(time.Millisecond):
			h.Advance(time.Second)
		}
	}
}

func TestWaitersAcrossProcesses(t *testing.T) {
	k, c := boot(t, kernel.Config{})
	id := must(t)(c.KsemInit(0))
	var waiting sync.WaitGroup
	errs := make(chan error, 10)
	var kids []*client.Client
	for range 10 {
		kid, err := c.Fork()
		if err != nil {
			t.Fatal(err)
		}
		kids = append(kids, kid)
		waiting.Go(func() { errs <- kid.KsemWait(id) })
	}
	for i := range 10 { // until all of them wait
		for !asleep(k.Procs.Find(int32(kids[i].Getpid()))) {
			time.Sleep(time.Millisecond)
		}
	}
	want(t, "destroy while others wait", c.KsemDestroy(id), abi.EBUSY)
	for range 7 {
		want(t, "post", c.KsemPost(id), nil)
	}
	count := map[error]int{}
	for range 7 {
		count[<-errs]++
	}
	for _, kid := range kids {
		_ = kid.Exit()
	}
	waiting.Wait()
	for range 3 {
		count[<-errs]++
	}
	if count[nil] != 7 || count[abi.EINTR] != 3 {
		t.Errorf("ends of waits: %v", count)
	}
	want(t, "destroy", c.KsemDestroy(id), nil)
}

// asleep reports whether an lwp of p sleeps.
func asleep(p *proc.Proc) bool {
	return slices.ContainsFunc(p.LWPs(), func(l *proc.LWP) bool { return l.Asleep() >= 0 })
}
