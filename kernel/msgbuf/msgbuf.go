// Package msgbuf is the kernel's message buffer: the last of what was printed,
// for dmesg(8) and the node kern.msgbuf.
package msgbuf

import "sync"

// Size is the capacity in bytes, kern.msgbufsize: 16 KiB less a header.
const Size = 16352

// Buffer is a ring of characters. It may be used by many lwps at once.
type Buffer struct {
	mu   sync.Mutex
	ring []byte
	next int // where the next character goes, once the ring is full
}

// New returns an empty buffer. Memory is taken as it fills.
func New() *Buffer { return &Buffer{} }

// Write appends b, over the oldest characters when the buffer is full.
func (m *Buffer) Write(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(b) > Size {
		b = b[len(b)-Size:]
	}
	if n := min(Size-len(m.ring), len(b)); n > 0 {
		m.ring = append(m.ring, b[:n]...)
		b = b[n:]
	}
	for len(b) > 0 {
		n := copy(m.ring[m.next:], b)
		b = b[n:]
		m.next = (m.next + n) % Size
	}
}

// Bytes returns a copy of what is in the buffer, oldest first.
func (m *Buffer) Bytes() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := make([]byte, 0, len(m.ring))
	b = append(b, m.ring[m.next:]...)
	return append(b, m.ring[:m.next]...)
}
