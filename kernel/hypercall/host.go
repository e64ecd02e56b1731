// Package hypercall is the only door from a kernel to its host: clocks, random
// bytes, files, the console, sockets for the wire. A real host and a simulated
// one stand behind it (in NetBSD: rumpuser).
package hypercall

import "time"

// Host is what a kernel asks of the machine it runs on. Errors are abi.Errno,
// in NetBSD's numbering. Methods may be called by many lwps at once.
type Host interface {
	// Now returns the wall clock, in nanoseconds since 1970.
	Now() int64
	// Mono returns a clock that never goes back, in nanoseconds from an
	// arbitrary start.
	Mono() int64
	// ClockRes returns the step of both clocks.
	ClockRes() time.Duration
	// AfterFunc runs fn once, d from now, on a goroutine or thread of its own.
	AfterFunc(d time.Duration, fn func()) Timer
	// Random fills b with random bytes.
	Random(b []byte) error
	// Hostname returns the host's name, "" when it has none.
	Hostname() string
	// Pid returns the host's process id.
	Pid() int
	// NCPU returns the number of processors.
	NCPU() int
	// ConsoleWrite writes to the console.
	ConsoleWrite(b []byte)
	// Open opens a host file.
	Open(name string, mode OpenMode) (File, error)
	// FileInfo returns size and kind of a host file.
	FileInfo(name string) (size int64, kind FileKind, err error)
	// Map maps the first size bytes of a regular host file, which is made or
	// extended when it is shorter. ENODEV for other files.
	Map(name string, size int) (Mapping, error)
}

// Mapping is a part of a host file in memory, shared with all who map it, in
// this process or another.
type Mapping interface {
	// Mem returns the memory, which is gone after Close. Touching it faults
	// when somebody has made the file shorter.
	Mem() []byte
	// WriteAt writes into the file at byte off, and so tells all who watch it.
	WriteAt(b []byte, off int64) (int, error)
	// Watch has fn run after somebody has written into the file, be it by
	// WriteAt of this Mapping, once for all that was written meanwhile. fn
	// runs on a goroutine of the host's, once at a time, and does not block.
	// Watch is called once.
	Watch(fn func()) error
	// Close ends it. When it returns fn does not run and will not.
	Close() error
}

// Timer is a pending AfterFunc.
type Timer interface {
	// Stop cancels it and reports whether it had not run.
	Stop() bool
}

// OpenMode says how a host file is opened.
type OpenMode int

// The bits of OpenMode; ReadOnly and WriteOnly together are ReadWrite.
const (
	ReadOnly  OpenMode = 1
	WriteOnly OpenMode = 2
	ReadWrite OpenMode = 3
	Create    OpenMode = 4
	Exclusive OpenMode = 8
)

// FileKind is the kind of a host file.
type FileKind int

// The kinds of host files.
const (
	KindOther FileKind = iota
	KindDir
	KindRegular
	KindBlock
	KindChar
)

// File is an open host file.
type File interface {
	// ReadAt reads at byte off; fewer bytes than asked come only at the end.
	ReadAt(b []byte, off int64) (int, error)
	// WriteAt writes at byte off.
	WriteAt(b []byte, off int64) (int, error)
	// Size returns the size in bytes.
	Size() (int64, error)
	// Sync returns when what was written is on stable storage.
	Sync() error
	// Close closes the file.
	Close() error
}
