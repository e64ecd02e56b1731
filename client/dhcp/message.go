// Messages and their options (RFC 2131, RFC 2132).

package dhcp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
)

// Types of messages.
const (
	Discover = 1
	Offer    = 2
	Request  = 3
	Decline  = 4
	Ack      = 5
	Nak      = 6
	Release  = 7
)

// Options.
const (
	optPad          = 0
	OptMask         = 1
	OptRouter       = 3
	OptDNS          = 6
	OptHostname     = 12
	OptDomain       = 15
	OptMTU          = 26
	OptBroadcast    = 28
	OptAddress      = 50
	OptLease        = 51
	OptType         = 53
	OptServer       = 54
	OptParameters   = 55
	OptText         = 56
	OptClientID     = 61
	OptStaticRoutes = 121
	optEnd          = 255
)

// Ports of servers and clients.
const (
	ServerPort = 67
	ClientPort = 68
)

// Sizes in bytes, and fixed values.
const (
	fixedSize   = 236
	leastSize   = 300 // of a message: some servers want that much
	cookie      = 0x63825363
	bootRequest = 1
	bootReply   = 2
	etherType   = 1
	broadcast   = 0x8000
)

// Message is a message of either side.
type Message struct {
	// Reply tells a server's message from a client's.
	Reply bool
	XID   uint32
	// Broadcast asks for answers to all, for who has no address yet.
	Broadcast bool
	// Client is an address that the client has, Your the one that it gets.
	Client, Your netip.Addr
	MAC          net.HardwareAddr
	// Options are the values by number. Parts of one option are joined.
	Options map[byte][]byte
}

// Type is the type of the message, 0 for none.
func (m *Message) Type() byte {
	if v := m.Options[OptType]; len(v) == 1 {
		return v[0]
	}
	return 0
}

// Append appends the message as it is sent.
func (m *Message) Append(b []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, fixedSize)...)
	h := b[start:]
	h[0], h[1], h[2] = bootRequest, etherType, byte(len(m.MAC))
	if m.Reply {
		h[0] = bootReply
	}
	binary.BigEndian.PutUint32(h[4:], m.XID)
	if m.Broadcast {
		binary.BigEndian.PutUint16(h[10:], broadcast)
	}
	put4(h[12:], m.Client)
	put4(h[16:], m.Your)
	copy(h[28:44], m.MAC)
	b = binary.BigEndian.AppendUint32(b, cookie)
	for code := range 255 { // in order, so that messages repeat
		v, ok := m.Options[byte(code)]
		for ok {
			part := v[:min(len(v), 255)]
			b = append(append(b, byte(code), byte(len(part))), part...)
			v = v[len(part):]
			ok = len(v) > 0
		}
	}
	b = append(b, optEnd)
	for len(b)-start < leastSize {
		b = append(b, optPad)
	}
	return b
}

func put4(b []byte, a netip.Addr) {
	if a.Is4() {
		v := a.As4()
		copy(b, v[:])
	}
}

var errMessage = errors.New("no DHCP message")

// Parse reads a message.
func Parse(b []byte) (*Message, error) {
	if len(b) < fixedSize+4 || binary.BigEndian.Uint32(b[fixedSize:]) != cookie || b[2] > 16 {
		return nil, errMessage
	}
	m := &Message{
		Reply: b[0] == bootReply, XID: binary.BigEndian.Uint32(b[4:]),
		Broadcast: binary.BigEndian.Uint16(b[10:])&broadcast != 0,
		Client:    netip.AddrFrom4([4]byte(b[12:16])), Your: netip.AddrFrom4([4]byte(b[16:20])),
		MAC: net.HardwareAddr(b[28 : 28+b[2]]), Options: map[byte][]byte{},
	}
	for b = b[fixedSize+4:]; len(b) > 0 && b[0] != optEnd; {
		if b[0] == optPad {
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return nil, errMessage
		}
		code, n := b[0], int(b[1])
		m.Options[code] = append(m.Options[code][:len(m.Options[code]):len(m.Options[code])], b[2:2+n]...)
		b = b[2+n:]
	}
	return m, nil
}

// addrs reads addresses one behind the other.
func addrs(b []byte) (list []netip.Addr) {
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, netip.AddrFrom4([4]byte(b)))
	}
	return list
}
