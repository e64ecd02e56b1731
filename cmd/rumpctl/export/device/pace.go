// How long the leader looks for the next request before it sleeps.
package device

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// pace is how fast requests follow one another. A program that makes one call
// after the other sends the next request some microseconds after an answer; to
// sleep and be woken takes longer than that, in a virtual machine much longer.
//
// So the leader stays awake for that time, if there is a processor that nobody
// else wants: otherwise it would take from others what it wastes, and be made to
// wait for that.
type pace struct {
	answered time.Time
	// gap is the time from an answer to the next request, on average.
	gap time.Duration

	cpus int
	// loads is the host's count of who runs, looked at from time to time; crowded,
	// at how many of the last looks there were more than processors.
	loads   *os.File
	looked  time.Time
	crowded int
}

const (
	// mostGap is the largest gap that the leader is awake for: what a program needs
	// to be woken, and to have another request with much data ready.
	mostGap = 120 * time.Microsecond
	// longGap is what longer ones count as.
	longGap = 4 * mostGap
	// lookTime is for how long an answer holds about who runs: that changes with
	// each thread that does something for a moment.
	lookTime = 2 * time.Millisecond
)

// next waits for a request and reads it: looking for it, for twice the gap, when
// that is short.
func (p *pace) next(w *worker) error {
	w.fd = w.s.eager
	for end := p.until(w); time.Now().Before(end); {
		if err := w.try(); err != unix.EAGAIN {
			p.note()
			return err
		}
	}
	w.fd = w.s.fd
	err := w.receive()
	p.note()
	return err
}

// until is when the leader stops to look.
func (p *pace) until(w *worker) time.Time {
	if w.fd < 0 || p.gap > mostGap || !p.mayLook() {
		return p.answered
	}
	return p.answered.Add(2 * p.gap)
}

// note counts the gap that has just ended.
func (p *pace) note() { p.gap += (min(time.Since(p.answered), longGap) - p.gap) / 8 }

// mayLook reports whether a processor is free: once there may be more threads for a
// moment, which do something small.
func (p *pace) mayLook() bool {
	if p.answered.Sub(p.looked) >= lookTime {
		p.looked = p.answered
		p.count(p.running())
	}
	return p.crowded < 2
}

// count notes how many run, this thread among them and who waited for the answer.
func (p *pace) count(running int, ok bool) {
	if ok && running <= p.cpus {
		p.crowded = 0
	} else {
		p.crowded++
	}
}

// running asks how many threads run.
func (p *pace) running() (n int, ok bool) {
	if p.loads == nil {
		f, err := os.Open("/proc/loadavg")
		if err != nil {
			return 0, false
		}
		p.loads = f
	}
	var b [128]byte
	k, err := p.loads.ReadAt(b[:], 0)
	if k == 0 && err != nil {
		return 0, false
	}
	return runningOf(b[:k])
}

// runningOf takes how many run at this moment from a line of /proc/loadavg.
func runningOf(line []byte) (int, bool) {
	words := bytes.Fields(line)
	if len(words) < 4 {
		return 0, false
	}
	running, _, _ := bytes.Cut(words[3], []byte("/"))
	n, err := strconv.Atoi(string(running))
	return n, err == nil
}

// close ends it.
func (p *pace) close() {
	if p.loads != nil {
		_ = p.loads.Close()
	}
}
