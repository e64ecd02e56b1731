// Waiting a moment before sleeping. The other side of a socket is often a
// goroutine of this program too, which answers sooner than one that sleeps is
// awake again.

package client

import "runtime"

const (
	// spinTries is how often others may go on before who waits sleeps: when
	// there are none, somewhat longer than an answer takes of one who has to be
	// woken first.
	spinTries = 150
	// spinRest bounds how seldom it is tried: with waits that took longer each
	// time, one in two to the power of this.
	spinRest = 3
)

// spinner is how the waits of one side of a socket went. Its zero value never
// spins.
type spinner struct {
	on bool
	// missed counts the tries in vain since the last that was not, up to
	// spinRest; rest is how many waits go by without one.
	missed, rest uint8
}

// wait returns when ready has a token, or after a moment.
func (s *spinner) wait(ready <-chan struct{}) {
	if !s.on || len(ready) > 0 {
		return
	}
	if s.rest > 0 {
		s.rest--
		return
	}
	for range spinTries {
		runtime.Gosched()
		if len(ready) > 0 {
			s.missed = 0
			return
		}
	}
	s.missed = min(s.missed+1, spinRest)
	s.rest = 1<<s.missed - 1
}
