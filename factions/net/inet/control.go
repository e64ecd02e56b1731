// Control messages of IPv4 and IPv6.
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// control returns the control messages that the socket's options ask for.
func (e *endpoint) control(cm *tcpip.ReceivableControlMessages) (list []byte) {
	if e.sock.Has(abi.SO_TIMESTAMP) {
		now := cm.Timestamp
		tv := abi.Timeval{Sec: now.Unix(), Usec: int32(now.Nanosecond() / 1000)}
		list = net.AppendControl(list, abi.SOL_SOCKET, abi.SCM_TIMESTAMP, usermem.BytesOf(&tv))
	}
	if e.v6 {
		return control6(list, cm)
	}
	return e.control4(list, cm)
}

func (e *endpoint) control4(list []byte, cm *tcpip.ReceivableControlMessages) []byte {
	dst := cm.PacketInfo.DestinationAddr
	if cm.HasIPPacketInfo && e.extra.wants(recvDstAddr) {
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_RECVDSTADDR, dst.AsSlice())
	}
	if cm.HasIPPacketInfo && e.extra.wants(recvIf) {
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_RECVIF, e.in.ifs.sdl(cm.PacketInfo.NIC))
	}
	if cm.HasTTL {
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_RECVTTL, []byte{cm.TTL})
	}
	if cm.HasIPPacketInfo && e.extra.wants(recvPktInfo) {
		info := abi.InPktinfo{Ifindex: uint32(cm.PacketInfo.NIC)}
		copy(info.Addr.Addr[:], dst.AsSlice())
		list = net.AppendControl(list, abi.IPPROTO_IP, abi.IP_PKTINFO, usermem.BytesOf(&info))
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

// parseControl reads control messages to send: EINVAL for one that is broken,
// ENOPROTOOPT for a kind that is not known. Other levels are passed over.
func (e *endpoint) parseControl(list []byte, to *tcpip.SendableControlMessages) error {
	for len(list) > 0 {
		level, typ, data, rest, err := net.NextControl(list)
		if err != nil {
			return err
		}
		if e.v6 && level == abi.IPPROTO_IPV6 {
			err = parseControl6(typ, data, to)
		} else if !e.v6 && level == abi.IPPROTO_IP {
			err = abi.ENOPROTOOPT
		}
		if err != nil {
			return err
		}
		list = rest
	}
	return nil
}

func parseControl6(typ int32, data []byte, to *tcpip.SendableControlMessages) error {
	switch typ {
	case abi.IPV6_PKTINFO:
		if len(data) != 20 {
			return abi.EINVAL
		}
		to.HasIPv6PacketInfo = true
		if a := tcpip.AddrFrom16([16]byte(data)); !a.Unspecified() {
			to.IPv6PacketInfo.Addr = a
		}
		to.IPv6PacketInfo.NIC = tcpip.NICID(binary.LittleEndian.Uint32(data[16:]))
	case abi.IPV6_HOPLIMIT:
		v, err := net.Int(data)
		if err != nil || v < -1 || v > 255 {
			return abi.EINVAL
		}
		if v >= 0 {
			to.HasHopLimit, to.HopLimit = true, uint8(v)
		}
	default:
		return abi.ENOPROTOOPT
	}
	return nil
}
