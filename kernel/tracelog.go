// The trace of calls as text: a log that clients read with sysctl(3), below
// vendor.rumpkit.trace. It costs nothing while nobody traces.
package kernel

import (
	"bytes"
	"strconv"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/lists"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// maxTraceLog bounds the text that nobody has read yet, in bytes. When there
// is more, the older half is forgotten.
const maxTraceLog = 256 << 10

// Values of traceLog.pid.
const (
	traceNone = -1
	traceAll  = 0
)

// traceLog is the trace of a kernel. It is on for as long as the process that
// switched it on lives; calls of that process are not traced.
type traceLog struct {
	b      *Base
	tracer Tracer

	mu sync.Mutex
	// owner is the process that traces, 0 for none, pid what it traces.
	owner, pid int32
	// follow traces the children of pid, too: they are in kids.
	follow bool
	kids   map[int32]bool
	// begun are the calls under way; blocked are those of them that sleep and
	// of which nothing is told yet.
	begun   map[*proc.LWP]*begunCall
	blocked []*begunCall
	// text is whole lines, lost how many were forgotten before them.
	text []byte
	lost int
}

// begunCall is a call under way: its line so far, of which head is who makes
// it.
type begunCall struct {
	line []byte
	head int
	// slept is set once it has slept, told when that was told of.
	slept, told bool
}

// newTraceLog makes the trace of a kernel that is booting, switched off.
func newTraceLog(b *Base) *traceLog {
	t := &traceLog{b: b, pid: traceNone}
	t.tracer = Tracer{Enter: t.enter, Exit: t.exit, Switch: t.switched}
	b.Procs.OnSwitch(b.switched)
	b.tracers.Store(nil)
	b.Procs.OnFork(t.forked)
	b.Procs.OnExit(t.ended)
	return t
}

// trace switches tracing on for pid, traceAll or traceNone, in the name of
// process owner. EBUSY while another process traces, ESRCH for a pid that
// does not exist, ENOMEM when the kernel has none for the text.
func (t *traceLog) trace(owner, pid int32) error {
	if pid < traceNone {
		return abi.EINVAL
	}
	if pid > 0 && t.b.Procs.Find(pid) == nil {
		return abi.ESRCH
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if pid == traceNone {
		t.off()
		return nil
	}
	if t.owner != 0 && t.owner != owner && t.pid != traceNone {
		return abi.EBUSY
	}
	if t.owner == 0 {
		if err := t.b.Mem.Reserve(maxTraceLog); err != nil {
			return err
		}
	}
	t.owner, t.pid, t.lost, t.text = owner, pid, 0, nil
	t.blocked = nil
	t.kids, t.begun = map[int32]bool{}, map[*proc.LWP]*begunCall{}
	t.b.AddTracer(&t.tracer)
	return nil
}

// off ends tracing; what was not read can be read until the owner ends.
// Preconditions: t.mu is held.
func (t *traceLog) off() {
	t.b.RemoveTracer(&t.tracer)
	t.pid, t.kids, t.begun, t.blocked = traceNone, nil, nil, nil
}

// wants reports whether the calls of p are traced. Preconditions: t.mu is held.
func (t *traceLog) wants(p *proc.Proc) bool {
	if t.pid == traceNone || p.Pid == t.owner {
		return false
	}
	return t.pid == traceAll || t.pid == p.Pid || t.kids[p.Pid]
}

// enter begins the line of a call. No lock is held while arguments are read.
func (t *traceLog) enter(l *proc.LWP, num int, f *sysent.Frame) {
	p := l.Proc()
	t.mu.Lock()
	ok := t.wants(p)
	t.mu.Unlock()
	if !ok {
		return
	}
	line := strconv.AppendInt(nil, int64(p.Pid), 10)
	line = strconv.AppendInt(append(line, '.'), int64(l.ID()), 10)
	line = append(append(append(line, ' '), p.Name()...), ' ')
	c := &begunCall{head: len(line)}
	c.line = sysent.AppendCall(line, num, f)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun != nil {
		t.begun[l] = c
	}
}

// switched notes that a call sleeps. That is told when there is something else
// to tell, or when somebody reads, unless the call has gone on by then.
func (t *traceLog) switched(l *proc.LWP, out bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.begun[l]; c != nil && out && !c.slept {
		c.slept = true
		t.blocked = append(t.blocked, c)
	}
}

// tellBlocked tells of the calls that sleep. Preconditions: t.mu is held.
func (t *traceLog) tellBlocked() {
	for _, c := range t.blocked {
		c.told = true
		t.add(append(c.line, " <unfinished ...>\n"...))
	}
	t.blocked = nil
}

// exit ends the line of a call and enters it in the log.
func (t *traceLog) exit(l *proc.LWP, num int, f *sysent.Frame, err error) {
	t.mu.Lock()
	c := t.begun[l]
	delete(t.begun, l)
	if c != nil && c.slept && !c.told {
		t.blocked = lists.Without(t.blocked, c)
	}
	t.mu.Unlock()
	if c == nil {
		return
	}
	if c.told {
		c.line = append(append(append(c.line[:c.head], "<... "...), callName(num)...), " resumed>"...)
	}
	line := append(sysent.AppendResult(c.line, num, f, err), '\n')
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pid == traceNone {
		return
	}
	t.tellBlocked()
	t.add(line)
}

// add appends a line to the log. Preconditions: t.mu is held.
func (t *traceLog) add(line []byte) {
	if len(t.text)+len(line) > maxTraceLog {
		t.forget()
	}
	t.text = append(t.text, line...)
}

// forget drops the older half of the text. Preconditions: t.mu is held.
func (t *traceLog) forget() {
	cut := len(t.text) / 2
	cut += bytes.IndexByte(t.text[cut:], '\n') + 1
	t.lost += bytes.Count(t.text[:cut], []byte{'\n'})
	t.text = append(t.text[:0], t.text[cut:]...)
}

// take removes lines from the log, at most room bytes of them, and returns
// them with the length of all there are.
func (t *traceLog) take(room int) (lines []byte, full int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tellBlocked()
	if t.lost > 0 {
		note := strconv.AppendInt([]byte("... "), int64(t.lost), 10)
		t.text = append(append(note, " lines lost\n"...), t.text...)
		t.lost = 0
	}
	full = len(t.text)
	n := min(room, full)
	n = bytes.LastIndexByte(t.text[:n], '\n') + 1
	lines = append(lines, t.text[:n]...)
	t.text = append(t.text[:0], t.text[n:]...)
	return lines, full
}

// forked follows the children of what is traced.
func (t *traceLog) forked(parent, child *proc.Proc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.follow && t.kids != nil && (parent.Pid == t.pid || t.kids[parent.Pid]) {
		t.kids[child.Pid] = true
	}
}

// ended forgets a process; when it was the one that traces, tracing ends.
func (t *traceLog) ended(p *proc.Proc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.kids, p.Pid)
	if t.owner == 0 || t.owner != p.Pid {
		return
	}
	t.off()
	t.owner, t.text, t.lost = 0, nil, 0
	t.b.Mem.Release(maxTraceLog)
}
