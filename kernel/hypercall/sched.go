// Hosts that decide in which order lwps run.
package hypercall

// Scheduler is implemented by simulated hosts that let one goroutine run at a
// time: the one that runs goes on until it sleeps, then the host chooses the
// next. A kernel on such a host sleeps by way of it.
type Scheduler interface {
	// Sleep receives from wake; others run meanwhile. wake holds one
	// wake-up, s is who sleeps.
	Sleep(wake <-chan struct{}, s Sleeper)
	// Woken tells that wake holds a wake-up.
	Woken(wake <-chan struct{})
	// Yield lets others run that can.
	Yield()
	// Go runs fn on a goroutine that takes part.
	Go(name string, fn func())
}

// Sleeper is an lwp, as a Scheduler knows it.
type Sleeper interface {
	// Where returns the process, the lwp and the system call it sleeps in.
	Where() (pid, lid int32, num int)
	// Abandon ends the sleep with EINTR, and all calls of the process with
	// it: nothing that can happen would wake it.
	Abandon()
}

// Refuser is implemented by hosts that refuse memory.
type Refuser interface {
	// RefuseMemory reports whether a kernel is refused n bytes that its limit
	// would allow.
	RefuseMemory(n int64) bool
}
