// The bounds of a server.
package sysproxy

import "time"

// Options are the bounds of a server; the zero value of each is its default.
type Options struct {
	// AllowRemote lets tcp listen on addresses that other hosts can reach:
	// whoever connects is root in the kernel.
	AllowRemote bool
	// MaxConns is how many clients are served at once (4096); others are
	// accepted and closed.
	MaxConns int
	// MaxBlocked is how many calls of one client may be blocked at once (512),
	// MaxBlockedAll how many of all (8192). Beyond, a call is refused with
	// "try again".
	MaxBlocked, MaxBlockedAll int
	// MaxParked is how many forks may wait for their child to connect (1024),
	// MaxParkedEach how many of one client (64). ParkTime is how long they
	// wait (one minute).
	MaxParked, MaxParkedEach int
	ParkTime                 time.Duration
	// HandshakeTime is how long a new client may take to introduce itself
	// (10 s); StallTime how long one may not read what it is sent (10 s).
	HandshakeTime, StallTime time.Duration
	// CloseTime is how long Close waits for clients to take their answers
	// (2 s).
	CloseTime time.Duration
}

func (o *Options) setDefaults() {
	setDefault(&o.MaxConns, 4096)
	setDefault(&o.MaxBlocked, 512)
	setDefault(&o.MaxBlockedAll, 8192)
	setDefault(&o.MaxParked, 1024)
	setDefault(&o.MaxParkedEach, 64)
	setDefault(&o.ParkTime, time.Minute)
	setDefault(&o.HandshakeTime, 10*time.Second)
	setDefault(&o.StallTime, 10*time.Second)
	setDefault(&o.CloseTime, 2*time.Second)
}

func setDefault[T int | time.Duration](p *T, v T) {
	if *p <= 0 {
		*p = v
	}
}
