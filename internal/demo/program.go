// The first chapter: a kernel that is a program, used over a socket.
package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// program is a kernel that runs as a program, and a client of it.
type program struct {
	name   string
	cmd    *exec.Cmd
	errors bytes.Buffer
	c      *client.Client
	ended  bool
}

// asProgram starts the kernel with everything in it and shows files, TCP and
// a device.
func (d *demo) asProgram(ctx context.Context, socket string) (*program, error) {
	d.title("1. A kernel that is a program")
	url := "unix://" + socket
	d.printf("  $ bin/rump-all %s\n", url)
	p, took, err := start(ctx, filepath.Join(d.bin, "rump-all"), url)
	if err != nil {
		return nil, err
	}
	d.printf("  It runs as process %d, needs no root, and answered its first call after %s.\n",
		p.cmd.Process.Pid, duration(took))
	d.printf("  Each step below is system calls in that kernel, made from here over the socket, by typed stubs\n  that were generated from the same table.\n\n")
	if err := d.show(p.c, steps()); err != nil {
		p.stop()
		return nil, fmt.Errorf("in the kernel at %s: %w%s", url, err, p.said())
	}
	if err := d.rumpctl(ctx, url, "ls", "-l", "/demo"); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// rumpctl shows what another client, a program of its own, sees.
func (d *demo) rumpctl(ctx context.Context, url string, args ...string) error {
	out, err := exec.CommandContext(ctx, filepath.Join(d.bin, "rumpctl"), append([]string{"-s", url}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("rumpctl %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	d.printf("\n  And another client, from another process:\n\n  $ bin/rumpctl %s\n", strings.Join(args, " "))
	for line := range strings.Lines(string(out)) {
		d.printf("  %s", line)
	}
	return nil
}

// start starts a kernel's program, becomes its client and makes a call. It
// returns how long that took, from before the start.
func start(ctx context.Context, path, url string) (*program, time.Duration, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, 0, fmt.Errorf("%s is not there; build it: go tool mage kernels", path)
	}
	p := &program{name: filepath.Base(path), cmd: exec.CommandContext(ctx, path, url)}
	p.cmd.Stderr = &p.errors
	ready, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, 0, err
	}
	r := bufio.NewReader(ready)
	if _, err := r.ReadString('\n'); err != nil {
		p.stop()
		return nil, 0, fmt.Errorf("%s ended before it was ready%s", p.name, p.said())
	}
	go io.Copy(io.Discard, r) // the program's console; ends with the program
	if p.c, err = client.Dial(ctx, url, "demo"); err != nil {
		p.stop()
		return nil, 0, fmt.Errorf("%s is ready, but did not take us as a client: %w", p.name, err)
	}
	p.c.Getpid()
	return p, time.Since(begin), nil
}

// said is what the program printed on its standard error.
func (p *program) said() string {
	if s := strings.TrimSpace(p.errors.String()); s != "" {
		return "; it said:\n" + s
	}
	return ""
}

// stop ends the program if it still runs.
func (p *program) stop() {
	if p.ended {
		return
	}
	p.ended = true
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// halt ends the kernel by a call, as a client may, and checks that its program
// ends well.
func (p *program) halt(d *demo) error {
	_ = p.c.Reboot(abi.RB_AUTOBOOT, "") // the connection may go before the answer comes
	p.ended = true
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%s after reboot(2): %w%s", p.name, err, p.said())
	}
	d.printf("\n  Both kernels are halted now: this one by Close, the program by reboot(2); it removed its\n" +
		"  socket and ended with status 0.\n")
	return nil
}

// terminate ends the program as an init system would, and checks that it ends
// well.
func (p *program) terminate() error {
	_ = p.c.Exit() // the kernel forgets us with the connection anyway
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	p.ended = true
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%s after a signal: %w%s", p.name, err, p.said())
	}
	return nil
}
