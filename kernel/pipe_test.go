package kernel_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestPipe(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	if n, err := c.Writev(w, [][]byte{[]byte("ab"), nil, []byte("cde")}); n != 5 || err != nil {
		t.Fatalf("writev = %d, %v", n, err)
	}
	var n int32
	want(t, "FIONREAD", c.Ioctl(r, abi.FIONREAD, client.Struct(&n)), 0)
	if n != 5 {
		t.Errorf("FIONREAD tells %d", n)
	}
	var st abi.Stat
	want(t, "fstat", c.Fstat(r, &st), 0)
	if st.Mode&abi.S_IFMT != abi.S_IFIFO || st.Size != 5 {
		t.Errorf("pipe's stat: %+v", st)
	}
	one, two := make([]byte, 1), make([]byte, 9)
	if n, err := c.Readv(r, [][]byte{one, two}); n != 5 || err != nil || one[0] != 'a' || string(two[:4]) != "bcde" {
		t.Errorf("readv = %d, %v: %q %q", n, err, one, two)
	}
	_, err := c.Write(r, one)
	want(t, "write to the reading end", err, abi.EBADF)
	_, err = c.Read(w, one)
	want(t, "read from the writing end", err, abi.EBADF)
}

func TestPipeEnds(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	var sigs []abi.Signal
	c.OnSignal(func(s abi.Signal) { sigs = append(sigs, s) })
	r, w := pipe(t, c)
	want(t, "close", c.Close(r), 0)
	_, err := c.Write(w, []byte("x"))
	want(t, "write without readers", err, abi.EPIPE)
	if len(sigs) != 1 || sigs[0] != abi.SIGPIPE {
		t.Errorf("signals: %v", sigs)
	}
	_, err = c.Fcntl(w, abi.F_SETNOSIGPIPE, client.Val(1))
	want(t, "F_SETNOSIGPIPE", err, 0)
	_, err = c.Write(w, []byte("x"))
	want(t, "write without readers", err, abi.EPIPE)
	if len(sigs) != 1 {
		t.Errorf("signals: %v", sigs)
	}
	fds := []abi.Pollfd{{Fd: int32(w), Events: abi.POLLOUT}}
	if _, err := c.Poll(fds, 0); err != nil || fds[0].Revents != abi.POLLOUT|abi.POLLHUP {
		t.Errorf("poll: %v, %#x", err, fds[0].Revents)
	}
}

// A pipe takes writes of at most PIPE_BUF whole or not at all.
func TestPipeAtomic(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	fds, err := c.Pipe2(abi.O_NONBLOCK | abi.O_CLOEXEC)
	want(t, "pipe2", err, 0)
	r, w := fds[0], fds[1]
	big := make([]byte, 1<<20)
	total, err := c.Write(w, big)
	want(t, "a large write", err, 0)
	if total < 16<<10 || total > 64<<10 {
		t.Errorf("the pipe holds %d bytes", total)
	}
	if _, err := c.Read(r, big[:100]); err != nil {
		t.Fatal(err)
	}
	_, err = c.Write(w, big[:101])
	want(t, "a small write that does not fit", err, abi.EAGAIN)
	if n, err := c.Write(w, big[:1000]); n != 100 || err != nil {
		t.Errorf("a larger write = %d, %v, want the 100 bytes that fit", n, err)
	}
	_, err = c.Pipe2(abi.O_CREAT)
	want(t, "pipe2 with a wrong flag", err, abi.EINVAL)
}

// What several writers write in one piece is not torn apart.
func TestPipeWriters(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	var wg sync.WaitGroup
	const writers, rounds, size = 4, 200, 500
	for i := range writers {
		th, err := c.NewThread()
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			defer th.Release()
			for range rounds {
				if n, err := th.Write(w, bytes.Repeat([]byte{byte(i)}, size)); n != size {
					t.Errorf("write = %d, %v", n, err)
				}
			}
		})
	}
	buf := make([]byte, size)
	for range writers * rounds {
		for got := 0; got < size; {
			n, err := c.Read(r, buf[got:])
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
		if !bytes.Equal(buf, bytes.Repeat(buf[:1], size)) {
			t.Fatal("two writes are mixed")
		}
	}
	wg.Wait()
}

// A blocked read ends with EINTR when its process ends.
func TestPipeInterrupted(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, _ := pipe(t, c)
	th, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := th.Read(r, make([]byte, 1))
		done <- err
	}()
	if err := c.Exit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != abi.EINTR && err != abi.ESRCH {
		t.Errorf("the blocked read ended with %v", err)
	}
}

