package sim_test

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sim"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

// Two clients hand lines over through a pipe, in 50 orders. When one of them
// fails, the test prints its seed, and RUMPKIT_SEED=… repeats just that run:
// the same switches, the same times, the same faults.
func TestExample(t *testing.T) {
	sim.Test(t, 50, func(t *testing.T, r *sim.Run) {
		k, err := vfs.Boot(kernel.Config{Host: r.Host(), NCPU: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		r.TraceCalls(k.BaseKernel())               // calls are in the trace
		r.Inject(sim.Faults{Memory: 0.1, Late: 1}) // from now on

		parent, err := client.New(k, "parent")
		if err != nil {
			t.Fatal(err)
		}
		rd, wr, err := parent.Pipe()
		if err != nil {
			t.Skip("the pipe was refused its memory: ", err)
		}
		child, err := parent.Fork()
		if err != nil {
			t.Fatal(err)
		}
		r.Go("child", func() { // a task: it and the parent take turns
			_ = child.Nanosleep(&abi.Timespec{Sec: 3600}, nil) // takes no time
			_, _ = child.Write(wr, []byte("hello"))
			_ = child.Exit()
		})
		_ = parent.Close(wr)
		buf := make([]byte, 10)
		n, err := parent.Read(rd, buf) // the end of file, if the write failed
		if err != nil || n != 0 && string(buf[:n]) != "hello" {
			t.Errorf("read %q, %v", buf[:n], err)
		}
		if r.Elapsed() < time.Hour {
			t.Errorf("it took %v", r.Elapsed())
		}
	})
}
