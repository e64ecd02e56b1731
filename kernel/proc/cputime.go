// Processor time: how long the lwps of a process have run.
//
// A kernel does not see what its callers do between their calls, so that time
// spent in user mode is not known and counts as none. The time of a call is
// that which passes on the host's clock from its beginning to its end, less
// what the lwp sleeps, waits outside the kernel, or waits for a virtual CPU.
// It is counted for every call that comes over a socket. Calls in this process
// take a shorter way that reads no clock: theirs are counted from when somebody
// first asks for the processor time of the process (Proc.CPUTime).
package proc

// clock of an LWP holds its time in one word, so that who reads it needs no
// lock: the time shifted by one; while the lwp runs, less the time on the
// host's clock since which it does, and with the lowest bit set.
const ticking = 1

// start has the time of l pass.
func (l *LWP) start() {
	l.clock.Store((l.clock.Load()>>1-l.proc.table.host.Mono())<<1 | ticking)
}

// stop has it pass no more, and reports whether it did.
func (l *LWP) stop() bool {
	v := l.clock.Load()
	if v&ticking == 0 {
		return false
	}
	l.clock.Store((v>>1 + l.proc.table.host.Mono()) << 1)
	if at := l.proc.alarmAt.Load(); at != 0 {
		l.proc.ring(at)
	}
	return true
}

// ran returns the processor time of l when the host's clock shows now.
func (l *LWP) ran(now int64) int64 {
	v := l.clock.Load()
	if v&ticking != 0 {
		return max(v>>1+now, 0)
	}
	return v >> 1
}

// Ran returns the processor time of l in nanoseconds, as far as it was counted.
func (l *LWP) Ran() int64 { return l.ran(l.proc.table.host.Mono()) }

// CPUTime is Ran, and has the time of the process be counted from now on.
func (l *LWP) CPUTime() int64 {
	l.proc.CountTime()
	return l.Ran()
}

// Ran returns the processor time of the process in nanoseconds, as far as it
// was counted: that of its lwps, those included that are gone.
func (p *Proc) Ran() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, sum := p.table.host.Mono(), p.ran
	for _, l := range p.lwps {
		sum += l.ran(now)
	}
	return sum
}

// CPUTime is Ran, and has the time of the process be counted from now on.
func (p *Proc) CPUTime() int64 {
	p.CountTime()
	return p.Ran()
}

// CountTime has the time of all calls of the process be counted.
func (p *Proc) CountTime() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timed {
		return
	}
	p.timed = true
	for _, l := range p.lwps {
		l.attn.Or(attnTime)
	}
}

// Usage is what a process has used, for getrusage(2).
type Usage struct {
	CPU     int64 // processor time, nanoseconds
	Sleeps  int64 // voluntary switches
	Signals int64
}

// Usage returns what the process has used so far.
func (p *Proc) Usage() Usage {
	u := Usage{CPU: p.Ran(), Signals: p.signals.Load()}
	p.mu.Lock()
	defer p.mu.Unlock()
	u.Sleeps = p.slept
	for _, l := range p.lwps {
		u.Sleeps += l.sleeps.Load()
	}
	return u
}

// KidsRan returns the processor time of children that have ended, and of
// theirs.
func (p *Proc) KidsRan() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kidsRan
}

// bequeath adds the time of p, which ends, to its parent's children.
func (p *Proc) bequeath() {
	parent := p.parent.Load()
	if parent == nil {
		return
	}
	sum := p.Ran() + p.KidsRan()
	parent.mu.Lock()
	defer parent.mu.Unlock()
	parent.kidsRan += sum
}

// CPUAlarm has fn called once the processor time of the process has reached
// at, in nanoseconds: when the lwp that takes it there sleeps or ends its call,
// on that lwp's goroutine. 0 for at is never. A new alarm replaces the old.
func (p *Proc) CPUAlarm(at int64, fn func()) {
	p.CountTime()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alarm = fn
	p.alarmAt.Store(at)
}

// ring calls the alarm for time at when that has come.
func (p *Proc) ring(at int64) {
	if p.Ran() < at || !p.alarmAt.CompareAndSwap(at, 0) {
		return
	}
	p.mu.Lock()
	fn := p.alarm
	p.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// Nice returns the niceness, which does not change who runs when.
func (p *Proc) Nice() int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nice
}

// SetNice changes it.
func (p *Proc) SetNice(n int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nice = n
}

// Running reports that l is in a call whose time is counted, and neither
// sleeps nor waits outside the kernel.
func (l *LWP) Running() bool { return l.clock.Load()&ticking != 0 }
