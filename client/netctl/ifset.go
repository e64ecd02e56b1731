// Changes to interfaces.

package netctl

import (
	"encoding/binary"
	"net"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// ifreq performs a command whose argument is a struct ifreq. set may fill in
// its value, and its value is returned.
func (n Net) ifreq(name string, cmd uint64, set func(v []byte)) ([]byte, error) {
	var req abi.Ifreq
	var err error
	if req.Name, err = ifName(name); err != nil {
		return nil, n.known(name, err)
	}
	if set != nil {
		set(req.Ifru[:])
	}
	err = n.ioctl(0, cmd, client.Struct(&req))
	if cmd == abi.SIOCIFCREATE {
		return req.Ifru[:], err
	}
	return req.Ifru[:], n.known(name, err)
}

// Create makes an interface of a kind that can be had in numbers: lo1, shmif0.
func (n Net) Create(name string) error {
	_, err := n.ifreq(name, abi.SIOCIFCREATE, nil)
	return err
}

// Destroy takes an interface away.
func (n Net) Destroy(name string) error {
	_, err := n.ifreq(name, abi.SIOCIFDESTROY, nil)
	return err
}

// SetFlags sets and clears IFF_ flags.
func (n Net) SetFlags(name string, set, clear int) error {
	v, err := n.ifreq(name, abi.SIOCGIFFLAGS, nil)
	if err != nil {
		return err
	}
	flags := binary.LittleEndian.Uint16(v)&^uint16(clear) | uint16(set)
	_, err = n.ifreq(name, abi.SIOCSIFFLAGS, func(v []byte) { binary.LittleEndian.PutUint16(v, flags) })
	return err
}

// Up and Down switch an interface.
func (n Net) Up(name string) error { return n.SetFlags(name, abi.IFF_UP, 0) }

// Down switches an interface off.
func (n Net) Down(name string) error { return n.SetFlags(name, 0, abi.IFF_UP) }

// SetMTU sets the size in bytes of the largest packet.
func (n Net) SetMTU(name string, mtu int) error {
	return n.setInt(name, abi.SIOCSIFMTU, mtu)
}

// SetMetric sets the metric.
func (n Net) SetMetric(name string, metric int) error {
	return n.setInt(name, abi.SIOCSIFMETRIC, metric)
}

func (n Net) setInt(name string, cmd uint64, value int) error {
	_, err := n.ifreq(name, cmd, func(v []byte) { binary.LittleEndian.PutUint32(v, uint32(value)) })
	return err
}

// SetLinkString connects a virtual interface to what a text names, such as a
// bus file of shmif; "" disconnects it.
func (n Net) SetLinkString(name, text string) error {
	req := abi.Ifdrv{Cmd: abi.IFLINKSTR_UNSET}
	var err error
	if req.Name, err = ifName(name); err != nil {
		return n.known(name, err)
	}
	arg := client.Struct(&req)
	if text != "" {
		req.Cmd, req.Len = 0, uint64(len(text)+1)
		arg = arg.WithString(ifdrvData, text)
	}
	return n.known(name, n.ioctl(0, abi.SIOCSLINKSTR, arg))
}

// SetLink gives an interface a link-level address and makes it the active one.
func (n Net) SetLink(name string, addr net.HardwareAddr) error {
	req, err := linkRequest(name, addr)
	if err != nil {
		return n.known(name, err)
	}
	req.Flags = abi.IFLR_ACTIVE
	return n.known(name, n.ioctl(abi.AF_LINK, abi.SIOCALIFADDR, client.Struct(req)))
}

// DeleteLink takes a link-level address from an interface. The active one
// stays.
func (n Net) DeleteLink(name string, addr net.HardwareAddr) error {
	req, err := linkRequest(name, addr)
	if err != nil {
		return n.known(name, err)
	}
	return n.known(name, n.ioctl(abi.AF_LINK, abi.SIOCDLIFADDR, client.Struct(req)))
}

func linkRequest(name string, addr net.HardwareAddr) (*abi.IfLaddrreq, error) {
	var err error
	req := &abi.IfLaddrreq{}
	req.Name, err = ifName(name)
	copy(usermem.BytesOf(&req.Addr), linkSockaddr(Link{Addr: addr}))
	return req, err
}
