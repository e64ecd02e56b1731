// How long the host's processors have worked for this process.
package hypercall

import (
	"time"

	"golang.org/x/sys/unix"
)

// CPUTimer is implemented by hosts that know the processor time that the
// kernel's own host process has used.
type CPUTimer interface {
	// CPUTime returns it, of all threads together.
	CPUTime() time.Duration
}

func (h *real) CPUTime() time.Duration {
	var ru unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &ru) != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
