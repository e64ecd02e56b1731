// Why a run failed.
package sim

import "strconv"

// Error is the end of a run that failed. Its text says the seed.
type Error struct {
	// Seed repeats the run.
	Seed uint64
	// Reason is what happened, and Tasks who slept where when it did.
	Reason string
	Tasks  []string
}

func (e *Error) Error() string {
	s := "seed " + strconv.FormatUint(e.Seed, 10) + ": " + e.Reason
	for _, t := range e.Tasks {
		s += "\n\t" + t
	}
	return s
}

// fail keeps the first error of a run. Preconditions: r.mu is held.
func (r *Run) fail(reason string, tasks []string) {
	if r.err == nil {
		r.err = &Error{Seed: r.seed, Reason: reason, Tasks: tasks}
		r.trace.event(r.host.Mono(), "run", reason)
	}
}

// panicked is told of a task that panicked.
func (r *Run) panicked(t *Task, v any, stack string) {
	text := "unknown"
	switch v := v.(type) {
	case error:
		text = v.Error()
	case string:
		text = v
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail("task "+t.name+" panicked: "+text, []string{stack})
}

// sleepers says of each task that sleeps where. Preconditions: r.mu is held.
func (r *Run) sleepers() []string {
	var s []string
	for _, t := range r.inOrder() {
		line := t.name + ": waits for another task"
		if t.sleep != nil {
			pid, lid, num := t.sleep.Where()
			line = t.name + ": process " + strconv.Itoa(int(pid)) + ", lwp " + strconv.Itoa(int(lid)) +
				" sleeps in " + callName(num)
		}
		s = append(s, line)
	}
	return s
}
