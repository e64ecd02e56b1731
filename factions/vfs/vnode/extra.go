// What only some vnodes carry: advisory locks, who waits for changes, the name
// of a local socket, the pipe of a fifo.
package vnode

import (
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/pipe"
)

// Extra is what the kernel keeps with a vnode that few have.
type Extra struct {
	// Locks is the list of advisory locks (package lockf).
	Locks atomic.Value
	// Socket is what is bound to a name of type S_IFSOCK.
	Socket atomic.Value
	// Fifo is the pipe of a fifo.
	Fifo atomic.Pointer[pipe.Pipe]
	// Notes is told of changes as NOTE_ flags (kqueue(2)), Ready of new
	// contents as poll(2) events.
	Notes, Ready event.Queue
}

// Through is a Node of a layer, which stands for a file below it.
type Through interface {
	// Below returns that file's vnode, whose Extra both share: locks, sockets
	// and fifos are the same by either name.
	Below() *Vnode
}

// Extra returns the vnode's, made at first use.
func (v *Vnode) Extra() *Extra {
	if v.base != nil {
		v = v.base
	}
	if e := v.extra.Load(); e != nil {
		return e
	}
	var e *Extra
	if t, ok := v.Node.(Through); ok {
		e = t.Below().Extra()
	} else {
		e = new(Extra)
	}
	v.extra.CompareAndSwap(nil, e)
	return v.extra.Load()
}

// HasExtra returns the vnode's, nil when there was no use for it yet.
func (v *Vnode) HasExtra() *Extra {
	if v.base != nil {
		v = v.base
	}
	return v.extra.Load()
}

// Note tells who waits for it of a change: NOTE_ flags.
func (v *Vnode) Note(what event.Mask) {
	e := v.HasExtra()
	if e == nil {
		return
	}
	e.Notes.Notify(what)
	if what&(abi.NOTE_WRITE|abi.NOTE_EXTEND) != 0 {
		e.Ready.Notify(abi.POLLIN | abi.POLLRDNORM)
	}
}
