// Address families and their protocols, and which of them socket(2) means.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Family is an address family (in NetBSD: a domain).
type Family struct {
	// AF is its number: abi.AF_INET.
	AF int32
	// Name is what listings call it.
	Name string
	// Protocols are searched in order.
	Protocols []Protocol
}

// Protocol is one kind of socket of a family (in NetBSD: a protosw).
type Protocol struct {
	// Type is the SOCK_ type, Number the protocol; number 0 of type SOCK_RAW
	// stands for every protocol without an entry of its own.
	Type, Number int32
	// Traits say how its sockets behave.
	Traits Traits
	// New makes the protocol's side of a socket for protocol number.
	New func(l *proc.LWP, number int32) (Endpoint, error)
	// Pair makes two connected ones for socketpair(2); nil: EOPNOTSUPP.
	Pair func(l *proc.LWP) (a, b Endpoint, err error)
}

// Traits are properties of a protocol.
type Traits uint8

// The traits.
const (
	// Atomic protocols send each message whole, and receive it so.
	Atomic Traits = 1 << iota
	// Connected protocols move data only once connected.
	Connected
	// Listens is set where listen and accept work.
	Listens
	// Privileged sockets are for the superuser only.
	Privileged
)

// find returns the protocol socket(2) means: EPROTOTYPE when the family has
// none of that type, EPROTONOSUPPORT when it has no such protocol of that type.
func (f *Family) find(typ, number int32) (*Protocol, error) {
	var wild *Protocol
	for i := range f.Protocols {
		p := &f.Protocols[i]
		switch {
		case p.Type != typ:
		case number == 0 || p.Number == number:
			return p, nil
		case typ == abi.SOCK_RAW && p.Number == 0 && wild == nil:
			wild = p
		}
	}
	if wild != nil {
		return wild, nil
	}
	if number == 0 && typ != 0 {
		return nil, abi.EPROTOTYPE
	}
	return nil, abi.EPROTONOSUPPORT
}

// protocol returns family and protocol of a new socket of l: EAFNOSUPPORT for
// an unknown family, EPERM for a privileged protocol, else as find.
func (n *Net) protocol(l *proc.LWP, domain, typ, number int32) (*Family, *Protocol, error) {
	f := n.Lookup(domain)
	if f == nil {
		return nil, nil, abi.EAFNOSUPPORT
	}
	p, err := f.find(typ, number)
	if err != nil {
		return nil, nil, err
	}
	if p.Traits&Privileged != 0 && !l.Cred().IsRoot() {
		return nil, nil, abi.EPERM
	}
	return f, p, nil
}
