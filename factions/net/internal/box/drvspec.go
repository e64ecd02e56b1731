// Commands that a driver has for itself.
package box

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Ifdrv performs a command whose argument is a struct ifdrv that points to b
// (SIOCSDRVSPEC, SIOCSLINKSTR). It returns the length in the struct.
func (x *Box) Ifdrv(name string, cmd uint32, sub uint64, b []byte) (uint64, error) {
	x.T.Helper()
	return x.ifdrv(&sysent.Frame{}, name, cmd, sub, b)
}

// IfdrvTo is Ifdrv for a b that points to room, at byte off, and begins with
// the length of what is there, which it returns.
func (x *Box) IfdrvTo(name string, cmd uint32, sub uint64, b []byte, off int, room []byte) (uint32, error) {
	x.T.Helper()
	var fr sysent.Frame
	binary.LittleEndian.PutUint64(b[off:], fr.Pin(room))
	_, err := x.ifdrv(&fr, name, cmd, sub, b)
	return binary.LittleEndian.Uint32(b), err
}

func (x *Box) ifdrv(fr *sysent.Frame, name string, cmd uint32, sub uint64, b []byte) (uint64, error) {
	fd := x.Socket(abi.AF_INET, abi.SOCK_DGRAM, 0)
	defer x.Close(fd)
	f, err := file.Get(x.L, fd)
	x.OK(err)
	defer func() { _ = f.Drop(x.L) }()
	r := abi.Ifdrv{Cmd: sub, Len: uint64(len(b)), Data: fr.Pin(b)}
	copy(r.Name[:], name)
	arg := &file.Arg{Data: usermem.BytesOf(&r)}
	arg.User = usermem.Addr{Mem: usermem.Local(arg.Data, fr)}
	err = f.Ops.Ioctl(x.L, f, cmd, arg)
	return r.Len, err
}
