// fcntl(2).
package kernel

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// settable is the flags that F_SETFL changes.
const settable = abi.O_APPEND | abi.O_ASYNC | abi.O_SYNC | abi.O_NONBLOCK | abi.O_DSYNC |
	abi.O_RSYNC | abi.O_ALT_IO | abi.O_DIRECT | abi.O_NOSIGPIPE

// SysFcntl is fcntl(2), row 92.
func (b *Base) SysFcntl(l *proc.LWP, fd, cmd int32, arg usermem.Addr) (int32, error) {
	t := file.Of(l)
	switch cmd {
	case abi.F_CLOSEM:
		if fd < 0 {
			return 0, abi.EBADF
		}
		return 0, t.CloseFrom(l, fd)
	case abi.F_MAXFD:
		return t.Last(), nil
	case abi.F_DUPFD, abi.F_DUPFD_CLOEXEC:
		least := int32(arg.Value)
		if _, err := t.Cloexec(fd); err != nil {
			return 0, err
		}
		if least < 0 || uint64(least) >= l.Proc().Limit(abi.RLIMIT_NOFILE).Cur {
			return 0, abi.EINVAL
		}
		return dupFrom(l, fd, int(least), cmd == abi.F_DUPFD_CLOEXEC)
	case abi.F_GETFD:
		on, err := t.Cloexec(fd)
		return flagInt(on), err
	}
	f, err := t.Get(fd)
	if err != nil {
		return 0, err
	}
	defer f.Drop(l)
	if cmd == abi.F_SETFD {
		t.SetCloexec(fd, arg.Value&abi.FD_CLOEXEC != 0)
		return 0, nil
	}
	return fcntlFile(l, f, cmd, arg)
}

// fcntlFile performs the commands that concern the open file.
func fcntlFile(l *proc.LWP, f *file.File, cmd int32, arg usermem.Addr) (int32, error) {
	switch cmd {
	case abi.F_GETNOSIGPIPE:
		return flagInt(f.Flags()&abi.O_NOSIGPIPE != 0), nil
	case abi.F_SETNOSIGPIPE:
		if int32(arg.Value) != 0 {
			f.SetFlags(abi.O_NOSIGPIPE, 0)
		} else {
			f.SetFlags(0, abi.O_NOSIGPIPE)
		}
		return 0, nil
	case abi.F_GETFL:
		return int32(f.Flags() - 1), nil
	case abi.F_SETFL:
		v := uint32(arg.Value) & settable
		f.SetFlags(v&^abi.O_ASYNC, settable&^v&^abi.O_ASYNC)
		f.SetAsync(l, v&abi.O_ASYNC != 0)
		return 0, nil
	case abi.F_GETOWN:
		return owner(l, f)
	case abi.F_SETOWN:
		data := binary.LittleEndian.AppendUint32(nil, uint32(arg.Value))
		return 0, ioctlOne(l, f, abi.FIOSETOWN, &file.Arg{Data: data})
	}
	if fc, ok := f.Ops.(file.Fcntler); ok {
		return fc.Fcntl(l, f, cmd, arg)
	}
	return 0, abi.EINVAL
}

func owner(l *proc.LWP, f *file.File) (int32, error) {
	arg := file.Arg{Data: make([]byte, 4)}
	err := ioctlOne(l, f, abi.FIOGETOWN, &arg)
	return int32(binary.LittleEndian.Uint32(arg.Data)), err
}

func flagInt(on bool) int32 {
	if on {
		return 1
	}
	return 0
}
