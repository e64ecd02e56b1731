package sysent_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

func TestSlotsKeepTheirWidth(t *testing.T) {
	var f sysent.Frame
	f.Slot[0] = 0xdead_beef_ffff_ffff // an int of -1 with garbage above it
	if got := f.Int32(0); got != -1 {
		t.Errorf("Int32: %d", got)
	}
	if got := f.Uint32(0); got != 0xffff_ffff {
		t.Errorf("Uint32: %#x", got)
	}
	if got := f.Uint64(0); got != 0xdead_beef_ffff_ffff {
		t.Errorf("Uint64: %#x", got)
	}
}

func TestEmptyStringIsNotNull(t *testing.T) {
	var f sysent.Frame
	f.SetString(0, "")
	if f.Ref(0).IsNil() {
		t.Error("the empty string is NULL")
	}
	if !f.Ref(1).IsNil() {
		t.Error("an unset slot is not NULL")
	}
}

func TestPinsAreBounded(t *testing.T) {
	var f sysent.Frame
	a, b := f.Pin([]byte("first")), f.Pin([]byte("second"))
	tests := []struct {
		what string
		addr uint64
		n    int
		want string
		err  error
	}{
		{"the first", a, 5, "first", nil},
		{"the second, from its third byte", b + 2, 4, "cond", nil},
		{"past the end", a + 6, 1, "", abi.EFAULT},
		{"longer than the pin", a, 6, "", abi.EFAULT},
		{"a pin that is not there", b + 1<<36, 1, "", abi.EFAULT},
		{"a small number", 5, 1, "", abi.EFAULT},
		{"all ones", ^uint64(0), 1, "", abi.EFAULT},
	}
	for _, tt := range tests {
		got := make([]byte, tt.n)
		err := f.CopyIn(got, tt.addr)
		if err != tt.err || err == nil && string(got) != tt.want {
			t.Errorf("%s: %q, %v; want %q, %v", tt.what, got, err, tt.want, tt.err)
		}
	}
	f.Unpin()
	if err := f.CopyIn(make([]byte, 1), a); err != abi.EFAULT {
		t.Errorf("after Unpin: %v", err)
	}
	for range 3000 { // an address that has ended is not that of the next pin
		old := f.Pin([]byte("old"))
		f.Unpin()
		now := f.Pin([]byte("now"))
		if err := f.CopyIn(make([]byte, 1), old); err != abi.EFAULT {
			t.Fatalf("through the address of a pin before: %v", err)
		}
		got := make([]byte, 3)
		if err := f.CopyIn(got, now); err != nil || string(got) != "now" {
			t.Fatalf("%q, %v", got, err)
		}
		f.Unpin()
	}
}

func TestPinnedStrings(t *testing.T) {
	var f sysent.Frame
	p := f.Pin([]byte("/dev/x\x00rest"))
	if s, err := f.CopyInStr(p, 32); s != "/dev/x" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	if _, err := f.CopyInStr(p, 3); err != abi.ENAMETOOLONG {
		t.Errorf("in 3 bytes: %v", err)
	}
	whole := f.Pin([]byte("no end"))
	if s, err := f.CopyInStr(whole, 32); s != "no end" || err != nil {
		t.Errorf("a pin that ends the string: %q, %v", s, err)
	}
}

func TestRemoteFramesFollowTheirSpace(t *testing.T) {
	var local, f sysent.Frame
	f.Space = &local // any space will do: pinned memory of another frame
	f.Slot[1] = local.Pin([]byte("payload"))
	b, err := usermem.InBuf{Mem: f.Buf(1, 7)}.Get(7)
	if err != nil || string(b) != "payload" {
		t.Errorf("%q, %v", b, err)
	}
}
