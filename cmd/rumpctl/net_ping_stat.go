// What ping has counted.
package main

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// pingStat counts echoes and their times.
type pingStat struct {
	sent, received, dups int
	min, max             time.Duration
	sum, squares         float64 // milliseconds
}

func (s *pingStat) add(d time.Duration) {
	if s.received == 0 || d < s.min {
		s.min = d
	}
	s.max = max(s.max, d)
	s.received++
	ms := float64(d) / float64(time.Millisecond)
	s.sum += ms
	s.squares += ms * ms
}

// summary is the end of ping's output.
func (s *pingStat) summary(host string) string {
	text := fmt.Sprintf("----%s PING Statistics----\n%d packets transmitted, %d packets received, ", host, s.sent, s.received)
	if s.dups > 0 {
		text += fmt.Sprintf("+%d duplicates, ", s.dups)
	}
	loss := 0.0
	if s.sent > 0 {
		loss = 100 * float64(s.sent-s.received) / float64(s.sent)
	}
	text += fmt.Sprintf("%.1f%% packet loss\n", loss)
	if s.received == 0 {
		return text
	}
	n := float64(s.received)
	mean := s.sum / n
	dev := math.Sqrt(max(s.squares/n-mean*mean, 0))
	return text + fmt.Sprintf("round-trip min/avg/max/stddev = %s/%.3f/%s/%.3f ms\n", millis(s.min), mean, millis(s.max), dev)
}

// millis is a time in milliseconds.
func millis(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 3, 64)
}
