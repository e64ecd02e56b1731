// net.route.rtable: interfaces, addresses and routes as routing messages
// (route(4), sysctl(7)).
package inet

import (
	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysctl"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// rtable answers sysctl net.route.rtable.AF.OP.ARG: EINVAL for another number
// of names or an unknown operation.
func (in *Inet) rtable(c *sysctl.Call) error {
	if c.HasNew() {
		return abi.EPERM
	}
	if len(c.Name) != 3 {
		return abi.EINVAL
	}
	var b []byte
	var err error
	switch af, arg := c.Name[0], c.Name[2]; c.Name[1] {
	case abi.NET_RT_IFLIST:
		b = in.iflist(af, arg)
	case abi.NET_RT_DUMP:
		b = in.dumpRoutes(af, 0)
	case abi.NET_RT_FLAGS:
		if arg != 0 && arg&abi.RTF_LLDATA == 0 {
			b = in.dumpRoutes(af, arg)
		} else if af == 0 {
			return abi.EINVAL
		} else if b, err = in.dumpNeighbors(af); err != nil {
			return err
		}
	default:
		return abi.EINVAL
	}
	if !c.Wanted() {
		c.Grow(len(b) / 10) // what may come until the caller is back
	}
	return c.Return(b)
}

// message appends a routing message: its head, whose first two bytes become
// its length, and the addresses, each padded.
func message(list, head []byte, addrs ...[]byte) []byte {
	start := len(list)
	list = append(list, head...)
	for _, a := range addrs {
		list = append(list, a...)
		list = append(list, make([]byte, abi.RtaRoundup(len(a))-len(a))...)
	}
	n := len(list) - start
	list[start], list[start+1] = byte(n), byte(n>>8)
	return list
}

// wants reports whether a family was asked for; 0 asks for all.
func wants(af int32, v6 bool) bool {
	if v6 {
		return af == 0 || af == abi.AF_INET6
	}
	return af == 0 || af == abi.AF_INET
}

// iflist returns the interfaces, each with its addresses of family af; index
// 0 is all of them.
func (in *Inet) iflist(af, index int32) (b []byte) {
	in.ifs.mu.Lock()
	defer in.ifs.mu.Unlock()
	for _, i := range in.ifs.list {
		if index != 0 && tcpip.NICID(index) != i.nic {
			continue
		}
		h := i.ifHead()
		b = message(b, usermem.BytesOf(&h), i.sdl())
		if af == 0 || af == abi.AF_LINK {
			h := abi.IfaMsghdr{Version: abi.RTM_VERSION, Type: abi.RTM_NEWADDR, Flags: int32(i.allFlags()),
				Addrs: abi.RTA_IFA, Metric: i.metric, Index: uint16(i.nic)}
			b = message(b, usermem.BytesOf(&h), i.sdl())
		}
		for _, a := range i.addrs {
			if wants(af, a.v6()) {
				b = i.appendAddr(b, a, abi.RTM_NEWADDR, false)
			}
		}
	}
	return b
}
