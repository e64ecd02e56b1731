// How far a copy is, on a terminal.
package main

import (
	"fmt"
	"io"
	"path"
	"sync"
	"time"
)

const (
	// progressTime is between two pictures; nothing is shown of what takes less.
	progressTime = 300 * time.Millisecond
	clearLine    = "\r\x1b[K"
)

// progress counts what is copied, and shows it in one line. A nil one does
// nothing.
type progress struct {
	w     io.Writer
	width int

	mu      sync.Mutex
	name    string
	files   int
	bytes   uint64
	begun   time.Time
	shown   bool
	ticker  *time.Ticker
	quit    chan struct{}
	showing sync.WaitGroup
}

// newProgress shows on w, a terminal of that width, until stop; nil for what is
// no terminal.
func newProgress(w io.Writer, width int) *progress {
	if width == 0 {
		return nil
	}
	p := &progress{w: w, width: width, begun: time.Now(), ticker: time.NewTicker(progressTime), quit: make(chan struct{})}
	p.showing.Go(func() {
		for {
			select {
			case <-p.ticker.C:
				p.show()
			case <-p.quit:
				return
			}
		}
	})
	return p
}

// line is what is shown.
func (p *progress) line(now time.Time) string {
	rate := float64(p.bytes) / max(now.Sub(p.begun).Seconds(), 0.001)
	s := fmt.Sprintf("%d files, %s, %s/s  %s", p.files, human(p.bytes), human(uint64(rate)), p.name)
	if r := []rune(s); len(r) >= p.width {
		return string(r[:p.width-1])
	}
	return s
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprint(p.w, clearLine+p.line(time.Now()))
	p.shown = true
}

// clear takes the line away, before something else is printed there.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, clearLine)
		p.shown = false
	}
}

// stop ends it.
func (p *progress) stop() {
	if p == nil {
		return
	}
	p.ticker.Stop()
	close(p.quit)
	p.showing.Wait()
	p.clear()
}

// file begins a file.
func (p *progress) file(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files++
	p.name = path.Base(name)
}

// counted is r, with what is read from it counted.
func (p *progress) counted(r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return &countingReader{p, r}
}

type countingReader struct {
	p *progress
	r io.Reader
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.p.bytes += uint64(max(n, 0))
	return n, err
}
