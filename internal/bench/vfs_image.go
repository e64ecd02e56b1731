// An ext4 image in a kernel in process beside the host's loop mount of a copy.
package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/imagekernel"
	ext "github.com/rumpkit/rumpkit/factions/vfs/ext2fs/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

const (
	// treeDirs and treeNames make a tree of 100 000 files.
	treeDirs, treeNames = 100, 1000
	flatNames           = 100_000
	smallNames          = 100
	imageCreates        = 10_000
)

// errSkipped says that the host lacks what a group of rows needs.
var errSkipped = errors.New("skipped")

// makeImage makes an ext4 image with room for so many files, and for some of
// size bytes.
func makeImage(name string, size, files int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	total := 3*size + 3<<29
	if err := f.Truncate(total); err != nil {
		return err
	}
	o := ext.Options{Journal: true, BlockSize: 4096, Inodes: files, Time: time.Now(), Zeroed: true, UUID: [16]byte{1}}
	return errors.Join(ext.Format(f, total, o), f.Close())
}

// image mounts an image in a kernel of its own.
func (c *cleanup) image(name string) (*guest, error) {
	k, err := imagekernel.Boot(kernel.Config{
		Host: silent{hypercall.Real()},
		Etfs: []kernel.Etfs{{Key: "/disk", HostPath: name, Type: kernel.EtfsBlk}},
	})
	if err != nil {
		return nil, err
	}
	c.add(func() { _ = k.Close() })
	cl, err := client.New(k, "bench")
	if err != nil {
		return nil, err
	}
	if err := cl.Mkdir("/img", 0o755); err != nil {
		return nil, err
	}
	if err := cl.Mount("ext2fs", "/img", 0, client.Struct(&abi.UfsArgs{}).WithString(0, "/disk")); err != nil {
		return nil, err
	}
	c.add(func() { _ = cl.Unmount("/img", 0) })
	return newGuest(cl, "/img/"), nil
}

// loopMount mounts an image by the host's driver.
func (c *cleanup) loopMount(name, dir string) (*host, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: only root can mount by loop", errSkipped)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	if out, err := exec.Command("mount", "-t", "ext4", "-o", "loop", name, dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: no loop mount here: %s", errSkipped, out)
	}
	c.add(func() { _ = exec.Command("umount", dir).Run() })
	return newHost(dir), nil
}

// largePages returns a folder in memory whose files lie in large pages, as
// those of disks do in the host's cache: the host copies out of small ones at a
// third of the speed. It returns dir where the host has no such folder.
func (c *cleanup) largePages(dir string) string {
	below := filepath.Join(dir, "images")
	if os.Mkdir(below, 0o755) != nil || unix.Mount("bench", below, "tmpfs", 0, "huge=within_size") != nil {
		return dir
	}
	c.add(func() { _ = unix.Unmount(below, unix.MNT_DETACH) })
	return below
}

