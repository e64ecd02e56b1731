// The real host: Linux, or another Unix, by way of golang.org/x/sys/unix.
package hypercall

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Real returns the host this process runs on. The console is standard output.
func Real() Host {
	start := time.Now()
	return &real{since: func() int64 { return int64(time.Since(start)) }}
}

// real is the host as it is. Its clocks are package time's, so that they are
// those of a testing/synctest bubble inside one.
type real struct {
	// since is the time since the start, in nanoseconds. It is a function so
	// that no time.Time, and with it the formatting of dates, is in kernels.
	since func() int64
}

func (h *real) Now() int64 { return time.Now().UnixNano() }

func (h *real) Mono() int64 { return h.since() }

func (h *real) ClockRes() time.Duration { return time.Nanosecond }

func (h *real) AfterFunc(d time.Duration, fn func()) Timer { return stop(time.AfterFunc(d, fn).Stop) }

// stop is a timer of package time, known only by how it is stopped, for the
// same reason as since.
type stop func() bool

func (s stop) Stop() bool { return s() }

func (h *real) Random(b []byte) error {
	for len(b) > 0 {
		n, err := unix.Getrandom(b[:min(len(b), 256)], 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return hostError(err)
		}
		b = b[n:]
	}
	return nil
}

func (h *real) Hostname() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Nodename[:])
}

func (h *real) Pid() int { return unix.Getpid() }

func (h *real) NCPU() int { return runtime.NumCPU() }

// ConsoleWrite writes to standard output. What it does not take is lost, as
// on a console that nobody reads.
func (h *real) ConsoleWrite(b []byte) {
	for len(b) > 0 {
		n, err := unix.Write(1, b)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return
		}
		b = b[n:]
	}
}

func (h *real) FileInfo(name string) (int64, FileKind, error) {
	var st unix.Stat_t
	if err := unix.Stat(name, &st); err != nil {
		return 0, KindOther, hostError(err)
	}
	kind := kindOf(uint32(st.Mode))
	size := int64(st.Size)
	if kind == KindBlock {
		f, err := h.Open(name, ReadOnly)
		if err != nil {
			return 0, kind, err
		}
		defer f.Close()
		if size, err = f.Size(); err != nil {
			return 0, kind, err
		}
	}
	return size, kind, nil
}

func kindOf(mode uint32) FileKind {
	switch mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return KindDir
	case unix.S_IFREG:
		return KindRegular
	case unix.S_IFBLK:
		return KindBlock
	case unix.S_IFCHR:
		return KindChar
	}
	return KindOther
}

// openFlags turns a mode into the host's flags: EINVAL for one without access.
func openFlags(mode OpenMode) (int, error) {
	flags := unix.O_CLOEXEC
	switch mode & ReadWrite {
	case ReadOnly:
		flags |= unix.O_RDONLY
	case WriteOnly:
		flags |= unix.O_WRONLY
	case ReadWrite:
		flags |= unix.O_RDWR
	default:
		return 0, abi.EINVAL
	}
	if mode&Create != 0 {
		flags |= unix.O_CREAT
	}
	if mode&Exclusive != 0 {
		flags |= unix.O_EXCL
	}
	return flags, nil
}
