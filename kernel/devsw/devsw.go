// Package devsw is the device switch: from major numbers to drivers, and the
// list of nodes that a file system shows under /dev.
package devsw

import (
	"sync"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Device is an open device: one for each open, so that a driver may keep state
// with it.
type Device interface {
	// Read and Write move data at byte off, which character devices ignore.
	Read(l *proc.LWP, p []byte, off int64, nonblock bool) (int, error)
	Write(l *proc.LWP, p []byte, off int64, nonblock bool) (int, error)
	// Ioctl performs cmd; ENOTTY for one that is not known.
	Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error
	// Poll returns which of the events are ready, Events the queue that is
	// told of changes, nil for a device that is always ready.
	Poll(events event.Mask) event.Mask
	Events() *event.Queue
	// Close ends this open.
	Close(l *proc.LWP) error
}

// Sized is implemented by block devices.
type Sized interface {
	// Size returns the size in bytes.
	Size() int64
}

// Driver is the entry of one driver in the switch.
type Driver struct {
	// Name is the driver's name: "rnd".
	Name string
	// Char and Block are its majors, None where it has no such side, Any for
	// the next free one from 255 on.
	Char, Block int32
	// Open opens the device of a minor number; flags are the file's. ENXIO
	// when there is no such unit.
	Open func(l *proc.LWP, minor uint32, block bool, flags uint32) (Device, error)
	// Nodes are its nodes under /dev.
	Nodes []Node
}

// None and Any are the special majors of a Driver.
const (
	None int32 = -1
	Any  int32 = -2
)

// Node is a device node.
type Node struct {
	// Path is the path below /dev.
	Path  string
	Block bool
	Minor uint32
	// Mode is the permission bits.
	Mode uint32
}

// Switch is the device switch of one kernel.
type Switch struct {
	mu     sync.Mutex
	chars  map[uint32]*Driver
	blocks map[uint32]*Driver
	list   []*Driver
	watch  func(NodeEvent)
}

// NodeEvent tells of a node that came, with its device number, or went.
type NodeEvent struct {
	Node
	Dev  uint64
	Gone bool
}

// New returns an empty switch.
func New() *Switch {
	return &Switch{chars: map[uint32]*Driver{}, blocks: map[uint32]*Driver{}}
}

// firstFree is where majors of drivers without one of their own begin.
const firstFree = 255

// Attach enters a driver: EEXIST when a major is taken.
func (s *Switch) Attach(d Driver) error {
	s.mu.Lock()
	c := pick(s.chars, d.Char)
	b := pick(s.blocks, d.Block)
	if taken(s.chars, c) || taken(s.blocks, b) {
		s.mu.Unlock()
		return abi.EEXIST
	}
	d.Char, d.Block = c, b
	if c >= 0 {
		s.chars[uint32(c)] = &d
	}
	if b >= 0 {
		s.blocks[uint32(b)] = &d
	}
	s.list = append(s.list, &d)
	watch := s.watch
	s.mu.Unlock()
	if watch != nil {
		tell(watch, &d, false)
	}
	return nil
}

func pick(m map[uint32]*Driver, major int32) int32 {
	if major != Any {
		return major
	}
	for n := uint32(firstFree); ; n++ {
		if m[n] == nil {
			return int32(n)
		}
	}
}

func taken(m map[uint32]*Driver, major int32) bool { return major >= 0 && m[uint32(major)] != nil }

func tell(watch func(NodeEvent), d *Driver, gone bool) {
	for _, n := range d.Nodes {
		major := d.Char
		if n.Block {
			major = d.Block
		}
		watch(NodeEvent{Node: n, Dev: abi.Makedev(uint32(major), n.Minor), Gone: gone})
	}
}

// Detach takes the driver of that name out; open devices stay open.
func (s *Switch) Detach(name string) {
	s.mu.Lock()
	var gone *Driver
	for i, d := range s.list {
		if d.Name == name {
			gone = d
			s.list = append(s.list[:i], s.list[i+1:]...)
			break
		}
	}
	if gone != nil {
		delete(s.chars, uint32(gone.Char))
		delete(s.blocks, uint32(gone.Block))
	}
	watch := s.watch
	s.mu.Unlock()
	if gone != nil && watch != nil {
		tell(watch, gone, true)
	}
}

// Watch calls fn for every node there is, and from then on for each that comes
// or goes. There is one watcher at most; nil ends it.
func (s *Switch) Watch(fn func(NodeEvent)) {
	s.mu.Lock()
	s.watch = fn
	list := append([]*Driver(nil), s.list...)
	s.mu.Unlock()
	if fn == nil {
		return
	}
	for _, d := range list {
		tell(fn, d, false)
	}
}

// Open opens the device with number dev: ENXIO when no driver has its major.
func (s *Switch) Open(l *proc.LWP, dev uint64, block bool, flags uint32) (Device, error) {
	s.mu.Lock()
	m := s.chars
	if block {
		m = s.blocks
	}
	d := m[abi.Major(dev)]
	s.mu.Unlock()
	if d == nil {
		return nil, abi.ENXIO
	}
	return d.Open(l, abi.Minor(dev), block, flags)
}
