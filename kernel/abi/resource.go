// Resource limits and usage, priorities and wait flags: getrlimit(2), getrusage(2),
// setpriority(2), wait(2), sched(3).

package abi

// Resources of getrlimit(2).
const (
	RLIMIT_CPU     = 0
	RLIMIT_FSIZE   = 1
	RLIMIT_DATA    = 2
	RLIMIT_STACK   = 3
	RLIMIT_CORE    = 4
	RLIMIT_RSS     = 5
	RLIMIT_MEMLOCK = 6
	RLIMIT_NPROC   = 7
	RLIMIT_NOFILE  = 8
	RLIMIT_SBSIZE  = 9
	RLIMIT_AS      = 10
	RLIMIT_VMEM    = 10
	RLIMIT_NTHR    = 11
	RLIM_NLIMITS   = 12
)

// Limits with a meaning of their own.
const (
	RLIM_INFINITY  = 0x7fffffffffffffff
	RLIM_SAVED_MAX = 0x7fffffffffffffff
	RLIM_SAVED_CUR = 0x7fffffffffffffff
)

// Whose usage, getrusage(2).
const (
	RUSAGE_SELF     = 0
	RUSAGE_CHILDREN = -1
)

// Whose priority, setpriority(2).
const (
	PRIO_MIN     = -20
	PRIO_MAX     = 20
	PRIO_PROCESS = 0
	PRIO_PGRP    = 1
	PRIO_USER    = 2
)

// Flags of wait6(2) and wait4(2).
const (
	WCOREFLAG  = 0x80
	WNOHANG    = 0x1
	WUNTRACED  = 0x2
	WSTOPPED   = 0x2
	WALTSIG    = 0x4
	WALLSIG    = 0x8
	WCONTINUED = 0x10
	WEXITED    = 0x20
	WTRAPPED   = 0x40
	WNOWAIT    = 0x10000
	WNOZOMBIE  = 0x20000
)

// Processes with a meaning of their own, wait4(2).
const (
	WAIT_ANY    = -1
	WAIT_MYPGRP = 0
)

// What an id names, wait6(2) and clock_getcpuclockid2(2).
const (
	P_MYID = iota - 1
	P_ALL
	P_PID
	P_LWPID
	P_PPID
	P_PGID
	P_SID
	P_CID
	P_UID
	P_GID
)

// Scheduling policies, sched_setscheduler(2).
const (
	SCHED_NONE  = -1
	SCHED_OTHER = 0
	SCHED_FIFO  = 1
	SCHED_RR    = 2
)

// Rlimit is struct rlimit, getrlimit(2).
type Rlimit struct {
	Cur uint64
	Max uint64
}

// Rusage is struct rusage, getrusage(2).
type Rusage struct {
	Utime    Timeval
	Stime    Timeval
	Maxrss   int64
	Ixrss    int64
	Idrss    int64
	Isrss    int64
	Minflt   int64
	Majflt   int64
	Nswap    int64
	Inblock  int64
	Oublock  int64
	Msgsnd   int64
	Msgrcv   int64
	Nsignals int64
	Nvcsw    int64
	Nivcsw   int64
}

// Wrusage is struct wrusage, wait6(2).
type Wrusage struct {
	Self     Rusage
	Children Rusage
}

// Loadavg is struct loadavg, the value of vm.loadavg, sysctl(7).
type Loadavg struct {
	Ldavg  [3]uint32
	_      [4]byte
	Fscale int64
}

// SchedParam is struct sched_param, sched_setparam(2).
type SchedParam struct {
	Priority int32
}
