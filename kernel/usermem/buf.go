// Buffers for data: what read and write move, in one copy where it can be.
package usermem

import "github.com/rumpkit/rumpkit/kernel/abi"

// MaxTransfer is the most bytes one read or write moves for a caller behind
// a socket; a longer request is a short transfer or is done in pieces.
const MaxTransfer = 1 << 20

// Overlong is the length of memory whose declared one is more than a result
// can say: EINVAL for reads and writes.
const Overlong = 1 << 31

// Get returns the first n bytes to read as a slice: the caller's own memory in
// process, else a copy. n is at most the declared length.
func (b InBuf) Get(n int) ([]byte, error) { return fetch(b.Mem, n) }

// Get returns the first n bytes, as InBuf.Get does.
func (b InOutBuf) Get(n int) ([]byte, error) { return fetch(b.Mem, n) }

func fetch(m Mem, n int) ([]byte, error) {
	if m.local != nil {
		if n > m.n {
			return nil, abi.EFAULT
		}
		return m.bytes()[:n], nil
	}
	if n == 0 {
		return nil, nil
	}
	buf := make([]byte, n)
	return buf, m.CopyIn(buf)
}

// Window returns memory for at most n bytes of result, to be filled and given
// to Commit: the caller's own in process, else scratch. It is shorter than n
// when n is more than the buffer or than MaxTransfer holds.
func (b OutBuf) Window(n int) ([]byte, error) {
	if b.local != nil {
		return b.bytes()[:min(n, b.n)], nil
	}
	if n == 0 {
		return nil, nil
	}
	if b.addr == 0 || b.space == nil {
		return nil, abi.EFAULT
	}
	return (*b.space).Window(min(n, MaxTransfer)), nil
}

// Commit delivers the first n bytes of a Window. It must be called once for
// each Window, with n 0 when there is nothing to deliver.
func (b OutBuf) Commit(win []byte, n int) error {
	if b.local != nil || win == nil {
		return nil
	}
	return (*b.space).Commit(win, b.addr, n)
}

// Rest returns what is left of the buffer from byte off on.
func (b OutBuf) Rest(off int) OutBuf { return OutBuf{b.Slice(off, -1)} }

// Rest returns what is left of the buffer from byte off on.
func (b InBuf) Rest(off int) InBuf { return InBuf{b.Slice(off, -1)} }
