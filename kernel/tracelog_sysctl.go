// The nodes through which clients trace: vendor.rumpkit.trace.
package kernel

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// traceSetup makes the nodes, switched off.
func (b *Base) traceSetup() {
	t := newTraceLog(b)
	b.traceLog = t
	dir := b.Sysctl.Lookup("vendor").
		Node(sysctl.Auto, "rumpkit", "What this kernel has beyond NetBSD's").
		Node(sysctl.Auto, "trace", "The calls of processes as text")
	dir.Add(sysctl.Spec{
		Num: sysctl.Auto, Name: "pid", Desc: "Process whose calls are traced: 0 all, -1 none; ends with who sets it",
		Type: abi.CTLTYPE_INT, Flags: abi.CTLFLAG_READWRITE, Size: 4,
		Get: func(*proc.LWP) ([]byte, error) { return binary.LittleEndian.AppendUint32(nil, uint32(t.traced())), nil },
		Set: func(l *proc.LWP, v []byte) error {
			return t.trace(l.Proc().Pid, int32(binary.LittleEndian.Uint32(v)))
		},
	})
	dir.Add(sysctl.Spec{
		Num: sysctl.Auto, Name: "follow", Desc: "Trace the children of that process, too",
		Type: abi.CTLTYPE_BOOL, Flags: abi.CTLFLAG_READWRITE, Size: 1,
		Get: func(*proc.LWP) ([]byte, error) { return t.following(), nil },
		Set: func(_ *proc.LWP, v []byte) error {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.follow = v[0] != 0
			return nil
		},
	})
	dir.Add(sysctl.Spec{
		Num: sysctl.Auto, Name: "log", Desc: "Traced calls, a line each; reading takes them out",
		Type: abi.CTLTYPE_STRUCT, Flags: abi.CTLFLAG_PRIVATE | abi.CTLFLAG_HIDDEN,
		Handler: t.read,
	})
}

func (t *traceLog) traced() int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pid
}

func (t *traceLog) following() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.follow {
		return []byte{1}
	}
	return []byte{0}
}

// read hands out as many whole lines as there is room for. A caller that asks
// for the length only takes none.
func (t *traceLog) read(c *sysctl.Call) error {
	if len(c.Name) > 0 || c.HasNew() {
		return abi.EPERM
	}
	lines, full := t.take(c.Room())
	if len(lines) == 0 {
		c.Grow(full)
		return nil
	}
	return c.Return(lines)
}
