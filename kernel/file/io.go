// Reading and writing open files on behalf of a caller: the one path that data
// take between user memory and the operations of a file.
package file

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// here stands for the file's own position.
const here int64 = -1

// Read reads from f, at its position, into buf (read(2)): EBADF when it is not
// open for reading. In process the file fills the caller's own slice.
func Read(l *proc.LWP, f *File, buf usermem.OutBuf) (int, error) {
	if !f.Readable() {
		return 0, abi.EBADF
	}
	if p := buf.Bytes(); p != nil {
		return f.Ops.Read(l, f, p)
	}
	return f.readRemote(l, buf, here)
}

// Write writes buf to f, at its position (write(2)): EBADF when it is not open
// for writing. EPIPE comes with SIGPIPE unless the file says otherwise.
func Write(l *proc.LWP, f *File, buf usermem.InBuf) (int, error) {
	if !f.Writable() {
		return 0, abi.EBADF
	}
	if p := buf.Bytes(); p != nil {
		n, err := f.Ops.Write(l, f, p)
		if err == nil {
			return n, nil
		}
		return f.written(l, n, err)
	}
	n, err := f.writeRemote(l, buf, here)
	return f.written(l, n, err)
}

// ReadAt is Read at byte off (pread(2)): ESPIPE for a file without positions,
// EINVAL for a negative one.
func ReadAt(l *proc.LWP, f *File, buf usermem.OutBuf, off int64) (int, error) {
	if !f.Readable() {
		return 0, abi.EBADF
	}
	if err := f.seekable(off); err != nil {
		return 0, err
	}
	return f.readTo(l, buf, off)
}

// WriteAt is Write at byte off (pwrite(2)).
func WriteAt(l *proc.LWP, f *File, buf usermem.InBuf, off int64) (int, error) {
	if !f.Writable() {
		return 0, abi.EBADF
	}
	if err := f.seekable(off); err != nil {
		return 0, err
	}
	n, err := f.writeFrom(l, buf, off)
	return f.written(l, n, err)
}

// seekable returns ESPIPE for a file without positions, EINVAL for an offset
// that no file has.
func (f *File) seekable(off int64) error {
	if _, ok := f.Ops.(Positioned); !ok {
		return abi.ESPIPE
	}
	if off < 0 {
		return abi.EINVAL
	}
	return nil
}

// read reads into memory of the kernel or of a caller in process.
func (f *File) read(l *proc.LWP, p []byte, off int64) (int, error) {
	if off == here {
		return f.Ops.Read(l, f, p)
	}
	return f.Ops.(Positioned).ReadAt(l, f, p, off)
}

// write writes from memory of the kernel or of a caller in process.
func (f *File) write(l *proc.LWP, p []byte, off int64) (int, error) {
	if off == here {
		return f.Ops.Write(l, f, p)
	}
	return f.Ops.(Positioned).WriteAt(l, f, p, off)
}

func (f *File) readTo(l *proc.LWP, buf usermem.OutBuf, off int64) (int, error) {
	if p := buf.Bytes(); p != nil {
		return f.read(l, p, off)
	}
	return f.readRemote(l, buf, off)
}

// readRemote reads for a caller whose memory is elsewhere, in pieces: more
// than one only from files that never make a reader wait.
func (f *File) readRemote(l *proc.LWP, buf usermem.OutBuf, off int64) (done int, err error) {
	if buf.Len() == usermem.Overlong {
		return 0, abi.EINVAL
	}
	for {
		win, err := buf.Rest(done).Window(buf.Len() - done)
		if err != nil {
			return partial(done, err)
		}
		n, err := f.read(l, win, advance(off, done))
		if err != nil {
			n = 0
		}
		if e := buf.Rest(done).Commit(win, n); e != nil && err == nil {
			err = e
		}
		if err != nil {
			return partial(done, err)
		}
		done += n
		if n < len(win) || done >= buf.Len() || f.Kind != KindVnode {
			return done, nil
		}
	}
}

func (f *File) writeFrom(l *proc.LWP, buf usermem.InBuf, off int64) (int, error) {
	if p := buf.Bytes(); p != nil {
		return f.write(l, p, off)
	}
	return f.writeRemote(l, buf, off)
}

// writeRemote writes for a caller whose memory is elsewhere, in pieces.
func (f *File) writeRemote(l *proc.LWP, buf usermem.InBuf, off int64) (done int, err error) {
	if buf.Len() == usermem.Overlong {
		return 0, abi.EINVAL
	}
	for {
		size := min(buf.Len()-done, usermem.MaxTransfer)
		p, err := buf.Rest(done).Get(size)
		if err != nil {
			return partial(done, err)
		}
		n, err := f.write(l, p, advance(off, done))
		done += n
		if err != nil || n < size || done >= buf.Len() {
			return done, err
		}
	}
}

// written settles how a write ended: one that moved something before it was
// interrupted or would block is short, and EPIPE raises SIGPIPE.
func (f *File) written(l *proc.LWP, n int, err error) (int, error) {
	if err == nil {
		return n, nil
	}
	if n > 0 && (err == abi.EINTR || err == abi.EAGAIN) {
		return n, nil
	}
	if err == abi.EPIPE && f.flags.Load()&abi.O_NOSIGPIPE == 0 {
		l.Proc().Signal(int32(abi.SIGPIPE))
	}
	return 0, err
}

// partial is the end of a read that met an error after done bytes.
func partial(done int, err error) (int, error) {
	if done > 0 {
		return done, nil
	}
	return 0, err
}
