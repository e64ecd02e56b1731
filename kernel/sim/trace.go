// What happened in a run, as text: two runs are the same when their traces
// are.
package sim

import (
	"bytes"
	"strconv"
	"sync"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// maxTrace bounds the text that is kept, in bytes; the older half goes first.
const maxTrace = 64 << 20

// trace is lines of text and a sum of all there ever were.
type trace struct {
	mu   sync.Mutex
	text []byte
	sum  uint64
}

// event enters a line: when, who, what.
func (t *trace) event(now int64, who, what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	start := len(t.text)
	t.text = appendSeconds(t.text, now)
	t.text = append(append(t.text, ' '), who...)
	t.text = append(append(t.text, ' '), what...)
	t.text = append(t.text, '\n')
	if start == 0 {
		t.sum = 14695981039346656037 // FNV-1a
	}
	for _, c := range t.text[start:] {
		t.sum = (t.sum ^ uint64(c)) * 1099511628211
	}
	if len(t.text) > maxTrace {
		cut := len(t.text) / 2
		cut += bytes.IndexByte(t.text[cut:], '\n') + 1
		t.text = append(t.text[:0], t.text[cut:]...)
	}
}

// appendSeconds appends nanoseconds as seconds with nine decimals.
func appendSeconds(b []byte, ns int64) []byte {
	b = append(strconv.AppendInt(b, ns/1e9, 10), '.')
	return append(b, strconv.FormatInt(1e9+ns%1e9, 10)[1:]...)
}

// Trace returns what happened so far: who ran when, faults, and the calls of
// traced kernels. It is the same in each run of a seed.
func (r *Run) Trace() string {
	r.trace.mu.Lock()
	defer r.trace.mu.Unlock()
	return string(r.trace.text)
}

// Sum returns a sum of the trace.
func (r *Run) Sum() uint64 {
	r.trace.mu.Lock()
	defer r.trace.mu.Unlock()
	return r.trace.sum
}

// Note enters a line of the caller's in the trace.
func (r *Run) Note(what string) { r.trace.event(r.host.Mono(), "note", what) }

// TraceCalls enters the calls of k in the trace, as they begin and as they end.
func (r *Run) TraceCalls(k *kernel.Base) {
	who := func(l *proc.LWP) string {
		return strconv.Itoa(int(l.Proc().Pid)) + "." + strconv.Itoa(int(l.ID())) + " " + l.Proc().Name()
	}
	k.AddTracer(&kernel.Tracer{
		Enter: func(l *proc.LWP, num int, f *sysent.Frame) {
			r.trace.event(r.host.Mono(), who(l), string(sysent.AppendCall(nil, num, f)))
		},
		Exit: func(l *proc.LWP, num int, f *sysent.Frame, err error) {
			line := append([]byte("... "), callName(num)...)
			r.trace.event(r.host.Mono(), who(l), string(sysent.AppendResult(append(line, ' '), num, f, err)))
		},
	})
}

func callName(num int) string {
	if num < 0 || num >= len(sysent.Rows) {
		return "#" + strconv.Itoa(num)
	}
	return sysent.Rows[num].Name
}
