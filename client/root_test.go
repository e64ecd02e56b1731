package client_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// rooted makes a Root in a directory with a secret beside it.
func rooted(t *testing.T, c *client.Client) *client.Root {
	t.Helper()
	must(t, c.MkdirAll("/top/in/dir/sub", 0o755))
	must(t, c.WriteFile("/top/secret", []byte("secret"), 0o600))
	must(t, c.WriteFile("/top/in/file", []byte("file"), 0o644))
	must(t, c.WriteFile("/top/in/dir/deep", []byte("deep"), 0o644))
	for name, target := range map[string]string{
		"link": "dir/deep", "back": "dir/../file", "out": "../secret", "abs": "/top/in/file", "dirlink": "dir", "dir/up": "../file",
		"outdir": "..", "loop": "loop", "dangling": "dir/new", "chain": "dirlink/up", "slash": "dir/",
	} {
		must(t, c.Symlink(target, "/top/in/"+name))
	}
	r, err := c.OpenRoot("/top/in")
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestRootNames(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r := rooted(t, c)
		for _, test := range []struct {
			name, want string
			err        error
		}{
			{"file", "file", nil}, {"./dir/./deep", "deep", nil}, {"dir/../file", "file", nil}, {"dir/sub/../../file", "file", nil},
			{"link", "deep", nil}, {"back", "file", nil}, {"dirlink/deep", "deep", nil}, {"dirlink/up", "file", nil}, {"chain", "file", nil},
			{"slash/deep", "deep", nil},
			{"../secret", "", client.ErrEscapes}, {"dir/../../secret", "", client.ErrEscapes}, {"/top/in/file", "", client.ErrEscapes},
			{"out", "", client.ErrEscapes}, {"abs", "", client.ErrEscapes}, {"outdir/secret", "", client.ErrEscapes},
			{"dirlink/../../secret", "", client.ErrEscapes}, {"..", "", client.ErrEscapes},
			{"", "", abi.ENOENT}, {"none", "", fs.ErrNotExist}, {"none/x", "", fs.ErrNotExist}, {"file/x", "", abi.ENOTDIR}, {"file/", "", abi.ENOTDIR},
			{"loop", "", abi.ELOOP}, {"loop/x", "", abi.ELOOP}, {"dir", "", abi.EISDIR}, {"a\x00b", "", abi.EINVAL},
		} {
			got, err := r.ReadFile(test.name)
			if string(got) != test.want || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Errorf("%q: %q, %v, want %q, %v", test.name, got, err, test.want, test.err)
			}
			var pathErr *fs.PathError
			if err != nil && (!errors.As(err, &pathErr) || pathErr.Path != test.name) {
				t.Errorf("%q: error of %v", test.name, err)
			}
			if _, err := r.Stat(test.name); errors.Is(test.err, client.ErrEscapes) && !errors.Is(err, client.ErrEscapes) {
				t.Errorf("stat %q: %v", test.name, err)
			}
		}
	})
}

