// Raw sockets: headers in the order programs expect, and messages that the
// kernel answers itself kept from them (ip(4), icmp(4)).
package inet

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// minHeader is the length of an IPv4 header without options.
const minHeader = 20

// headerToHost turns length and offset of a received IPv4 header into the
// host's byte order, the length being that of the data, as raw sockets have
// always shown them.
func headerToHost(b []byte) {
	if len(b) < minHeader {
		return
	}
	hlen := uint16(b[0]&0xf) * 4
	binary.LittleEndian.PutUint16(b[2:], binary.BigEndian.Uint16(b[2:])-hlen)
	binary.LittleEndian.PutUint16(b[6:], binary.BigEndian.Uint16(b[6:]))
}

// headerToNet returns a packet whose header came with IP_HDRINCL as it goes
// out: EINVAL when the header is cut short or says another length.
func headerToNet(b []byte) ([]byte, error) {
	if len(b) < minHeader {
		return nil, abi.EINVAL
	}
	hlen := int(b[0]&0xf) * 4
	if hlen < minHeader || hlen > len(b) || int(binary.LittleEndian.Uint16(b[2:])) > len(b) {
		return nil, abi.EINVAL
	}
	out := append([]byte(nil), b...)
	binary.BigEndian.PutUint16(out[2:], binary.LittleEndian.Uint16(b[2:]))
	binary.BigEndian.PutUint16(out[6:], binary.LittleEndian.Uint16(b[6:]))
	return out, nil
}

// answered reports an ICMP type that the kernel answers: echo, timestamp and
// mask requests.
func answered(icmpType byte) bool {
	return icmpType == abi.ICMP_ECHO || icmpType == abi.ICMP_TSTAMP || icmpType == abi.ICMP_MASKREQ
}

// dropUnwanted takes off the head of a queue what the socket does not receive:
// requests that the kernel answers from that of a raw ICMP socket, datagrams
// that came too far.
func (e *endpoint) dropUnwanted() {
	icmp := e.kind == kindRaw && !e.v6 && e.number == abi.IPPROTO_ICMP
	if !icmp && (e.kind != kindUDP || e.extra.minTTL.Load() == 0) {
		return
	}
	e.rmu.Lock()
	defer e.rmu.Unlock()
	var head [64]byte
	for {
		e.dst = sink{b: head[:]}
		res, err := e.ep.Read(&e.dst, tcpip.ReadOptions{Peek: true})
		if err != nil {
			break
		}
		hlen := int(head[0]&0xf) * 4
		if !e.tooFar(&res.ControlMessages) && !(icmp && e.dst.n > hlen && answered(head[hlen])) {
			break
		}
		e.dst = sink{b: head[:]}
		_, _ = e.ep.Read(&e.dst, tcpip.ReadOptions{})
		e.took()
	}
	e.dst.b = nil
}
