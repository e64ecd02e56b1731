package export

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

var entries = flag.Int("entries", 3000, "names in the directory of TestListing")

// TestListing: a directory that others change is listed without loss: what is
// there from start to end is told once.
func TestListing(t *testing.T) {
	dir := mount(t, "shared")
	c := other(t, dir)
	must(t, c.Mkdir("/tmp/d", 0o755))
	name := func(i int) string { return "/tmp/d/entry " + strconv.Itoa(i) }
	for i := range *entries {
		fd, err := c.Open(name(i), abi.O_CREAT|abi.O_WRONLY, 0o644)
		must(t, err)
		must(t, c.Close(fd))
	}
	d, err := os.Open(dir + "/tmp/d")
	must(t, err)
	defer d.Close()
	seen := map[string]int{}
	for i := 0; ; i++ {
		list, err := d.Readdirnames(100)
		for _, s := range list {
			seen[s]++
		}
		if err != nil {
			break
		}
		// Every third goes, is moved, or comes.
		must(t, c.Unlink(name(3*i)))
		must(t, c.Rename(name(3*i+*entries/2/3*3), "/tmp/d/moved "+strconv.Itoa(i)))
		must(t, c.Mkdir("/tmp/d/new "+strconv.Itoa(i), 0o755))
	}
	for i := range *entries {
		if n := seen[filepath.Base(name(i))]; n > 1 || i%3 != 0 && n != 1 {
			t.Errorf("%s is told %d times", name(i), n)
		}
	}
}

// TestNumbersAndLinks: a file has one number, by every name, in listings and
// however it is moved, and as many links as names; those of another file system
// below are others.
func TestNumbersAndLinks(t *testing.T) {
	dir := mount(t, "shared")
	c := other(t, dir)
	t.Chdir(dir + "/tmp")
	defer t.Chdir("/")
	must(t, os.Mkdir("below", 0o755))
	args := abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755}
	must(t, c.Mount("tmpfs", "/tmp/below", 0, client.Struct(&args)))
	numbers := map[uint64]string{}
	for _, d := range []string{".", "below"} {
		must(t, os.WriteFile(d+"/f", []byte("x"), 0o644))
		must(t, os.Link(d+"/f", d+"/g"))
		f := statOf(t, d+"/f")
		must(t, os.Rename(d+"/f", d+"/h"))
		g, h := statOf(t, d+"/g"), statOf(t, d+"/h")
		if g.Ino != f.Ino || h.Ino != f.Ino || g.Nlink != 2 {
			t.Errorf("numbers %d, %d, %d, %d links", f.Ino, g.Ino, h.Ino, g.Nlink)
		}
		must(t, c.Unlink("/tmp/"+d+"/h"))
		if g = statOf(t, d+"/g"); g.Nlink != 1 || g.Ino != f.Ino {
			t.Errorf("%d links, number %d", g.Nlink, g.Ino)
		}
		for name, ino := range listed(t, d) {
			if st := statOf(t, d+"/"+name); name != "below" && name != ".." && st.Ino != ino {
				t.Errorf("%s/%s is %d, listed as %d", d, name, st.Ino, ino)
			}
			if other := numbers[ino]; other != "" && name[0] != '.' {
				t.Errorf("%s/%s and %s are both %d", d, name, other, ino)
			}
			numbers[ino] = d + "/" + name
		}
	}
	must(t, c.Unmount("/tmp/below", abi.MNT_FORCE))
}

// listed are the numbers in a listing.
func listed(t *testing.T, dir string) map[string]uint64 {
	t.Helper()
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	must(t, err)
	defer unix.Close(fd)
	buf, list := make([]byte, 1<<16), map[string]uint64{}
	for {
		n, err := unix.Getdents(fd, buf)
		must(t, err)
		if n == 0 {
			return list
		}
		for b := buf[:n]; len(b) > 0; {
			ino, size := binary.NativeEndian.Uint64(b), binary.NativeEndian.Uint16(b[16:])
			name, _, _ := bytes.Cut(b[19:size], []byte{0})
			list[string(name)] = ino
			b = b[size:]
		}
	}
}

