// Boots, sizes and memory: figures that have no native call beside them.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/all"
	"github.com/rumpkit/rumpkit/tailored/base"
)

// figure is one absolute figure with its goal.
type figure struct {
	name, value, goal string
	reached           bool
}

// bootTimes measures booting and closing in process.
func bootTimes() ([]figure, error) {
	quiet := kernel.Config{Host: silent{hypercall.Real()}}
	baseTime, err := medianOf(300, func() (time.Duration, error) {
		start := time.Now()
		k, err := base.Boot(quiet)
		d := time.Since(start)
		if err == nil {
			err = k.Close()
		}
		return d, err
	})
	if err != nil {
		return nil, err
	}
	allTime, err := medianOf(100, func() (time.Duration, error) {
		start := time.Now()
		k, err := all.Boot(quiet)
		d := time.Since(start)
		if err == nil {
			err = k.Close()
		}
		return d, err
	})
	if err != nil {
		return nil, err
	}
	return []figure{
		{"boot in process, base", nanos(float64(baseTime)), "100 µs", baseTime <= 100*time.Microsecond},
		{"boot in process, all", nanos(float64(allTime)), "1 ms", allTime <= time.Millisecond},
	}, nil
}

func medianOf(n int, fn func() (time.Duration, error)) (time.Duration, error) {
	var v []float64
	for range n {
		d, err := fn()
		if err != nil {
			return 0, err
		}
		v = append(v, float64(d))
	}
	return time.Duration(median(v)), nil
}

// silent is the real host without its console.
type silent struct{ hypercall.Host }

func (silent) ConsoleWrite([]byte) {}

// Unwrap implements hypercall.Wrapper.
func (s silent) Unwrap() hypercall.Host { return s.Host }

// manyKernels measures what a thousand kernels with all factions take each.
func manyKernels() (figure, error) {
	const n = 1000
	before := inUse()
	kernels := make([]*all.Kernel, 0, n)
	for range n {
		k, err := all.Boot(kernel.Config{Host: silent{hypercall.Real()}})
		if err != nil {
			return figure{}, err
		}
		kernels = append(kernels, k)
	}
	each := (inUse() - before) / n
	for _, k := range kernels {
		if err := k.Close(); err != nil {
			return figure{}, err
		}
	}
	return figure{"a thousand kernels, all, each", fmt.Sprintf("%d KB", each/1000), "150 KB", each < 150_000}, nil
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// program is one kernel program under measurement.
type program struct {
	name       string
	size, idle int64         // goals, in bytes
	start      time.Duration // goal, 0 for none
}

// programs measures the kernels that are programs: their size, how soon the
// first call is answered, and what they hold idle.
func programs(ctx context.Context, bin, tmp string) ([]figure, error) {
	var out []figure
	for _, p := range []program{
		{"rump-base", 2_500_000, 4_000_000, 3 * time.Millisecond},
		{"rump-vfs", 3_500_000, 0, 0},
		{"rump-all", 7_000_000, 10_000_000, 0},
	} {
		path := filepath.Join(bin, p.name)
		st, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("%s is not built: go tool mage kernels", p.name)
		}
		out = append(out, figure{"size of " + p.name, fmt.Sprintf("%.2f MB", float64(st.Size())/1e6),
			fmt.Sprintf("%.1f MB", float64(p.size)/1e6), st.Size() <= p.size})
		var rss int64
		first, err := medianOf(15, func() (time.Duration, error) {
			var d time.Duration
			d, rss, err = startOnce(ctx, path, filepath.Join(tmp, "s"))
			return d, err
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		f := figure{name: "exec to first answer, " + p.name, value: nanos(float64(first))}
		if p.start > 0 {
			f.goal, f.reached = p.start.String(), first <= p.start
		}
		out = append(out, f)
		f = figure{name: "idle resident memory, " + p.name, value: fmt.Sprintf("%.1f MB", float64(rss)/1e6)}
		if p.idle > 0 {
			f.goal, f.reached = fmt.Sprintf("%.1f MB", float64(p.idle)/1e6), rss <= p.idle
		}
		out = append(out, f)
	}
	return out, nil
}

// startOnce starts a program, makes one call, and stops it.
func startOnce(ctx context.Context, path, socket string) (first time.Duration, rss int64, err error) {
	cmd := exec.CommandContext(ctx, path, "unix://"+socket)
	ready, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	if _, err := bufio.NewReader(ready).ReadString('\n'); err != nil {
		return 0, 0, err
	}
	c, err := client.Dial(ctx, "unix://"+socket, "bench")
	if err != nil {
		return 0, 0, err
	}
	defer c.Exit()
	c.Getpid()
	first = time.Since(start)
	rss, err = residentOf(cmd.Process.Pid)
	return first, rss, err
}

// residentOf returns the resident memory of a process in bytes.
func residentOf(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 10, 64)
			return kb * 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in the status of process %d", pid)
}
