// Asking for a lease: discover, offer, request, acknowledgement.

package dhcp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"
)

// Link carries messages between an interface and all hosts of its network.
type Link interface {
	// Send sends a message to all servers.
	Send(msg []byte) error
	// Receive waits up to a time for a message; nil when none came.
	Receive(within time.Duration) ([]byte, error)
}

// Times of waiting for an answer: each is twice the one before, up to the
// last.
const (
	firstWait = time.Second
	lastWait  = 8 * time.Second
	pollTime  = 100 * time.Millisecond
)

// ErrNoServer is the error when nobody answers in time.
var ErrNoServer = errors.New("no DHCP server answers")

// asking is one exchange.
type asking struct {
	link Link
	mac  net.HardwareAddr
	host string
	xid  uint32
}

// Ask asks for a lease until ctx ends. host is the name that the server is
// told, "" for none.
func Ask(ctx context.Context, link Link, mac net.HardwareAddr, host string) (*Lease, error) {
	a := &asking{link: link, mac: mac, host: host}
	for {
		a.xid = rand.Uint32()
		offer, err := a.exchange(ctx, a.message(Discover, nil), Offer)
		if err != nil {
			return nil, err
		}
		ack, err := a.exchange(ctx, a.message(Request, offer), Ack)
		var refused refusedError
		if errors.As(err, &refused) && ctx.Err() == nil {
			continue // somebody was faster
		}
		if err != nil {
			return nil, err
		}
		return ack.lease(), nil
	}
}

// refusedError is a server's NAK with its reason.
type refusedError string

func (e refusedError) Error() string { return "the DHCP server refuses: " + string(e) }

// message makes a message; offer is what is accepted by it.
func (a *asking) message(typ byte, offer *Message) *Message {
	m := &Message{XID: a.xid, Broadcast: true, MAC: a.mac, Options: map[byte][]byte{
		OptType:       {typ},
		OptParameters: {OptMask, OptRouter, OptDNS, OptDomain, OptHostname, OptBroadcast, OptMTU, OptLease, OptStaticRoutes},
		OptClientID:   append([]byte{etherType}, a.mac...),
	}}
	if a.host != "" {
		m.Options[OptHostname] = []byte(a.host)
	}
	if offer != nil {
		m.Options[OptAddress] = offer.Your.AsSlice()
		m.Options[OptServer] = offer.Options[OptServer]
	}
	return m
}

// exchange sends a message, again and again, until an answer of a type comes.
func (a *asking) exchange(ctx context.Context, m *Message, want byte) (*Message, error) {
	msg := m.Append(nil)
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		if err := a.link.Send(msg); err != nil {
			return nil, err
		}
		for end := time.Now().Add(wait); time.Now().Before(end); {
			if ctx.Err() != nil {
				return nil, a.ended(ctx)
			}
			answer, err := a.answer(want)
			if answer != nil || err != nil {
				return answer, err
			}
		}
	}
}

func (a *asking) ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrNoServer
	}
	return ctx.Err()
}

// answer returns the next message if it is for us and of the type, nil else.
func (a *asking) answer(want byte) (*Message, error) {
	b, err := a.link.Receive(pollTime)
	if b == nil || err != nil {
		return nil, err
	}
	m, err := Parse(b)
	if err != nil || !m.Reply || m.XID != a.xid || m.MAC.String() != a.mac.String() {
		return nil, nil
	}
	switch {
	case m.Type() == Nak && want == Ack:
		return nil, refusedError(fmt.Sprintf("%q", text(m.Options[OptText])))
	case m.Type() != want || !usable(m.Your):
		return nil, nil
	}
	return m, nil
}

// usable reports an address that a host can have.
func usable(a netip.Addr) bool {
	return a.Is4() && !a.IsUnspecified() && !a.IsMulticast() && !a.IsLoopback() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
