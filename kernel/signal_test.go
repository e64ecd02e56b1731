package kernel_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// bootModel boots a kernel of a signal model with a client that counts its
// signals.
func bootModel(t *testing.T, m proc.SigModel) (*hypercall.Sim, *base.Kernel, *client.Client, *atomic.Int32) {
	h := hypercall.NewSim(1)
	k, c := boot(t, kernel.Config{Host: h, SigModel: m})
	var last atomic.Int32
	c.OnSignal(func(sig abi.Signal) { last.Store(int32(sig)) })
	return h, k, c, &last
}

// What becomes of SIGPIPE, SIGSYS and SIGALRM under each model.
func TestSignalModels(t *testing.T) {
	for _, tc := range []struct {
		name          string
		model         proc.SigModel
		raised, fatal bool
		pending       uint64
	}{
		{"raise", proc.SigRaise, true, false, 0},
		{"ignore", proc.SigIgnore, false, false, 0},
		{"record", proc.SigRecord, false, false, 1<<abi.SIGPIPE | 1<<abi.SIGALRM},
		{"panic", proc.SigPanic, false, true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, k, c, last := bootModel(t, tc.model)
			p := k.Procs.Find(int32(c.Getpid()))
			r, w := pipe(t, c)
			want(t, "close", c.Close(r), 0)
			_, err := c.Write(w, []byte("x"))
			want(t, "a write nobody reads", err, abi.EPIPE)
			if got := last.Load(); (got == int32(abi.SIGPIPE)) != tc.raised {
				t.Errorf("signal %d was raised", got)
			}
			want(t, "setitimer", c.Setitimer(abi.ITIMER_REAL, &abi.Itimerval{Value: abi.Timeval{Usec: 1000}}, nil), 0)
			h.Advance(time.Second)
			if got := last.Load(); (got == int32(abi.SIGALRM)) != tc.raised {
				t.Errorf("signal %d was raised", got)
			}
			if tc.fatal {
				<-k.Done()
				return
			}
			if got := p.Pending(); got != tc.pending {
				t.Errorf("pending are %#x, want %#x", got, tc.pending)
			}
		})
	}
}

// A recorded signal interrupts sleeps, now and later, unless it is masked.
func TestRecordedSignals(t *testing.T) {
	_, k, c, _ := bootModel(t, proc.SigRecord)
	p := k.Procs.Find(int32(c.Getpid()))
	r, _ := pipe(t, c)
	blocked := make(chan error)
	go func() {
		_, err := c.Read(r, make([]byte, 1))
		blocked <- err
	}()
	for asleep := false; !asleep; {
		for _, l := range p.LWPs() {
			asleep = asleep || l.Asleep() >= 0
		}
	}
	p.Signal(int32(abi.SIGUSR1))
	want(t, "a read that sleeps", <-blocked, abi.EINTR)
	_, err := c.Read(r, make([]byte, 1))
	want(t, "the next one", err, abi.EINTR)

	var mask abi.Sigset
	mask.Add(abi.SIGUSR1)
	short := &abi.Timespec{}
	fds := []abi.Pollfd{{Fd: int32(r), Events: abi.POLLIN}}
	if n, err := c.Pollts(fds, short, &mask); n != 0 || err != nil {
		t.Errorf("pollts with a mask = %d, %v", n, err)
	}
	_, err = c.Pollts(fds, nil, &abi.Sigset{})
	want(t, "pollts without one", err, abi.EINTR)
	_, err = c.Pselect(0, nil, nil, nil, nil, nil)
	want(t, "pselect", err, abi.EINTR)

	if sig := p.TakeSignal(); sig != int32(abi.SIGUSR1) || p.TakeSignal() != 0 {
		t.Errorf("signal %d was pending", sig)
	}
	p.IgnoreSignals(1 << abi.SIGUSR2)
	p.Signal(int32(abi.SIGUSR2))
	if p.Pending() != 0 {
		t.Error("an ignored signal is pending")
	}
	if n, err := c.Pollts(fds, short, nil); n != 0 || err != nil {
		t.Errorf("pollts with nothing pending = %d, %v", n, err)
	}
}
