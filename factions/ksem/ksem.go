// Package ksem is POSIX semaphores: sem_open(3) and sem_init(3) of NetBSD's
// library stand on its calls. A semaphore is a file behind a descriptor.
package ksem

import (
	"sync"
	"sync/atomic"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
)

// Doc is the part's line in listings.
const Doc = "POSIX semaphores"

const (
	// maxName is the longest name, in bytes, its slash included.
	maxName = 14
	// defaultMax is kern.posix.semmax at first: how many names there can be.
	defaultMax = 128
	// maxOfProc is how many semaphores a process can make.
	maxOfProc = 256
)

// Ksem is the semaphores of one kernel.
type Ksem struct {
	b    *kernel.Base
	node *sysctl.Node // kern.posix
	max  atomic.Int32

	mu    sync.Mutex // taken before that of a semaphore
	names map[string]*sem
	made  map[*proc.Proc]int // semaphores that there are, by who made them
}

// sem is a semaphore.
type sem struct {
	k     *Ksem
	maker *proc.Proc
	// name is "" for one without; these never change.
	name     string
	mode     uint32
	uid, gid uint32

	mu      sync.Mutex
	value   uint32
	refs    int // open files
	linked  bool
	waiters int
	posted  proc.Cond
	never   event.Queue // semaphores are never ready
}

// Attach makes the semaphores of a kernel that is booting, and kern.posix.
func Attach(b *kernel.Base) (*Ksem, error) {
	k := &Ksem{b: b, names: map[string]*sem{}, made: map[*proc.Proc]int{}}
	k.max.Store(defaultMax)
	k.node = b.Sysctl.Lookup("kern").Node(sysctl.Auto, "posix", "POSIX options")
	k.node.Int(sysctl.Auto, "semmax", "Maximal number of semaphores", &k.max, nil)
	k.node.IntFunc(sysctl.Auto, "semcnt", "Current number of semaphores", k.count)
	return k, nil
}

// Detach takes kern.posix away. Preconditions: no process has a semaphore.
func Detach(k *Ksem) { k.node.Remove() }

// count returns how many names there are.
func (k *Ksem) count() int32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return int32(len(k.names))
}

// validName reports a slash and more, without a second slash.
func validName(name string) bool {
	if len(name) < 2 || name[0] != '/' {
		return false
	}
	for i := 1; i < len(name); i++ {
		if name[i] == '/' {
			return false
		}
	}
	return true
}

// make makes a semaphore with one reference, without entering its name: ENFILE
// when there are too many names, ENOSPC when the process has made too many,
// EINVAL for a name that is none. Preconditions: k.mu is held.
func (k *Ksem) make(l *proc.LWP, name string, mode, value uint32) (*sem, error) {
	p, c := l.Proc(), l.Cred()
	switch {
	case len(k.names) >= int(k.max.Load()):
		return nil, abi.ENFILE
	case name != "" && !validName(name):
		return nil, abi.EINVAL
	case k.made[p] >= maxOfProc:
		return nil, abi.ENOSPC
	}
	k.made[p]++
	return &sem{k: k, maker: p, name: name, mode: mode, uid: c.Euid, gid: c.Egid, value: value, refs: 1}, nil
}

// free ends a semaphore that nobody has any more. Preconditions: k.mu is held.
func (k *Ksem) free(s *sem) {
	if k.made[s.maker]--; k.made[s.maker] == 0 {
		delete(k.made, s.maker)
	}
}

// mayUse reports whether c may open or unlink s: who may write it. The groups
// besides the effective one do not count.
func (s *sem) mayUse(c *cred.Cred) bool {
	return c.IsRoot() || c.Euid == s.uid && s.mode&abi.S_IWUSR != 0 ||
		c.Egid == s.gid && s.mode&abi.S_IWGRP != 0 || s.mode&abi.S_IWOTH != 0
}

// unref gives the reference of an open file back.
func (s *sem) unref() {
	s.k.mu.Lock()
	defer s.k.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refs--; s.refs == 0 && !s.linked {
		s.k.free(s)
	}
}
