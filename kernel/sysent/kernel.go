// How a caller in this process enters a kernel. Kernels implement these;
// clients use them and so need not know any kernel package.
package sysent

// Kernel is a running kernel that callers of this process can attach to.
type Kernel interface {
	// Attach makes a process: a child of pid 1 with a fresh descriptor table,
	// the console on 0 to 2, root credentials, / as its directory. raise, if
	// not nil, is called with the NetBSD number of each signal sent to it; it
	// must not call the kernel.
	Attach(name string, raise func(sig int32)) (Process, error)
}

// Process is a caller's process in a kernel.
type Process interface {
	// Pid returns the process id.
	Pid() int32
	// NewThread makes an lwp. EBUSY while the process is ending.
	NewThread() (Thread, error)
	// Fork makes a child process. Its descriptors are a copy of the caller's.
	Fork() (Process, error)
	// Exec closes the close-on-exec descriptors and renames the process.
	Exec(name string) error
	// Close ends the process: blocked calls return EINTR, descriptors are
	// closed. It returns when all of it is gone.
	Close() error
}

// Watcher is implemented by processes of kernels in this program.
type Watcher interface {
	// Watch has fn called each time POLLIN, POLLOUT, POLLHUP or POLLERR may have
	// come true for the file behind descriptor fd, with those that may.
	// It runs on the goroutine that changed the file, must not block and must
	// not call the kernel. After stop it does not run; stop may be called
	// twice, one at a time. EBADF, or EOPNOTSUPP for a file that is always ready.
	Watch(fd int32, fn func(events int16)) (stop func(), err error)
}

// Thread is one lwp of a process, used by one goroutine at a time.
type Thread interface {
	// Syscall performs call num with the arguments in f and leaves the
	// results in f.Ret. The error is an abi.Errno.
	Syscall(num int, f *Frame) error
	// Close ends the lwp.
	Close()
}

// Row is one row of the table.
type Row struct {
	// Name is the name of the call.
	Name string
	// NArg is sy_narg, the number of slots; sy_argsize is 8 times as much.
	NArg uint8
	// Modular is set for rows that a module must serve: SIGSYS when none does.
	Modular bool
}
