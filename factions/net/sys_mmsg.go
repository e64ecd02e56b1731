// sendmmsg(2) and recvmmsg(2): many messages in one call.
package net

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// maxMessages is how many messages one call moves; more are not looked at.
const maxMessages = 1024

// mmsghdr returns the i'th element of an array and where it lies.
func mmsghdr(a usermem.InOutSlice[abi.Mmsghdr], i int) (usermem.InOut[abi.Mmsghdr], abi.Mmsghdr, error) {
	const size = 56
	at := usermem.InOut[abi.Mmsghdr]{Mem: a.Slice(i*size, size)}
	h, err := at.Get()
	return at, h, err
}

// SysSendmmsg serves row 476, sendmmsg. It returns how many messages were
// sent; an error is returned only when that is none.
func (n *Net) SysSendmmsg(l *proc.LWP, s int32, mmsg usermem.InOutSlice[abi.Mmsghdr], flags uint32) (int32, error) {
	so, f, err := Get(l, s)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	return so.eachMessage(mmsg, func(h *abi.Mmsghdr) error {
		k, err := so.sendmsg(l, f, mmsg.Mem, &h.Hdr, int32(flags))
		h.Len = uint32(k)
		return err
	})
}

// eachMessage calls fn for one message after the other until it fails. Why the
// second or a later one failed the next call on the socket tells, unless it
// would only have had to wait.
func (s *Socket) eachMessage(mmsg usermem.InOutSlice[abi.Mmsghdr], fn func(h *abi.Mmsghdr) error) (int32, error) {
	count := int(min(mmsg.N, maxMessages))
	for i := range count {
		at, h, err := mmsghdr(mmsg, i)
		if err == nil {
			err = fn(&h)
		}
		if err == nil {
			err = at.Put(h)
		}
		if err == nil {
			continue
		}
		if i > 0 {
			if err != abi.EWOULDBLOCK {
				s.failed.CompareAndSwap(0, errnoOf(err))
			}
			return int32(i), nil
		}
		return 0, err
	}
	return int32(count), nil
}

// SysRecvmmsg serves row 475, recvmmsg. It returns how many messages came;
// an error is returned only when that is none. The timeout is looked at
// between messages, and over when a whole second more has passed. MSG_WAITFORONE waits for the first only.
func (n *Net) SysRecvmmsg(l *proc.LWP, s int32, mmsg usermem.InOutSlice[abi.Mmsghdr], flags uint32, timeout usermem.In[abi.Timespec]) (int32, error) {
	so, f, err := Get(l, s)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	until, err := n.deadline(timeout)
	if err != nil {
		return 0, err
	}
	first := true
	return so.eachMessage(mmsg, func(h *abi.Mmsghdr) error {
		if !first && n.passed(until) {
			return abi.EWOULDBLOCK
		}
		fl := int32(flags) &^ abi.MSG_WAITFORONE
		if !first && flags&abi.MSG_WAITFORONE != 0 {
			fl |= abi.MSG_DONTWAIT
		}
		first = false
		k, err := so.recvmsg(l, f, mmsg.Mem, &h.Hdr, fl)
		h.Len = uint32(k)
		return err
	})
}

// deadline returns when a timeout is over on the monotonic clock,
// proc.Forever when there is none. One that is not a time is over at once.
func (n *Net) deadline(timeout usermem.In[abi.Timespec]) (time.Duration, error) {
	if timeout.IsNil() {
		return proc.Forever, nil
	}
	ts, err := timeout.Get()
	if err != nil {
		return 0, err
	}
	const farSeconds = 1 << 31
	d := time.Duration(min(max(ts.Sec, 0), farSeconds))*time.Second + time.Duration(min(max(ts.Nsec, 0), 1e9)) + time.Second
	return time.Duration(n.host.Mono()) + d, nil
}

func (n *Net) passed(until time.Duration) bool {
	return until != proc.Forever && time.Duration(n.host.Mono()) >= until
}
