package buf

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// TestCacheEvicts: what was used longest ago goes first, what is pinned stays,
// and nothing goes while the cache is held.
func TestCacheEvicts(t *testing.T) {
	mem := memlimit.New(1 << 20)
	reads := 0
	c := New(512, 8, mem, func(block uint64, p []byte) error {
		reads++
		p[0] = byte(block)
		return nil
	})
	get := func(block uint64) *Buf {
		b, err := c.Get(block)
		if err != nil || b.Data[0] != byte(block) {
			t.Fatalf("block %d: %v", block, err)
		}
		return b
	}
	there := func(block uint64) bool { return c.bufs[block] != nil }
	for block := range uint64(4) {
		get(block).Pinned = true
	}
	for block := uint64(10); block < 100; block++ {
		get(block)
		get(10) // is never the one used longest ago
		for pinned := range uint64(4) {
			if !there(pinned) {
				t.Fatalf("block %d is pinned, and gone", pinned)
			}
		}
		if len(c.bufs) > 8 || !there(10) || !there(block) {
			t.Fatalf("after block %d: %d blocks, %v, %v", block, len(c.bufs), there(10), there(block))
		}
	}
	if reads != 4+90 {
		t.Errorf("%d reads", reads)
	}
	c.Hold(true)
	for block := uint64(200); block < 220; block++ {
		get(block)
	}
	if !there(200) || len(c.bufs) != 28 {
		t.Errorf("%d blocks while the cache is held", len(c.bufs))
	}
	c.Hold(false)
	if len(c.bufs) != 8 {
		t.Errorf("%d blocks afterwards", len(c.bufs))
	}
	c.Clear()
	if used := mem.Used(); used != 0 {
		t.Errorf("%d bytes are charged for an empty cache", used)
	}
}

// TestCacheAllPinned: more blocks than there is room for, all of them pinned.
func TestCacheAllPinned(t *testing.T) {
	c := New(512, 8, nil, func(uint64, []byte) error { return nil })
	for block := range uint64(20) {
		b, err := c.Get(block)
		if err != nil {
			t.Fatal(err)
		}
		b.Pinned = true
	}
	if n := c.Shrink(1 << 20); n != 0 || len(c.bufs) != 20 {
		t.Errorf("%d bytes thrown out, %d blocks left", n, len(c.bufs))
	}
}
