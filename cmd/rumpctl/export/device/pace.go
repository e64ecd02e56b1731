// How long the leader looks for the next request before it sleeps.
package device

import (
	"time"

	"golang.org/x/sys/unix"
)

// pace is how fast requests follow one another. A program that makes one call
// after the other sends the next request some microseconds after an answer; to
// sleep and be woken takes longer than that, in a virtual machine much longer.
type pace struct {
	answered time.Time
	// gap is the time from an answer to the next request, on average.
	gap time.Duration
}

const (
	// mostGap is the largest gap that the leader is awake for.
	mostGap = 60 * time.Microsecond
	// longGap is what longer ones count as.
	longGap = 4 * mostGap
)

// next waits for a request and reads it: looking for it, for twice the gap, when
// that is short.
func (p *pace) next(w *worker) error {
	err := error(unix.EAGAIN)
	for end := p.answered.Add(2 * p.gap); p.gap <= mostGap && err == unix.EAGAIN && time.Now().Before(end); {
		err = w.receive()
	}
	if err == unix.EAGAIN {
		err = w.await()
	}
	p.gap += (min(time.Since(p.answered), longGap) - p.gap) / 8
	return err
}
