// What only some vnodes carry: advisory locks, the name of a local socket.
package vnode

import (
	"sync"
	"sync/atomic"
)

// Extra is what the kernel keeps with a vnode that few have.
type Extra struct {
	// Locks is the list of advisory locks (package lockf).
	Locks atomic.Value
	// Socket is what is bound to a name of type S_IFSOCK.
	Socket atomic.Value
	// Opens counts the open files of a device, under OpenMu.
	OpenMu sync.Mutex
	Opens  int
}

// Extra returns the vnode's, made at first use.
func (v *Vnode) Extra() *Extra {
	if e := v.extra.Load(); e != nil {
		return e
	}
	v.extra.CompareAndSwap(nil, new(Extra))
	return v.extra.Load()
}

// HasExtra returns the vnode's, nil when there was no use for it yet.
func (v *Vnode) HasExtra() *Extra { return v.extra.Load() }
