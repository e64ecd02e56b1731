// Messages and their options (RFC 2131, RFC 2132).
package dhcp

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// Types of messages.
const (
	msgDiscover = 1
	msgOffer    = 2
	msgRequest  = 3
	msgDecline  = 4
	msgAck      = 5
	msgNak      = 6
	msgRelease  = 7
)

// Options.
const (
	optPad        = 0
	optMask       = 1
	optRouter     = 3
	optNames      = 6
	optHost       = 12
	optDomain     = 15
	optMTU        = 26
	optBroadcast  = 28
	optAddress    = 50
	optLease      = 51
	optType       = 53
	optServer     = 54
	optParameters = 55
	optRenew      = 58
	optRebind     = 59
	optClientID   = 61
	optRoutes     = 121
	optEnd        = 255
)

// wanted is the options that are asked for.
var wanted = [...]byte{optMask, optRouter, optNames, optDomain, optHost, optBroadcast, optMTU, optLease, optRenew, optRebind, optRoutes}

const (
	// fixed is the length of a message up to the cookie, least that of one
	// that every server takes, in bytes.
	fixed, least = 236, 300
	cookie       = 0x63825363
	bootRequest  = 1
	bootReply    = 2
	etherType    = 1
	// flagBroadcast asks for answers to all.
	flagBroadcast = 0x8000

	serverPort, clientPort = 67, 68
)

// request is a message to a server. Addresses of length 0 are left out.
type request struct {
	typ     byte
	xid     uint32
	seconds uint16 // since the client began
	mac     tcpip.LinkAddress
	client  tcpip.Address // its own address, when it has one
	address tcpip.Address // the one that is asked for
	server  tcpip.Address // the one that is meant
}

// bytes returns the message as it is sent.
func (r *request) bytes() []byte {
	b := make([]byte, fixed, least+64)
	b[0], b[1], b[2] = bootRequest, etherType, byte(len(r.mac))
	binary.BigEndian.PutUint32(b[4:], r.xid)
	binary.BigEndian.PutUint16(b[8:], r.seconds)
	if r.client.Len() == 0 {
		binary.BigEndian.PutUint16(b[10:], flagBroadcast)
	}
	copy(b[12:16], r.client.AsSlice())
	copy(b[28:44], r.mac)
	b = binary.BigEndian.AppendUint32(b, cookie)
	b = append(b, optType, 1, r.typ)
	b = append(append(b, optClientID, byte(1+len(r.mac)), etherType), r.mac...)
	if r.address.Len() == 4 {
		b = append(append(b, optAddress, 4), r.address.AsSlice()...)
	}
	if r.server.Len() == 4 {
		b = append(append(b, optServer, 4), r.server.AsSlice()...)
	}
	if r.typ == msgDiscover || r.typ == msgRequest {
		b = append(append(b, optParameters, byte(len(wanted))), wanted[:]...)
	}
	b = append(b, optEnd)
	for len(b) < least {
		b = append(b, optPad)
	}
	return b
}

// reply is a server's message.
type reply struct {
	typ  byte
	xid  uint32
	your tcpip.Address
	mac  tcpip.LinkAddress
	// options are the parts of the values, in order.
	options []option
}

// option is an option, or a part of one that is too long.
type option struct {
	code  byte
	value []byte
}

// parse reads a server's message: not ok when it is none.
func parse(b []byte) (r reply, ok bool) {
	if len(b) < fixed+4 || b[0] != bootReply || b[2] > 16 || binary.BigEndian.Uint32(b[fixed:]) != cookie {
		return r, false
	}
	r.xid, r.your = binary.BigEndian.Uint32(b[4:]), tcpip.AddrFrom4([4]byte(b[16:20]))
	r.mac = tcpip.LinkAddress(b[28 : 28+b[2]])
	for b = b[fixed+4:]; len(b) > 0 && b[0] != optEnd; {
		if b[0] == optPad {
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return r, false
		}
		n := 2 + int(b[1])
		r.options = append(r.options, option{b[0], b[2:n]})
		b = b[n:]
	}
	if v := r.value(optType); len(v) == 1 {
		r.typ = v[0]
	}
	return r, true
}

// value returns the value of an option, its parts joined, nil for none.
func (r *reply) value(code byte) (v []byte) {
	for _, o := range r.options {
		if o.code == code {
			v = append(v, o.value...)
		}
	}
	return v
}

// addr returns an address, of length 0 when there is none.
func (r *reply) addr(code byte) tcpip.Address {
	if v := r.value(code); len(v) >= 4 {
		return tcpip.AddrFrom4([4]byte(v))
	}
	return tcpip.Address{}
}

// number returns a number of four bytes, and whether it is there.
func (r *reply) number(code byte) (uint32, bool) {
	if v := r.value(code); len(v) == 4 {
		return binary.BigEndian.Uint32(v), true
	}
	return 0, false
}
