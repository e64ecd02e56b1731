// Messages through the packet filter device: the interface needs no address.

package dhcp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/bpf"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// bpfLink sends and receives whole Ethernet frames.
type bpfLink struct {
	dev *bpf.Device
	mac [6]byte
	// more are packets that were read together with one before.
	more [][]byte
}

// replies accepts IPv4 packets of UDP for the client's port that are not later
// fragments.
func replies() []abi.BpfInsn {
	const ld, jeq, ret = abi.BPF_LD | abi.BPF_ABS, abi.BPF_JMP | abi.BPF_JEQ | abi.BPF_K, abi.BPF_RET | abi.BPF_K
	return []abi.BpfInsn{
		{Code: ld | abi.BPF_H, K: 12},
		{Code: jeq, Jf: 8, K: abi.ETHERTYPE_IP},
		{Code: ld | abi.BPF_B, K: 23},
		{Code: jeq, Jf: 6, K: abi.IPPROTO_UDP},
		{Code: ld | abi.BPF_H, K: 20},
		{Code: abi.BPF_JMP | abi.BPF_JSET | abi.BPF_K, Jt: 4, K: 0x1fff},
		{Code: abi.BPF_LDX | abi.BPF_B | abi.BPF_MSH, K: 14},
		{Code: abi.BPF_LD | abi.BPF_IND | abi.BPF_H, K: 16},
		{Code: jeq, Jf: 1, K: ClientPort},
		{Code: ret, K: 0xffffffff},
		{Code: ret},
	}
}

// openBpf opens the device on an interface that is an Ethernet.
func openBpf(c *client.Client, ifname string, mac net.HardwareAddr) (*bpfLink, error) {
	dev, err := bpf.Open(c, ifname, replies())
	if err != nil {
		return nil, err
	}
	l := &bpfLink{dev: dev}
	copy(l.mac[:], mac)
	return l, nil
}

func (l *bpfLink) Close() error { return l.dev.Close() }

// Send implements Link.
func (l *bpfLink) Send(msg []byte) error {
	all := [6]byte{255, 255, 255, 255, 255, 255}
	frame := bpf.Ethernet(all, l.mac, abi.ETHERTYPE_IP)
	return l.dev.Write(appendUDP(frame, netip.IPv4Unspecified(), ClientPort,
		netip.AddrFrom4([4]byte{255, 255, 255, 255}), ServerPort, msg))
}

// Receive implements Link.
func (l *bpfLink) Receive(within time.Duration) ([]byte, error) {
	if len(l.more) == 0 {
		list, err := l.dev.Read(within)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if msg := payload(p.Data); msg != nil {
				l.more = append(l.more, append([]byte(nil), msg...))
			}
		}
	}
	if len(l.more) == 0 {
		return nil, nil
	}
	msg := l.more[0]
	l.more = l.more[1:]
	return msg, nil
}

// Sizes of heads in bytes.
const ipHead, udpHead = 20, 8

// appendUDP appends an IPv4 packet of UDP. The checksum of UDP is left out,
// as it may be.
func appendUDP(b []byte, src netip.Addr, from uint16, dst netip.Addr, to uint16, data []byte) []byte {
	at := len(b)
	b = append(b, make([]byte, ipHead+udpHead)...)
	h := b[at:]
	h[0], h[8], h[9] = 0x45, 64, abi.IPPROTO_UDP
	binary.BigEndian.PutUint16(h[2:], uint16(ipHead+udpHead+len(data)))
	put4(h[12:], src)
	put4(h[16:], dst)
	binary.BigEndian.PutUint16(h[10:], checksum(h[:ipHead]))
	u := h[ipHead:]
	binary.BigEndian.PutUint16(u, from)
	binary.BigEndian.PutUint16(u[2:], to)
	binary.BigEndian.PutUint16(u[4:], uint16(udpHead+len(data)))
	return append(b, data...)
}

// checksum is the Internet checksum of an even number of bytes.
func checksum(b []byte) uint16 {
	sum := uint32(0)
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// payload is what a frame that the filter has accepted carries, nil when it is
// cut short.
func payload(frame []byte) []byte {
	if len(frame) < abi.ETHER_HDR_LEN+ipHead+udpHead {
		return nil
	}
	b := frame[abi.ETHER_HDR_LEN:]
	head := int(b[0]&15) * 4
	if head < ipHead || len(b) < head+udpHead {
		return nil
	}
	b = b[head:]
	size := int(binary.BigEndian.Uint16(b[4:]))
	if size < udpHead || size > len(b) {
		return nil
	}
	return b[udpHead:size]
}
