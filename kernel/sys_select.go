// poll(2), select(2) and their forms with a struct timespec.
package kernel

import (
	"encoding/binary"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/poll"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// pollSlack is how many more entries than open descriptors poll(2) takes.
const pollSlack = 1000

// SysPoll is poll(2), row 209: the timeout is in milliseconds.
func (b *Base) SysPoll(l *proc.LWP, fds usermem.InOutSlice[abi.Pollfd], timeout int32) (int32, error) {
	d := proc.Forever
	if timeout != abi.INFTIM {
		if timeout < 0 {
			return 0, abi.EINVAL
		}
		d = time.Duration(timeout) * time.Millisecond
	}
	return pollFds(l, fds, d)
}

// SysPollts50 is pollts(2), row 437.
func (b *Base) SysPollts50(l *proc.LWP, fds usermem.InOutSlice[abi.Pollfd], ts usermem.In[abi.Timespec], mask usermem.In[abi.Sigset]) (int32, error) {
	d, err := optTimeout(ts)
	if err != nil {
		return 0, err
	}
	return masked(l, mask, func() (int32, error) { return pollFds(l, fds, d) })
}

// optTimeout copies an optional timeout in.
func optTimeout(ts usermem.In[abi.Timespec]) (time.Duration, error) {
	if ts.IsNil() {
		return proc.Forever, nil
	}
	t, err := ts.Get()
	if err != nil {
		return 0, err
	}
	return duration(t)
}

// masked waits while the signals of an optional set don't interrupt l.
func masked(l *proc.LWP, mask usermem.In[abi.Sigset], wait func() (int32, error)) (int32, error) {
	if mask.IsNil() {
		return wait()
	}
	s, err := mask.Get()
	if err != nil {
		return 0, err
	}
	old := l.MaskSignals((uint64(s.Bits[0]) | uint64(s.Bits[1])<<32) << 1) // bit 0 is signal 1
	defer l.MaskSignals(old)
	return wait()
}

// pollFds polls an array of struct pollfd.
func pollFds(l *proc.LWP, fds usermem.InOutSlice[abi.Pollfd], d time.Duration) (int32, error) {
	if b := fds.Bytes(); b != nil && fds.N <= fewFds && len(b) >= int(fds.N)*pollfdSize {
		return pollFew(l, b[:fds.N*pollfdSize], d)
	}
	v, err := fds.Load(pollSlack+int(file.Of(l).Last())+1, abi.EINVAL)
	if err != nil {
		return 0, err
	}
	items := make([]poll.Item, len(v))
	for i, p := range v {
		items[i] = poll.Item{Fd: p.Fd, Events: p.Events}
	}
	n, err := poll.Wait(l, items, d)
	if err != nil {
		return 0, err
	}
	for i := range v {
		v[i].Revents = items[i].Ready
	}
	return int32(n), fds.Store(0, v)
}

// A struct pollfd is a descriptor, events and revents; that many are polled
// without memory of the kernel's own.
const (
	pollfdSize    = 8
	pollfdEvents  = 4
	pollfdRevents = 6
	fewFds        = poll.Few
)

// pollFew is pollFds for a caller in process with few descriptors: b is its
// array.
func pollFew(l *proc.LWP, b []byte, d time.Duration) (int32, error) {
	var few [fewFds]poll.Item
	items := few[:len(b)/pollfdSize]
	for i := range items {
		p := b[i*pollfdSize:]
		items[i].Fd = int32(binary.LittleEndian.Uint32(p))
		items[i].Events = event.Mask(binary.LittleEndian.Uint16(p[pollfdEvents:]))
	}
	n, err := poll.Wait(l, items, d)
	if err != nil {
		return 0, err
	}
	for i := range items {
		binary.LittleEndian.PutUint16(b[i*pollfdSize+pollfdRevents:], uint16(items[i].Ready))
	}
	return int32(n), nil
}

// SysSelect50 is select(2), row 417.
func (b *Base) SysSelect50(l *proc.LWP, nd int32, in, ou, ex usermem.InOut[abi.FdSet], tv usermem.In[abi.Timeval]) (int32, error) {
	d := proc.Forever
	if !tv.IsNil() {
		t, err := tv.Get()
		if err != nil {
			return 0, err
		}
		if d, err = duration(fromTimeval(t)); err != nil {
			return 0, err
		}
	}
	return selectFds(l, nd, [3]usermem.Mem{in.Mem, ou.Mem, ex.Mem}, d)
}

// SysPselect50 is pselect(2), row 436.
func (b *Base) SysPselect50(l *proc.LWP, nd int32, in, ou, ex usermem.InOut[abi.FdSet], ts usermem.In[abi.Timespec], mask usermem.In[abi.Sigset]) (int32, error) {
	d, err := optTimeout(ts)
	if err != nil {
		return 0, err
	}
	return masked(l, mask, func() (int32, error) {
		return selectFds(l, nd, [3]usermem.Mem{in.Mem, ou.Mem, ex.Mem}, d)
	})
}

// selectMasks is the events that make a descriptor ready in each set.
var selectMasks = [3]event.Mask{
	abi.POLLIN | abi.POLLRDNORM | abi.POLLHUP | abi.POLLERR,
	abi.POLLOUT | abi.POLLWRNORM | abi.POLLHUP | abi.POLLERR,
	abi.POLLPRI | abi.POLLRDBAND,
}

// leastFiles is the size of the smallest descriptor table: select(2) looks at
// no more bits than the table has descriptors.
const leastFiles = 20

// selectFds performs select(2) on three sets, of which nd bits count.
func selectFds(l *proc.LWP, nd int32, mem [3]usermem.Mem, d time.Duration) (int32, error) {
	if nd < 0 {
		return 0, abi.EINVAL
	}
	nd = min(nd, max(file.Of(l).Last()+1, leastFiles))
	sets, err := copySets(mem, (int(nd)+7)/8)
	if err != nil {
		return 0, err
	}
	var items []poll.Item
	for fd := range nd {
		var events event.Mask
		for i, set := range sets {
			if hasBit(set, fd) {
				events |= selectMasks[i]
			}
		}
		if events != 0 {
			items = append(items, poll.Item{Fd: fd, Events: events})
		}
	}
	if err := allOpen(l, items); err != nil {
		return 0, err
	}
	if _, err := poll.Wait(l, items, d); err != nil {
		return 0, err
	}
	return storeSets(mem, sets, items)
}

// copySets copies n bytes of each set in, in whole words as select(2) does.
func copySets(mem [3]usermem.Mem, n int) (sets [3][]byte, err error) {
	n = (n + 3) &^ 3
	for i, m := range mem {
		if m.IsNil() {
			continue
		}
		sets[i] = make([]byte, n)
		if err := m.CopyIn(sets[i]); err != nil {
			return sets, err
		}
	}
	return sets, nil
}

// allOpen returns EBADF when a descriptor that was asked for is not open.
func allOpen(l *proc.LWP, items []poll.Item) error {
	for _, it := range items {
		if _, err := file.Of(l).Cloexec(it.Fd); err != nil {
			return err
		}
	}
	return nil
}

// storeSets turns what is ready into bits, copies the sets out and returns the
// number of bits.
func storeSets(mem [3]usermem.Mem, sets [3][]byte, items []poll.Item) (n int32, err error) {
	for i, set := range sets {
		if set == nil {
			continue
		}
		out := make([]byte, len(set))
		for _, it := range items {
			if hasBit(set, it.Fd) && it.Ready&selectMasks[i] != 0 {
				out[it.Fd/8] |= 1 << (it.Fd % 8)
				n++
			}
		}
		if err := mem[i].CopyOut(out); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func hasBit(set []byte, i int32) bool {
	return int(i/8) < len(set) && set[i/8]&(1<<(i%8)) != 0
}
