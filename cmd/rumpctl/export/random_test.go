package export

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

var steps = flag.Int("steps", 200, "operations of TestRandom")

// fileModel is what a file must hold.
type fileModel struct {
	t    *testing.T
	r    *rand.Rand
	f    *os.File
	want []byte
}

const mostBytes = 400_000

// span chooses a part of the file, or of what it may grow to.
func (m *fileModel) span() (off, n int) {
	off = m.r.IntN(mostBytes)
	return off, 1 + m.r.IntN(min(mostBytes-off, 70_000))
}

// grow makes the model at least n bytes.
func (m *fileModel) grow(n int) {
	if n > len(m.want) {
		m.want = append(m.want, make([]byte, n-len(m.want))...)
	}
}

func (m *fileModel) data(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.r.Uint32())
	}
	return b
}

func (m *fileModel) write() {
	off, n := m.span()
	b := m.data(n)
	m.grow(off + n)
	copy(m.want[off:], b)
	_, err := m.f.WriteAt(b, int64(off))
	must(m.t, err)
}

func (m *fileModel) read() {
	off, n := m.span()
	b := make([]byte, n)
	k, err := m.f.ReadAt(b, int64(off))
	if err != nil && err != io.EOF {
		m.t.Fatal(err)
	}
	if want := m.want[min(off, len(m.want)):min(off+n, len(m.want))]; !bytes.Equal(b[:k], want) {
		m.t.Fatalf("read of %d at %d differs: %d bytes, want %d", n, off, k, len(want))
	}
}

func (m *fileModel) truncate() {
	n := m.r.IntN(mostBytes)
	m.grow(n)
	m.want = m.want[:n]
	must(m.t, m.f.Truncate(int64(n)))
}

func (m *fileModel) appends() {
	f, err := os.OpenFile(m.f.Name(), os.O_WRONLY|os.O_APPEND, 0)
	must(m.t, err)
	defer f.Close()
	b := m.data(1 + m.r.IntN(5000))
	_, err = f.Write(b)
	must(m.t, err)
	m.want = append(m.want, b...)
}

func (m *fileModel) punch() {
	off, n := m.span()
	err := unix.Fallocate(int(m.f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, int64(off), int64(n))
	if err == unix.EOPNOTSUPP {
		return
	}
	must(m.t, err)
	if off < len(m.want) {
		clear(m.want[off:min(off+n, len(m.want))])
	}
}

func (m *fileModel) allocate() {
	off, n := m.span()
	if err := unix.Fallocate(int(m.f.Fd()), 0, int64(off), int64(n)); err == unix.EOPNOTSUPP {
		return
	} else {
		must(m.t, err)
	}
	m.grow(off + n)
}

// copies copies a part of the file to another.
func (m *fileModel) copies() {
	off, n := m.span()
	if off >= len(m.want) {
		return
	}
	to := m.r.IntN(mostBytes)
	n = min(n, len(m.want)-off, max(off-to, to-off)) // the host lets no parts overlap
	if n == 0 {
		return
	}
	in, out := int64(off), int64(to)
	k, err := unix.CopyFileRange(int(m.f.Fd()), &in, int(m.f.Fd()), &out, n, 0)
	must(m.t, err)
	part := bytes.Clone(m.want[off : off+k])
	m.grow(to + k)
	copy(m.want[to:], part)
}

// zeros makes a part zero.
func (m *fileModel) zeros() {
	off, n := m.span()
	err := unix.Fallocate(int(m.f.Fd()), zero, int64(off), int64(n))
	if err == unix.EOPNOTSUPP {
		return
	}
	must(m.t, err)
	m.grow(off + n)
	clear(m.want[off : off+n])
}

// seeks looks for data: before it there are zeros only.
func (m *fileModel) seeks() {
	off := m.r.IntN(mostBytes)
	to, err := unix.Seek(int(m.f.Fd()), int64(off), unix.SEEK_DATA)
	if err == unix.ENXIO {
		to = int64(len(m.want))
	} else {
		must(m.t, err)
	}
	if off < len(m.want) && len(bytes.Trim(m.want[off:to], "\x00")) != 0 {
		m.t.Fatalf("data between %d and %d", off, to)
	}
}

// mapped changes the file through memory.
func (m *fileModel) mapped() {
	if len(m.want) == 0 {
		return
	}
	b, err := unix.Mmap(int(m.f.Fd()), 0, len(m.want), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err == unix.ENODEV {
		return // hosts before 6.6, for files that others may change
	}
	must(m.t, err)
	off := m.r.IntN(len(m.want))
	data := m.data(1 + m.r.IntN(min(len(m.want)-off, 9000)))
	copy(b[off:], data)
	copy(m.want[off:], data)
	must(m.t, unix.Msync(b, unix.MS_SYNC))
	must(m.t, unix.Munmap(b))
}

// reopen closes the file, and opens it again under another name.
func (m *fileModel) reopen() {
	old := m.f.Name()
	must(m.t, m.f.Close())
	name := filepath.Join(filepath.Dir(old), string(rune('a'+m.r.IntN(20))))
	must(m.t, os.Rename(old, name))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	must(m.t, err)
	m.f = f
}

// TestRandom changes a file at random and compares it with what it must hold.
func TestRandom(t *testing.T) {
	for _, kind := range []string{"shared", "alone", "ext4", "FAT16"} {
		t.Run(kind, func(t *testing.T) { randomly(t, mount(t, kind)) })
	}
}

func randomly(t *testing.T, dir string) {
	f, err := os.Create(dir + "/file")
	must(t, err)
	seed := rand.Uint64()
	t.Log("seed", seed)
	m := &fileModel{t: t, r: rand.New(rand.NewPCG(seed, 0)), f: f}
	defer func() { _ = m.f.Close() }()
	acts := []func(){m.write, m.write, m.read, m.read, m.truncate, m.appends, m.punch, m.allocate, m.mapped, m.reopen, m.copies, m.zeros, m.seeks}
	for range *steps {
		acts[m.r.IntN(len(acts))]()
		if st, err := os.Stat(m.f.Name()); err != nil || st.Size() != int64(len(m.want)) {
			t.Fatalf("%v bytes, want %d (%v)", st, len(m.want), err)
		}
	}
	got, err := os.ReadFile(m.f.Name())
	if err != nil || !bytes.Equal(got, m.want) {
		t.Errorf("%d bytes, want %d, or they differ (%v)", len(got), len(m.want), err)
	}
}
