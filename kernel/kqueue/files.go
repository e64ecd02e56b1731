// The filters of files: EVFILT_READ, EVFILT_WRITE and EVFILT_VNODE.
package kqueue

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// newFilter returns the filter with that number.
func newFilter(number uint32) (filter, error) {
	switch number {
	case abi.EVFILT_READ:
		return &ready{mask: abi.POLLIN | abi.POLLRDNORM, count: abi.FIONREAD}, nil
	case abi.EVFILT_WRITE:
		return &ready{mask: abi.POLLOUT | abi.POLLWRNORM, count: abi.FIONSPACE}, nil
	case abi.EVFILT_VNODE:
		return &vnode{}, nil
	case abi.EVFILT_TIMER:
		return &timer{}, nil
	case abi.EVFILT_PROC:
		return &process{}, nil
	case abi.EVFILT_SIGNAL:
		return nil, abi.EOPNOTSUPP
	}
	return nil, abi.EINVAL
}

// ofFile reports whether a filter is one of files.
func ofFile(filter uint32) bool {
	return filter == abi.EVFILT_READ || filter == abi.EVFILT_WRITE || filter == abi.EVFILT_VNODE
}

// watched is a descriptor's file for as long as it is open. The note has no
// reference of its own: it ends with the descriptor. Only attach and detach
// use the fields.
type watched struct {
	watch *file.Watch
	entry *event.Entry
	inner *Queue // the file, if it is a queue
}

// fileOf returns the open file of a descriptor, held: EBADF.
func fileOf(l *proc.LWP, ident uint64) (*file.File, error) {
	if ident > 1<<31-1 {
		return nil, abi.EBADF
	}
	return file.Get(l, int32(ident))
}

// attachFile begins to watch descriptor n.ident, and events in the queue that
// pick returns.
func (w *watched) attachFile(l *proc.LWP, n *knote, mask event.Mask, notify func(event.Mask), pick func(*file.File) (*event.Queue, error)) error {
	fd, f := int32(n.kq.Ident), n.file
	q, err := pick(f)
	if err != nil {
		return err
	}
	if in, ok := f.Ops.(*Queue); ok {
		if n.kq.Filter != abi.EVFILT_READ {
			return abi.EINVAL
		}
		if err := n.q.procs.nest(n.q, in); err != nil {
			return err
		}
		w.inner = in
	}
	if q != nil {
		w.entry = event.NewEntry(mask, notify)
		q.Add(w.entry)
	}
	w.watch, err = file.Of(l).Watch(fd, f, func() { n.q.drop(n) })
	return err
}

func (w *watched) detach(n *knote) {
	if w.inner != nil {
		n.q.procs.unnest(n.q, w.inner)
	}
	if w.entry != nil {
		w.entry.Leave()
	}
	if w.watch != nil {
		w.watch.Stop()
	}
}

// ready waits for a file to become readable or writable.
type ready struct {
	watched
	mask  event.Mask
	count uint32 // the ioctl that tells how many bytes
}

func (r *ready) attach(l *proc.LWP, n *knote) error {
	notify := func(event.Mask) { n.activate() }
	return r.attachFile(l, n, r.mask|abi.POLLHUP|abi.POLLERR, notify, func(f *file.File) (*event.Queue, error) {
		return f.Ops.Events(f), nil
	})
}

func (r *ready) check(l *proc.LWP, n *knote, ev *abi.Kevent) bool {
	f := n.file
	if !f.Use() {
		return false
	}
	defer f.Drop(l)
	if o, ok := f.Ops.(file.Filterer); ok {
		return told(n, ev, o.Filter(f, r.count == abi.FIONSPACE))
	}
	got := f.Ops.Poll(f, r.mask|abi.POLLHUP|abi.POLLERR)
	if got == 0 {
		return false
	}
	ev.Data = r.bytes(l, f)
	if got&(abi.POLLHUP|abi.POLLERR) != 0 {
		ev.Flags |= abi.EV_EOF
		return true
	}
	if ev.Data == 0 && f.Kind == file.KindVnode && r.count == abi.FIONREAD {
		return false // at the end of the file
	}
	return true
}

// told fills ev with what a file says of itself and reports whether the note
// fires. NOTE_LOWAT counts instead of the file's own low-water mark; files
// without one, such as pipes, do not heed it.
func told(n *knote, ev *abi.Kevent, got file.Readiness) bool {
	ev.Data = got.Data
	if got.EOF {
		ev.Flags |= abi.EV_EOF
		ev.Fflags = got.Fflags
		return true
	}
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	if n.kq.Fflags&abi.NOTE_LOWAT != 0 {
		return got.Data >= n.kq.Data
	}
	return got.Ready
}

// bytes returns how much can be read or written, 0 when the file can't say.
func (r *ready) bytes(l *proc.LWP, f *file.File) int64 {
	if f.Kind == file.KindVnode && r.count == abi.FIONREAD {
		return fileRest(l, f)
	}
	if in, ok := f.Ops.(*Queue); ok {
		return in.pending()
	}
	arg := file.Arg{Data: make([]byte, 4)}
	if f.Ops.Ioctl(l, f, r.count, &arg) != nil {
		return 0
	}
	return int64(int32(binary.LittleEndian.Uint32(arg.Data)))
}

// fileRest returns how much lies behind the position of a regular file, 1 for
// any other vnode.
func fileRest(l *proc.LWP, f *file.File) int64 {
	var st abi.Stat
	if f.Ops.Stat(l, f, &st) != nil || st.Mode&abi.S_IFMT != abi.S_IFREG {
		return 1
	}
	f.OffMu.Lock()
	defer f.OffMu.Unlock()
	return st.Size - f.Off
}

func (r *ready) taken(*knote) {}

// vnode waits for changes of a file: its notes are collected until they are
// told.
type vnode struct {
	watched
	seen uint32 // protected by the queue's lock
}

func (v *vnode) attach(l *proc.LWP, n *knote) error {
	all := event.Mask(abi.NOTE_REVOKE<<1 - 1)
	return v.attachFile(l, n, all, func(got event.Mask) {
		n.q.mu.Lock()
		v.seen |= uint32(got) & n.kq.Fflags
		tell := v.seen != 0
		n.q.mu.Unlock()
		if tell {
			n.activate()
		}
	}, func(f *file.File) (*event.Queue, error) {
		if nt, ok := f.Ops.(file.Noter); ok {
			return nt.Notes(f), nil
		}
		return nil, abi.EINVAL
	})
}

func (v *vnode) check(_ *proc.LWP, n *knote, ev *abi.Kevent) bool {
	n.q.mu.Lock()
	defer n.q.mu.Unlock()
	ev.Fflags = v.seen
	return v.seen != 0
}

func (v *vnode) taken(n *knote) {
	n.q.mu.Lock()
	v.seen = 0
	n.q.mu.Unlock()
}
