// revoke(2): a device is taken from all who have it open.
package vfs

import (
	"sync"

	"github.com/rumpkit/rumpkit/factions/vfs/vnode"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// specTable is the open devices.
type specTable struct {
	mu   sync.Mutex
	open map[*specFile]struct{}
}

func (t *specTable) add(s *specFile) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		t.open = map[*specFile]struct{}{}
	}
	t.open[s] = struct{}{}
}

func (t *specTable) remove(s *specFile) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, s)
}

// of returns those of a device, whichever node they were opened by.
func (t *specTable) of(typ uint32, dev uint64) (list []*specFile) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s := range t.open {
		if s.vp.Type == typ && s.vp.Rdev == dev {
			list = append(list, s)
		}
	}
	return list
}

// gone is set in uses of an open device that was revoked or closed.
const gone = 1 << 30

// begin lets a call use the driver: false when the device was revoked. finish
// must follow.
func (s *specFile) begin() bool {
	if s.uses.Add(1)&gone == 0 {
		return true
	}
	s.uses.Add(-1)
	return false
}

// finish ends a use. The last one of a revoked device closes it.
func (s *specFile) finish(l *proc.LWP) {
	if s.uses.Add(-1) == gone && s.closed.CompareAndSwap(false, true) {
		_ = s.dev.Close(l)
	}
}

// revoke takes the device away. A call that is in the driver ends by itself; no
// other gets there.
func (s *specFile) revoke(l *proc.LWP) {
	if !s.begin() {
		return
	}
	if q := s.dev.Events(); q != nil {
		defer q.Notify(abi.POLLHUP | abi.POLLIN | abi.POLLOUT)
	}
	for {
		n := s.uses.Load()
		if n&gone != 0 || s.uses.CompareAndSwap(n, n|gone) {
			break
		}
	}
	s.finish(l)
}

// close ends the open: what the driver says, unless it was told before.
// Preconditions: no call uses the file.
func (s *specFile) close(l *proc.LWP) error {
	if s.closed.CompareAndSwap(false, true) {
		return s.dev.Close(l)
	}
	return nil
}

// revoke takes the device vp from all who have it open: EPERM for who does not
// own the node, EOPNOTSUPP for what is no device.
func (v *VFS) revoke(l *proc.LWP, vp *vnode.Vnode) error {
	vp.RLock()
	owner := vp.Node.Perm().Uid
	vp.RUnlock()
	if c := l.Cred(); !c.IsRoot() && c.Euid != owner {
		return abi.EPERM
	}
	if !vp.IsDevice() {
		return abi.EOPNOTSUPP
	}
	for _, s := range v.specs.table.of(vp.Type, vp.Rdev) {
		s.revoke(l)
	}
	return nil
}
