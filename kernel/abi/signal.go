// Signals and what goes with them: signal(7), sigaction(2), sigaltstack(2),
// siginfo(2), sigevent(3).

package abi

import "strconv"

// Signal is a signal number. The zero Signal means none.
type Signal int32

// Signals, signal(7).
const (
	SIGHUP    Signal = 1
	SIGINT    Signal = 2
	SIGQUIT   Signal = 3
	SIGILL    Signal = 4
	SIGTRAP   Signal = 5
	SIGABRT   Signal = 6
	SIGEMT    Signal = 7
	SIGFPE    Signal = 8
	SIGKILL   Signal = 9
	SIGBUS    Signal = 10
	SIGSEGV   Signal = 11
	SIGSYS    Signal = 12
	SIGPIPE   Signal = 13
	SIGALRM   Signal = 14
	SIGTERM   Signal = 15
	SIGURG    Signal = 16
	SIGSTOP   Signal = 17
	SIGTSTP   Signal = 18
	SIGCONT   Signal = 19
	SIGCHLD   Signal = 20
	SIGTTIN   Signal = 21
	SIGTTOU   Signal = 22
	SIGIO     Signal = 23
	SIGXCPU   Signal = 24
	SIGXFSZ   Signal = 25
	SIGVTALRM Signal = 26
	SIGPROF   Signal = 27
	SIGWINCH  Signal = 28
	SIGINFO   Signal = 29
	SIGUSR1   Signal = 30
	SIGUSR2   Signal = 31
	SIGPWR    Signal = 32

	SIGIOT = SIGABRT // historic name
)

// NSIG is one more than the largest signal number a Sigset can hold.
const NSIG = 64

// signalNames is indexed by signal number.
var signalNames = [...]string{
	SIGHUP:    "SIGHUP",
	SIGINT:    "SIGINT",
	SIGQUIT:   "SIGQUIT",
	SIGILL:    "SIGILL",
	SIGTRAP:   "SIGTRAP",
	SIGABRT:   "SIGABRT",
	SIGEMT:    "SIGEMT",
	SIGFPE:    "SIGFPE",
	SIGKILL:   "SIGKILL",
	SIGBUS:    "SIGBUS",
	SIGSEGV:   "SIGSEGV",
	SIGSYS:    "SIGSYS",
	SIGPIPE:   "SIGPIPE",
	SIGALRM:   "SIGALRM",
	SIGTERM:   "SIGTERM",
	SIGURG:    "SIGURG",
	SIGSTOP:   "SIGSTOP",
	SIGTSTP:   "SIGTSTP",
	SIGCONT:   "SIGCONT",
	SIGCHLD:   "SIGCHLD",
	SIGTTIN:   "SIGTTIN",
	SIGTTOU:   "SIGTTOU",
	SIGIO:     "SIGIO",
	SIGXCPU:   "SIGXCPU",
	SIGXFSZ:   "SIGXFSZ",
	SIGVTALRM: "SIGVTALRM",
	SIGPROF:   "SIGPROF",
	SIGWINCH:  "SIGWINCH",
	SIGINFO:   "SIGINFO",
	SIGUSR1:   "SIGUSR1",
	SIGUSR2:   "SIGUSR2",
	SIGPWR:    "SIGPWR",
}

// Name is the symbolic name, "SIGHUP"; for a number without one, "signal N".
func (s Signal) Name() string {
	if s > 0 && int(s) < len(signalNames) {
		return signalNames[s]
	}
	return "signal " + strconv.Itoa(int(s))
}

// mask is the bit of s in word (s-1)/32 of a Sigset.
func (s Signal) mask() (word int, bit uint32) {
	n := uint32(s - 1)
	return int(n / 32), 1 << (n % 32)
}

// Valid reports whether s is a signal number a client may name.
func (s Signal) Valid() bool {
	return s > 0 && s < NSIG
}

// Sigset is sigset_t, sigprocmask(2): signal n is bit n-1.
type Sigset struct {
	Bits [4]uint32
}

// Has reports whether s is in the set.
func (set *Sigset) Has(s Signal) bool {
	if !s.Valid() {
		return false
	}
	w, b := s.mask()
	return set.Bits[w]&b != 0
}

// Add puts a valid s into the set.
func (set *Sigset) Add(s Signal) {
	if s.Valid() {
		w, b := s.mask()
		set.Bits[w] |= b
	}
}

// Del takes s out of the set.
func (set *Sigset) Del(s Signal) {
	if s.Valid() {
		w, b := s.mask()
		set.Bits[w] &^= b
	}
}

