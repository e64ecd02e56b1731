package file_test

import (
	"bytes"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// space is the memory of a caller behind a socket: it begins at base.
type space struct {
	mem     []byte
	windows int // not yet committed
}

const base = 0x1000

func (s *space) at(addr uint64, n int) ([]byte, error) {
	if addr < base || addr-base+uint64(n) > uint64(len(s.mem)) {
		return nil, abi.EFAULT
	}
	return s.mem[addr-base:][:n], nil
}

func (s *space) CopyIn(dst []byte, addr uint64) error {
	b, err := s.at(addr, len(dst))
	copy(dst, b)
	return err
}

func (s *space) CopyOut(addr uint64, src []byte) error {
	b, err := s.at(addr, len(src))
	copy(b, src)
	return err
}

func (s *space) CopyInStr(uint64, int) (string, error) { return "", abi.EFAULT }

func (s *space) Window(n int) []byte { s.windows++; return make([]byte, n) }

func (s *space) Commit(win []byte, addr uint64, n int) error {
	s.windows--
	return s.CopyOut(addr, win[:n])
}

// disk is a file with positions that is all in memory; a read at fail fails.
type disk struct {
	data  []byte
	calls int
	fail  int64
	err   error
}

func (d *disk) Read(l *proc.LWP, f *file.File, p []byte) (int, error) {
	n, err := d.ReadAt(l, f, p, f.Off)
	f.Off += int64(n)
	return n, err
}

func (d *disk) Write(l *proc.LWP, f *file.File, p []byte) (int, error) {
	n, err := d.WriteAt(l, f, p, f.Off)
	f.Off += int64(n)
	return n, err
}

func (d *disk) ReadAt(_ *proc.LWP, _ *file.File, p []byte, off int64) (int, error) {
	d.calls++
	if d.err != nil && off >= d.fail {
		return 0, d.err
	}
	return copy(p, d.data[min(off, int64(len(d.data))):]), nil
}

func (d *disk) WriteAt(_ *proc.LWP, _ *file.File, p []byte, off int64) (int, error) {
	d.calls++
	if d.err != nil && off >= d.fail {
		return 0, d.err
	}
	return copy(d.data[min(off, int64(len(d.data))):], p), nil
}

func (d *disk) Seek(*proc.LWP, *file.File, int64, int32) (int64, error) { return 0, nil }
func (d *disk) Ioctl(*proc.LWP, *file.File, uint32, *file.Arg) error    { return abi.ENOTTY }
func (d *disk) Poll(_ *file.File, e event.Mask) event.Mask              { return e }
func (d *disk) Events(*file.File) *event.Queue                          { return nil }
func (d *disk) Stat(_ *proc.LWP, _ *file.File, st *abi.Stat) error      { return nil }
func (d *disk) Close(*proc.LWP, *file.File) error                       { return nil }
func remote(s *space, off, n int) usermem.Mem                           { return usermem.At(s, base+uint64(off), n) }
func outbuf(s *space, off, n int) usermem.OutBuf                        { return usermem.OutBuf{Mem: remote(s, off, n)} }
func inbuf(s *space, off, n int) usermem.InBuf                          { return usermem.InBuf{Mem: remote(s, off, n)} }
func open(d *disk, kind file.Kind, flags uint32) *file.File             { return file.New(d, kind, nil, flags) }

func lwp(t *testing.T, raise func(int32)) *proc.LWP {
	t.Helper()
	tab := proc.NewTable(hypercall.NewSim(1), 0, 10)
	p := tab.Find(0)
	p.SetRaise(raise)
	l, err := p.NewLWP(true)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

func TestRemoteRead(t *testing.T) {
	const big = usermem.MaxTransfer + 100
	for _, tc := range []struct {
		name     string
		kind     file.Kind
		have     int
		off, len int
		n        int
		calls    int
		err      error
	}{
		{"some", file.KindVnode, 10, 0, 20, 10, 1, nil},
		{"nothing asked", file.KindVnode, 10, 0, 0, 0, 1, nil},
		{"in pieces", file.KindVnode, big, 0, big, big, 2, nil},
		{"a stream gives one piece", file.KindSocket, big, 0, big, usermem.MaxTransfer, 1, nil},
		{"outside the caller's memory", file.KindVnode, 10, 2 * big, 5, 0, 1, abi.EFAULT},
		{"NULL", file.KindVnode, 10, -base, 5, 0, 0, abi.EFAULT},
	} {
		s := &space{mem: make([]byte, 2*big)}
		d := &disk{data: pattern(tc.have)}
		n, err := file.Read(lwp(t, nil), open(d, tc.kind, file.FREAD), outbuf(s, tc.off, tc.len))
		if n != tc.n || err != tc.err || d.calls != tc.calls || s.windows != 0 {
			t.Errorf("%s: %d, %v in %d calls, %d windows left", tc.name, n, err, d.calls, s.windows)
		}
		if err == nil && !bytes.Equal(s.mem[:n], d.data[:n]) {
			t.Errorf("%s: wrong data", tc.name)
		}
	}
}

func TestRemoteWrite(t *testing.T) {
	const big = usermem.MaxTransfer + 100
	s := &space{mem: pattern(2 * big)}
	d := &disk{data: make([]byte, 2*big)}
	f := open(d, file.KindVnode, file.FWRITE)
	if n, err := file.Write(lwp(t, nil), f, inbuf(s, 5, big)); n != big || err != nil || d.calls != 2 {
		t.Errorf("write = %d, %v in %d calls", n, err, d.calls)
	}
	if !bytes.Equal(d.data[:big], s.mem[5:][:big]) {
		t.Error("wrong data")
	}
	if n, err := file.WriteAt(lwp(t, nil), f, inbuf(s, 0, 10), 3); n != 10 || err != nil || !bytes.Equal(d.data[3:13], s.mem[:10]) {
		t.Errorf("pwrite = %d, %v", n, err)
	}
	if _, err := file.Write(lwp(t, nil), f, inbuf(s, 3*big, 10)); err != abi.EFAULT {
		t.Errorf("write from nowhere: %v", err)
	}
}

// What was moved before an error counts, but for EPIPE, which raises a signal.
func TestPartial(t *testing.T) {
	const piece = usermem.MaxTransfer
	var sigs []int32
	l := lwp(t, func(sig int32) { sigs = append(sigs, sig) })
	for _, tc := range []struct {
		err  abi.Errno
		fail int64
		n    int
		want error
		sigs int
	}{
		{abi.EINTR, piece, piece, nil, 0},
		{abi.EAGAIN, piece, piece, nil, 0},
		{abi.EAGAIN, 0, 0, abi.EAGAIN, 0},
		{abi.ENOSPC, piece, 0, abi.ENOSPC, 0},
		{abi.EPIPE, piece, 0, abi.EPIPE, 1},
	} {
		s := &space{mem: make([]byte, 2*piece)}
		d := &disk{data: make([]byte, 2*piece), err: tc.err, fail: tc.fail}
		sigs = nil
		n, err := file.Write(l, open(d, file.KindVnode, file.FWRITE), inbuf(s, 0, 2*piece))
		if n != tc.n || err != tc.want || len(sigs) != tc.sigs {
			t.Errorf("%v at %d: write = %d, %v, signals %v", tc.err, tc.fail, n, err, sigs)
		}
	}
	d := &disk{data: make([]byte, 2*piece), err: abi.EIO, fail: piece}
	s := &space{mem: make([]byte, 2*piece)}
	if n, err := file.Read(l, open(d, file.KindVnode, file.FREAD), outbuf(s, 0, 2*piece)); n != piece || err != nil {
		t.Errorf("read = %d, %v", n, err)
	}
}

func TestVectors(t *testing.T) {
	l := lwp(t, nil)
	for _, kind := range []file.Kind{file.KindVnode, file.KindSocket} {
		for _, size := range []int{3, 40 << 10} {
			s := &space{mem: make([]byte, 1<<20)}
			copy(s.mem[1024:], pattern(3*size))
			iov := []abi.Iovec{
				{Base: base + 1024, Len: uint64(size)},
				{Base: 0, Len: 0},
				{Base: base + 1024 + uint64(size), Len: uint64(2 * size)},
			}
			copy(s.mem, usermem.BytesOfSlice(iov))
			v := usermem.InSlice[abi.Iovec]{Mem: remote(s, 0, 48), N: 3}
			d := &disk{data: make([]byte, 3*size)}
			f := open(d, kind, file.FREAD|file.FWRITE)
			if n, err := file.Writev(l, f, v); n != 3*size || err != nil || !bytes.Equal(d.data, pattern(3*size)) {
				t.Errorf("kind %d: writev of %d = %d, %v", kind, 3*size, n, err)
			}
			clear(s.mem[1024:])
			if n, err := file.ReadvAt(l, f, v, 0); n != 3*size || err != nil || !bytes.Equal(s.mem[1024:][:n], d.data) {
				t.Errorf("kind %d: preadv of %d = %d, %v", kind, 3*size, n, err)
			}
		}
	}
}

func TestVectorErrors(t *testing.T) {
	l := lwp(t, nil)
	s := &space{mem: make([]byte, 1<<20)}
	used := 0
	vec := func(iov ...abi.Iovec) usermem.InSlice[abi.Iovec] {
		at := used
		used += copy(s.mem[used:], usermem.BytesOfSlice(iov))
		return usermem.InSlice[abi.Iovec]{Mem: remote(s, at, -1), N: uint64(len(iov))}
	}
	rw := open(&disk{data: make([]byte, 10)}, file.KindVnode, file.FREAD|file.FWRITE)
	ro := open(&disk{}, file.KindVnode, file.FREAD)
	for _, tc := range []struct {
		name string
		f    *file.File
		v    usermem.InSlice[abi.Iovec]
		err  error
	}{
		{"none", rw, vec(), abi.EINVAL},
		{"too many", rw, usermem.InSlice[abi.Iovec]{Mem: remote(s, 0, -1), N: 1025}, abi.EINVAL},
		{"too much", rw, vec(abi.Iovec{Len: 1 << 62}, abi.Iovec{Len: 1 << 62}), abi.EINVAL},
		{"nowhere", rw, vec(abi.Iovec{Base: 8, Len: 1}, abi.Iovec{Base: 8, Len: 1}), abi.EFAULT},
		{"not open for writing", ro, vec(), abi.EBADF},
	} {
		if _, err := file.Writev(l, tc.f, tc.v); err != tc.err {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.err)
		}
	}
	if _, err := file.ReadAt(l, rw, outbuf(s, 0, 5), -1); err != abi.EINVAL {
		t.Errorf("pread before the start: %v", err)
	}
}
