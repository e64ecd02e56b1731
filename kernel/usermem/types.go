// The parameter types of handlers: one for each shape a SAL word can give a
// pointer argument.
package usermem

import "github.com/rumpkit/rumpkit/kernel/abi"

// String is a NUL-terminated string to copy in (_In_z_).
type String struct{ Mem }

// Get returns the string. max counts the NUL: a longer one is ENAMETOOLONG.
// In process the string aliases the caller's. NULL is EFAULT.
func (s String) Get(max int) (string, error) {
	if s.local != nil {
		if s.n >= max {
			return "", abi.ENAMETOOLONG
		}
		return localString(s.bytes()), nil
	}
	if s.addr == 0 || s.space == nil {
		return "", abi.EFAULT
	}
	return (*s.space).CopyInStr(s.addr, max)
}

// InBuf is n bytes to read (_In_reads_bytes_(n)).
type InBuf struct{ Mem }

// OutBuf is n bytes to fill (_Out_writes_bytes_(n)).
type OutBuf struct{ Mem }

// InOutBuf is n bytes that are read and filled (_Inout_updates_bytes_(n)).
type InOutBuf struct{ Mem }

// Addr is an argument that another argument gives a meaning: a number, or
// memory of a size that is known only then (ioctl, fcntl, modctl).
type Addr struct {
	Mem
	// Value is the slot as it came: the number, when it is one.
	Value uint64
}

// In is one T to read (_In_).
type In[T any] struct{ Mem }

// Out is one T to fill (_Out_).
type Out[T any] struct{ Mem }

// InOut is one T that is read and filled (_Inout_).
type InOut[T any] struct{ Mem }

// InSlice is an array of N elements to read (_In_reads_(n)). N is what the
// caller said: a handler bounds it before it loads anything.
type InSlice[T any] struct {
	Mem
	N uint64
}

// OutSlice is an array of N elements to fill (_Out_writes_(n)).
type OutSlice[T any] struct {
	Mem
	N uint64
}

// InOutSlice is an array of N elements that are read and filled
// (_Inout_updates_(n)).
type InOutSlice[T any] struct {
	Mem
	N uint64
}

// Sized is a buffer to fill whose length lies behind a second pointer, which
// receives the length that was, or would have been, stored: socket addresses
// and options (L is uint32, socklen_t), sysctl and file handles (uint64,
// size_t).
type Sized[L uint32 | uint64] struct {
	// Buf is the buffer, of a length that only Cap tells.
	Buf Mem
	// Length is where the length is read and stored.
	Length InOut[L]
}

// OutSized32 is a buffer sized by a socklen_t, OutSized64 by a size_t.
type (
	OutSized32 = Sized[uint32]
	OutSized64 = Sized[uint64]
)

// IsNil reports a NULL buffer.
func (s Sized[L]) IsNil() bool { return s.Buf.IsNil() }

// Cap returns the length the caller gave.
func (s Sized[L]) Cap() (int, error) {
	n, err := s.Length.Get()
	if err != nil {
		return 0, err
	}
	if uint64(n) > maxLen {
		return maxLen, nil
	}
	return int(n), nil
}

// Put copies out as much of src as the buffer takes and stores the length of
// all of it. A NULL buffer stores nothing and is no error.
func (s Sized[L]) Put(src []byte) error {
	if s.Buf.IsNil() {
		return nil
	}
	room, err := s.Cap()
	if err != nil {
		return err
	}
	if err := s.Buf.CopyOut(src[:min(room, len(src))]); err != nil {
		return err
	}
	return s.Length.Put(L(len(src)))
}

// maxLen bounds lengths that callers give, so that they fit an int.
const maxLen = 1<<31 - 1
