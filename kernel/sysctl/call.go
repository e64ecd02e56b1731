// One call: how the old value goes out and the new one comes in.
package sysctl

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Call is one __sysctl(2) that has come to its node.
type Call struct {
	// L is the caller.
	L *proc.LWP
	// Node is the node, Name the numbers below it.
	Node *Node
	Name []int32
	// Path is the whole name, for nodes below one that has any number.
	Path []int32

	old  usermem.Mem
	room int
	full int
	told bool // the length of the old value is known
	newv usermem.InBuf
}

// Wanted reports whether the caller wants the old value itself, not only its
// length.
func (c *Call) Wanted() bool { return !c.old.IsNil() }

// Room returns how many bytes the caller's buffer still takes.
func (c *Call) Room() int {
	if c.old.IsNil() {
		return 0
	}
	return max(c.room-c.full, 0)
}

// Offered returns the length that the caller gave, whether or not it wants the
// old value itself.
func (c *Call) Offered() int { return c.room }

// Return adds b to the old value: as much is copied out as there is room for.
// It must not be called with a lock held.
func (c *Call) Return(b []byte) error {
	n := min(c.Room(), len(b))
	at := c.full
	c.Grow(len(b))
	if n == 0 {
		return nil
	}
	return c.old.CopyOutAt(at, b[:n])
}

// Grow adds n to the length that the caller is told, without data.
func (c *Call) Grow(n int) {
	c.full += n
	c.told = true
}

// length returns what the caller is told of the old value's length: the room
// it gave when the call failed before there was a value.
func (c *Call) length(err error) int {
	if err != nil && !c.told {
		return c.room
	}
	return c.full
}

// HasNew reports that a new value was given; one of no bytes is none.
func (c *Call) HasNew() bool { return !c.newv.IsNil() && c.newv.Len() != 0 }

// NewLen returns the length of the new value.
func (c *Call) NewLen() int { return max(c.newv.Len(), 0) }

// New copies the new value in: EINVAL when it has more than max bytes. It must
// not be called with a lock held, and the result must not be kept.
func (c *Call) New(max int) ([]byte, error) {
	n := c.NewLen()
	if n > max {
		return nil, abi.EINVAL
	}
	return c.newv.Get(n)
}

// Writable returns nil when the caller may set the node: EPERM otherwise.
func (c *Call) Writable() error {
	f := c.Node.flags
	if f&abi.CTLFLAG_READWRITE == 0 {
		return abi.EPERM
	}
	if f&abi.CTLFLAG_ANYWRITE != abi.CTLFLAG_ANYWRITE && !c.L.Cred().IsRoot() {
		return abi.EPERM
	}
	return nil
}

func (c *Call) dispatch(t *Tree) error {
	n := c.Node
	query := len(c.Name) == 1 && c.Name[0] == abi.CTL_QUERY
	if query || n.handler == nil && len(c.Name) > 0 {
		return c.meta(t)
	}
	if n.flags&abi.CTLFLAG_PRIVATE != 0 && !c.L.Cred().IsRoot() {
		return abi.EPERM
	}
	switch {
	case n.handler != nil:
		return n.handler(c)
	case n.isNode():
		return abi.EINVAL
	case n.get == nil:
		return abi.EOPNOTSUPP
	}
	return c.Exchange(n.get, n.set)
}

// Exchange reads and sets a value as a plain node does: the caller's right to
// set it is looked at first, then the old value goes out, then the new one is
// checked and handed to set. It is for handlers whose value depends on the
// path; get and set are those of a Spec.
func (c *Call) Exchange(get func(*proc.LWP) ([]byte, error), set func(*proc.LWP, []byte) error) error {
	if c.HasNew() {
		if err := c.Writable(); err != nil {
			return err
		}
		if set == nil {
			return abi.EPERM
		}
	}
	b, err := get(c.L)
	if err != nil {
		return err
	}
	if err := c.Return(b); err != nil || !c.HasNew() {
		return err
	}
	v, err := c.newValue()
	if err != nil {
		return err
	}
	return set(c.L, v)
}

// newValue copies the new value of a plain node in and checks it.
func (c *Call) newValue() ([]byte, error) {
	n := c.Node
	size := int(n.size)
	if n.flags&abi.SYSCTL_TYPEMASK != abi.CTLTYPE_STRING {
		if c.NewLen() != size {
			return nil, abi.EINVAL
		}
		v, err := c.New(size)
		if err == nil && n.flags&abi.SYSCTL_TYPEMASK == abi.CTLTYPE_BOOL && v[0] > 1 {
			return nil, abi.EINVAL
		}
		return v, err
	}
	v, err := c.New(size)
	if err != nil {
		return nil, err
	}
	for i, ch := range v {
		if ch == 0 {
			return v[:i], nil
		}
	}
	if len(v) >= size {
		return nil, abi.EINVAL
	}
	return v, nil
}
