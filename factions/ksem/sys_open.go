// Calls that make semaphores, find them and let them go.
package ksem

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysKsemInit is _ksem_init, row 247: a semaphore without a name.
func (k *Ksem) SysKsemInit(l *proc.LWP, value uint32, idp usermem.Out[int64]) error {
	return k.descriptor(l, idp, func() (*sem, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.make(l, "", 0, value)
	})
}

// SysKsemOpen is _ksem_open, row 248: ENOENT for a name that is not there
// unless O_CREAT makes it, EEXIST for one that is with O_EXCL, EACCES,
// ENAMETOOLONG, and with O_CREAT the errors of making.
func (k *Ksem) SysKsemOpen(l *proc.LWP, name usermem.String, oflag int32, mode, value uint32, idp usermem.Out[int64]) error {
	n, err := name.Get(maxName + 1)
	if err != nil {
		return err
	}
	return k.descriptor(l, idp, func() (*sem, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.open(l, string([]byte(n)), oflag, mode, value)
	})
}

// open returns the semaphore of a name with a reference. Preconditions: k.mu is
// held.
func (k *Ksem) open(l *proc.LWP, name string, oflag int32, mode, value uint32) (*sem, error) {
	s, creat := k.names[name], oflag&abi.O_CREAT != 0
	switch {
	case creat && !validName(name):
		return nil, abi.EINVAL
	case s == nil && !creat:
		return nil, abi.ENOENT
	case s == nil:
		s, err := k.make(l, name, mode, value)
		if err == nil {
			s.linked = true
			k.names[name] = s
		}
		return s, err
	case oflag&abi.O_EXCL != 0:
		return nil, abi.EEXIST
	case !s.mayUse(l.Cred()):
		return nil, abi.EACCES
	}
	s.mu.Lock()
	s.refs++
	s.mu.Unlock()
	return s, nil
}

// descriptor gives a process a descriptor of the semaphore that find returns.
// The number is stored first, so that nothing is left when it can't be.
func (k *Ksem) descriptor(l *proc.LWP, idp usermem.Out[int64], find func() (*sem, error)) error {
	t := file.Of(l)
	fd, err := t.Reserve(l, 0)
	if err != nil {
		return err
	}
	err = idp.Put(int64(fd))
	var s *sem
	if err == nil {
		s, err = find()
	}
	if err != nil {
		t.Unreserve(fd)
		return err
	}
	t.Install(l, fd, file.New(s, file.KindSem, nil, file.FREAD|file.FWRITE), false)
	return nil
}

// SysKsemUnlink is _ksem_unlink, row 249: the name is gone at once, the
// semaphore when it is closed.
func (k *Ksem) SysKsemUnlink(l *proc.LWP, name usermem.String) error {
	n, err := name.Get(maxName + 1)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.names[n]
	if s == nil {
		return abi.ENOENT
	}
	if !s.mayUse(l.Cred()) {
		return abi.EACCES
	}
	delete(k.names, n)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.linked = false; s.refs == 0 {
		k.free(s)
	}
	return nil
}

// SysKsemClose is _ksem_close, row 250: close(2), of whatever it is.
func (k *Ksem) SysKsemClose(l *proc.LWP, id int64) error { return file.Of(l).Close(l, int32(id)) }

// SysKsemDestroy is _ksem_destroy, row 255: EINVAL for one with a name, EBUSY
// while somebody waits.
func (k *Ksem) SysKsemDestroy(l *proc.LWP, id int64) error {
	s, f, err := get(l, id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	waiters := s.waiters
	s.mu.Unlock()
	_ = f.Drop(l)
	switch {
	case s.name != "":
		return abi.EINVAL
	case waiters > 0:
		return abi.EBUSY
	}
	return file.Of(l).Close(l, int32(id))
}
