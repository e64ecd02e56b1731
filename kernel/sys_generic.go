// Calls on any open file: read, write, their vectors, ioctl.
package kernel

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysRead is read(2), row 3.
func (b *Base) SysRead(l *proc.LWP, fd int32, buf usermem.OutBuf) (int, error) {
	f, err := file.Of(l).Borrow(fd)
	if err != nil {
		return 0, err
	}
	n, err := file.Read(l, f, buf)
	f.Return(l)
	return n, err
}

// SysWrite is write(2), row 4.
func (b *Base) SysWrite(l *proc.LWP, fd int32, buf usermem.InBuf) (int, error) {
	f, err := file.Of(l).Borrow(fd)
	if err != nil {
		return 0, err
	}
	n, err := file.Write(l, f, buf)
	f.Return(l)
	return n, err
}

// SysReadv is readv(2), row 120.
func (b *Base) SysReadv(l *proc.LWP, fd int32, iovp usermem.InSlice[abi.Iovec]) (int, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := file.Readv(l, f, iovp)
	_ = f.Drop(l)
	return n, err
}

// SysWritev is writev(2), row 121.
func (b *Base) SysWritev(l *proc.LWP, fd int32, iovp usermem.InSlice[abi.Iovec]) (int, error) {
	f, err := file.Get(l, fd)
	if err != nil {
		return 0, err
	}
	n, err := file.Writev(l, f, iovp)
	_ = f.Drop(l)
	return n, err
}

// SysIoctl is ioctl(2), row 54. Only 32 bits of com count.
func (b *Base) SysIoctl(l *proc.LWP, fd int32, com uint64, data usermem.Addr) error {
	f, err := file.Get(l, fd)
	if err != nil {
		return err
	}
	err = ioctl(l, f, fd, uint32(com), data)
	_ = f.Drop(l)
	return err
}

func ioctl(l *proc.LWP, f *file.File, fd int32, cmd uint32, data usermem.Addr) error {
	if !f.Readable() && !f.Writable() {
		return abi.EBADF
	}
	switch cmd {
	case abi.FIOCLEX, abi.FIONCLEX:
		file.Of(l).SetCloexec(fd, cmd == abi.FIOCLEX)
		return nil
	}
	size := abi.IocLen(cmd)
	if size > abi.IOCPARM_MAX {
		return abi.ENOTTY
	}
	arg := file.Arg{User: data}
	if size > 0 && cmd&abi.IOC_INOUT != 0 {
		arg.Data = make([]byte, size)
	}
	if abi.IocReads(cmd) {
		if err := data.CopyIn(arg.Data); err != nil {
			return err
		}
	}
	if err := ioctlOne(l, f, cmd, &arg); err != nil {
		return err
	}
	if abi.IocWrites(cmd) {
		return data.CopyOut(arg.Data)
	}
	return nil
}

// ioctlOne performs what all files know, and leaves the rest to f.
func ioctlOne(l *proc.LWP, f *file.File, cmd uint32, arg *file.Arg) error {
	switch cmd {
	case abi.FIONBIO:
		if binary.LittleEndian.Uint32(arg.Data) != 0 {
			f.SetFlags(abi.O_NONBLOCK, 0)
		} else {
			f.SetFlags(0, abi.O_NONBLOCK)
		}
		return nil
	case abi.FIOASYNC:
		f.SetAsync(l, binary.LittleEndian.Uint32(arg.Data) != 0)
		return nil
	}
	err := f.Ops.Ioctl(l, f, cmd, arg)
	if err == abi.EPASSTHROUGH {
		return abi.ENOTTY
	}
	return err
}
