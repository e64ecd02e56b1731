// Files of the simulated host.
package hypercall

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// simData is the content of a file, and what of it would outlive a crash.
type simData struct {
	mu     sync.Mutex
	kind   FileKind
	bytes  []byte
	synced []byte
	// mapped is the mappings there are. A file that is mapped does not grow.
	mapped []*simMapping
}

// maxSimFile bounds a file, in bytes.
const maxSimFile = 1 << 30

// AddFile makes a file with that content, or replaces it.
func (h *Sim) AddFile(name string, kind FileKind, content []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := append([]byte(nil), content...)
	h.files[name] = &simData{kind: kind, bytes: c, synced: append([]byte(nil), c...)}
}

// FileContent returns a copy of a file, nil when there is none.
func (h *Sim) FileContent(name string) []byte {
	d := h.data(name)
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]byte{}, d.bytes...)
}

// Crash loses what was written to the files and not synced.
func (h *Sim) Crash() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.files {
		d.mu.Lock()
		d.bytes = append([]byte(nil), d.synced...)
		d.mu.Unlock()
	}
}

func (h *Sim) data(name string) *simData {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.files[name]
}

func (h *Sim) fault(op FaultOp) Fault {
	if h.Fault == nil {
		return Fault{}
	}
	return h.Fault(op)
}

// Open opens a file of the simulated host.
func (h *Sim) Open(name string, mode OpenMode) (File, error) {
	if mode&ReadWrite == 0 {
		return nil, abi.EINVAL
	}
	if f := h.fault(FaultOp{Op: "open", Name: name}); f.Err != nil {
		return nil, f.Err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.files[name]
	switch {
	case d == nil && mode&Create == 0:
		return nil, abi.ENOENT
	case d == nil:
		d = &simData{kind: KindRegular}
		h.files[name] = d
	case mode&Create != 0 && mode&Exclusive != 0:
		return nil, abi.EEXIST
	case d.kind == KindDir && mode&WriteOnly != 0:
		return nil, abi.EISDIR
	}
	return &simFile{host: h, name: name, mode: mode, data: d}, nil
}

// FileInfo returns size and kind of a file.
func (h *Sim) FileInfo(name string) (int64, FileKind, error) {
	d := h.data(name)
	if d == nil {
		return 0, KindOther, abi.ENOENT
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.bytes)), d.kind, nil
}

type simFile struct {
	host *Sim
	name string
	mode OpenMode
	data *simData
}

func (f *simFile) ReadAt(b []byte, off int64) (int, error) {
	if f.mode&ReadOnly == 0 {
		return 0, abi.EBADF
	}
	b, err := f.cut("read", b, off)
	if err != nil {
		return 0, err
	}
	d := f.data
	d.mu.Lock()
	defer d.mu.Unlock()
	if off < 0 {
		return 0, abi.EINVAL
	}
	if off >= int64(len(d.bytes)) {
		return 0, nil
	}
	return copy(b, d.bytes[off:]), nil
}

// cut applies a fault to a transfer.
func (f *simFile) cut(op string, b []byte, off int64) ([]byte, error) {
	x := f.host.fault(FaultOp{Op: op, Name: f.name, Off: off, Len: len(b)})
	if x.Short > 0 && x.Short < len(b) {
		b = b[:x.Short]
	}
	return b, x.Err
}

func (f *simFile) WriteAt(b []byte, off int64) (int, error) {
	if f.mode&WriteOnly == 0 {
		return 0, abi.EBADF
	}
	b, err := f.cut("write", b, off)
	if err != nil {
		return 0, err
	}
	return f.data.write(b, off)
}

// write writes at byte off and tells who watches.
func (d *simData) write(b []byte, off int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if off < 0 {
		return 0, abi.EINVAL
	}
	end := off + int64(len(b))
	if end > maxSimFile {
		return 0, abi.EFBIG
	}
	if grow := end - int64(len(d.bytes)); grow > 0 {
		if len(d.mapped) > 0 {
			return 0, abi.ENOSPC
		}
		d.bytes = append(d.bytes, make([]byte, grow)...)
	}
	for _, m := range d.mapped {
		m.changed()
	}
	return copy(d.bytes[off:], b), nil
}

func (f *simFile) Size() (int64, error) {
	if x := f.host.fault(FaultOp{Op: "size", Name: f.name}); x.Err != nil {
		return 0, x.Err
	}
	f.data.mu.Lock()
	defer f.data.mu.Unlock()
	return int64(len(f.data.bytes)), nil
}

// Sync makes what was written outlive a Crash.
func (f *simFile) Sync() error {
	if x := f.host.fault(FaultOp{Op: "sync", Name: f.name}); x.Err != nil {
		return x.Err
	}
	f.data.mu.Lock()
	defer f.data.mu.Unlock()
	f.data.synced = append([]byte(nil), f.data.bytes...)
	return nil
}

func (f *simFile) Close() error { return nil }
