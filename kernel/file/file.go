// Package file is open files and descriptor tables: what a small number in a
// caller's hand stands for.
package file

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Kind is the type of an open file (DTYPE_).
type Kind uint8

// The kinds of files.
const (
	KindVnode  Kind = 1
	KindSocket Kind = 2
	KindPipe   Kind = 3
	KindKqueue Kind = 4
	KindMisc   Kind = 5
	KindSem    Kind = 8
)

// Ops is what a kind of file can do. Data moves through plain slices: the
// caller's own memory in process, scratch otherwise; no method touches user
// memory except through the Addr of Ioctl and Fcntl. Blocking methods sleep on
// l, so that they end with EINTR when the caller goes away.
type Ops interface {
	// Read reads into p at the file's position, if it has one.
	Read(l *proc.LWP, f *File, p []byte) (int, error)
	// Write writes p at the file's position, if it has one.
	Write(l *proc.LWP, f *File, p []byte) (int, error)
	// Ioctl performs command cmd; arg is its parameter: Arg.Data holds the
	// IOCPARM_LEN bytes copied in, and is copied out afterwards.
	Ioctl(l *proc.LWP, f *File, cmd uint32, arg *Arg) error
	// Poll returns which of the events are ready.
	Poll(f *File, events event.Mask) event.Mask
	// Events returns the queue that is told of changes, nil if the file is
	// always ready.
	Events(f *File) *event.Queue
	// Stat fills st.
	Stat(l *proc.LWP, f *File, st *abi.Stat) error
	// Close ends the last use of the file.
	Close(l *proc.LWP, f *File) error
}

// Arg is the parameter of an ioctl.
type Arg struct {
	// Data is the parameter, copied in when cmd has IOC_IN and copied out
	// when it has IOC_OUT and the call succeeds.
	Data []byte
	// User is the slot as it came, for commands without a size and for
	// pointers inside Data.
	User usermem.Addr
}

// Positioned is implemented by Ops whose files have positions: pread, pwrite
// and lseek.
type Positioned interface {
	// ReadAt and WriteAt move data at byte off, the file's position unchanged.
	ReadAt(l *proc.LWP, f *File, p []byte, off int64) (int, error)
	WriteAt(l *proc.LWP, f *File, p []byte, off int64) (int, error)
	// Seek sets the position (lseek(2)).
	Seek(l *proc.LWP, f *File, off int64, whence int32) (int64, error)
}

// Fcntler is implemented by Ops that have fcntl commands of their own, locks
// among them.
type Fcntler interface {
	Fcntl(l *proc.LWP, f *File, cmd int32, arg usermem.Addr) (int32, error)
}

// Locker is implemented by Ops whose files take advisory locks (flock(2)).
type Locker interface {
	Flock(l *proc.LWP, f *File, how int32) error
}

// Pathconfer is implemented by Ops that answer fpathconf(2).
type Pathconfer interface {
	Pathconf(l *proc.LWP, f *File, name int32) (int64, error)
}

// Noter is implemented by Ops whose files tell of more than readiness
// (EVFILT_VNODE): the queue is notified of NOTE_ bits.
type Noter interface {
	Notes(f *File) *event.Queue
}

// Filterer is implemented by Ops that tell kqueue(2) more than Poll does.
type Filterer interface {
	// Filter answers for EVFILT_READ, and for EVFILT_WRITE when write is set.
	Filter(f *File, write bool) Readiness
}

// Readiness is what one of kqueue's filters tells.
type Readiness struct {
	// Data is how much can be read or written, in bytes; connections of a
	// socket that listens.
	Data int64
	// Ready says that the note fires unless it asks for more data.
	Ready bool
	// EOF says that the file's direction has ended, Fflags with which error.
	EOF    bool
	Fflags uint32
}

// Closer is told each time a process closes a descriptor of the file, before
// the last one is gone: POSIX locks of that process end then.
type Closer interface {
	CloseDescriptor(l *proc.LWP, f *File)
}

// File is an open file: it may be behind many descriptors of many processes.
type File struct {
	// Ops never changes.
	Ops Ops
	// Kind never changes.
	Kind Kind
	// Data belongs to Ops and never changes.
	Data any
	// Unheld says that Ops bears Close while it reads or writes: those calls
	// end with EBADF. Reading and writing such a file takes no reference. It
	// never changes.
	Unheld bool
	// Off is the position, for Ops that have one; OffMu protects it.
	OffMu sync.Mutex
	Off   int64

	flags atomic.Uint32 // FREAD, FWRITE, FNONBLOCK, …
	refs  atomic.Int32
	owner atomic.Int32 // who SIGIO and SIGURG go to: a pid, or minus a group
	async atomic.Pointer[event.Entry]
}

// The kernel's flags of an open file: open(2)'s plus one in the access mode.
const (
	FREAD  = 1
	FWRITE = 2
)

// New returns a file with one reference. flags are FREAD, FWRITE and the O_
// flags that last (O_NONBLOCK, O_APPEND, O_ASYNC, O_SYNC, O_NOSIGPIPE).
func New(ops Ops, kind Kind, data any, flags uint32) *File {
	f := &File{Ops: ops, Kind: kind, Data: data}
	f.flags.Store(flags)
	f.refs.Store(1)
	return f
}

// Flags returns the flags.
func (f *File) Flags() uint32 { return f.flags.Load() }

// SetFlags sets and clears flags.
func (f *File) SetFlags(set, clear uint32) {
	for {
		old := f.flags.Load()
		if f.flags.CompareAndSwap(old, old&^clear|set) {
			return
		}
	}
}

// Nonblock reports O_NONBLOCK.
func (f *File) Nonblock() bool { return f.flags.Load()&abi.O_NONBLOCK != 0 }

// Readable and Writable report how the file was opened.
func (f *File) Readable() bool { return f.flags.Load()&FREAD != 0 }

// Writable reports a file open for writing.
func (f *File) Writable() bool { return f.flags.Load()&FWRITE != 0 }

// Owner returns who gets SIGIO and SIGURG: a pid, minus a process group, or 0.
func (f *File) Owner() int32 { return f.owner.Load() }

// Hold takes a reference; Drop gives it back. hold fails on a file whose last
// reference is gone.
func (f *File) hold() bool {
	for {
		n := f.refs.Load()
		if n <= 0 {
			return false
		}
		if f.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Use takes a reference for a caller that has none of its own: false when the
// file is closed or being closed.
func (f *File) Use() bool { return f.hold() }

// Hold takes a further reference. Preconditions: the caller has one.
func (f *File) Hold() { f.refs.Add(1) }

// Drop gives a reference back; the last one closes the file.
func (f *File) Drop(l *proc.LWP) error {
	if f.refs.Add(-1) == 0 {
		if e := f.async.Swap(nil); e != nil {
			e.Leave()
		}
		return f.Ops.Close(l, f)
	}
	return nil
}

// Return ends what Table.Borrow began.
func (f *File) Return(l *proc.LWP) {
	if !f.Unheld {
		_ = f.Drop(l)
	}
}

// Refs returns the number of references.
func (f *File) Refs() int { return int(f.refs.Load()) }
