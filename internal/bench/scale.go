// What a second caller adds: calls on files by one caller and by two.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
)

// scaling is work that one and two callers of a system do, and the host's own
// the same. Callers have files of their own.
type scaling struct {
	name         string
	ours, native system
	work         func() work
}

// processes is a system whose callers are processes of their own, as clients
// are; those of guest are threads of one process.
type processes struct {
	*guest
	attach func() (*client.Client, error)
}

func (p processes) thread() (system, func(), error) {
	shared, err := p.attach()
	if err != nil {
		return nil, nil, err
	}
	c, err := shared.NewThread()
	if err != nil {
		return nil, nil, err
	}
	return newGuest(c, p.dir), func() { c.Release(); _ = shared.Exit() }, nil
}

func openClose() work {
	return func(s system, who, n int) error {
		name := "file" + strconv.Itoa(who)
		for range n {
			fd, err := s.open(name)
			if err == nil {
				err = s.close(fd)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// ownCreateUnlink is createUnlink in a directory for each caller.
func ownCreateUnlink() work {
	w := createUnlink()
	return func(s system, who, n int) error { return w(below{s, "dir" + strconv.Itoa(who) + "/"}, who, n) }
}

// below is a system whose names are in a directory of another's.
type below struct {
	system
	dir string
}

func (b below) create(name string) (int, error) { return b.system.create(b.dir + name) }
func (b below) unlink(name string) error        { return b.system.unlink(b.dir + name) }

// scalings returns what is to be done on rumpfs and tmpfs, by threads of one
// process and by processes.
func scalings(c *cleanup, dir string) ([]scaling, error) {
	native := newHost(filepath.Join(dir, "scale"))
	if err := os.Mkdir(filepath.Join(dir, "scale"), 0o755); err != nil {
		return nil, err
	}
	c.add(func() { _ = os.RemoveAll(filepath.Join(dir, "scale")) })
	mem, k, err := c.tmpfs()
	if err != nil {
		return nil, err
	}
	if err := mem.c.Mkdir("/plain", 0o755); err != nil {
		return nil, err
	}
	plain := newGuest(mem.c, "/plain/")
	for _, s := range []system{native, mem, plain} {
		for who := range 2 {
			w := strconv.Itoa(who)
			if err := fillFile(s, "file"+w, tmpfsFile); err != nil {
				return nil, err
			}
			if err := fillDir(s, "dir"+w, 10); err != nil {
				return nil, err
			}
		}
	}
	attach := func() (*client.Client, error) { return client.New(k, "bench") }
	var list []scaling
	for _, s := range []struct {
		name string
		sys  system
	}{
		{"rumpfs, threads", plain}, {"rumpfs, processes", processes{plain, attach}},
		{"tmpfs, threads", mem}, {"tmpfs, processes", processes{mem, attach}},
	} {
		list = append(list,
			scaling{"open + close, " + s.name, s.sys, native, openClose},
			scaling{"pread 4 KiB, " + s.name, s.sys, native, transfers(system.pread, blockSize, false)},
			scaling{"create + unlink, " + s.name, s.sys, native, createUnlink},
			scaling{"create + unlink in own directories, " + s.name, s.sys, native, ownCreateUnlink},
		)
	}
	return list, nil
}

// scaled is what one caller and two took: wall-clock time of one call each and
// processor time of one call, in nanoseconds.
type scaled struct{ wall, cpu [2][]float64 }

// gain is how much more two get done than one, cost how much more processor
// time a call takes then: 1 where they share nothing. The gain needs a second
// processor that nobody else uses; the cost does not.
func (s *scaled) gain() float64 { return 2 * median(s.wall[0]) / median(s.wall[1]) }
func (s *scaled) cost() float64 { return median(s.cpu[1]) / median(s.cpu[0]) }

// scale measures one caller and two alternately.
func scale(s system, work func() work) (*scaled, error) {
	bodies := [2]body{by(s, 1, work()), by(s, 2, work())}
	n, err := calibrate(bodies[0], nil)
	if err != nil {
		return nil, err
	}
	got := new(scaled)
	for i := range 2 * rounds {
		before, err := cpuTime()
		if err != nil {
			return nil, err
		}
		wall, err := timed(bodies[i%2], n, nil)
		if err != nil {
			return nil, err
		}
		after, err := cpuTime()
		if err != nil {
			return nil, err
		}
		got.wall[i%2] = append(got.wall[i%2], wall)
		got.cpu[i%2] = append(got.cpu[i%2], float64(after-before)/float64(n*(i%2+1)))
	}
	return got, nil
}

// cpuTime is the processor time of this program, in nanoseconds.
func cpuTime() (int64, error) {
	var ru unix.Rusage
	err := unix.Getrusage(unix.RUSAGE_SELF, &ru)
	return ru.Utime.Nano() + ru.Stime.Nano(), err
}

// scaleRatios prints how much more two callers get done than one, and returns
// the results for both numbers.
func scaleRatios(tmp string) (results []result, err error) {
	c := new(cleanup)
	defer c.run()
	list, err := scalings(c, tmp)
	if err != nil {
		return nil, err
	}
	const format = "  %-58s %10s %10s %8s %8s %8s\n"
	fmt.Printf("\n"+format, "two callers beside one, in the same time", "one", "two", "rumpkit", "native", "cpu/call")
	for _, s := range list {
		ours, err := scale(s.ours, s.work)
		if err != nil {
			return results, fmt.Errorf("%s: %w", s.name, err)
		}
		native, err := scale(s.native, s.work)
		if err != nil {
			return results, fmt.Errorf("%s, native: %w", s.name, err)
		}
		fmt.Printf(format, s.name, nanos(median(ours.wall[0])), nanos(median(ours.wall[1])),
			fmt.Sprintf("× %.2f", ours.gain()), fmt.Sprintf("× %.2f", native.gain()), fmt.Sprintf("× %.2f", ours.cost()))
		for i, n := range []string{", callers: 1", ", callers: 2"} {
			results = append(results, result{row: row{name: s.name + n}, oursNs: ours.wall[i], nativeNs: native.wall[i]})
		}
	}
	return results, nil
}

// runScale measures only that.
func runScale(out string) error {
	tmp, err := os.MkdirTemp(memoryDir(), "rumpkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	results, err := scaleRatios(tmp)
	return errors.Join(err, save(out, results))
}
