// A tmpfs of a kernel in process beside the host's.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/all"
)

const (
	blockSize = 4096
	// tmpfsFile is the size of the file that is read and written, tmpfsNames how
	// many names a directory has.
	tmpfsFile  = 32 << 20
	tmpfsNames = 1000
)

// tmpfsRows returns the rows of tmpfs; dir is in a memory file system of the
// host. The goal is to be ahead on each.
func tmpfsRows(c *cleanup, dir string) ([]row, error) {
	ours, _, err := c.tmpfs()
	if err != nil {
		return nil, err
	}
	native := newHost(filepath.Join(dir, "tmpfs"))
	if err := os.Mkdir(filepath.Join(dir, "tmpfs"), 0o755); err != nil {
		return nil, err
	}
	c.add(func() { _ = os.RemoveAll(filepath.Join(dir, "tmpfs")) })
	for _, s := range []system{ours, native} {
		for who := range 2 {
			w := strconv.Itoa(who)
			if err := fillFile(s, "file"+w, tmpfsFile); err != nil {
				return nil, err
			}
			if err := fillDir(s, "dir"+w, tmpfsNames); err != nil {
				return nil, err
			}
		}
	}
	var rows []row
	for clients := 1; clients <= 2; clients++ {
		for _, w := range []struct {
			name string
			work func() work
		}{
			{"read 4 KiB, sequential", transfers(system.pread, blockSize, false)},
			{"read 4 KiB, random", transfers(system.pread, blockSize, true)},
			{"read 64 KiB, sequential", transfers(system.pread, 64<<10, false)},
			{"write 4 KiB, sequential", transfers(system.pwrite, blockSize, false)},
			{"write 4 KiB, random", transfers(system.pwrite, blockSize, true)},
			{"write 64 KiB, sequential", transfers(system.pwrite, 64<<10, false)},
			{"create + unlink", createUnlink}, {"stat, random", statRandom}, {"readdir of 1000", readdir}, {"rename", renames},
		} {
			rows = append(rows, pair(fmt.Sprintf("tmpfs %s, %d %s", w.name, clients, []string{"client", "clients"}[clients-1]), 1, clients, ours, native, w.work))
		}
	}
	return rows, nil
}

// tmpfs boots a kernel with an empty tmpfs.
func (c *cleanup) tmpfs() (*guest, *all.Kernel, error) {
	k, err := all.Boot(kernel.Config{Host: silent{hypercall.Real()}})
	if err != nil {
		return nil, nil, err
	}
	c.add(func() { _ = k.Close() })
	cl, err := client.New(k, "bench")
	if err != nil {
		return nil, nil, err
	}
	if err := cl.Mkdir("/mem", 0o755); err != nil {
		return nil, nil, err
	}
	args := client.Struct(&abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755})
	if err := cl.Mount("tmpfs", "/mem", 0, args); err != nil {
		return nil, nil, err
	}
	return newGuest(cl, "/mem/"), k, nil
}

// transfers reads or writes blocks of a client's file.
func transfers(move func(system, int, []byte, int64) (int, error), size int64, random bool) func() work {
	return func() work {
		return func(s system, who, n int) error {
			fd, err := s.open("file" + strconv.Itoa(who))
			if err != nil {
				return err
			}
			r := rand.New(rand.NewPCG(1, uint64(who)))
			b := make([]byte, size)
			for i := range int64(n) {
				if random {
					i = r.Int64N(tmpfsFile / size)
				}
				if _, err := move(s, fd, b, i*size%tmpfsFile); err != nil {
					return err
				}
			}
			return s.close(fd)
		}
	}
}

func createUnlink() work {
	return func(s system, who, n int) error {
		name := "new" + strconv.Itoa(who)
		for range n {
			fd, err := s.create(name)
			if err == nil {
				err = s.close(fd)
			}
			if err == nil {
				err = s.unlink(name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// names are those of the files in a client's directory.
func names(who int) []string {
	list := make([]string, tmpfsNames)
	for i := range list {
		list[i] = "dir" + strconv.Itoa(who) + "/" + strconv.Itoa(i)
	}
	return list
}

func statRandom() work {
	list := [][]string{names(0), names(1)}
	return func(s system, who, n int) error {
		r := rand.New(rand.NewPCG(1, uint64(who)))
		for range n {
			if err := s.stat(list[who][r.IntN(tmpfsNames)]); err != nil {
				return err
			}
		}
		return nil
	}
}

func readdir() work {
	return func(s system, who, n int) error {
		for range n {
			if err := s.list("dir"+strconv.Itoa(who), nil); err != nil {
				return err
			}
		}
		return nil
	}
}

func renames() work {
	return func(s system, who, n int) error {
		a, b := "dir"+strconv.Itoa(who)+"/0", "dir"+strconv.Itoa(who)+"/renamed"
		for range n {
			if err := s.rename(a, b); err != nil {
				return err
			}
			if err := s.rename(b, a); err != nil {
				return err
			}
		}
		return nil
	}
}
