package kernel_test

import (
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// An interval timer expires when the model says, and shows what is left.
func TestTimerModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := hypercall.NewSim(1)
		k, err := base.Boot(kernel.Config{Host: h})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		c, err := client.New(k, "model")
		if err != nil {
			t.Fatal(err)
		}
		var signals atomic.Int32
		c.OnSignal(func(abi.Signal) { signals.Add(1) })
		var now, next, interval, fired int64 // microseconds; next 0 is not armed
		usec := func(v int64) abi.Timeval { return abi.Timeval{Sec: v / 1e6, Usec: int32(v % 1e6)} }
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				value := rapid.Int64Range(0, 3e6).Draw(t, "value")
				period := rapid.SampledFrom([]int64{0, 10000, 12345, 2500000}).Draw(t, "interval")
				it := abi.Itimerval{Value: usec(value), Interval: usec(period)}
				if err := c.Setitimer(abi.ITIMER_REAL, &it, nil); err != nil {
					t.Fatal(err)
				}
				next, interval = 0, 0
				if value > 0 {
					next, interval = now+value, period
				}
			},
			"advance": func(t *rapid.T) {
				d := rapid.Int64Range(1, 1e6).Draw(t, "d")
				h.Advance(time.Duration(d) * time.Microsecond)
				for now += d; next != 0 && next <= now; {
					fired++
					if interval == 0 {
						next = 0
					} else {
						next += interval
					}
				}
			},
			"": func(t *rapid.T) {
				var it abi.Itimerval
				if err := c.Getitimer(abi.ITIMER_REAL, &it); err != nil {
					t.Fatal(err)
				}
				left := int64(0)
				if next != 0 {
					left = next - now
				}
				if it.Value != usec(left) || next != 0 && it.Interval != usec(interval) || int64(signals.Load()) != fired {
					t.Fatalf("it shows %+v after %d signals, want %d left and %d", it, signals.Load(), left, fired)
				}
			},
		})
	})
}

// A note tells of a pipe what its flags let it: always, at changes, once, or
// until it is enabled again.
func TestKqueueModel(t *testing.T) {
	k, _ := boot(t, kernel.Config{})
	rapid.Check(t, func(t *rapid.T) {
		c, err := client.New(k, "model")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Exit() }()
		kq, _ := c.Kqueue()
		r, w, _ := c.Pipe()
		var flags uint32 // of the note; 0 when there is none
		var disabled, fresh bool
		bytes := 0
		note := func(t *rapid.T, f uint32, errno abi.Errno) {
			_, err := c.Kevent(kq, []abi.Kevent{{Ident: uint64(r), Filter: abi.EVFILT_READ, Flags: f}}, nil, nil)
			if errno == 0 && err != nil || errno != 0 && err != errno {
				t.Fatalf("flags %#x: %v, want %v", f, err, errno)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				if flags != 0 {
					return
				}
				flags = abi.EV_ADD | rapid.SampledFrom([]uint32{0, abi.EV_CLEAR, abi.EV_ONESHOT, abi.EV_DISPATCH}).Draw(t, "flags")
				note(t, flags, 0)
				disabled, fresh = false, bytes > 0
			},
			"delete": func(t *rapid.T) {
				errno := abi.Errno(0)
				if flags == 0 {
					errno = abi.ENOENT
				}
				note(t, abi.EV_DELETE, errno)
				flags = 0
			},
			"enable": func(t *rapid.T) {
				if flags == 0 {
					return
				}
				note(t, abi.EV_ENABLE, 0)
				disabled, fresh = false, bytes > 0
			},
			"write": func(t *rapid.T) {
				if bytes < 1000 {
					_, _ = c.Write(w, []byte("x"))
					bytes++
					fresh = true
				}
			},
			"drain": func(t *rapid.T) {
				if bytes > 0 {
					n, _ := c.Read(r, make([]byte, 2000))
					bytes -= n
				}
			},
			"wait": func(t *rapid.T) {
				evs := make([]abi.Kevent, 2)
				n, err := c.Kevent(kq, nil, evs, &abi.Timespec{})
				expect := flags != 0 && !disabled && bytes > 0 && (fresh || flags&abi.EV_CLEAR == 0)
				if err != nil || (n == 1) != expect || n == 1 && evs[0].Data != int64(bytes) {
					t.Fatalf("kevent = %d, %v, %+v; want %v of %d bytes", n, err, evs[0], expect, bytes)
				}
				if !expect {
					return
				}
				fresh = false
				switch {
				case flags&abi.EV_ONESHOT != 0:
					flags = 0
				case flags&abi.EV_DISPATCH != 0:
					disabled = true
				}
			},
		})
	})
}
