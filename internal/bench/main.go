// Bench measures rumpkit beside the host it runs on: each figure of ours next
// to the native call or socket measured in the same run.
//
// It prints a table and writes the samples to a file that benchstat reads.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/all"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the kernel programs")
	out := flag.String("o", "bin/bench.txt", "where samples are written, for benchstat")
	profile := flag.String("cpuprofile", "", "where to write a profile of this process")
	only := flag.String("only", "", "vfs measures file systems only, fuse mounted images only, net the network only")
	size := flag.Int64("size", 1024, "MiB of the file of image file systems")
	role := flag.String("role", "", "run as the far end of a measurement")
	flag.Parse()
	stop, err := profiled(*profile)
	if err == nil {
		switch ctx := context.Background(); {
		case *role == "pong":
			err = pong(flag.Arg(0))
		case *only == "base":
			err = runBase(*out)
		case *only == "vfs":
			err = runVFS(ctx, *bin, *out, *size<<20)
		case *only == "fuse":
			err = runFUSE(ctx, *bin, *out)
		case *only == "net":
			err = runNet(ctx, *out)
		case *only == "scale":
			err = runScale(*out)
		default:
			err = run(ctx, *bin, *out, *size<<20)
		}
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled writes a profile of what the processor does to a file, unless that
// is "", until stop is called.
func profiled(name string) (stop func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

func run(ctx context.Context, bin, out string, size int64) error {
	tmp, err := os.MkdirTemp(memoryDir(), "rumpkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	results, err := ratios(ctx, bin, tmp)
	if err != nil {
		return err
	}
	network, err := netRows(ctx, tmp)
	if err != nil {
		return err
	}
	results = append(results, network...)
	files, err := vfsRatios(ctx, bin, tmp, size)
	if err != nil {
		return err
	}
	results = append(results, files...)
	scales, err := scaleRatios(tmp)
	if err != nil {
		return err
	}
	results = append(results, scales...)
	figures, err := absolutes(ctx, bin, tmp)
	if err != nil {
		return err
	}
	printFigures(figures)
	return save(out, results)
}

// memoryDir is a folder of the host's memory file system, "" when there is none.
func memoryDir() string {
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// ratios measures all rows that have a native side, printing each as it is
// done.
func ratios(ctx context.Context, bin, tmp string) ([]result, error) {
	k, err := all.Boot(kernel.Config{Host: silent{hypercall.Real()}})
	if err != nil {
		return nil, err
	}
	defer k.Close()
	shared, err := client.New(k, "bench")
	if err != nil {
		return nil, err
	}
	defer shared.Exit()
	c, err := shared.NewThread()
	if err != nil {
		return nil, err
	}
	defer c.Release()
	rows, done, err := callRows(c, tmp)
	if err != nil {
		return nil, err
	}
	defer done()
	tcp, done, err := tcpRow(ctx, shared)
	if err != nil {
		return nil, err
	}
	defer done()
	url := "unix://" + filepath.Join(tmp, "kernel")
	stop, err := start(exec.CommandContext(ctx, filepath.Join(bin, "rump-base"), url))
	if err != nil {
		return nil, err
	}
	defer stop()
	wire, done, err := wireRow(ctx, url, tmp)
	if err != nil {
		return nil, err
	}
	defer done()
	results, err := measure(append(rows, tcp, wire))
	if err != nil {
		return nil, err
	}
	// Only now: what they keep is a lot to look through for the collector.
	inBase, done, err := baseRows()
	if err != nil {
		return nil, err
	}
	defer done()
	more, err := measure(inBase)
	return append(results, more...), err
}

func measure(rows []row) ([]result, error) {
	const format = "  %-50s %12s %12s %8s %6s  %-12s %s\n"
	fmt.Printf(format, "median", "rumpkit", "native", "ratio", "goal", "", "allocs/op")
	var results []result
	for _, r := range rows {
		res, err := compare(r)
		if err != nil {
			return nil, err
		}
		goal := ""
		if r.goal > 0 {
			goal = fmt.Sprintf("%.2f", r.goal)
		}
		allocs := ""
		if !r.long {
			allocs = fmt.Sprintf("%.0f", testing.AllocsPerRun(200, func() { err = r.ours(1) }))
		}
		if err != nil {
			return nil, err
		}
		fmt.Printf(format, r.name, nanos(median(res.oursNs)), nanos(median(res.nativeNs)),
			fmt.Sprintf("%.3f", res.ratio), goal, res.verdict(), allocs)
		results = append(results, res)
	}
	return results, nil
}

func absolutes(ctx context.Context, bin, tmp string) ([]figure, error) {
	figures, err := bootTimes()
	if err != nil {
		return nil, err
	}
	many, err := manyKernels()
	if err != nil {
		return nil, err
	}
	mem, err := memories()
	if err != nil {
		return nil, err
	}
	progs, err := programs(ctx, bin, tmp)
	return append(append(append(figures, many), mem...), progs...), err
}

func printFigures(figures []figure) {
	const format = "  %-50s %12s %12s  %s\n"
	fmt.Println()
	fmt.Printf(format, "", "rumpkit", "goal", "")
	for _, f := range figures {
		verdict := ""
		if f.goal != "" {
			verdict = "not reached"
			if f.reached {
				verdict = "reached"
			}
		}
		fmt.Printf(format, f.name, f.value, f.goal, verdict)
	}
}

func save(path string, results []result) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, r := range results {
		words := strings.FieldsFunc(r.name, func(c rune) bool { return c < '0' || c > 'z' || c > '9' && c < 'A' || c > 'Z' && c < 'a' })
		for i, w := range words {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
		r.benchstat(f, strings.Join(words, ""))
	}
	return nil
}

// startSelf starts this program in another role and returns when it is ready.
func startSelf(ctx context.Context, role string, args ...string) (stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(exec.CommandContext(ctx, self, append([]string{"-role", role}, args...)...))
}

// start starts a program that prints a line when it is ready.
func start(cmd *exec.Cmd) (stop func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	_ = w.Close()
	if _, err := bufio.NewReader(r).ReadString('\n'); err != nil {
		return nil, fmt.Errorf("%s did not start: %w", cmd.Path, err)
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}, nil
}
