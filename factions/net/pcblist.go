// Lists of sockets as sysctl(3) gives them: the pcblist nodes below net, which
// netstat(1) and sockstat(1) read.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// pcbSlop is how many more sockets than there are a caller is told to make
// room for.
const pcbSlop = 20

// AddPcblist makes the node pcblist, which lists what list returns. The caller
// gives four more numbers: two of no effect, the size of an element, and how
// many it wants. EINVAL for another size.
func AddPcblist(n *sysctl.Node, num int32, desc string, list func(l *proc.LWP) []abi.KinfoPcb) {
	n.Add(sysctl.Spec{
		Num: num, Name: "pcblist", Desc: desc, Type: abi.CTLTYPE_STRUCT,
		Handler: func(c *sysctl.Call) error { return pcblist(c, list) },
	})
}

func pcblist(c *sysctl.Call, list func(l *proc.LWP) []abi.KinfoPcb) error {
	if c.HasNew() {
		return abi.EPERM
	}
	size := len(usermem.BytesOf(&abi.KinfoPcb{}))
	if len(c.Name) != 4 || c.Wanted() && int(c.Name[2]) != size {
		return abi.EINVAL
	}
	all := list(c.L)
	if !c.Wanted() {
		c.Grow((len(all) + pcbSlop) * size)
		return nil
	}
	for i := range all[:min(len(all), max(int(c.Name[3]), 0))] {
		if c.Room() < size {
			c.Grow((len(all) - i) * size)
			break
		}
		if err := c.Return(usermem.BytesOf(&all[i])); err != nil {
			return err
		}
	}
	return nil
}

// The flags of a socket's state in such lists (SS_).
const (
	isConnected  = 1 << 1
	isConnecting = 1 << 2
	cantSend     = 1 << 4
	cantReceive  = 1 << 5
)

// PcbState returns the flags of a socket's state.
func PcbState(listening, connecting, connected, ended bool) (s uint32) {
	switch {
	case connecting:
		s |= isConnecting
	case connected:
		s |= isConnected
	}
	if ended && !listening {
		s |= cantReceive | cantSend
	}
	return s
}
