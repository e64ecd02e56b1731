// Control messages of IPv4 and IPv6.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// control returns the control messages that the socket's options ask for.
func (e *endpoint) control(res *received) (list []byte) {
	cm := &res.ControlMessages
	if e.sock.Has(abi.SO_TIMESTAMP) {
		now := cm.Timestamp
		tv := abi.Timeval{Sec: now.Unix(), Usec: int32(now.Nanosecond() / 1000)}
		list = net.AppendControl(list, abi.SOL_SOCKET, abi.SCM_TIMESTAMP, usermem.BytesOf(&tv))
	}
	if e.v6 {
		return e.appendHeaders(control6(list, cm), &res.headers)
	}
	return e.control4(list, cm)
}

func (e *endpoint) control4(list []byte, cm *tcpip.ReceivableControlMessages) []byte {
	dst := cm.PacketInfo.DestinationAddr
	if cm.HasIPPacketInfo && e.extra.wants(recvDstAddr) {
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_RECVDSTADDR, dst.AsSlice())
	}
	for _, c := range [...]struct {
		flag sockFlags
		typ  int32
	}{{recvPktInfo, abi.IP_RECVPKTINFO}, {pktInfo, abi.IP_PKTINFO}} {
		if cm.HasIPPacketInfo && e.extra.wants(c.flag) {
			info := abi.InPktinfo{Ifindex: uint32(cm.PacketInfo.NIC)}
			copy(info.Addr.Addr[:], dst.AsSlice())
			list = net.AppendControl(list, abi.IPPROTO_IP, c.typ, usermem.BytesOf(&info))
		}
	}
	if cm.HasIPPacketInfo && e.extra.wants(recvIf) {
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_RECVIF, linkAddr(cm.PacketInfo.NIC))
	}
	if cm.HasTTL && e.extra.wants(recvTTL) {
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_RECVTTL, []byte{cm.TTL})
	}
	return list
}

func control6(list []byte, cm *tcpip.ReceivableControlMessages) []byte {
	if cm.HasIPv6PacketInfo {
		info := abi.In6Pktinfo{Ifindex: uint32(cm.IPv6PacketInfo.NIC)}
		copy(info.Addr.Addr[:], cm.IPv6PacketInfo.Addr.AsSlice())
		list = net.AppendControl(list, abi.IPPROTO_IPV6, abi.IPV6_PKTINFO, usermem.BytesOf(&info))
	}
	if cm.HasHopLimit {
		list = net.AppendControl(list, abi.IPPROTO_IPV6, abi.IPV6_HOPLIMIT, net.Value(int32(cm.HopLimit)))
	}
	if cm.HasTClass {
		list = net.AppendControl(list, abi.IPPROTO_IPV6, abi.IPV6_TCLASS, net.Value(int32(cm.TClass)))
	}
	return list
}

// linkAddr returns the start of a link-level address, which says the index of
// interface nic and nothing else.
func linkAddr(nic tcpip.NICID) []byte {
	const size = 8
	return []byte{size, abi.AF_LINK, byte(nic), byte(nic >> 8), size - 1: 0}
}

// sendControl is what control messages ask for the packet they go along with.
type sendControl struct {
	opts tcpip.WriteOptions
	// tclass is a traffic class, -1 for the socket's own.
	tclass int
	// headers are extension headers, nil for none.
	headers *headers
	// minMTU is IPV6_USE_MIN_MTU, whole IPV6_DONTFRAG.
	minMTU int32
	whole  bool
}

// parseControl reads control messages to send: EINVAL for one that is broken,
// and for any on IPv4; ENOPROTOOPT for a kind that is not known, EPERM for one
// that is not for the caller. Other levels are passed over.
func (e *endpoint) parseControl(l *proc.LWP, list []byte, to *sendControl) error {
	if len(list) > 0 && !e.v6 {
		return abi.EINVAL
	}
	for len(list) > 0 {
		level, typ, data, rest, err := net.NextControl(list)
		if err == nil && level == abi.IPPROTO_IPV6 {
			err = e.parseControl6(l, typ, data, to)
		}
		if err != nil {
			return err
		}
		list = rest
	}
	return nil
}

func (e *endpoint) parseControl6(l *proc.LWP, typ int32, data []byte, to *sendControl) (err error) {
	if i, ok := headerOf(typ); ok {
		to.headers, err = to.headers.with(i, data, l.Cred().IsRoot())
		return err
	}
	cm := &to.opts.ControlMessages
	switch typ {
	case abi.IPV6_PKTINFO:
		if len(data) != 20 {
			return abi.EINVAL
		}
		nic := tcpip.NICID(binary.LittleEndian.Uint32(data[16:]))
		if nic != 0 && !e.stack.HasNIC(nic) {
			return abi.ENXIO
		}
		cm.HasIPv6PacketInfo = true
		if a := tcpip.AddrFrom16([16]byte(data)); !a.Unspecified() {
			cm.IPv6PacketInfo.Addr = a
		}
		cm.IPv6PacketInfo.NIC = nic
	case abi.IPV6_HOPLIMIT, abi.IPV6_TCLASS:
		v, err := net.Int(data)
		if err != nil || v < -1 || v > 255 {
			return abi.EINVAL
		}
		if typ == abi.IPV6_TCLASS {
			to.tclass = max(int(v), 0)
		} else if v >= 0 {
			cm.HasHopLimit, cm.HopLimit = true, uint8(v)
		}
	case abi.IPV6_USE_MIN_MTU, abi.IPV6_DONTFRAG, abi.IPV6_PREFER_TEMPADDR:
		var r rare
		err := r.enter(true, typ, data)
		if typ == abi.IPV6_USE_MIN_MTU {
			to.minMTU = r.minMTU
		} else if typ == abi.IPV6_DONTFRAG {
			to.whole = r.dontFrag != 0
		}
		return err
	default:
		return abi.ENOPROTOOPT
	}
	return nil
}
