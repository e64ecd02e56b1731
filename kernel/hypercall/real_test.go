package hypercall

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestRealFiles(t *testing.T) {
	h := Real()
	dir := t.TempDir()
	name := filepath.Join(dir, "disk")
	for _, tc := range []struct {
		what string
		name string
		mode OpenMode
		err  error
	}{
		{"no access", name, Create, abi.EINVAL},
		{"what is not there", name, ReadOnly, abi.ENOENT},
		{"creating", name, ReadWrite | Create | Exclusive, nil},
		{"creating again", name, ReadWrite | Create | Exclusive, abi.EEXIST},
		{"writing a directory", dir, WriteOnly, abi.EISDIR},
		{"below a file", name + "/x", ReadOnly, abi.ENOTDIR},
	} {
		f, err := h.Open(tc.name, tc.mode)
		if err != tc.err {
			t.Errorf("%s: %v, want %v", tc.what, err, tc.err)
		}
		if err == nil {
			f.Close()
		}
	}
	f, err := h.Open(name, ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.WriteAt([]byte("hello"), 3); n != 5 || err != nil {
		t.Errorf("WriteAt = %d, %v", n, err)
	}
	buf := make([]byte, 10)
	if n, err := f.ReadAt(buf, 1); n != 7 || err != nil || !bytes.Equal(buf[:n], []byte("\x00\x00hello")) {
		t.Errorf("ReadAt = %d, %v, %q", n, err, buf)
	}
	if n, err := f.Size(); n != 8 || err != nil {
		t.Errorf("Size = %d, %v", n, err)
	}
	if err := f.Sync(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != abi.EBADF {
		t.Errorf("closing twice: %v", err)
	}
	for name, want := range map[string]FileKind{dir: KindDir, name: KindRegular, "/dev/null": KindChar} {
		if _, kind, err := h.FileInfo(name); kind != want || err != nil {
			t.Errorf("FileInfo(%s) = %v, %v", name, kind, err)
		}
	}
	if _, _, err := h.FileInfo(name + "x"); err != abi.ENOENT {
		t.Errorf("FileInfo of nothing: %v", err)
	}
}

func TestRealHost(t *testing.T) {
	h := Real()
	if h.Pid() != os.Getpid() || h.NCPU() < 1 || h.ClockRes() <= 0 {
		t.Error("who and where?")
	}
	if name, _ := os.Hostname(); h.Hostname() != name {
		t.Errorf("the host is called %q, not %q", h.Hostname(), name)
	}
	a, b := make([]byte, 1000), make([]byte, 1000)
	if h.Random(a) != nil || h.Random(b) != nil || bytes.Equal(a, b) || bytes.Count(a, []byte{0}) > 100 {
		t.Error("Random is not")
	}
	if d := h.Now() - time.Now().UnixNano(); d > 1e9 || d < -1e9 {
		t.Errorf("the clock is off by %d ns", d)
	}
}

// The real host's clocks are those of a bubble of package synctest.
func TestRealClockInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := Real()
		fired := false
		h.AfterFunc(time.Hour, func() { fired = true })
		stopped := h.AfterFunc(time.Minute, func() { t.Error("a stopped timer fired") })
		if !stopped.Stop() || stopped.Stop() {
			t.Error("Stop does not tell whether the timer ran")
		}
		wall := h.Now()
		time.Sleep(time.Hour)
		synctest.Wait()
		if !fired || h.Mono() != int64(time.Hour) || h.Now()-wall != int64(time.Hour) {
			t.Errorf("after an hour the clock shows %d", h.Mono())
		}
	})
}

// Every error of both systems that has a like on the other goes there and back.
func TestErrors(t *testing.T) {
	for e := abi.Errno(1); e <= abi.ELAST; e++ {
		host := ToHost(e)
		if host == unix.EIO && e != abi.EIO {
			continue // no like
		}
		if back := FromHost(host); back != e && ToHost(back) != host {
			t.Errorf("%s becomes %v becomes %s", e.Name(), host, back.Name())
		}
	}
	if FromHost(unix.EAGAIN) != abi.EAGAIN || FromHost(unix.EDEADLK) != abi.EDEADLK || FromHost(unix.Errno(999)) != abi.EIO {
		t.Error("numbers are mixed up")
	}
	if hostError(os.ErrClosed) != abi.EIO {
		t.Error("an error without a number is not EIO")
	}
}
