// Socket addresses in callers' memory.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxName is the longest socket address: its length is one byte.
const maxName = 255

// nameHead is the length of what every address has: length and family.
const nameHead = 2

// copyinName returns the socket address in m, which is Len bytes long: EINVAL
// when no address is that long. Its length byte is set, whatever it was. It is
// in room if that is long enough.
func copyinName(m usermem.Mem, room []byte) ([]byte, error) {
	n := m.Len()
	if n < 0 || n > maxName || n <= nameHead {
		return nil, abi.EINVAL
	}
	b := room
	if n > len(b) {
		b = make([]byte, n)
	}
	b = b[:n]
	if err := m.CopyIn(b); err != nil {
		return nil, err
	}
	b[0] = byte(n)
	return b, nil
}

// copyoutName stores as much of a socket address as there is room for, and
// how much that was. NULL is no error: the caller does not want it.
func copyoutName(to usermem.OutSized32, name []byte) error {
	if to.IsNil() {
		return nil
	}
	return copyoutSized(to, name)
}

// copyoutSized stores as much of b as to has room for, and how much that was:
// EINVAL for a negative length.
func copyoutSized(to usermem.OutSized32, b []byte) error {
	room, err := to.Length.Get()
	if err != nil {
		return err
	}
	if int32(room) < 0 {
		return abi.EINVAL
	}
	n := min(int(room), len(b))
	if err := to.Buf.CopyOut(b[:n]); err != nil {
		return err
	}
	return to.Length.Put(uint32(n))
}
