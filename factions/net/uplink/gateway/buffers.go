// Buffers that bytes pass through. None is held while nothing passes.
package gateway

import "sync"

// bufferSize holds the longest datagram, and as much of a stream.
const bufferSize = 64 << 10

type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[bufferSize]byte {
	if v, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return v
	}
	return new([bufferSize]byte)
}

func (b *buffers) put(v *[bufferSize]byte) { b.pool.Put(v) }
