// Time: clocks, interval timers and their structures, clock_gettime(2),
// setitimer(2), timer_create(2), gettimeofday(2).

package abi

// Clocks, clock_gettime(2). A clockid_t of a thread or process clock is compared as uint32.
const (
	CLOCK_REALTIME           = 0x0
	CLOCK_VIRTUAL            = 0x1
	CLOCK_PROF               = 0x2
	CLOCK_MONOTONIC          = 0x3
	CLOCK_THREAD_CPUTIME_ID  = 0x80000000
	CLOCK_PROCESS_CPUTIME_ID = 0x40000000
)

// Interval timers, setitimer(2).
const (
	ITIMER_REAL      = 0
	ITIMER_VIRTUAL   = 1
	ITIMER_PROF      = 2
	ITIMER_MONOTONIC = 3
)

// Flags of timer_settime(2) and clock_nanosleep(2).
const (
	TIMER_RELTIME = 0
	TIMER_ABSTIME = 1
)

// Timespec is struct timespec: seconds and nanoseconds.
type Timespec struct {
	Sec  int64
	Nsec int64
}

// Timeval is struct timeval: seconds and microseconds.
type Timeval struct {
	Sec  int64
	Usec int32
	_    [4]byte
}

// Itimerval is struct itimerval, setitimer(2).
type Itimerval struct {
	Interval Timeval
	Value    Timeval
}

// Itimerspec is struct itimerspec, timer_settime(2).
type Itimerspec struct {
	Interval Timespec
	Value    Timespec
}

// Timezone is struct timezone, gettimeofday(2). The kernel keeps none.
type Timezone struct {
	Minuteswest int32
	Dsttime     int32
}

// Bintime is struct bintime: seconds and 2^-64 seconds.
type Bintime struct {
	Sec  int64
	Frac uint64
}

// Clockinfo is struct clockinfo, the value of kern.clockrate, sysctl(7).
type Clockinfo struct {
	Hz      int32
	Tick    int32
	Tickadj int32
	Stathz  int32
	Profhz  int32
}
