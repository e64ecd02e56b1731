// An ext4 image through rumpctl mount beside fuse2fs.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// fuseRows returns the rows of both through FUSE, each for root only, as fuse2fs
// does by itself: neither is asked for rights. The goal is to be twice as fast as
// fuse2fs. What the host has kept of a file neither is asked for: that row
// compares the host with itself.
func fuseRows(ctx context.Context, c *cleanup, bin, dir string) ([]row, error) {
	const size = 64 << 20
	ours, err := c.fuse(ctx, dir, "rumpctl", size, func(image, mnt string) *exec.Cmd {
		return exec.CommandContext(ctx, filepath.Join(bin, "rumpctl"), "mount", "-w", "-p", image, mnt)
	})
	if err != nil {
		return nil, err
	}
	native, err := c.fuse(ctx, dir, "fuse2fs", size, func(image, mnt string) *exec.Cmd {
		return exec.CommandContext(ctx, "fuse2fs", "-f", image, mnt)
	})
	if err != nil {
		return nil, err
	}
	for _, s := range []system{ours, native} {
		if err := errors.Join(fillFile(s, "big", size), fillDir(s, "small", smallNames)); err != nil {
			return nil, err
		}
	}
	const goal = 0.5
	aside := new(time.Duration)
	cold := pair("FUSE, beside fuse2fs: read 64 MiB", goal, 1, ours, native, unkept(whole(system.pread, "big", size), "big", aside))
	cold.aside = aside
	return []row{
		cold,
		pair("FUSE, beside fuse2fs: read 64 MiB that the host kept", 0, 1, ours, native, whole(system.pread, "big", size)),
		pair("FUSE, beside fuse2fs: write 64 MiB and fsync", goal, 1, ours, native, whole(system.pwrite, "written", size)),
		pair("FUSE, beside fuse2fs: 100 creates", goal, 1, ours, native, creates(100)),
		pair("FUSE, beside fuse2fs: create + unlink", goal, 1, ours, native, createUnlink),
		pair("FUSE, beside fuse2fs: list 100 names and stat each", goal, 1, ours, native, func() work {
			return func(s system, _, n int) error {
				for range n {
					if err := walkTree(s, "small"); err != nil {
						return err
					}
				}
				return nil
			}
		}),
	}, nil
}

// unkept does the work of w, each time after the host has let go of what it kept of
// a file. That is the host's own work and takes a third as long as the reading, so it
// is put aside.
func unkept(w func() work, name string, aside *time.Duration) func() work {
	return func() work {
		do := w()
		return func(s system, who, n int) error {
			for range n {
				start := time.Now()
				err := forget(s, name)
				*aside += time.Since(start)
				if err := errors.Join(err, do(s, who, 1)); err != nil {
					return err
				}
			}
			return nil
		}
	}
}

// forget has the host let go of a file.
func forget(s system, name string) error {
	fd, err := s.open(name)
	if err != nil {
		return err
	}
	return errors.Join(unix.Fadvise(fd, 0, 0, unix.FADV_DONTNEED), s.close(fd))
}

// fuse makes an image and has a program show it.
func (c *cleanup) fuse(ctx context.Context, dir, name string, size int64, program func(image, mnt string) *exec.Cmd) (*host, error) {
	image, mnt := filepath.Join(dir, name+".img"), filepath.Join(dir, name)
	cmd := program(image, mnt)
	if _, err := exec.LookPath(cmd.Path); err != nil {
		return nil, fmt.Errorf("%w: %s is not there", errSkipped, name)
	}
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return nil, fmt.Errorf("%w: no /dev/fuse", errSkipped)
	}
	if err := errors.Join(makeImage(image, size, 50_000), os.Mkdir(mnt, 0o755)); err != nil {
		return nil, err
	}
	c.add(func() { _ = os.Remove(image) })
	var before unix.Stat_t
	if err := unix.Stat(mnt, &before); err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c.add(func() {
		_ = exec.Command("fusermount3", "-u", mnt).Run()
		_ = cmd.Wait()
	})
	for range 200 {
		var now unix.Stat_t
		if unix.Stat(mnt, &now) == nil && now.Dev != before.Dev {
			return newHost(mnt), nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	line, _ := bufio.NewReader(stderr).ReadString('\n')
	return nil, fmt.Errorf("%w: %s does not mount: %s", errSkipped, name, strings.TrimSpace(line))
}

// runFUSE measures mounted images only.
func runFUSE(ctx context.Context, bin, out string) error {
	tmp, err := os.MkdirTemp(memoryDir(), "rumpkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	results, err := groupRatios(func(c *cleanup) ([]row, error) { return fuseRows(ctx, c, bin, tmp) })
	return errors.Join(err, save(out, results))
}
