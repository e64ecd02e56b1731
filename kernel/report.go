// What a kernel that panicked leaves behind for who has to find out why.
package kernel

import (
	"bytes"
	"strconv"
)

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
	text := []byte("panic: " + panicText(v) + "\n" + stack())
	tail := lastLines(b.Msgbuf.Bytes())
	b.Printf(string(text))
	b.mu.Lock()
	again := b.broken != ""
	b.mu.Unlock()
	if again {
		return
	}
	state := b.appendCalls([]byte("processes:\n"))
	b.Printf(string(state))
	text = append(append(text, "log:\n"...), tail...)
	text = append(append(text, "last calls:\n"...), b.traceLog.tail()...)
	text = append(text, state...)
	b.mu.Lock()
	b.broken = string(text)
	b.mu.Unlock()
}

// appendCalls tells of each process, and of its lwps that sleep in a call.
func (b *Base) appendCalls(text []byte) []byte {
	procs := b.Procs.All()
	for _, p := range procs[:min(len(procs), reportProcs)] {
		text = strconv.AppendInt(append(text, ' '), int64(p.Pid), 10)
		text = append(append(text, ' '), p.Name()...)
		for _, l := range p.LWPs() {
			if num := l.Asleep(); num >= 0 {
				text = append(append(text, ", lwp "...), strconv.Itoa(int(l.ID()))...)
				text = append(append(text, " in "...), callName(num)...)
			}
		}
		text = append(text, '\n')
	}
	return text
}

// tail returns the last lines of the trace.
func (t *traceLog) tail() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return lastLines(t.text)
}

// lastLines returns the last lines of text.
func lastLines(text []byte) []byte {
	at := len(text)
	for range reportLines {
		if at = bytes.LastIndexByte(text[:max(at-1, 0)], '\n') + 1; at == 0 {
			break
		}
	}
	return text[at:]
}