func TestRootWrites(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		r := rooted(t, c)
		must(t, r.WriteFile("dangling", []byte("made"), 0o600))
		must(t, r.MkdirAll("a/b/c", 0o755))
		must(t, r.MkdirAll("a/b/c/", 0o755))
		must(t, r.MkdirAll("dirlink/x", 0o755))
		must(t, r.Rename("dir/new", "a/renamed"))
		must(t, r.Link("a/renamed", "a/b/linked"))
		must(t, r.Symlink("renamed", "a/sym"))
		must(t, r.Chmod("a/sym", 0o640))
		must(t, r.Chown("a/sym", 7, -1))
		must(t, r.Lchown("a/sym", 9, 9))
		when := time.Unix(1234567890, 5)
		must(t, r.Chtimes("a/sym", time.Time{}, when))
		info, err := r.Stat("a/b/linked")
		must(t, err)
		if st := info.Sys().(*abi.Stat); info.Mode() != 0o640 || st.Uid != 7 || st.Nlink != 2 || !info.ModTime().Equal(when) {
			t.Errorf("%v, %+v", info, st)
		}
		if target, err := r.Readlink("a/sym"); target != "renamed" || err != nil {
			t.Errorf("Readlink: %q, %v", target, err)
		}
		sub, err := r.OpenRoot("a")
		must(t, err)
		defer sub.Close()
		if data, err := sub.ReadFile("sym"); string(data) != "made" || err != nil {
			t.Errorf("in a Root below: %q, %v", data, err)
		}
		must(t, r.Remove("a/sym"))
		must(t, r.RemoveAll("a"))
		must(t, r.RemoveAll("a"))
		must(t, r.RemoveAll("outdir")) // the link, not what it points to
		if _, err := c.ReadFile("/top/secret"); err != nil {
			t.Error(err)
		}
		rootRefuses(t, r)
		must(t, r.Close())
		if _, err := r.Stat("file"); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// rootRefuses: no operation leads out.
func rootRefuses(t *testing.T, r *client.Root) {
	var linkErr *os.LinkError
	for name, err := range map[string]error{
		"create": r.WriteFile("../new", nil, 0o600), "through a link": r.WriteFile("out", nil, 0o600), "mkdir": r.Mkdir("../new", 0o755),
		"mkdirall": r.MkdirAll("dir/../../new/x", 0o755), "rename": r.Rename("file", "../file"), "rename from": r.Rename("../secret", "x"),
		"link": r.Link("../secret", "x"), "symlink": r.Symlink("x", "../x"), "chmod": r.Chmod("out", 0o777), "chown": r.Chown("out", 1, 1),
		"chtimes": r.Chtimes("out", time.Time{}, time.Time{}), "remove": r.Remove("../secret"), "removeall": r.RemoveAll("../secret"),
		"absolute": r.Mkdir("/new", 0o755),
	} {
		if !errors.Is(err, client.ErrEscapes) {
			t.Errorf("%s: %v", name, err)
		}
		if (strings.HasPrefix(name, "rename") || name == "link") && !errors.As(err, &linkErr) {
			t.Errorf("%s: %T", name, err)
		}
	}
}

func TestRootFS(t *testing.T) {
	c := inProcess(t)
	r := rooted(t, c)
	for _, name := range []string{"out", "abs", "outdir", "loop", "dangling"} { // TestFS opens all there is
		must(t, r.Remove(name))
	}
	if err := fstest.TestFS(r.FS(), "file", "dir/deep", "link", "dirlink"); err != nil {
		t.Error(err)
	}
	must(t, c.Chdir("/top/in"))
	d, err := r.Open("dir")
	must(t, err)
	must(t, c.Chdir("/")) // what is told of entries does not depend on it
	infos, err := d.Readdir(-1)
	if len(infos) != 3 || err != nil {
		t.Errorf("Readdir: %v, %v", infos, err)
	}
}

// TestRootRace: somebody exchanges a directory and a link that leads out, all
// the time.
func TestRootRace(t *testing.T) {
	c := inProcess(t)
	r := rooted(t, c)
	must(t, c.WriteFile("/top/deep", []byte("secret"), 0o600))
	stop := make(chan struct{})
	var moving sync.WaitGroup
	moving.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = c.Rename("/top/in/dir", "/top/in/kept")
			_ = c.Rename("/top/in/outdir", "/top/in/dir")
			_ = c.Rename("/top/in/dir", "/top/in/outdir")
			_ = c.Rename("/top/in/kept", "/top/in/dir")
		}
	})
	for range 2000 {
		if data, _ := r.ReadFile("dir/deep"); bytes.Contains(data, []byte("secret")) {
			t.Error("it has been read")
		}
	}
	close(stop)
	moving.Wait()
}

// TestFileCopies: ReadFrom and WriteTo, and what else os.File has.
func TestFileCopies(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		f, err := c.Create("/copy")
		must(t, err)
		if n, err := f.ReadFrom(bytes.NewReader(data)); n != int64(len(data)) || err != nil {
			t.Errorf("ReadFrom = %d, %v", n, err)
		}
		_, err = f.Seek(10, 0)
		must(t, err)
		var out bytes.Buffer
		if n, err := f.WriteTo(&out); n != int64(len(data))-10 || err != nil || !bytes.Equal(out.Bytes(), data[10:]) {
			t.Errorf("WriteTo = %d, %v", n, err)
		}
		if err := f.SetDeadline(time.Now()); !errors.Is(err, os.ErrNoDeadline) {
			t.Errorf("SetDeadline: %v", err)
		}
		must(t, f.Close())
		must(t, c.Chtimes("/copy", time.Unix(1, 0), time.Unix(2, 0)))
		if st, err := c.FS("/").Stat("copy"); err != nil || st.ModTime().Unix() != 2 {
			t.Errorf("Chtimes: %v, %v", st, err)
		}
		a, err := c.OpenFile("/copy", abi.O_WRONLY|abi.O_APPEND, 0)
		must(t, err)
		if _, err := a.WriteAt([]byte("x"), 0); err == nil {
			t.Error("WriteAt of a file that appends")
		}
		must(t, a.Close())
		must(t, c.MkdirAll("/list/sub", 0o755))
		d, err := c.OpenFile("/list", abi.O_RDONLY, 0)
		must(t, err)
		defer d.Close()
		if names, err := d.Readdirnames(-1); len(names) != 1 || names[0] != "sub" || err != nil {
			t.Errorf("Readdirnames: %q, %v", names, err)
		}
		must(t, d.Chdir())
		if wd, err := c.Getwd(); wd != "/list" || err != nil {
			t.Errorf("after Chdir: %q, %v", wd, err)
		}
	})
}
