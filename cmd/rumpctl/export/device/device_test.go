package device

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// names is a file system that knows each name, but tells of those that begin with
// slow only when gate is closed.
type names struct {
	fuse.RawFileSystem
	gate    chan struct{}
	waiting chan struct{} // told of each that waits
	mode    atomic.Uint32
	asked   atomic.Int32
	ended   atomic.Bool
}

func (f *names) Lookup(_ <-chan struct{}, _ *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	if strings.HasPrefix(name, "slow") {
		f.waiting <- struct{}{}
		<-f.gate
	}
	out.NodeId, out.Mode = 2, f.mode.Load()
	out.SetAttrTimeout(time.Hour)
	out.SetEntryTimeout(time.Hour)
	return fuse.OK
}

func (f *names) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	f.asked.Add(1)
	out.Mode = f.mode.Load()
	if in.NodeId == 1 {
		out.Mode = unix.S_IFDIR | 0o755
	}
	out.SetTimeout(time.Hour)
	return fuse.OK
}

func (f *names) OnUnmount() { f.ended.Store(true) }

// mountNames mounts such a file system for the time of a test, which is skipped
// where that cannot be.
func mountNames(t *testing.T) (f *names, s *Server, dir string) {
	t.Helper()
	tool, _ := exec.LookPath("fusermount3")
	if dev, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil {
		t.Skip("no FUSE for this process: ", err)
	} else {
		_ = dev.Close()
	}
	dir = t.TempDir() + "/a b" // blanks are written otherwise in the host's list
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f = &names{RawFileSystem: fuse.NewDefaultRawFileSystem(), gate: make(chan struct{}), waiting: make(chan struct{}, 100)}
	f.mode.Store(unix.S_IFREG | 0o644)
	o := &fuse.MountOptions{FsName: "names, of files", Name: "test", DirectMount: os.Geteuid() == 0}
	s, err := Mount(dir, tool, o, func(*Server) fuse.RawFileSystem { return f })
	if err != nil {
		t.Skip("this process may not mount: ", err)
	}
	t.Cleanup(func() {
		if err := s.Unmount(); err != nil {
			t.Error("unmount: ", err)
			_ = unix.Unmount(dir, unix.MNT_DETACH)
		}
		s.Wait()
		s.Wait() // again is harmless
		if !f.ended.Load() {
			t.Error("the file system was not told of the end")
		}
	})
	return f, s, dir
}

// TestDeputy: some are waited for, and others are answered all the same.
func TestDeputy(t *testing.T) {
	f, _, dir := mountNames(t)
	const slow = 5
	var held sync.WaitGroup
	for i := range slow {
		held.Go(func() {
			var st unix.Stat_t
			if err := unix.Stat(dir+"/slow"+strconv.Itoa(i), &st); err != nil {
				t.Error("slow: ", err)
			}
		})
		<-f.waiting
		var st unix.Stat_t
		if err := unix.Stat(dir+"/quick"+strconv.Itoa(i), &st); err != nil || st.Mode != unix.S_IFREG|0o644 {
			t.Errorf("%#o, %v", st.Mode, err)
		}
	}
	close(f.gate)
	held.Wait()
}

