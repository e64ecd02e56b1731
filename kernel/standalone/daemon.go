// Running in the background (-d): the program starts itself again in a session
// of its own and waits until that is ready or has failed.
package standalone

import (
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// readyFD is the descriptor on which the background process tells its parent
// how it went; the variable tells it that there is one.
const (
	readyFD   = 3
	readyEnv  = "RUMPKIT__READYFD"
	readyMark = "+" // before what it says when it is ready
)

// parent returns where the parent that waits for us listens, nil when there is
// none. It is good for one message.
func (p *program) parent() *os.File {
	if _, ok := p.getenv(readyEnv); !ok {
		return nil
	}
	var st unix.Stat_t
	if unix.Fstat(readyFD, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return nil
	}
	return os.NewFile(readyFD, "parent")
}

// daemonize starts the program again without -d and passes on what it says.
func (p *program) daemonize(argv []string) int {
	r, w, err := os.Pipe()
	if err != nil {
		return p.complain(exitError, err.Error())
	}
	defer r.Close()
	pid, err := p.background(argv, w)
	w.Close()
	if err != nil {
		return p.complain(exitError, "can't run in the background: "+err.Error())
	}
	said := hear(r)
	if line, ok := strings.CutPrefix(said, readyMark); ok {
		say(os.Stdout, line)
		return exitOK
	}
	say(os.Stderr, said)
	return exitOf(pid)
}

// maxSaid is the most the background process can say, in bytes.
const maxSaid = 4096

// hear reads until the other end of r is closed.
func hear(r *os.File) string {
	buf := make([]byte, maxSaid)
	n := 0
	for n < len(buf) {
		got, err := r.Read(buf[n:])
		if n += got; err != nil || got == 0 {
			break
		}
	}
	return string(buf[:n])
}

// background starts the program with w as its readyFD and returns its pid.
func (p *program) background(argv []string, w *os.File) (int, error) {
	exe, err := os.Executable()
	if err != nil {
		return 0, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	return syscall.ForkExec(exe, append([]string{os.Args[0]}, withoutDaemon(argv)...), &syscall.ProcAttr{
		Env:   append(os.Environ(), readyEnv+"=3"),
		Files: []uintptr{null.Fd(), null.Fd(), null.Fd(), w.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
}

// withoutDaemon drops -d, which parse has found to be the option and not the
// value of one.
func withoutDaemon(argv []string) []string {
	var out []string
	for i := 0; i < len(argv); i++ {
		w := argv[i]
		if w == "-d" || w == "--d" {
			continue
		}
		out = append(out, w)
		if strings.HasPrefix(w, "-") && !strings.Contains(w, "=") && i+1 < len(argv) {
			if o := find(strings.TrimLeft(w, "-")); o != nil && o.value != "" {
				i++
				out = append(out, argv[i])
			}
		}
	}
	return out
}

// exitOf waits for a process that failed and returns its exit code.
func exitOf(pid int) int {
	var st syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &st, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || st.ExitStatus() <= 0 {
			return exitError
		}
		return st.ExitStatus()
	}
}
