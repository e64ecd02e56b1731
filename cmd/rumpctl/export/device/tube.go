// Requests with much data in them, taken through a pipe.
package device

import "golang.org/x/sys/unix"

// tube is a pipe that a request passes through. The host hands its pages to the
// pipe as they are, and they are copied from there; when the device itself is
// read, the host looks for each page of the reader's memory first, which takes as
// long as the copying.
type tube struct{ out, in int }

// tubeSize is what a tube holds, in bytes: the largest that everybody may have. A
// part of it counts as a page however short it is, so that no more than half of it
// may be data.
const tubeSize = 1 << 20

// newTube returns none if it cannot be had: a user's pipes have a limit.
func newTube() *tube {
	var fds [2]int
	if unix.Pipe2(fds[:], unix.O_CLOEXEC) != nil {
		return nil
	}
	t := &tube{fds[0], fds[1]}
	if size, err := unix.FcntlInt(uintptr(t.in), unix.F_SETPIPE_SZ, tubeSize); err != nil || size < tubeSize {
		t.close()
		return nil
	}
	return t
}

func (t *tube) close() {
	_, _ = unix.Close(t.in), unix.Close(t.out)
}

// read reads a request into b, which has room for it. move passes it to the pipe.
func (t *tube) read(device int, b []byte, move func(from, to, length int) (int, error)) (n int, err error) {
	length, err := move(device, t.in, tubeSize)
	for err == nil && n < length {
		k := 0
		if k, err = tryRead(t.out, b[n:length]); k == 0 && err == nil {
			err = unix.EIO
		}
		n += k
	}
	return n, err
}

// move waits for a request.
func move(from, to, length int) (int, error) {
	n, err := unix.Splice(from, nil, to, nil, length, 0)
	return int(n), err
}
