package export

import (
	"bytes"
	"errors"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	keep  = unix.FALLOC_FL_KEEP_SIZE
	punch = unix.FALLOC_FL_PUNCH_HOLE | keep
	zero  = unix.FALLOC_FL_ZERO_RANGE
)

// TestAllocate: what fallocate does, to a file of 10000 bytes of x, and what
// it refuses: of FAT the kernel reserves nothing and makes no holes, and nowhere
// it moves bytes.
func TestAllocate(t *testing.T) {
	for _, m := range []struct {
		kind string
		can  bool
	}{{"shared", true}, {"ext4", true}, {"FAT16", false}} {
		t.Run(m.kind, func(t *testing.T) {
			t.Chdir(mount(t, m.kind))
			defer t.Chdir("/")
			for _, c := range []struct {
				name     string
				mode     uint32
				off, len int64
				want     syscall.Errno
				size     int64
				from, to int64 // what is zero then
			}{
				{name: "more", off: 5000, len: 10000, size: 15000, from: 10000, to: 15000},
				{name: "what is there", len: 10000, size: 10000},
				{name: "no more than there is", mode: keep, off: 100, len: 9900, want: unix.EOPNOTSUPP, size: 10000},
				{name: "behind the end", mode: keep, off: 5000, len: 10000, want: unix.EOPNOTSUPP, size: 10000},
				{name: "a hole", mode: punch, off: 100, len: 9000, size: 10000, from: 100, to: 9100},
				{name: "a hole over the end", mode: punch, off: 9000, len: 9000, size: 10000, from: 9000, to: 10000},
				{name: "a hole behind the end", mode: punch, off: 20000, len: 100, size: 10000},
				{name: "zeros", mode: zero, off: 3, len: 4096, size: 10000, from: 3, to: 4099},
				{name: "zeros over the end", mode: zero, off: 9999, len: 11, size: 10010, from: 9999, to: 10010},
				{name: "zeros before the end", mode: zero | keep, off: 9990, len: 10, want: unix.EOPNOTSUPP, size: 10000},
				{name: "move to the front", mode: unix.FALLOC_FL_COLLAPSE_RANGE, len: 4096, want: unix.EOPNOTSUPP, size: 10000},
				{name: "move to the back", mode: unix.FALLOC_FL_INSERT_RANGE, len: 4096, want: unix.EOPNOTSUPP, size: 10000},
				{name: "nothing", want: unix.EINVAL, size: 10000},
			} {
				f, err := os.Create("f")
				must(t, err)
				want := bytes.Repeat([]byte("x"), 10000)
				_, err = f.Write(want)
				must(t, err)
				err = unix.Fallocate(int(f.Fd()), c.mode, c.off, c.len)
				if c.want == 0 && !m.can {
					c.want, c.size, c.from, c.to = unix.EOPNOTSUPP, 10000, 0, 0
				}
				if c.want == 0 && err != nil || c.want != 0 && !errors.Is(err, c.want) {
					t.Errorf("%s: %v, want %v", c.name, err, c.want)
				}
				want = append(want, make([]byte, c.size-10000)...)
				clear(want[c.from:c.to])
				if got, err := os.ReadFile("f"); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: not the contents, or %d bytes, want %d (%v)", c.name, len(got), len(want), err)
				}
				must(t, f.Close())
			}
		})
	}
}

// TestSeekHoles: data and holes of a file of three parts with data in the second.
func TestSeekHoles(t *testing.T) {
	const part = 1 << 16
	for kind, dir := range map[string]string{"shared": "/tmp", "ext4": "", "FAT16": ""} {
		t.Run(kind, func(t *testing.T) {
			t.Chdir(mount(t, kind) + dir)
			defer t.Chdir("/")
			f, err := os.Create("f")
			must(t, err)
			defer f.Close()
			_, err = f.WriteAt(bytes.Repeat([]byte("data"), part/4), part)
			must(t, err)
			must(t, f.Truncate(3*part))
			for _, c := range []struct {
				off    int64
				whence int
				want   int64 // -1 for ENXIO
				dense  int64 // where there are no holes: FAT
			}{
				{0, unix.SEEK_DATA, part, 0}, {0, unix.SEEK_HOLE, 0, 3 * part}, {5, unix.SEEK_DATA, part, 5},
				{part, unix.SEEK_DATA, part, part}, {part + 5, unix.SEEK_DATA, part + 5, part + 5},
				{part, unix.SEEK_HOLE, 2 * part, 3 * part}, {2*part - 1, unix.SEEK_HOLE, 2 * part, 3 * part},
				{2 * part, unix.SEEK_DATA, -1, 2 * part}, {2*part + 9, unix.SEEK_HOLE, 2*part + 9, 3 * part},
				{3 * part, unix.SEEK_DATA, -1, -1}, {3 * part, unix.SEEK_HOLE, -1, -1},
			} {
				if kind == "FAT16" {
					c.want = c.dense
				}
				got, err := unix.Seek(int(f.Fd()), c.off, c.whence)
				if c.want < 0 && !errors.Is(err, unix.ENXIO) || c.want >= 0 && got != c.want {
					t.Errorf("from %d, %d: %d, %v, want %d", c.off, c.whence, got, err, c.want)
				}
			}
		})
	}
}

