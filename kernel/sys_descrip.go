// Calls on descriptors: close, the dup family, pipes, what is known of a file.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/pipe"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysClose is close(2), row 6.
func (b *Base) SysClose(l *proc.LWP, fd int32) error { return file.Of(l).Close(l, fd) }

// SysDup is dup(2), row 41.
func (b *Base) SysDup(l *proc.LWP, fd int32) (int32, error) {
	return dupFrom(l, fd, 0, false)
}

// dupFrom gives the file behind fd a further descriptor, not below least.
func dupFrom(l *proc.LWP, fd int32, least int, cloexec bool) (int32, error) {
	t := file.Of(l)
	f, err := t.Get(fd)
	if err != nil {
		return 0, err
	}
	n, err := t.Alloc(l, f, least, cloexec)
	if err != nil {
		_ = f.Drop(l)
		return 0, err
	}
	return n, nil
}

// SysDup2 is dup2(2), row 90.
func (b *Base) SysDup2(l *proc.LWP, from, to int32) (int32, error) {
	return b.SysDup3(l, from, to, 0)
}

// SysDup3 is dup3(2), row 454: EINVAL for a flag it does not know. Two equal
// descriptors are left as they are.
func (b *Base) SysDup3(l *proc.LWP, from, to, flags int32) (int32, error) {
	const known = abi.O_CLOEXEC | abi.O_NONBLOCK | abi.O_NOSIGPIPE
	if flags&^known != 0 {
		return 0, abi.EINVAL
	}
	t := file.Of(l)
	f, err := t.Get(from)
	if err != nil {
		return 0, err
	}
	err = t.Dup2(l, from, to, flags&abi.O_CLOEXEC != 0)
	if err == nil && from != to {
		f.SetFlags(uint32(flags)&(abi.O_NONBLOCK|abi.O_NOSIGPIPE), 0)
	}
	_ = f.Drop(l)
	return to, err
}

// SysPipe is pipe(2), row 42: both descriptors are results.
func (b *Base) SysPipe(l *proc.LWP) (int32, int32, error) { return b.newPipe(l, 0) }

// SysPipe2 is pipe2(2), row 453.
func (b *Base) SysPipe2(l *proc.LWP, fildes usermem.OutSlice[int32], flags int32) error {
	if flags&^(abi.O_CLOEXEC|abi.O_NONBLOCK|abi.O_NOSIGPIPE) != 0 {
		return abi.EINVAL
	}
	r, w, err := b.newPipe(l, uint32(flags))
	if err != nil {
		return err
	}
	if err := fildes.Store(0, []int32{r, w}); err != nil {
		_ = file.Of(l).Close(l, r)
		_ = file.Of(l).Close(l, w)
		return err
	}
	return nil
}

// newPipe makes a pipe and descriptors for both ends.
func (b *Base) newPipe(l *proc.LWP, flags uint32) (int32, int32, error) {
	c := l.Cred()
	rf, wf := pipe.New(pipe.Config{
		Mem: b.Mem, Now: b.Now, UID: c.Euid, GID: c.Egid,
		Flags: flags & (abi.O_NONBLOCK | abi.O_NOSIGPIPE),
	})
	cloexec := flags&abi.O_CLOEXEC != 0
	r, err := file.Alloc(l, rf, cloexec)
	if err != nil {
		_, _ = rf.Drop(l), wf.Drop(l)
		return 0, 0, err
	}
	w, err := file.Alloc(l, wf, cloexec)
	if err != nil {
		_, _ = file.Of(l).Close(l, r), wf.Drop(l)
		return 0, 0, err
	}
	return r, w, nil
}

// SysFstat50 is fstat(2), row 440.
func (b *Base) SysFstat50(l *proc.LWP, fd int32, sb usermem.Out[abi.Stat]) error {
	st := b.stats.Get().(*abi.Stat)
	defer b.stats.Put(st)
	if err := fileStat(l, fd, st); err != nil {
		return err
	}
	return sb.Put(*st)
}

// FileStat returns the status of an open file, for fstat(2) and its old forms.
func FileStat(l *proc.LWP, fd int32) (st abi.Stat, err error) {
	err = fileStat(l, fd, &st)
	return st, err
}

// fileStat fills st.
func fileStat(l *proc.LWP, fd int32, st *abi.Stat) error {
	f, err := file.Get(l, fd)
	if err != nil {
		return err
	}
	*st = abi.Stat{}
	err = f.Ops.Stat(l, f, st)
	_ = f.Drop(l)
	return err
}

// SysFpathconf is fpathconf(2), row 192.
func (b *Base) SysFpathconf(l *proc.LWP, fd, name int32) (int64, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	if p, ok := f.Ops.(file.Pathconfer); ok {
		return p.Pathconf(l, f, name)
	}
	switch f.Kind {
	case file.KindPipe, file.KindSocket:
		if name == abi.PC_PIPE_BUF {
			return abi.PIPE_BUF, nil
		}
		return 0, abi.EINVAL
	case file.KindKqueue:
		return 0, abi.EINVAL
	}
	return 0, abi.EOPNOTSUPP
}

// SysFlock is flock(2), row 131.
func (b *Base) SysFlock(l *proc.LWP, fd, how int32) error {
	f, err := file.Get(l, fd)
	if err != nil {
		return err
	}
	defer f.Drop(l)
	lk, ok := f.Ops.(file.Locker)
	if !ok {
		return abi.EOPNOTSUPP
	}
	switch how &^ abi.LOCK_NB {
	case abi.LOCK_SH, abi.LOCK_EX, abi.LOCK_UN:
		return lk.Flock(l, f, how)
	}
	return abi.EINVAL
}

// SysPosixFadvise50 is posix_fadvise(2), row 416. The advice is not needed;
// the error is the result, as its stub expects.
func (b *Base) SysPosixFadvise50(l *proc.LWP, fd int32, offset, length int64, advice int32) (int32, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return int32(abi.EBADF), nil
	}
	defer f.Drop(l)
	switch {
	case f.Kind == file.KindPipe:
		return int32(abi.ESPIPE), nil
	case f.Kind != file.KindVnode:
		return int32(abi.EOPNOTSUPP), nil
	case advice < abi.POSIX_FADV_NORMAL || advice > abi.POSIX_FADV_NOREUSE, length < 0, offset < 0:
		return int32(abi.EINVAL), nil
	}
	return 0, nil
}
