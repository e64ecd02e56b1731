// Control messages of a received message, descriptors among them, on their way
// to the caller.
package net

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Reserve takes descriptors for n files that are about to be received, if the
// caller has room to be told of them: EMSGSIZE when it can't have so many.
// Protocols call it before they take a message with files off.
func (in *Message) Reserve(n int) (err error) {
	if in.lwp != nil && abi.CmsgSpace(n*4) <= in.room {
		in.fds, err = reserveAll(in.lwp, n)
	}
	return err
}

// giveControl stores the control messages for which h has room, and changes h
// to say how much that is. MSG_CTRUNC tells of others: files that did not fit
// are closed, other messages are cut.
func (in *Message) giveControl(l *proc.LWP, m usermem.Mem, h *abi.Msghdr) error {
	h.Controllen = 0
	defer in.dropRights(l)
	if in.room == 0 {
		return nil
	}
	var list []byte
	if in.Rights != nil {
		if in.fds == nil {
			h.Flags |= abi.MSG_CTRUNC
			return nil
		}
		list = AppendControl(list, abi.SOL_SOCKET, abi.SCM_RIGHTS, int32Bytes(in.fds))
	}
	list = append(list, in.Control...)
	if len(list) > in.room {
		h.Flags |= abi.MSG_CTRUNC
		list = list[:in.room]
	}
	if err := m.Follow(h.Control, len(list)).CopyOut(list); err != nil {
		return err
	}
	h.Controllen = uint32(len(list))
	t := file.Of(l)
	for i, fd := range in.fds {
		t.Install(l, fd, in.Rights[i], in.Flags&abi.MSG_CMSG_CLOEXEC != 0)
		in.Rights[i] = nil
	}
	in.fds = nil
	return nil
}

// dropRights closes the files that the caller did not get.
func (in *Message) dropRights(l *proc.LWP) {
	unreserveAll(l, in.fds)
	in.fds = nil
	for _, f := range in.Rights {
		if f != nil {
			_ = f.Drop(l)
		}
	}
	in.Rights = nil
}

// reserveAll takes n descriptors: EMSGSIZE when that is too many.
func reserveAll(l *proc.LWP, n int) ([]int32, error) {
	fds := make([]int32, 0, n)
	for range n {
		fd, err := file.Of(l).Reserve(l, 0)
		if err != nil {
			unreserveAll(l, fds)
			return nil, abi.EMSGSIZE
		}
		fds = append(fds, fd)
	}
	return fds, nil
}

func unreserveAll(l *proc.LWP, fds []int32) {
	for _, fd := range fds {
		file.Of(l).Unreserve(fd)
	}
}

func int32Bytes(list []int32) (b []byte) {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}
