// Mappings of files of the simulated host: the content itself.
package hypercall

import (
	"slices"
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// simMapping implements Mapping.
type simMapping struct {
	host *Sim
	data *simData
	mem  []byte

	mu     sync.Mutex
	fn     func()
	due    bool // fn is to run
	closed bool
}

// Map implements Host.
func (h *Sim) Map(name string, size int) (Mapping, error) {
	if _, err := h.Open(name, ReadWrite|Create); err != nil {
		return nil, err
	}
	d := h.data(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kind != KindRegular {
		return nil, abi.ENODEV
	}
	if len(d.bytes) < size {
		if len(d.mapped) > 0 {
			return nil, abi.ENOSPC
		}
		d.bytes = append(d.bytes, make([]byte, size-len(d.bytes))...)
	}
	m := &simMapping{host: h, data: d, mem: d.bytes[:size:size]}
	d.mapped = append(d.mapped, m)
	return m, nil
}

// Mem implements Mapping.
func (m *simMapping) Mem() []byte { return m.mem }

// WriteAt implements Mapping.
func (m *simMapping) WriteAt(b []byte, off int64) (int, error) { return m.data.write(b, off) }

// Watch implements Mapping.
func (m *simMapping) Watch(fn func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fn = fn
	return nil
}

// changed has fn run soon. Preconditions: the file is locked.
func (m *simMapping) changed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fn == nil || m.due || m.closed {
		return
	}
	m.due = true
	if m.host.Spawn != nil {
		m.host.Spawn(m.run)
	} else {
		go m.run()
	}
}

func (m *simMapping) run() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.due = false
	if !m.closed {
		m.fn()
	}
}

// Close implements Mapping.
func (m *simMapping) Close() error {
	m.mu.Lock()
	closed := m.closed
	m.closed = true
	m.mu.Unlock()
	if closed {
		return abi.EBADF
	}
	m.data.mu.Lock()
	defer m.data.mu.Unlock()
	m.data.mapped = slices.DeleteFunc(m.data.mapped, func(o *simMapping) bool { return o == m })
	return nil
}