// TestMany: each of many requests at once is answered, with helpers from time to
// time.
func TestMany(t *testing.T) {
	_, s, dir := mountNames(t)
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			var st unix.Stat_t
			for i := range 200 {
				if i%10 == 0 {
					s.startHelper()
				}
				if err := unix.Stat(dir+"/"+strconv.Itoa(who*1000+i), &st); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// TestNotify: after it the host asks for attributes again.
func TestNotify(t *testing.T) {
	f, s, dir := mountNames(t)
	var st unix.Stat_t
	for range 3 {
		if err := unix.Stat(dir+"/f", &st); err != nil || st.Mode != unix.S_IFREG|0o644 {
			t.Fatalf("%#o, %v", st.Mode, err)
		}
	}
	f.mode.Store(unix.S_IFREG | 0o600)
	before := f.asked.Load()
	if code := s.InodeNotify(2, -1, 0); !code.Ok() {
		t.Fatal(code)
	}
	if err := unix.Stat(dir+"/f", &st); err != nil || st.Mode != unix.S_IFREG|0o600 {
		t.Errorf("%#o, %v", st.Mode, err)
	}
	if n := f.asked.Load() - before; n != 1 {
		t.Errorf("asked %d times", n)
	}
	if code := s.InodeNotify(77, -1, 0); code != fuse.ENOENT {
		t.Errorf("of a node it does not know: %v", code)
	}
}

// TestBusy: what is in use is not unmounted.
func TestBusy(t *testing.T) {
	_, s, dir := mountNames(t)
	fd, err := unix.Open(dir, unix.O_PATH, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Unmount() == nil {
		t.Error("unmounted")
	}
	if err := unix.Close(fd); err != nil {
		t.Error(err)
	}
}

// TestTuned: the device is found, and its setting is that of tune, for root.
func TestTuned(t *testing.T) {
	_, _, dir := mountNames(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can change them")
	}
	dev := deviceOf(dir)
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		t.Fatal(err)
	}
	if want := strconv.Itoa(int(unix.Major(st.Dev))) + ":" + strconv.Itoa(int(unix.Minor(st.Dev))); dev != want {
		t.Errorf("device %q, want %q", dev, want)
	}
	got, err := os.ReadFile(aheadFile(dev))
	if err != nil {
		t.Skip(err)
	}
	if strings.TrimSpace(string(got)) != aheadKB {
		t.Logf("%s KiB are read ahead: sysfs cannot be written here", got)
	}
}

func TestRefuse(t *testing.T) {
	w := newWorker(&Server{})
	copy(w.in[8:], "12345678")
	if n := w.refuse(-5); n != outHeader || string(w.out[8:16]) != "12345678" || w.out[4] != 0xfb && w.out[7] != 0xfb {
		t.Errorf("%v", w.out[:n])
	}
}

func TestEscape(t *testing.T) {
	if got := escape(`a,b\c`); got != `a\,b\\c` {
		t.Error(got)
	}
}

func TestRunning(t *testing.T) {
	for line, want := range map[string]int{
		"0.20 0.18 0.12 1/80 11206\n": 1, "20.20 0.18 0.12 31/8000 11206": 31,
		"": -1, "0.1 0.2 0.3": -1, "a b c d/e": -1,
	} {
		if got, ok := runningOf([]byte(line)); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d, %v", line, got, ok)
		}
	}
	if line, err := os.ReadFile("/proc/loadavg"); err == nil {
		if n, ok := runningOf(line); !ok || n < 1 {
			t.Errorf("%q: %d, %v", line, n, ok)
		}
	}
}

// TestCrowded: the leader looks for requests unless twice, one after the other,
// more threads run than there are processors, or that is not known.
func TestCrowded(t *testing.T) {
	p := pace{cpus: 2}
	for i, c := range []struct {
		running int
		ok, may bool
	}{{2, true, true}, {3, true, true}, {1, true, true}, {3, true, true}, {9, true, false}, {3, true, false}, {2, true, true}, {0, false, true}, {0, false, false}} {
		if p.count(c.running, c.ok); p.crowded < 2 != c.may {
			t.Errorf("look %d: %d run, crowded at %d", i, c.running, p.crowded)
		}
	}
}

// TestTube: what comes through a pipe is what went in, whole, by both ways to move
// it; an error is that of moving.
func TestTube(t *testing.T) {
	from, via := newTube(), newTube()
	if from == nil || via == nil {
		t.Skip("no pipes of that size for this process")
	}
	defer from.close()
	defer via.close()
	for name, move := range map[string]func(from, to, length int) (int, error){"waiting": move, "not": tryMove} {
		for _, size := range []int{1, page, 3*page + 5, muchData + 80} {
			want := make([]byte, size)
			for i := range want {
				want[i] = byte(i*7 + i>>8)
			}
			if err := write(from.in, want); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, MaxData+2*page)
			if n, err := via.read(from.out, got, move); err != nil || string(got[:n]) != string(want) {
				t.Errorf("%s, %d bytes: %d, or they differ (%v)", name, size, n, err)
			}
		}
		if n, err := via.read(-1, nil, move); n != 0 || err != unix.EBADF {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}