// Handlers that are no function, sigaction(2).
const (
	SIG_DFL  = 0
	SIG_IGN  = 1
	SIG_ERR  = -1
	SIG_HOLD = 3
)

// Ways to change the mask, sigprocmask(2).
const (
	SIG_BLOCK   = 1
	SIG_UNBLOCK = 2
	SIG_SETMASK = 3
)

// Flags of a Sigaction, sigaction(2).
const (
	SA_ONSTACK    = 0x1
	SA_RESTART    = 0x2
	SA_RESETHAND  = 0x4
	SA_NODEFER    = 0x10
	SA_NOCLDSTOP  = 0x8
	SA_NOCLDWAIT  = 0x20
	SA_SIGINFO    = 0x40
	SA_NOKERNINFO = 0x80
)

// Flags and sizes of an alternate stack, sigaltstack(2).
const (
	SS_ONSTACK  = 1
	SS_DISABLE  = 4
	MINSIGSTKSZ = 8192
	SIGSTKSZ    = 40960
)

// Kinds of notification of a Sigevent, sigevent(3).
const (
	SIGEV_NONE   = 0
	SIGEV_SIGNAL = 1
	SIGEV_THREAD = 2
	SIGEV_SA     = 3
)

// Siginfo codes of any signal, siginfo(2).
const (
	SI_USER    = 0
	SI_QUEUE   = -1
	SI_TIMER   = -2
	SI_ASYNCIO = -3
	SI_MESGQ   = -4
	SI_LWP     = -5
	SI_NOINFO  = 32767
)

// Siginfo codes of SIGILL, siginfo(2).
const (
	ILL_ILLOPC = 1
	ILL_ILLOPN = 2
	ILL_ILLADR = 3
	ILL_ILLTRP = 4
	ILL_PRVOPC = 5
	ILL_PRVREG = 6
	ILL_COPROC = 7
	ILL_BADSTK = 8
)

// Siginfo codes of SIGFPE, siginfo(2).
const (
	FPE_INTDIV = 1
	FPE_INTOVF = 2
	FPE_FLTDIV = 3
	FPE_FLTOVF = 4
	FPE_FLTUND = 5
	FPE_FLTRES = 6
	FPE_FLTINV = 7
	FPE_FLTSUB = 8
)

// Siginfo codes of SIGSEGV, SIGBUS and SIGTRAP, siginfo(2).
const (
	SEGV_MAPERR = 1
	SEGV_ACCERR = 2
	BUS_ADRALN  = 1
	BUS_ADRERR  = 2
	BUS_OBJERR  = 3
	TRAP_BRKPT  = 1
	TRAP_TRACE  = 2
)

// Siginfo codes of SIGCHLD, siginfo(2).
const (
	CLD_EXITED    = 1
	CLD_KILLED    = 2
	CLD_DUMPED    = 3
	CLD_TRAPPED   = 4
	CLD_STOPPED   = 5
	CLD_CONTINUED = 6
)

// Siginfo codes of SIGIO, siginfo(2).
const (
	POLL_IN  = 1
	POLL_OUT = 2
	POLL_MSG = 3
	POLL_ERR = 4
	POLL_PRI = 5
	POLL_HUP = 6
)

// Sigaction is struct sigaction, sigaction(2). Handler is a client address or SIG_*.
type Sigaction struct {
	Handler uint64
	Mask    Sigset
	Flags   int32
	_       [4]byte
}

// Sigaltstack is stack_t, sigaltstack(2).
type Sigaltstack struct {
	Sp    uint64
	Size  uint64
	Flags int32
	_     [4]byte
}

// Sigval is union sigval: an int in the low half or a pointer, sigevent(3).
type Sigval struct {
	Ptr uint64
}

// Int is the union read as an int.
func (v Sigval) Int() int32 {
	return int32(uint32(v.Ptr))
}

// Sigevent is struct sigevent, sigevent(3).
type Sigevent struct {
	Notify           int32
	Signo            int32
	Value            Sigval
	NotifyFunction   uint64
	NotifyAttributes uint64
}

// Ksiginfo is the kernel's part of siginfo_t, siginfo(2). Reason depends on Signo and Code.
type Ksiginfo struct {
	Signo  int32
	Code   int32
	Errno  int32
	Pad    int32
	Reason [24]byte
}

// Siginfo is siginfo_t, siginfo(2).
type Siginfo struct {
	Info Ksiginfo
	_    [88]byte
}
