package client_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// must fails the test for an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFS(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		must(t, c.MkdirAll("/tree/a/b/c", 0o755))
		must(t, c.MkdirAll("/tree/a/b/c", 0o755))
		must(t, c.MkdirAll("/tree/empty", 0o700))
		must(t, c.WriteFile("/tree/hello", []byte("hello, world"), 0o644))
		must(t, c.WriteFile("/tree/a/none", nil, 0o600))
		must(t, c.WriteFile("/tree/a/b/big", bytes.Repeat([]byte("0123456789"), 1200), 0o444))
		must(t, c.Symlink("b/big", "/tree/a/link"))
		fsys := c.FS("/tree")
		if err := fstest.TestFS(fsys, "hello", "a/none", "a/b/big", "a/b/c", "empty", "a/link"); err != nil {
			t.Fatal(err)
		}
		target, err := fs.ReadLink(fsys, "a/link")
		if target != "b/big" || err != nil {
			t.Errorf("ReadLink = %q, %v", target, err)
		}
		info, err := fs.Lstat(fsys, "a/link")
		must(t, err)
		if info.Mode().Type() != fs.ModeSymlink {
			t.Errorf("Lstat of a link: %v", info.Mode())
		}
	})
}

// A directory of many entries is read in pieces.
func TestManyEntries(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		must(t, c.MkdirAll("/many", 0o755))
		var want []string
		for i := range 500 {
			name := strings.Repeat("x", i%40) + "-" + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
			want = append(want, name)
			must(t, c.WriteFile("/many/"+name, nil, 0o644))
		}
		slices.Sort(want)
		entries, err := c.ReadDir("/many")
		must(t, err)
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d entries, want %d", len(got), len(want))
		}
		must(t, c.RemoveAll("/many"))
		must(t, c.RemoveAll("/many"))
		if _, err := c.ReadDir("/many"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("ReadDir after RemoveAll: %v", err)
		}
	})
}

func TestFile(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		f, err := c.Create("/file")
		must(t, err)
		data := bytes.Repeat([]byte("abcdefgh"), 1<<18) // 2 MiB: more than one transfer
		if n, err := f.Write(data); n != len(data) || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
		if pos, err := f.Seek(0, io.SeekStart); pos != 0 || err != nil {
			t.Fatalf("Seek = %d, %v", pos, err)
		}
		must(t, f.Truncate(1000))
		if err := iotest.TestReader(f, data[:1000]); err != nil {
			t.Error(err)
		}
		if n, err := f.WriteAt([]byte("XY"), 3); n != 2 || err != nil {
			t.Errorf("WriteAt = %d, %v", n, err)
		}
		buf := make([]byte, 4)
		if n, err := f.ReadAt(buf, 2); n != 4 || err != nil || string(buf) != "cXYf" {
			t.Errorf("ReadAt = %d, %v, %q", n, err, buf)
		}
		if n, err := f.ReadAt(buf, 998); n != 2 || err != io.EOF {
			t.Errorf("ReadAt at the end = %d, %v", n, err)
		}
		must(t, f.Chmod(0o640|fs.ModeSetgid))
		info, err := f.Stat()
		must(t, err)
		if info.Mode() != 0o640|fs.ModeSetgid || info.Size() != 1000 || info.Name() != "file" {
			t.Errorf("Stat: %v", info)
		}
		must(t, f.Sync())
		must(t, f.Close())
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
		if _, err := f.Read(buf); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Read after Close: %v", err)
		}
	})
}

// Errors say what was done to which file, and answer errors.Is.
func TestFileErrors(t *testing.T) {
	c := inProcess(t)
	must(t, c.MkdirAll("/dir/sub", 0o755))
	_, openErr := c.OpenFile("/none", abi.O_RDONLY, 0)
	_, exclErr := c.OpenFile("/dir", abi.O_CREAT|abi.O_EXCL, 0)
	for _, test := range []struct {
		name string
		err  error
		is   error
	}{
		{"open", openErr, fs.ErrNotExist},
		{"create", exclErr, fs.ErrExist},
		{"mkdir", c.MkdirAll("/dev/null/x", 0o755), abi.ENOTDIR},
		{"remove", c.Remove("/none"), fs.ErrNotExist},
		{"remove full", c.Remove("/dir"), abi.ENOTEMPTY},
		{"NUL", c.WriteFile("/a\x00b", nil, 0), abi.EINVAL},
	} {
		var pathErr *fs.PathError
		if !errors.Is(test.err, test.is) || !errors.As(test.err, &pathErr) {
			t.Errorf("%s: %v, want %v", test.name, test.err, test.is)
		}
	}
	must(t, c.Remove("/dir/sub"))
}

func TestGetwd(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		must(t, c.MkdirAll("/w/d", 0o755))
		must(t, c.Chdir("/w/d"))
		if wd, err := c.Getwd(); wd != "/w/d" || err != nil {
			t.Errorf("Getwd = %q, %v", wd, err)
		}
	})
}
