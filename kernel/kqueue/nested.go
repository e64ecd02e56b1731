// Queues that wait for queues, and the names of filters.
package kqueue

import (
	"encoding/binary"
	"slices"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxNest bounds how deep queues may wait for queues.
const maxNest = 8

// nest records that outer waits for inner: EINVAL when inner waits for outer
// already, or the queues would be too deep in each other. They could tell each
// other for ever.
func (p *Procs) nest(outer, inner *Queue) error {
	p.nesting.Lock()
	defer p.nesting.Unlock()
	if outer == inner || inner.height+1 > maxNest || inner.waitsFor(outer, map[*Queue]bool{}) {
		return abi.EINVAL
	}
	outer.inner = append(outer.inner, inner)
	outer.height = max(outer.height, inner.height+1)
	return nil
}

// unnest forgets it. The height stays: it is a bound.
func (p *Procs) unnest(outer, inner *Queue) {
	p.nesting.Lock()
	defer p.nesting.Unlock()
	if i := slices.Index(outer.inner, inner); i >= 0 {
		outer.inner = slices.Delete(outer.inner, i, i+1)
	}
}

// waitsFor reports whether q waits for o, by way of others or not.
// Preconditions: the kernel's nesting lock is held.
func (q *Queue) waitsFor(o *Queue, seen map[*Queue]bool) bool {
	if q == o {
		return true
	}
	if seen[q] {
		return false
	}
	seen[q] = true
	for _, in := range q.inner {
		if in.waitsFor(o, seen) {
			return true
		}
	}
	return false
}

// What filters are called, one after the other, by number.
const (
	filterNames = "EVFILT_READ\x00EVFILT_WRITE\x00EVFILT_AIO\x00EVFILT_VNODE\x00EVFILT_PROC\x00EVFILT_SIGNAL\x00EVFILT_TIMER\x00"
	maxFilter   = 32 // the longest name, with its NUL
)

// filterName returns the name of a filter with its NUL, "" when there is none.
func filterName(number uint32) string {
	rest := filterNames
	for ; rest != ""; number-- {
		end := 0
		for rest[end] != 0 {
			end++
		}
		if number == 0 {
			return rest[:end+1]
		}
		rest = rest[end+1:]
	}
	return ""
}

// filterIoctl performs KFILTER_BYFILTER and KFILTER_BYNAME on a struct
// kfilter_mapping, whose name is elsewhere: ENOENT for a filter there is not.
func filterIoctl(cmd uint32, arg *file.Arg) error {
	ptr, size := binary.LittleEndian.Uint64(arg.Data), binary.LittleEndian.Uint64(arg.Data[8:])
	if cmd == abi.KFILTER_BYFILTER {
		name := filterName(binary.LittleEndian.Uint32(arg.Data[16:]))
		if name == "" {
			return abi.ENOENT
		}
		name = name[:min(uint64(len(name)), size)]
		return arg.User.Follow(ptr, len(name)).CopyOut([]byte(name))
	}
	name, err := usermem.String{Mem: arg.User.Follow(ptr, -1)}.Get(maxFilter)
	if err != nil {
		return err
	}
	for i := uint32(0); ; i++ {
		switch n := filterName(i); n {
		case "":
			return abi.ENOENT
		case name + "\x00":
			binary.LittleEndian.PutUint32(arg.Data[16:], i)
			return nil
		}
	}
}
