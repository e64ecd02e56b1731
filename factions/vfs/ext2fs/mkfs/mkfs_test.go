package mkfs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// options are those of the tests.
func options(journal bool, blockSize int) Options {
	return Options{
		Journal: journal, BlockSize: blockSize, Label: "a label", UUID: [16]byte{1, 2, 3}, HashSeed: [16]byte{4, 5},
		Time: time.Unix(1700000000, 0),
	}
}

// image makes a file system in a sparse file that was full of other things
// before, unless it is zeroed.
func image(t *testing.T, size int64, o Options) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "image")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !o.Zeroed {
		if _, err := f.Write(bytes.Repeat([]byte{0xa5}, int(min(size, 8<<20)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if err := Format(f, size, o); err != nil {
		t.Fatal(err)
	}
	return name
}

// tool runs a program of e2fsprogs and returns what it prints.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian: apt-get install e2fsprogs)", name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestClean has e2fsck look at file systems of many sizes: around the ends of
// groups, too, where the last one is too small to keep.
func TestClean(t *testing.T) {
	const group = 8192 * 1024
	for _, journal := range []bool{false, true} {
		for _, c := range []struct {
			size      int64
			blockSize int
		}{
			{256 << 10, 0}, {1 << 20, 0}, {1474560, 0}, {group, 1024}, {group + 1024, 1024}, {group + 20<<10, 0}, {group + 700<<10, 0},
			{2*group + 12345, 0}, {16 << 20, 2048}, {16 << 20, 4096}, {40*group + 5000, 0}, {512 << 20, 0}, {3 << 30, 0}, {20 << 30, 0},
		} {
			for _, zeroed := range []bool{false, true} {
				if zeroed != (c.size > 64<<20) {
					continue // zeros in sparse files of gigabytes take time
				}
				t.Run(fmt.Sprintf("journal=%v/%d/%d", journal, c.size, c.blockSize), func(t *testing.T) {
					o := options(journal, c.blockSize)
					o.Zeroed = zeroed
					tool(t, "e2fsck", "-fn", image(t, c.size, o))
				})
			}
		}
	}
}

func TestFields(t *testing.T) {
	out := tool(t, "dumpe2fs", image(t, 64<<20, options(true, 0)))
	for _, want := range []string{
		"volume name:   a label\n", "UUID:          01020300-0000", "has_journal", "metadata_csum", "64bit", "Inode size:\t          256\n",
		"Filesystem state:         clean\n", "Nov 14 22:13:20 2023\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestCopies: a copy of the superblock is as good as the first.
func TestCopies(t *testing.T) {
	for _, journal := range []bool{false, true} {
		name := image(t, 64<<20, options(journal, 1024))
		tool(t, "e2fsck", "-fn", "-b", "8193", "-B", "1024", name)
	}
}

// TestInodes: there is room for as many files as was said.
func TestInodes(t *testing.T) {
	o := options(false, 1024)
	o.Inodes = 12000
	l, err := plan(16<<20, o)
	if err != nil || l.inodesPerGroup*l.groups < 12000 {
		t.Errorf("%+v, %v", l, err)
	}
	tool(t, "e2fsck", "-fn", image(t, 16<<20, o))
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		size int64
		o    Options
		want error
	}{
		"nothing":     {0, Options{}, ErrSmall},
		"small":       {50 << 10, Options{}, ErrSmall},
		"large":       {1 << 45, Options{}, ErrLarge},
		"blocks":      {1 << 20, Options{BlockSize: 512}, ErrBlockSize},
		"label":       {1 << 20, Options{Label: "seventeen letters"}, ErrLabel},
		"many inodes": {1 << 20, Options{Inodes: 1 << 20}, ErrInodes},
	} {
		if err := Format(discard{}, c.size, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// discard forgets what is written.
type discard struct{}

func (discard) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }

// TestFails: an error of writing is told, whenever it comes.
func TestFails(t *testing.T) {
	broken := errors.New("broken")
	for n := 0; ; n++ {
		w := &failing{left: n, err: broken}
		err := Format(w, 20<<20, options(true, 0))
		if err == nil && w.left >= 0 {
			break
		}
		if !errors.Is(err, broken) {
			t.Fatalf("after %d writes: %v", n, err)
		}
	}
}

// failing fails after some writes.
type failing struct {
	left int
	err  error
}

func (f *failing) WriteAt(b []byte, _ int64) (int, error) {
	if f.left--; f.left < 0 {
		return 0, f.err
	}
	return len(b), nil
}