// TestSeekMapped: what a program has mapped and changed is data, before it is
// written.
func TestSeekMapped(t *testing.T) {
	const part, parts = 1 << 16, 4
	for kind, dir := range map[string]string{"shared": "/tmp", "ext4": ""} {
		t.Run(kind, func(t *testing.T) {
			f, err := os.Create(mount(t, kind) + dir + "/f")
			must(t, err)
			defer f.Close()
			must(t, f.Truncate(parts*part))
			m, err := unix.Mmap(int(f.Fd()), 0, parts*part, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
			must(t, err)
			defer unix.Munmap(m)
			for _, at := range []int64{2, 0, 3} {
				m[at*part] = 1
				got, err := unix.Seek(int(f.Fd()), at*part, unix.SEEK_DATA)
				if err != nil || got != at*part {
					t.Errorf("part %d: data at %d, %v", at, got, err)
				}
				if got, err = unix.Seek(int(f.Fd()), at*part, unix.SEEK_HOLE); err != nil || got != at*part+grain {
					t.Errorf("part %d: a hole at %d, %v", at, got, err)
				}
			}
			if got, err := unix.Seek(int(f.Fd()), part, unix.SEEK_DATA); err != nil || got != 2*part {
				t.Errorf("behind the first part: data at %d, %v", got, err)
			}
		})
	}
}

// TestCopyFileRange copies inside the kernel.
func TestCopyFileRange(t *testing.T) {
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		defer t.Chdir("/")
		data := make([]byte, 3<<20+17)
		for i := range data {
			data[i] = byte(i * i >> 8)
		}
		must(t, os.WriteFile("from", data, 0o644))
		from, err := os.Open("from")
		must(t, err)
		defer from.Close()
		to, err := os.Create("to")
		must(t, err)
		defer to.Close()
		in, out := int64(5), int64(100)
		for in < int64(len(data)) {
			n, err := unix.CopyFileRange(int(from.Fd()), &in, int(to.Fd()), &out, 1<<30, 0)
			must(t, err)
			if n == 0 {
				t.Fatalf("nothing at %d", in)
			}
		}
		if n, err := unix.CopyFileRange(int(from.Fd()), &in, int(to.Fd()), &out, 10, 0); n != 0 || err != nil {
			t.Errorf("at the end: %d, %v", n, err)
		}
		if got, err := os.ReadFile("to"); err != nil || !bytes.Equal(got, append(make([]byte, 100), data[5:]...)) {
			t.Errorf("%d bytes, or they differ (%v)", len(got), err)
		}
	})
}

// TestPrivileges: whatever changes what is in a file takes setuid and setgid
// away, unless root does it.
func TestPrivileges(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be others")
	}
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		defer t.Chdir("/")
		must(t, os.WriteFile("from", []byte("x"), 0o644))
		for name, change := range map[string]func(fd int) error{
			"write":    func(fd int) error { _, err := unix.Write(fd, []byte("y")); return err },
			"pwrite":   func(fd int) error { _, err := unix.Pwrite(fd, []byte("y"), 100); return err },
			"truncate": func(fd int) error { return unix.Ftruncate(fd, 1) },
			"allocate": func(fd int) error { return unix.Fallocate(fd, 0, 0, 5000) },
			"punch":    func(fd int) error { return unix.Fallocate(fd, punch, 0, 5000) },
			"copy": func(fd int) error {
				from, err := unix.Open("from", unix.O_RDONLY, 0)
				if err == nil {
					defer unix.Close(from)
					_, err = unix.CopyFileRange(from, nil, fd, nil, 1, 0)
				}
				return err
			},
			"O_TRUNC": func(int) error { return open("f", unix.O_WRONLY|unix.O_TRUNC) },
		} {
			for _, user := range []int{0, 1234} {
				must(t, os.WriteFile("f", bytes.Repeat([]byte("x"), 5000), 0o666))
				must(t, os.Chmod("f", 0o777|os.ModeSetuid|os.ModeSetgid))
				p := newHostProcess(t).(*hostProcess)
				must(t, p.Chdir(dir+"/tmp"))
				must(t, p.Setuid(user))
				must(t, p.call(func() error {
					fd, err := unix.Open("f", unix.O_WRONLY, 0)
					if err == nil {
						defer unix.Close(fd)
						err = change(fd)
					}
					return err
				}))
				must(t, p.Exit())
				want := map[int]os.FileMode{0: 0o777 | os.ModeSetuid | os.ModeSetgid, 1234: 0o777}[user]
				if st, err := os.Stat("f"); err != nil || st.Mode() != want {
					t.Errorf("%s by user %d: %v, %v, want %v", name, user, st.Mode(), err, want)
				}
			}
		}
	})
}
