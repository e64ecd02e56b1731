// What a kernel that panicked leaves behind for who has to find out why.
package kernel

import "strconv"

// Bounds of a report: lines of the log and of the trace, and processes.
const (
	reportLines = 20
	reportProcs = 100
)

// PanicReport returns what there is to know of the panic that ended the
// kernel, "" when none has: where it happened, the last of the message buffer,
// the last calls if they were traced, and each process with its lwps and the
// calls they slept in.
func (b *Base) PanicReport() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.broken
}

// report prints the panic v, and keeps what is told of the first one.
func (b *Base) report(v any) {
	text := "panic: " + panicText(v) + "\n" + stack()
	tail := lastLines(string(b.Msgbuf.Bytes()))
	b.Printf(text)
	if b.PanicReport() != "" {
		return
	}
	state := b.calls()
	b.Printf(state)
	text += "log:\n" + tail + "last calls:\n" + b.traceLog.tail() + state
	b.mu.Lock()
	b.broken = text
	b.mu.Unlock()
}

// calls tells of each process, and of its lwps that sleep in a call.
func (b *Base) calls() string {
	text := "processes:\n"
	for i, p := range b.Procs.All() {
		if i == reportProcs {
			break
		}
		text += " " + strconv.Itoa(int(p.Pid)) + " " + p.Name()
		for _, l := range p.LWPs() {
			if num := l.Asleep(); num >= 0 {
				text += ", lwp " + strconv.Itoa(int(l.ID())) + " in " + callName(num)
			}
		}
		text += "\n"
	}
	return text
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
