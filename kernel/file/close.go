// Closing descriptors, and putting another file in the place of one.
package file

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Close closes descriptor fd.
func (t *Table) Close(l *proc.LWP, fd int32) error {
	f, watch, err := t.take(fd)
	if err != nil {
		return err
	}
	return closeFile(l, f, watch)
}

// take empties descriptor fd and returns its file, whose reference is now the
// caller's, and who watches the descriptor.
func (t *Table) take(fd int32) (*File, []*Watch, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	slots := *t.slots.Load()
	if fd < 0 || int(fd) >= len(slots) {
		return nil, nil, abi.EBADF
	}
	f := slots[fd].file.Swap(nil)
	if f == nil {
		return nil, nil, abi.EBADF
	}
	t.release(int(fd))
	return f, t.unwatch(fd), nil
}

func closeFile(l *proc.LWP, f *File, watch []*Watch) error {
	for _, w := range watch {
		w.gone()
	}
	if c, ok := f.Ops.(Closer); ok {
		c.CloseDescriptor(l, f)
	}
	return f.Drop(l)
}

// Dup2 makes descriptor to another name of the file behind from, closing what
// to was. The two being equal changes nothing. EBADF when to is beyond what the
// process may have.
func (t *Table) Dup2(l *proc.LWP, from, to int32, cloexec bool) error {
	f, err := t.Get(from)
	if err != nil {
		return err
	}
	if to < 0 || uint64(to) >= l.Proc().Limit(abi.RLIMIT_NOFILE).Cur || int64(to) >= t.all.most.Load() {
		_ = f.Drop(l)
		return abi.EBADF
	}
	if from == to {
		return f.Drop(l)
	}
	old, watch, err := t.replace(to, f, cloexec)
	if err != nil {
		_ = f.Drop(l)
		return err
	}
	if old != nil {
		return closeFile(l, old, watch)
	}
	return nil
}

// replace puts f behind descriptor fd and returns what was there, and who
// watched it.
func (t *Table) replace(fd int32, f *File, cloexec bool) (*File, []*Watch, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.freed {
		return nil, nil, abi.ESRCH
	}
	if err := t.grow(int(fd)); err != nil {
		return nil, nil, err
	}
	s := &(*t.slots.Load())[fd]
	switch taken := t.used.has(int(fd)); {
	case taken && s.file.Load() == nil:
		return nil, nil, abi.EBUSY // another lwp is just opening it
	case !taken && !t.another(int(fd)):
		return nil, nil, abi.ENFILE
	}
	s.cloexec = cloexec
	return s.file.Swap(f), t.unwatch(fd), nil
}

// CloseFrom closes all descriptors from fd on (fcntl F_CLOSEM).
func (t *Table) CloseFrom(l *proc.LWP, fd int32) error {
	for _, n := range t.Open() {
		if n >= fd {
			_ = t.Close(l, n)
		}
	}
	return nil
}