// A write of more than a pipe holds waits for its readers.
func TestPipeLargeWrite(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i % 251)
	}
	th, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		n, err := th.Write(w, data)
		if n != len(data) {
			t.Errorf("write = %d, %v", n, err)
		}
		done <- th.Close(w)
	}()
	var got []byte
	buf := make([]byte, 10001)
	for {
		n, err := c.Read(r, buf)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		got = append(got, buf[:n]...)
	}
	want(t, "close", <-done, 0)
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes came through, not the same", len(got))
	}
}

// A writer that waits learns that its reader went away, and that its own
// process ends: what it wrote by then counts.
func TestPipeWriterEnds(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	r, w := pipe(t, c)
	kid, err := c.Fork()
	if err != nil {
		t.Fatal(err)
	}
	want(t, "close", kid.Close(r), 0)
	type result struct {
		n   int
		err error
	}
	done := make(chan result)
	write := func(c *client.Client) {
		n, err := c.Write(w, make([]byte, 1<<20))
		done <- result{n, err}
	}
	full := func() {
		fds := []abi.Pollfd{{Fd: int32(w), Events: abi.POLLOUT}}
		for n := 1; n != 0; {
			n, _ = c.Poll(fds, 0)
		}
	}
	th, err := kid.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	go write(th)
	full()
	want(t, "exit", kid.Exit(), 0)
	if got := <-done; got.n != 64<<10 && got.err != abi.EINTR && got.err != abi.ESRCH {
		t.Errorf("the writer whose process ended: %d, %v", got.n, got.err)
	}
	th, err = c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	go write(th)
	want(t, "close", c.Close(r), 0)
	if got := <-done; got.err != abi.EPIPE {
		t.Errorf("the writer whose reader went away: %d, %v", got.n, got.err)
	}
}

// TestPipeMemory: pipes are bounded by the memory limit, and give it back.
func TestPipeMemory(t *testing.T) {
	k, c := boot(t, kernel.Config{MemLimit: 128 << 10})
	var ends []int
	for {
		fds, err := c.Pipe2(abi.O_NONBLOCK)
		want(t, "pipe2", err, 0)
		ends = append(ends, fds[0], fds[1])
		n, err := c.Write(fds[1], make([]byte, 64<<10))
		if n < 64<<10 {
			break
		}
		want(t, "write", err, 0)
	}
	if len(ends) < 4 || len(ends) > 8 {
		t.Errorf("%d pipes fit in 128 KiB", len(ends)/2)
	}
	for _, fd := range ends {
		want(t, "close", c.Close(fd), 0)
	}
	if used := k.Mem.Used(); used != 0 {
		t.Errorf("%d bytes are not given back", used)
	}
}

// Closing a descriptor ends the calls that wait on it.
func TestPipeClosedUnderCall(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	th, err := c.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	defer th.Release()
	done := make(chan error)
	r, w := pipe(t, c)
	go func() {
		_, err := th.Read(r, make([]byte, 1))
		done <- err
	}()
	want(t, "close", c.Close(r), 0)
	want(t, "read of what is closed", <-done, abi.EBADF)
	want(t, "close", c.Close(w), 0)
	r, w = pipe(t, c)
	go func() {
		_, err := th.Write(w, make([]byte, 1<<20))
		done <- err
	}()
	for n := int32(0); n < 64<<10; {
		want(t, "FIONREAD", c.Ioctl(r, abi.FIONREAD, client.Struct(&n)), 0)
	}
	want(t, "close", c.Close(w), 0)
	want(t, "write to what is closed", <-done, abi.EBADF)
}

// SIGIO goes to the owner of a file that is asynchronous, and stops when it is
// not any more.
func TestPipeAsync(t *testing.T) {
	_, c := boot(t, kernel.Config{})
	var sigs signals
	c.OnSignal(sigs.add)
	r, w := pipe(t, c)
	_, err := c.Fcntl(r, abi.F_SETOWN, client.Val(c.Getpid()))
	want(t, "F_SETOWN", err, 0)
	if pid, err := c.Fcntl(r, abi.F_GETOWN, client.Arg{}); pid != c.Getpid() || err != nil {
		t.Errorf("F_GETOWN = %d, %v", pid, err)
	}
	for _, tc := range []struct {
		flags int
		sigs  int
	}{{abi.O_ASYNC, 1}, {0, 0}, {abi.O_ASYNC | abi.O_NONBLOCK, 1}} {
		_, err = c.Fcntl(r, abi.F_SETFL, client.Val(tc.flags))
		want(t, "F_SETFL", err, 0)
		_, err = c.Write(w, []byte("x"))
		want(t, "write", err, 0)
		if got := sigs.take(); len(got) != tc.sigs || tc.sigs > 0 && got[0] != abi.SIGIO {
			t.Errorf("with flags %#x the signals are %v", tc.flags, got)
		}
	}
}
