// Demo shows rump kernels at work: one as a program whose calls travel over a
// socket, one inside this process, and what each of the eight standard kernels
// holds.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the kernel programs")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	d := &demo{bin: *bin, out: bufio.NewWriter(os.Stdout)}
	err := d.run(ctx)
	if e := d.out.Flush(); err == nil {
		err = e
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

// demo is one run.
type demo struct {
	bin string
	out *bufio.Writer
}

func (d *demo) printf(format string, a ...any) { fmt.Fprintf(d.out, format, a...) }

// title begins a chapter.
func (d *demo) title(text string) { d.printf("\n%s\n\n", text) }

// run shows everything, in order.
func (d *demo) run(ctx context.Context) error {
	tmp, err := os.MkdirTemp("", "rumpkit-demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	d.printf("\nrumpkit: kernels that run as an ordinary process, or inside one. Eight of them have just been\n" +
		"generated from syscalls.master and from the source of their parts, and linked.\n")
	p, err := d.asProgram(ctx, filepath.Join(tmp, "kernel.sock"))
	if err != nil {
		return err
	}
	defer p.stop()
	if err := d.inProcess(p); err != nil {
		return err
	}
	if err := p.halt(d); err != nil {
		return err
	}
	return d.holdings(ctx, tmp)
}
