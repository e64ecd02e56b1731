// Calls that change the value of a semaphore, and tell it.
package ksem

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysKsemPost is _ksem_post, row 251: EOVERFLOW at SEM_VALUE_MAX.
func (k *Ksem) SysKsemPost(l *proc.LWP, id int64) error {
	s, f, err := get(l, id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.value == abi.SEM_VALUE_MAX {
		err = abi.EOVERFLOW
	} else {
		s.value++
		s.posted.Broadcast()
	}
	s.mu.Unlock()
	_ = f.Drop(l)
	return err
}

// SysKsemWait is _ksem_wait, row 252: EINTR.
func (k *Ksem) SysKsemWait(l *proc.LWP, id int64) error {
	return k.wait(l, id, func() (time.Duration, error) { return proc.Forever, nil })
}

// SysKsemTrywait is _ksem_trywait, row 253: EAGAIN at 0.
func (k *Ksem) SysKsemTrywait(l *proc.LWP, id int64) error {
	return k.wait(l, id, func() (time.Duration, error) { return 0, abi.EAGAIN })
}

// SysKsemTimedwait is _ksem_timedwait, row 256: ETIMEDOUT when the wall clock
// shows abstime, EINVAL for a time that is none.
func (k *Ksem) SysKsemTimedwait(l *proc.LWP, id int64, abstime usermem.In[abi.Timespec]) error {
	ts, err := abstime.Get()
	if err != nil {
		return err
	}
	if ts.Sec < 0 || ts.Nsec < 0 || ts.Nsec >= 1e9 {
		return abi.EINVAL
	}
	end := min(ts.Sec, 1<<33)*1e9 + ts.Nsec
	return k.wait(l, id, func() (time.Duration, error) {
		if left := time.Duration(end - k.b.Now()); left > 0 {
			return left, nil
		}
		return 0, abi.ETIMEDOUT
	})
}

// wait takes one off the value. While there is none it waits, for as long as
// more says, or fails as more does.
func (k *Ksem) wait(l *proc.LWP, id int64, more func() (time.Duration, error)) error {
	s, f, err := get(l, id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	for s.value == 0 && err == nil {
		err = s.sleep(l, more)
	}
	if err == nil {
		s.value--
	}
	s.mu.Unlock()
	_ = f.Drop(l)
	return err
}

// sleep waits once. Preconditions: s.mu is held.
func (s *sem) sleep(l *proc.LWP, more func() (time.Duration, error)) error {
	d, err := more()
	if err != nil {
		return err
	}
	s.waiters++
	err = s.posted.Wait(l, &s.mu, d)
	s.waiters--
	if err == abi.EWOULDBLOCK {
		return nil // more knows whether that was all
	}
	return err
}

// SysKsemGetvalue is _ksem_getvalue, row 254.
func (k *Ksem) SysKsemGetvalue(l *proc.LWP, id int64, value usermem.Out[uint32]) error {
	s, f, err := get(l, id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	v := s.value
	s.mu.Unlock()
	_ = f.Drop(l)
	return value.Put(v)
}
