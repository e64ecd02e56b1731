package usermem_test

import (
	"errors"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// space is a caller's memory behind addresses from base on.
type space struct {
	base uint64
	mem  []byte
}

func (s *space) at(addr uint64, n int) ([]byte, error) {
	if addr < s.base || addr-s.base > uint64(len(s.mem)) || uint64(n) > uint64(len(s.mem))-(addr-s.base) {
		return nil, abi.EFAULT
	}
	return s.mem[addr-s.base:][:n], nil
}

func (s *space) CopyIn(dst []byte, addr uint64) error {
	b, err := s.at(addr, len(dst))
	copy(dst, b)
	return err
}

func (s *space) CopyOut(addr uint64, src []byte) error {
	b, err := s.at(addr, len(src))
	if err == nil {
		copy(b, src)
	}
	return err
}

func (s *space) CopyInStr(addr uint64, max int) (string, error) {
	b, err := s.at(addr, 0)
	if err != nil {
		return "", err
	}
	b = b[:cap(b)]
	for i := 0; i < len(b) && i < max; i++ {
		if b[i] == 0 {
			return string(b[:i]), nil
		}
	}
	return "", abi.ENAMETOOLONG
}

func (s *space) Window(n int) []byte { return make([]byte, n) }

func (s *space) Commit(win []byte, addr uint64, n int) error { return s.CopyOut(addr, win[:n]) }

// both returns the same bytes in this process and behind an address.
func both(b string) map[string]usermem.Mem {
	remote := &space{base: 0x1000, mem: append([]byte(b), 0)}
	return map[string]usermem.Mem{
		"local":  usermem.Local([]byte(b), nil),
		"remote": usermem.At(remote, 0x1000, len(b)),
	}
}

func TestStringsReadTheSameFromBothSides(t *testing.T) {
	tests := []struct {
		text string
		max  int
		want string
		err  error
	}{
		{"/etc", 1024, "/etc", nil},
		{"", 1024, "", nil},
		{"four", 5, "four", nil},
		{"four", 4, "", abi.ENAMETOOLONG},
		{"cut\x00off", 1024, "cut", nil},
	}
	for _, tt := range tests {
		for side, m := range both(tt.text) {
			got, err := usermem.String{Mem: m}.Get(tt.max)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%s %q, at most %d: %q, %v; want %q, %v", side, tt.text, tt.max, got, err, tt.want, tt.err)
			}
		}
	}
}

func TestNullIsEFAULT(t *testing.T) {
	null := map[string]usermem.Mem{"local": usermem.Local(nil, nil), "remote": usermem.At(&space{}, 0, 8)}
	for side, m := range null {
		if !m.IsNil() {
			t.Errorf("%s: NULL is not nil", side)
		}
		if _, err := (usermem.String{Mem: m}).Get(10); err != abi.EFAULT {
			t.Errorf("%s string: %v", side, err)
		}
		if _, err := (usermem.In[abi.Timespec]{Mem: m}).Get(); err != abi.EFAULT {
			t.Errorf("%s struct in: %v", side, err)
		}
		if err := (usermem.Out[abi.Timespec]{Mem: m}).Put(abi.Timespec{}); err != abi.EFAULT {
			t.Errorf("%s struct out: %v", side, err)
		}
	}
}

func TestStructuresGoBothWays(t *testing.T) {
	for side, m := range both(string(make([]byte, 16))) {
		want := abi.Timespec{Sec: 7, Nsec: 9}
		if err := (usermem.Out[abi.Timespec]{Mem: m}).Put(want); err != nil {
			t.Fatalf("%s: %v", side, err)
		}
		got, err := usermem.In[abi.Timespec]{Mem: m}.Get()
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", side, got, err, want)
		}
	}
}

func TestShortMemoryIsEFAULT(t *testing.T) {
	m := usermem.Local(make([]byte, 15), nil)
	if _, err := (usermem.In[abi.Timespec]{Mem: m}).Get(); err != abi.EFAULT {
		t.Errorf("a structure read from 15 bytes: %v", err)
	}
	if err := m.CopyOut(make([]byte, 16)); err != abi.EFAULT {
		t.Errorf("16 bytes stored in 15: %v", err)
	}
}

func TestSlicesAreBounded(t *testing.T) {
	for side, m := range both("\x01\x00\x00\x00\x02\x00\x00\x00") {
		got, err := usermem.InSlice[int32]{Mem: m, N: 2}.Load(2, abi.EINVAL)
		if err != nil || len(got) != 2 || got[0] != 1 || got[1] != 2 {
			t.Errorf("%s: %v, %v", side, got, err)
		}
		if _, err := (usermem.InSlice[int32]{Mem: m, N: 1 << 60}).Load(16, abi.EINVAL); err != abi.EINVAL {
			t.Errorf("%s: 2^60 elements: %v", side, err)
		}
		if err := (usermem.OutSlice[int32]{Mem: m, N: 2}).Store(1, []int32{5}); err != nil {
			t.Errorf("%s: %v", side, err)
		}
		b := make([]byte, 8)
		if err := m.CopyIn(b); err != nil || b[4] != 5 || b[0] != 1 {
			t.Errorf("%s: after a store at 1: %v, %v", side, b, err)
		}
	}
}

func TestSizedStoresWhatFitsAndTheWholeLength(t *testing.T) {
	length := uint32(4)
	buf := make([]byte, 8)
	s := usermem.OutSized32{
		Buf:    usermem.Local(buf, nil),
		Length: usermem.InOut[uint32]{Mem: usermem.Local(usermem.BytesOf(&length), nil)},
	}
	if err := s.Put([]byte("sockaddr")); err != nil {
		t.Fatal(err)
	}
	if string(buf[:5]) != "sock\x00" || length != 8 {
		t.Errorf("stored %q, length %d", buf, length)
	}
}

func TestWindowsDeliverToTheCaller(t *testing.T) {
	for side, m := range both("........") {
		out := usermem.OutBuf{Mem: m}.Rest(2)
		win, err := out.Window(4)
		if err != nil || len(win) != 4 {
			t.Fatalf("%s: %d bytes, %v", side, len(win), err)
		}
		copy(win, "data")
		if err := out.Commit(win, 3); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 5)
		if err := m.CopyIn(b); err != nil || string(b) != "..dat" {
			t.Errorf("%s: %q, %v", side, b, err)
		}
	}
}

func TestLocalPathsDoNotAllocate(t *testing.T) {
	var ts abi.Timespec
	m := usermem.Local(usermem.BytesOf(&ts), nil)
	allocs := testing.AllocsPerRun(100, func() {
		v, _ := usermem.In[abi.Timespec]{Mem: m}.Get()
		_ = usermem.Out[abi.Timespec]{Mem: m}.Put(v)
		w, _ := usermem.OutBuf{Mem: m}.Window(8)
		_ = usermem.OutBuf{Mem: m}.Commit(w, 8)
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func FuzzSlice(f *testing.F) {
	f.Add(3, 4, 10)
	f.Add(-1, -1, 0)
	f.Fuzz(func(t *testing.T, off, n, size int) {
		if size < 0 || size > 1<<16 {
			return
		}
		m := usermem.Local(make([]byte, size), nil).Slice(off, n)
		if m.Len() > size {
			t.Errorf("part of %d bytes is %d long", size, m.Len())
		}
	})
}