// imageRows returns the rows of image file systems, with a file of size bytes.
func imageRows(c *cleanup, dir string, size int64) ([]row, error) {
	dir = c.largePages(dir)
	ourImage, hostImage := filepath.Join(dir, "ours.img"), filepath.Join(dir, "host.img")
	c.add(func() { _, _ = os.Remove(ourImage), os.Remove(hostImage) })
	for _, name := range []string{ourImage, hostImage} {
		if err := makeImage(name, size, 400_000); err != nil {
			return nil, err
		}
	}
	native, err := c.loopMount(hostImage, filepath.Join(dir, "loop"))
	if err != nil {
		return nil, err
	}
	ours, err := c.image(ourImage)
	if err != nil {
		return nil, err
	}
	for _, s := range []system{ours, native} {
		if err := fillTree(s, size); err != nil {
			return nil, err
		}
	}
	unix.Sync()
	name := func(what string) string { return "ext4 " + what }
	mib := strconv.FormatInt(size>>20, 10) + " MiB"
	if size&(1<<30-1) == 0 {
		mib = strconv.FormatInt(size>>30, 10) + " GiB"
	}
	return []row{
		pair(name("read "+mib+", cached"), 2, 1, ours, native, whole(system.pread, "big", size)),
		pair(name("write "+mib+" and fsync"), 2, 1, ours, native, whole(system.pwrite, "written", size)),
		pair(name("10 000 creates"), 1, 1, ours, native, creates(imageCreates)),
		pair(name("stat of 100 000 files"), 1, 1, ours, native, statTree),
		pair(name("find over 100 000 files"), 1, 1, ours, native, findTree),
		pair(name("stat of 100 000 names at random"), 1, 1, ours, native, func() work { return lookups("flat", numbers(flatNames, flatNames)) }),
		{
			// As many names on both sides, so that the size of the directory is
			// all that differs.
			name: name("lookup in 100 000 names, against in 100"), goal: 1.3, long: true,
			ours:   by(ours, 1, lookups("flat", numbers(smallNames, flatNames))),
			native: by(ours, 1, lookups("small", numbers(smallNames, smallNames))),
		},
	}, nil
}

// fillTree makes what is read and looked at.
func fillTree(s system, size int64) error {
	if err := fillFile(s, "big", size); err != nil {
		return err
	}
	if err := s.mkdir("tree"); err != nil {
		return err
	}
	for d := range treeDirs {
		if err := fillDir(s, "tree/d"+strconv.Itoa(d), treeNames); err != nil {
			return err
		}
	}
	if err := fillDir(s, "small", smallNames); err != nil {
		return err
	}
	return fillDir(s, "flat", flatNames)
}

// whole reads or writes a file from its begin to its end.
func whole(move func(system, int, []byte, int64) (int, error), name string, size int64) func() work {
	return func() work {
		b := make([]byte, 128<<10)
		return func(s system, _, n int) error {
			for range n {
				fd, err := s.create(name)
				for off := int64(0); off < size && err == nil; off += int64(len(b)) {
					_, err = move(s, fd, b, off)
				}
				if err == nil {
					err = s.fsync(fd)
				}
				if err != nil {
					return err
				}
				if err := s.close(fd); err != nil {
					return err
				}
			}
			return nil
		}
	}
}

// creates makes files in a new directory each time.
func creates(count int) func() work {
	return func() work {
		made := 0
		return func(s system, _, n int) error {
			for range n {
				made++
				if err := fillDir(s, "made"+strconv.Itoa(made), count); err != nil {
					return err
				}
			}
			return nil
		}
	}
}

func statTree() work {
	var list []string
	for d := range treeDirs {
		for i := range treeNames {
			list = append(list, "tree/d"+strconv.Itoa(d)+"/"+strconv.Itoa(i))
		}
	}
	return func(s system, _, n int) error {
		for range n {
			for _, name := range list {
				if err := s.stat(name); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func findTree() work {
	return func(s system, _, n int) error {
		for range n {
			if err := walkTree(s, "tree"); err != nil {
				return err
			}
		}
		return nil
	}
}

// numbers returns n names of the files 0 to below, in no order.
func numbers(n, below int) []string {
	list := make([]string, n)
	for i, x := range rand.New(rand.NewPCG(1, 2)).Perm(below)[:n] {
		list[i] = strconv.Itoa(x)
	}
	return list
}

// lookups asks for names of a directory at random, all of them several times before.
func lookups(dir string, names []string) work {
	r := rand.New(rand.NewPCG(1, 1))
	warm := false
	return func(s system, _, n int) error {
		for i := 0; !warm && i < 3*len(names); i++ { // caches keep what is used again
			if err := s.stat(dir + "/" + names[i%len(names)]); err != nil {
				return err
			}
		}
		warm = true
		for range n {
			if err := s.stat(dir + "/" + names[r.IntN(len(names))]); err != nil {
				return err
			}
		}
		return nil
	}
}