func statOf(t *testing.T, name string) (st unix.Stat_t) {
	t.Helper()
	must(t, unix.Lstat(name, &st))
	return st
}

// TestNumbersOfStatfs: the host is told what the kernel is.
func TestNumbersOfStatfs(t *testing.T) {
	dir := mount(t, "shared")
	c := other(t, dir)
	must(t, c.Mkdir("/small", 0o755))
	args := abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755, SizeMax: 1 << 20, NodesMax: 50}
	must(t, c.Mount("tmpfs", "/small", 0, client.Struct(&args)))
	must(t, os.WriteFile(dir+"/small/f", make([]byte, 100_000), 0o644))
	var got unix.Statfs_t
	var want abi.Statvfs
	must(t, unix.Statfs(dir+"/small", &got))
	must(t, c.Statvfs1("/small", &want, abi.ST_WAIT))
	if got.Blocks != want.Blocks || got.Bfree != want.Bfree || got.Bavail != want.Bavail || got.Files != want.Files ||
		got.Ffree != want.Ffree || got.Frsize != int64(want.Frsize) || got.Bsize != int64(want.Bsize) || got.Namelen != int64(want.Namemax) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if size := got.Blocks * uint64(got.Frsize); size > 1<<20 || got.Bfree*uint64(got.Frsize) > size-100_000 {
		t.Errorf("%d bytes in all, %d blocks free", size, got.Bfree)
	}
}

// TestUnusualFiles: sockets, files without a name, and access that goes round
// what the host keeps.
func TestUnusualFiles(t *testing.T) {
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		defer t.Chdir("/")
		l, err := net.Listen("unix", "socket")
		must(t, err)
		if st, err := os.Stat("socket"); err != nil || st.Mode().Type() != fs.ModeSocket {
			t.Errorf("a socket: %v, %v", st, err)
		}
		in, err := net.Dial("unix", "socket")
		must(t, err)
		must(t, in.Close())
		must(t, l.Close())
		// The kernel could not give it a name later.
		if _, err := unix.Open(".", unix.O_TMPFILE|unix.O_RDWR, 0o600); !errors.Is(err, syscall.EOPNOTSUPP) {
			t.Errorf("O_TMPFILE: %v", err)
		}
		direct(t)
	})
}

// TestSocketsOnImages: the host binds its sockets to names on images that can hold
// them. The image is judged afterwards.
func TestSocketsOnImages(t *testing.T) {
	for _, kind := range []string{"ext2", "ext4", "FAT16"} {
		t.Run(kind, func(t *testing.T) {
			t.Chdir(mount(t, kind))
			defer t.Chdir("/")
			err := unix.Mknod("made", unix.S_IFSOCK|0o640, 0)
			if kind == "FAT16" {
				if err != unix.EPERM {
					t.Errorf("mknod: %v", err)
				}
				return
			}
			must(t, err)
			if st, err := os.Lstat("made"); err != nil || st.Mode() != fs.ModeSocket|0o640 {
				t.Errorf("a socket: %v, %v", st, err)
			}
			l, err := net.Listen("unix", "socket")
			must(t, err)
			in, err := net.Dial("unix", "socket")
			must(t, err)
			must(t, in.Close())
			must(t, l.Close())
		})
	}
}

// direct writes and reads one file with O_DIRECT and without.
func direct(t *testing.T) {
	must(t, os.WriteFile("f", make([]byte, 8192), 0o644))
	d, err := os.OpenFile("f", os.O_RDWR|unix.O_DIRECT, 0)
	must(t, err)
	defer d.Close()
	page, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	must(t, err)
	defer func() { _ = unix.Munmap(page) }()
	copy(page, "direct")
	_, err = d.WriteAt(page, 4096)
	must(t, err)
	if got, err := os.ReadFile("f"); err != nil || len(got) != 8192 || string(got[4096:4102]) != "direct" {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	f, err := os.OpenFile("f", os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	_, err = f.WriteAt([]byte("cached"), 4096)
	must(t, err)
	if n, err := d.ReadAt(page, 4096); n != 4096 || err != nil || string(page[:6]) != "cached" {
		t.Errorf("%d bytes, %q, %v", n, page[:6], err)
	}
}
