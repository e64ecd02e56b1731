// What calls of remote callers move, noted as it goes by.
package ktrace

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Layout of struct iovec and struct msghdr.
const (
	iovecSize  = 16
	msghdrSize = 48
	msghdrIov  = 16 // the array's address, then its length
)

// span is some of a caller's memory.
type span struct{ from, to uint64 }

func (s span) has(addr uint64) bool { return addr >= s.from && addr < s.to }

// tee is a remote caller's memory that notes what a call moves, so that it
// crosses the wire once. Where the data lie it learns from what the call
// reads: the header of a message, and vectors.
type tee struct {
	usermem.Space
	move
	head uint64 // of a struct msghdr
	iov  span   // the array of struct iovec
	bufs []span // the data
	got  []byte
}

// newTee puts itself before the memory of a call.
func newTee(f *sysent.Frame, m move) *tee {
	t := &tee{Space: f.Space, move: m}
	switch at := f.Slot[1]; m.form {
	case flat:
		t.bufs = []span{{at, at + f.Slot[2]}}
	case vector:
		t.iov = span{at, at + iovecSize*uint64(f.Uint32(2))}
	case message:
		t.head = at
	}
	f.Space = t
	return t
}

// note keeps b if that is data, which lie at addr.
func (t *tee) note(rw int32, b []byte, addr uint64) {
	if rw != t.rw {
		return
	}
	for _, s := range t.bufs {
		if s.has(addr) {
			t.got = append(t.got, b[:min(len(b), maxGenio-len(t.got))]...)
			return
		}
	}
}

// learn finds in what the call has read at addr where the data lie.
func (t *tee) learn(b []byte, addr uint64) {
	switch {
	case t.form == message && addr == t.head && len(b) >= msghdrSize:
		at := binary.LittleEndian.Uint64(b[msghdrIov:])
		n := binary.LittleEndian.Uint32(b[msghdrIov+8:])
		t.iov = span{at, at + iovecSize*uint64(n)}
	case t.iov.has(addr):
		for ; len(b) >= iovecSize && len(t.bufs) < abi.IOV_MAX; b = b[iovecSize:] {
			at := binary.LittleEndian.Uint64(b)
			t.bufs = append(t.bufs, span{at, at + binary.LittleEndian.Uint64(b[8:])})
		}
	}
}

func (t *tee) CopyIn(dst []byte, addr uint64) error {
	err := t.Space.CopyIn(dst, addr)
	if err == nil {
		t.learn(dst, addr)
		t.note(abi.UIO_WRITE, dst, addr)
	}
	return err
}

func (t *tee) CopyOut(addr uint64, src []byte) error {
	t.note(abi.UIO_READ, src, addr)
	return t.Space.CopyOut(addr, src)
}

func (t *tee) Commit(win []byte, addr uint64, n int) error {
	t.note(abi.UIO_READ, win[:n], addr)
	return t.Space.Commit(win, addr, n)
}
