// The command trace: print the calls that clients make, as they make them.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func traceCommand() *command {
	return &command{
		name: "trace",
		doc:  "print the calls that clients make, as they make them",
		more: `
Each line is a call: pid.lwp, the command, the call with its arguments, its
result. One that sleeps is shown <unfinished ...>, and once more when it is
<... resumed>. Trace ends with ^C, or with the process it was told to watch; the
calls of trace itself are not shown.`,
		opts: []option{
			{'p', "PID", "only the calls of this process"},
			{'f', "", "with -p: of the processes it forks, too"},
		},
		examples: []string{"rumpctl trace", "rumpctl trace -p 5 -f"},
		run: func(k *ctl, o options, _ []string) error {
			pid := int64(0)
			if text, ok := o['p']; ok {
				var err error
				if pid, err = strconv.ParseInt(text, 10, 32); err != nil || pid < 1 {
					return usagef("%q is no process id; rumpctl ps shows them", text)
				}
			}
			if o.has('f') && pid == 0 {
				return usagef("-f follows the process that -p names; without -p, trace shows all processes")
			}
			t, err := k.tracer()
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
			defer stop()
			return t.run(ctx, int32(pid), o.has('f'))
		},
	}
}

// tracer is one run of trace: the variables that switch tracing and hold the
// log.
type tracer struct {
	*ctl
	pid, follow, log *node
}

var errNoTrace = errors.New("this kernel keeps no trace of calls: it has no variables vendor.rumpkit.trace")

func (k *ctl) tracer() (*tracer, error) {
	t := &tracer{ctl: k}
	for _, v := range []struct {
		name string
		to   **node
	}{{"pid", &t.pid}, {"follow", &t.follow}, {"log", &t.log}} {
		n, err := k.node("vendor.rumpkit.trace." + v.name)
		if err != nil {
			return nil, errNoTrace
		}
		*v.to = n
	}
	return t, nil
}

// tracePoll is how often the log is read.
const tracePoll = 50 * time.Millisecond

// run switches tracing on, prints the log until ctx ends, and switches it off.
func (t *tracer) run(ctx context.Context, pid int32, follow bool) error {
	if pid > 0 && !t.alive(pid) {
		return at("process "+strconv.Itoa(int(pid)), abi.ESRCH)
	}
	if err := t.set(t.follow, follow, pid); err != nil {
		return err
	}
	tick := time.NewTicker(tracePoll)
	defer tick.Stop()
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-tick.C:
			done = pid > 0 && !follow && !t.alive(pid)
		}
		if err := t.drain(); err != nil {
			return err
		}
	}
	return t.c.Sysctl(t.pid.mib, nil, nil, int32Bytes(-1))
}

// set switches tracing on for a process, 0 for all.
func (t *tracer) set(follow *node, on bool, pid int32) error {
	b := []byte{0}
	if on {
		b[0] = 1
	}
	if err := t.c.Sysctl(follow.mib, nil, nil, b); err != nil {
		return err
	}
	err := t.c.Sysctl(t.pid.mib, nil, nil, int32Bytes(pid))
	if err == abi.EBUSY {
		return errTraced
	}
	return err
}

// drain prints what is in the log, in pieces until it is empty.
func (t *tracer) drain() error {
	buf := make([]byte, copyBuf)
	for {
		n := uint64(len(buf))
		if err := t.c.Sysctl(t.log.mib, buf, &n, nil); err != nil && err != abi.ENOMEM {
			return err
		}
		if n == 0 {
			return t.out.Flush()
		}
		if _, err := t.out.Write(buf[:min(n, uint64(len(buf)))]); err != nil {
			return err
		}
	}
}

func (t *tracer) alive(pid int32) bool {
	procs, err := t.processes()
	if err != nil {
		return true
	}
	for i := range procs {
		if procs[i].Pid == pid {
			return true
		}
	}
	return false
}

func int32Bytes(v int32) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }
