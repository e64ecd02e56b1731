// Package standalone is the main program of every kernel that runs as a
// process of its own: arguments, environment, boot, the wire, signals.
package standalone

import (
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/daemon"
	"github.com/rumpkit/rumpkit/kernel/sysproxy"
	"golang.org/x/sys/unix"
)

// Kernel is a kernel that the generator has put together.
type Kernel interface {
	// BaseKernel returns the base that every kernel has.
	BaseKernel() *kernel.Base
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1 // it could not run
	exitUsage = 2 // it was called the wrong way, see also exitDump
)

// Main runs the kernel that boot makes, named name, as the arguments and the
// environment say, and ends the process.
func Main(name string, boot func(kernel.Config) (Kernel, error)) {
	p := &program{name: name, boot: boot, getenv: os.LookupEnv}
	os.Exit(p.run(os.Args[1:]))
}

// program is one run of a kernel's program.
type program struct {
	name   string
	boot   func(kernel.Config) (Kernel, error)
	getenv func(string) (string, bool)
	args   args
	daemon *daemon.Daemon // until it has said how it went; nil in the foreground
	howto  atomic.Int32   // of the reboot(2) that ended the kernel
}

func (p *program) run(argv []string) int {
	a, err := parse(argv, p.getenv)
	switch {
	case err != nil:
		return p.complain(exitUsage, err.Error()+"; see "+p.name+" -h")
	case a.help:
		say(os.Stdout, usage(p.name))
		return exitOK
	}
	p.args = a
	if a.daemon {
		if p.daemon, err = daemon.Begin(); err != nil {
			return p.complain(exitError, "can't run in the background: "+err.Error())
		}
	}
	return p.serve()
}

// serve boots the kernel and serves it until it is rebooted or a signal ends
// it.
func (p *program) serve() int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, unix.SIGTERM, unix.SIGINT)
	k, err := p.boot(p.args.config)
	if err != nil {
		return p.complain(exitError, "boot failed: "+err.Error())
	}
	b := k.BaseKernel()
	b.OnShutdown(p.howto.Store)
	s := sysproxy.New(b, sysproxy.Options{AllowRemote: p.args.remote})
	if err := s.Listen(p.args.url); err != nil {
		s.Close()
		b.Shutdown(abi.RB_NOSYNC)
		return p.complain(exitError, p.args.url+": "+explainListen(err))
	}
	p.ready(s.URLs()[0])
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve()
	}()
	select {
	case <-stop:
		go impatient(stop)
		s.Close()
		<-served
	case <-served:
	}
	b.Shutdown(0)
	return p.halted(b, stop)
}

// impatient ends the process at once when a second signal asks for it.
func impatient(stop <-chan os.Signal) {
	<-stop
	os.Exit(exitError)
}

// halted does after the kernel's end what reboot(2) was asked for. A halted
// kernel's program stays, and a signal ends it; one that has panicked leaves a
// dump.
func (p *program) halted(b *kernel.Base, stop <-chan os.Signal) int {
	switch how := p.howto.Load(); {
	case b.PanicReport() != "":
		return p.dump(b.PanicReport())
	case how&abi.RB_DUMP != 0:
		return p.dump(b.Dump())
	case how&abi.RB_HALT != 0:
		<-stop
	}
	return exitOK
}

// ready says that clients may come, to who started us.
func (p *program) ready(url string) {
	line := p.name + ": ready on " + url + " (pid " + strconv.Itoa(os.Getpid()) + ")\n"
	if p.daemon != nil {
		_ = p.daemon.Ready(line)
		p.daemon = nil
		return
	}
	say(os.Stdout, line)
}

// complain says in one line what is wrong, and returns code.
func (p *program) complain(code int, text string) int {
	line := p.name + ": " + text + "\n"
	if p.daemon != nil {
		_ = p.daemon.Fail(line)
		return code
	}
	say(os.Stderr, line)
	return code
}

func say(f *os.File, s string) { _, _ = f.WriteString(s) }

// explainListen says why the URL could not be listened on, and what helps.
func explainListen(err error) string {
	switch err {
	case abi.EADDRINUSE:
		return "in use; stop the server there, or remove the socket if none runs"
	case abi.EACCES:
		return "refused: give a loopback address (127.0.0.1), a directory you may write to, or --allow-remote"
	case abi.ENAMETOOLONG:
		return "the path of a socket has 107 bytes at most"
	case abi.ENOENT:
		return "no such directory"
	}
	return err.Error()
}
