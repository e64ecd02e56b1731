// SIOCGIFCONF.
package inet

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ifconf answers SIOCGIFCONF: one struct ifreq for each address, the
// link-level one of Ethernet included. Without a buffer it tells how long one
// must be.
func (in *Inet) ifconf(arg *file.Arg) error {
	var c abi.Ifconf
	copy(usermem.BytesOf(&c), arg.Data)
	var all []byte
	add := func(i *iface, sa []byte) {
		var r abi.Ifreq
		copy(r.Name[:], i.name)
		copy(r.Ifru[:], sa)
		all = append(all, usermem.BytesOf(&r)...)
	}
	in.ifs.mu.Lock()
	for _, i := range in.ifs.list {
		if i.eth != nil {
			add(i, i.sdl())
		}
		for _, a := range i.addrs {
			add(i, a.sockaddr(i.nic))
		}
	}
	in.ifs.mu.Unlock()
	const each = 144
	if c.Buf != 0 {
		room := max(int(c.Len), 0) / each * each
		all = all[:min(room, len(all))]
		if err := arg.User.Follow(c.Buf, len(all)).CopyOut(all); err != nil {
			return err
		}
	}
	c.Len = int32(len(all))
	copy(arg.Data, usermem.BytesOf(&c))
	return nil
}
