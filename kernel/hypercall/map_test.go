package hypercall

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestMap shares a file between two mappings, on both hosts.
func TestMap(t *testing.T) {
	for name, h := range map[string]Host{"real": Real(), "sim": NewSim(1)} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shared")
			a, err := h.Map(path, 8192)
			if err != nil {
				t.Fatal(err)
			}
			b, err := h.Map(path, 8192)
			if err != nil {
				t.Fatal(err)
			}
			told := make(chan struct{}, 100)
			if err := b.Watch(func() { told <- struct{}{} }); err != nil {
				t.Fatal(err)
			}
			a.Mem()[8191] = 7
			if n, err := a.WriteAt([]byte("hello"), 3); n != 5 || err != nil {
				t.Errorf("WriteAt = %d, %v", n, err)
			}
			select {
			case <-told:
			case <-time.After(5 * time.Second):
				t.Error("nobody told of the change")
			}
			if string(b.Mem()[3:8]) != "hello" || b.Mem()[8191] != 7 || len(b.Mem()) != 8192 {
				t.Error("the other mapping shows something else")
			}
			if size, _, err := h.FileInfo(path); size != 8192 || err != nil {
				t.Errorf("%d bytes, %v", size, err)
			}
			for _, m := range []Mapping{a, b} {
				if err := m.Close(); err != nil {
					t.Error(err)
				}
				if err := m.Close(); err != abi.EBADF {
					t.Errorf("closing twice: %v", err)
				}
			}
		})
	}
	if _, err := Real().Map("/dev/null", 4096); err != abi.ENODEV {
		t.Errorf("mapping a device: %v", err)
	}
}
