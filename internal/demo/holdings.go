// The third chapter: the eight kernels side by side.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/tailored/all"
	"github.com/rumpkit/rumpkit/tailored/base"
	"github.com/rumpkit/rumpkit/tailored/dev"
	"github.com/rumpkit/rumpkit/tailored/net"
	"github.com/rumpkit/rumpkit/tailored/netdev"
	"github.com/rumpkit/rumpkit/tailored/vfs"
	"github.com/rumpkit/rumpkit/tailored/vfsdev"
	"github.com/rumpkit/rumpkit/tailored/vfsnet"
)

// booted is any kernel that runs in this process.
type booted interface {
	BaseKernel() *kernel.Base
	Close() error
}

// standard is a standard kernel: its program, and how to boot it here.
type standard struct {
	program string
	boot    func() (booted, error)
}

func standards() []standard {
	return []standard{
		{"rump-base", func() (booted, error) { return base.Boot(quiet()) }},
		{"rump-vfs", func() (booted, error) { return vfs.Boot(quiet()) }},
		{"rump-net", func() (booted, error) { return net.Boot(quiet()) }},
		{"rump-dev", func() (booted, error) { return dev.Boot(quiet()) }},
		{"rump-vfs-net", func() (booted, error) { return vfsnet.Boot(quiet()) }},
		{"rump-vfs-dev", func() (booted, error) { return vfsdev.Boot(quiet()) }},
		{"rump-net-dev", func() (booted, error) { return netdev.Boot(quiet()) }},
		{"rump-all", func() (booted, error) { return all.Boot(quiet()) }},
	}
}

// calls is how many calls a client can make: those of the table with a stub.
const calls = 218

// holdings prints what each kernel holds.
func (d *demo) holdings(ctx context.Context, tmp string) error {
	d.title("3. What each kernel holds")
	d.printf("  Clients can make %d calls. A kernel serves those whose parts it holds; the build reads from the\n"+
		"  parts' source which they are. Times are medians on this machine.\n\n", calls)
	d.printf("  %-13s %8s %10s %12s %12s  %s\n", "", "calls", "size of", "boots in", "program", "")
	d.printf("  %-13s %8s %10s %12s %12s  %s\n", "kernel", fmt.Sprint("of ", calls), "program", "process in", "answers in", "parts")
	for _, s := range standards() {
		if err := d.holding(ctx, tmp, s); err != nil {
			return fmt.Errorf("%s: %w", s.program, err)
		}
	}
	d.printf("\n  Calls that nobody serves answer ENOSYS, as NetBSD does. docs/SYSCALLS.md lists all of them.\n" +
		"  More: README.md, and go tool mage -l.\n")
	return nil
}

func (d *demo) holding(ctx context.Context, tmp string, s standard) error {
	desc, boot, err := bootTime(s.boot)
	if err != nil {
		return err
	}
	path := filepath.Join(d.bin, s.program)
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	up, err := upTime(ctx, path, "unix://"+filepath.Join(tmp, s.program))
	if err != nil {
		return err
	}
	d.printf("  %-13s %8d %10s %12s %12s  %s\n", s.program, desc.Rows, fmt.Sprintf("%.2f MB", float64(st.Size())/1e6),
		duration(boot), duration(up), parts(desc))
	return d.out.Flush()
}

// bootTime boots and closes a kernel in this process several times.
func bootTime(boot func() (booted, error)) (kernel.Description, time.Duration, error) {
	var times []time.Duration
	var desc kernel.Description
	for range 21 {
		begin := time.Now()
		k, err := boot()
		if err != nil {
			return desc, 0, err
		}
		times = append(times, time.Since(begin))
		desc = k.BaseKernel().Description()
		if err := k.Close(); err != nil {
			return desc, 0, err
		}
	}
	slices.Sort(times)
	return desc, times[len(times)/2], nil
}

// upTime starts a program several times and ends it again, and returns the
// median time until its first answer.
func upTime(ctx context.Context, path, url string) (time.Duration, error) {
	var times []time.Duration
	for range 5 {
		p, took, err := start(ctx, path, url)
		if err != nil {
			return 0, err
		}
		times = append(times, took)
		if err := p.terminate(); err != nil {
			return 0, err
		}
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// parts are the names of a kernel's parts, without what they have in common.
func parts(d kernel.Description) string {
	var names []string
	for _, p := range d.Parts {
		if i := strings.Index(p, "/factions/"); i >= 0 {
			p = p[i+len("/factions/"):]
		} else {
			p = "base"
		}
		names = append(names, p)
	}
	return strings.Join(names, " ")
}
