// One request at a time.
package device

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Sizes of the protocol's structures in bytes, and of a page, at whose begin
// data is to lie.
const (
	inHeader  = 40 // fuse_in_header
	writeIn   = 40 // fuse_write_in, after it
	outHeader = 16 // fuse_out_header
	page      = 4096

	// devClone is FUSE_DEV_IOC_CLONE, _IOR(229, 0, uint32).
	devClone = 0x8004e500
)

// MaxData is the most bytes of a read or write: what is moved at once should stay
// in the processor's cache between the two copies.
const MaxData = 512 << 10

// muchData is from how many bytes on a request is taken through a pipe.
const muchData = 64 << 10

// worker is the room for a request and its answer. One goroutine uses it.
type worker struct {
	s *Server
	// fd is the device: what is read by one descriptor is answered by that one.
	fd int
	// in and out have room for the largest; n is how long the request is.
	in, out []byte
	n       int
	// tube is nil as long as there was no need for it, or it could not be had.
	tube   *tube
	noTube bool
	// Both are made once: they would be garbage after each request.
	ins, outs [1][]byte
}

func newWorker(s *Server) *worker {
	w := &worker{s: s}
	w.in = make([]byte, MaxData+2*page)[page-inHeader-writeIn:]
	w.out = make([]byte, MaxData+3*page)[page-outHeader:]
	return w
}

// receive waits for a request, on a thread of its own, and reads it: ENODEV at the
// end.
func (w *worker) receive() error {
	if w.throughTube() {
		return w.by(func() (int, error) { return w.tube.read(w.fd, w.in, move) })
	}
	return w.by(func() (int, error) { return unix.Read(w.fd, w.in) })
}

// try reads a request: EAGAIN if there is none.
func (w *worker) try() error {
	if w.throughTube() {
		return w.by(func() (int, error) { return w.tube.read(w.fd, w.in, tryMove) })
	}
	return w.by(func() (int, error) { return tryRead(w.fd, w.in) })
}

func (w *worker) by(read func() (int, error)) (err error) {
	for {
		n, err := read()
		switch err {
		case unix.EINTR, unix.ENOENT: // ENOENT: its caller gave it up
			continue
		case nil:
			w.n = n
		}
		return err
	}
}

// throughTube reports whether the next request may be one with much data: the
// last one was.
func (w *worker) throughTube() bool {
	if w.n < muchData {
		return false
	}
	if w.tube == nil && !w.noTube {
		w.tube = newTube()
		w.noTube = w.tube == nil
	}
	return w.tube != nil
}

// answer does what the request asks for, and answers it. The error of writing is
// that the caller gave it up, or the end.
func (w *worker) answer() {
	if w.n < inHeader {
		return
	}
	w.ins[0], w.outs[0] = w.in[:w.n], w.out
	n, st := w.s.requests.HandleRequest(w.ins[:], w.outs[:])
	if !st.Ok() {
		n = w.refuse(-int32(st))
	}
	if n > 0 {
		_ = write(w.fd, w.out[:n])
	}
}

// refuse makes an answer of an error, for what cannot be understood.
func (w *worker) refuse(code int32) (n int) {
	order := binary.NativeEndian
	order.PutUint32(w.out, outHeader)
	order.PutUint32(w.out[4:], uint32(code))
	copy(w.out[8:outHeader], w.in[8:16]) // the request's number
	return outHeader
}
