// What the processes do.
package load

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// worker makes families of processes, one after another.
type worker struct {
	t     *testing.T
	r     *rand.Rand
	new   attach
	lived *atomic.Int64
	name  string
	calls sync.WaitGroup // calls in flight
}

func newWorker(t *testing.T, seed uint64, new attach, lived *atomic.Int64) *worker {
	return &worker{
		t: t, r: rand.New(rand.NewPCG(seed, 0)), new: new, lived: lived,
		name: "w" + strconv.FormatUint(seed, 10),
	}
}

// family is a process with descendants; parents go before and after their
// children.
func (w *worker) family() {
	c, err := w.new(w.name)
	if err != nil {
		w.t.Error(err)
		w.lived.Add(1) // so that it ends
		return
	}
	living := []*client.Client{c}
	w.lived.Add(1)
	for range w.r.IntN(8) {
		p := living[w.r.IntN(len(living))]
		w.busy(p)
		switch w.r.IntN(8) {
		case 0, 1:
			_ = p.Exec(w.name + "x")
		case 2: // ended while it forks
			w.calls.Go(func() { _ = p.Exit() })
		case 3: // or execs
			w.calls.Go(func() { _ = p.Exec(w.name + "y") })
		}
		if kid, err := p.Fork(); err == nil {
			w.lived.Add(1)
			living = append(living, kid)
		}
	}
	for len(living) > 0 {
		i := w.r.IntN(len(living))
		w.busy(living[i])
		if err := living[i].Exit(); err != nil {
			w.t.Error("exit:", err)
		}
		living = append(living[:i], living[i+1:]...)
	}
	w.calls.Wait()
}

// paths is how many files a worker has.
const paths = 4

func (w *worker) path(i int) string { return "/" + w.name + "-" + strconv.Itoa(i) }

// tidy removes the files.
func (w *worker) tidy() {
	c, err := w.new(w.name)
	if err != nil {
		w.t.Error(err)
		return
	}
	for i := range paths {
		_ = c.Unlink(w.path(i))
	}
	_ = c.Exit()
}

// busy opens this and that in a process, and leaves calls in flight.
func (w *worker) busy(c *client.Client) {
	path := w.path(w.r.IntN(paths))
	fd, _ := c.Open(path, abi.O_RDWR|abi.O_CREAT, 0o644)
	_, _ = c.Write(fd, make([]byte, w.r.IntN(10_000)))
	_ = c.Chdir("/tmp")
	rd, wr, _ := c.Pipe()
	_, _ = c.Write(wr, make([]byte, w.r.IntN(5000)))
	_, _ = c.Dup(rd)
	for range w.r.IntN(3) {
		w.fly(c, fd, rd, wr, w.r.IntN(10))
	}
	if w.r.IntN(8) == 0 {
		_ = c.Unlink(path)
	}
	if w.r.IntN(4) == 0 {
		every := abi.Timeval{Usec: 10_000}
		_ = c.Setitimer(abi.ITIMER_REAL, &abi.Itimerval{Interval: every, Value: every}, nil)
	}
}

// fly makes a call that may take until the process ends.
func (w *worker) fly(c *client.Client, fd, rd, wr, kind int) {
	w.calls.Go(func() {
		switch kind {
		case 0, 1:
			_, _ = c.Read(rd, make([]byte, 20_000))
			_, _ = c.Read(rd, make([]byte, 20_000))
		case 2:
			_, _ = c.Write(wr, make([]byte, 200_000))
		case 3:
			_ = c.Nanosleep(&abi.Timespec{Sec: 3600}, nil)
		case 4:
			_, _ = c.Poll([]abi.Pollfd{{Fd: int32(rd), Events: abi.POLLRDBAND}}, -1)
		case 5:
			kq, _ := c.Kqueue1(0)
			changes := []abi.Kevent{
				{Ident: uint64(rd), Filter: abi.EVFILT_READ, Flags: abi.EV_ADD | abi.EV_CLEAR},
				{Ident: 1, Filter: abi.EVFILT_TIMER, Flags: abi.EV_ADD, Data: 3600_000},
			}
			for range 2 {
				_, _ = c.Kevent(kq, changes, make([]abi.Kevent, 1), nil)
			}
		case 6:
			_ = c.Flock(fd, abi.LOCK_EX)
		case 7:
			w.sockets(c)
		case 8:
			for range 50 {
				_, _ = c.Pread(fd, make([]byte, 100), 0)
				c.Getpid()
			}
		case 9:
			_ = c.Nanosleep(&abi.Timespec{Nsec: int64(time.Millisecond)}, nil)
			_ = c.Close(rd)
		}
	})
}

// sockets leaves a call on a socket in flight: on one that listens, or that
// has no peer.
func (w *worker) sockets(c *client.Client) {
	s, err := c.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	if err != nil {
		return
	}
	_, _ = c.Read(s, make([]byte, 100))
}
