// lio_listio(2): several operations in one call.
package aio

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysLioListio starts several operations, row 406, and with LIO_WAIT waits for
// them: EIO when some could not be started; the others are under way.
func (a *AIO) SysLioListio(l *proc.LWP, mode int32, blocks usermem.InSlice[uint64], sig usermem.In[abi.Sigevent]) error {
	n := int32(blocks.N)
	switch {
	case n < 1 || n > a.listMax.Load():
		return abi.EINVAL
	case a.jobs.Load()+n > a.max.Load():
		return abi.EAGAIN
	}
	q := a.needQueue(l)
	of, err := newList(mode, sig)
	if err != nil {
		return err
	}
	err = a.startAll(l, blocks, of)
	q.mu.Lock()
	for err == nil && mode == abi.LIO_WAIT && of.refs > 1 {
		if q.done.Wait(l, &q.mu, proc.Forever) != nil {
			err = abi.EINTR
		}
	}
	last := of.drop()
	q.mu.Unlock()
	if last {
		q.notify(&of.sig)
	}
	return err
}

// newList returns a list that the call has a reference on.
func newList(mode int32, sig usermem.In[abi.Sigevent]) (*list, error) {
	of := &list{refs: 1}
	switch {
	case mode == abi.LIO_WAIT || mode == abi.LIO_NOWAIT && sig.IsNil():
		return of, nil
	case mode != abi.LIO_NOWAIT:
		return nil, abi.EINVAL
	}
	var err error
	if of.sig, err = sig.Get(); err == nil {
		err = checkSigevent(&of.sig)
	}
	return of, err
}

// startAll starts what a list says.
func (a *AIO) startAll(l *proc.LWP, blocks usermem.InSlice[uint64], of *list) error {
	at, err := a.follow(blocks)
	if err != nil {
		return err
	}
	for _, m := range at {
		if a.start(l, opList, m, of) != nil {
			err = abi.EIO
		}
	}
	return err
}
