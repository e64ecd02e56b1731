// What a kernel that panicked, or was asked for a dump, leaves behind for who
// has to find out why.
package kernel

import (
	"strconv"
	"time"

	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Bounds of a report: lines of the log and of the trace, and processes; how
// long each part of it may take.
const (
	reportLines = 20
	reportProcs = 100
	reportTime  = time.Second
)

// PanicReport returns what there is to know of the panic that ended the
// kernel, "" when none has: where it happened, the last of the message buffer,
// the last calls if they were traced, each process with its lwps and the calls
// they made last, and the locks that are held.
func (b *Base) PanicReport() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.broken
}

// Dump returns what reboot(2) with RB_DUMP kept of the kernel as it was then:
// the message buffer and what a PanicReport has. It is "" when there was no
// such reboot.
func (b *Base) Dump() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dumped
}

// OnReport adds a function that reports and dumps ask for the locks of a part
// and who holds them, a line each that begins with a space. It is called while
// others run, or have stopped for good where they were.
func (b *Base) OnReport(fn func() string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reporters = append(b.reporters, fn)
}

// report prints the panic v, and keeps what is told of the first one.
func (b *Base) report(v any) {
	text := "panic: " + panicText(v) + "\n" + stack()
	tail := lastLines(string(b.Msgbuf.Bytes()))
	b.Printf(text)
	if b.PanicReport() != "" {
		return
	}
	state := b.describe()
	b.Printf(state)
	text += "log:\n" + tail + "last calls:\n" + b.within(b.traceLog.tail) + state
	b.mu.Lock()
	b.broken = text
	b.mu.Unlock()
}

// dump keeps what Dump returns.
func (b *Base) dump() {
	text := "log:\n" + string(b.Msgbuf.Bytes()) + "last calls:\n" + b.within(b.traceLog.tail) + b.describe()
	b.mu.Lock()
	b.dumped = text
	b.mu.Unlock()
}

// describe tells of processes and locks.
func (b *Base) describe() string {
	b.mu.Lock()
	reporters := b.reporters
	b.mu.Unlock()
	text := "processes:\n" + b.within(b.processes) + "locks:\n"
	for _, fn := range reporters {
		text += b.within(fn)
	}
	return text
}

// within returns what fn does, unless that takes too long: who panicked may
// hold a lock that fn waits for.
func (b *Base) within(fn func() string) string {
	text, late := make(chan string, 1), make(chan struct{})
	timer := b.Host.AfterFunc(reportTime, func() { close(late) })
	defer timer.Stop()
	go func() {
		said := " not known\n"
		defer func() {
			_ = recover()
			text <- said
		}()
		said = fn()
	}()
	select {
	case said := <-text:
		return said
	case <-late:
		return " not known: a lock is held that would be needed\n"
	}
}

// processes tells of each process and its lwps.
func (b *Base) processes() string {
	text := ""
	for i, p := range b.Procs.All() {
		if i == reportProcs {
			break
		}
		text += " " + strconv.Itoa(int(p.Pid)) + " " + p.Name() + "\n"
		for _, l := range p.LWPs() {
			text += lwpLine(l)
		}
	}
	return text
}

// lwpLine tells what an lwp does, and of the calls it made last, "" when it
// never made one.
func lwpLine(l *proc.LWP) string {
	calls := l.Recent()
	if len(calls) == 0 {
		return ""
	}
	text := "  lwp " + strconv.Itoa(int(l.ID()))
	switch {
	case l.Asleep() >= 0:
		text += " sleeps in " + callName(calls[0])
		calls = calls[1:]
	case l.Running():
		text += " runs " + callName(calls[0])
		calls = calls[1:]
	}
	sep := "; last calls: "
	for _, num := range calls {
		text += sep + callName(num)
		sep = ", "
	}
	return text + "\n"
}

// tail returns the last lines of the trace.
func (t *traceLog) tail() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tellBlocked()
	return lastLines(string(t.text))
}

// lastLines returns the last lines of text.
func lastLines(text string) string {
	at := len(text)
	for lines := 0; at > 0; at-- {
		if text[at-1] != '\n' {
			continue
		}
		if lines++; lines > reportLines {
			break
		}
	}
	return text[at:]
}
