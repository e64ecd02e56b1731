// The client of one interface: RFC 2131, section 4.4. All of it runs with the
// lock of DHCP held.
package dhcp

import (
	"encoding/binary"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"github.com/rumpkit/rumpkit/factions/net/ether"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// state is where a client is.
type state byte

const (
	selecting  state = iota // asks who has an address
	requesting              // asks for the one that was offered
	bound                   // has it
	renewing                // asks the server that gave it for more time
	rebinding               // asks every server
)

// names are the states as sysctl(8) shows them.
var names = [...]string{"selecting", "requesting", "bound", "renewing", "rebinding"}

// client keeps the address of one interface.
type client struct {
	d    *DHCP
	name string
	link *ether.Link

	state state
	ended bool
	// xid is of the messages of this exchange, which began at that second;
	// tries is how many were sent without an answer.
	xid   uint32
	began int64
	tries int
	// lease is what was offered, or what the interface has, which was asked
	// for at second got; asked is when the last request was sent.
	lease      *lease
	got, asked int64
	listens    bool
	// alarm is what comes next if no message does; turn counts them.
	alarm hypercall.Timer
	turn  int
	// port is open while the server is asked for more time.
	port *port
}

const (
	// firstWait is how long is waited for an answer to the first message; each
	// further one is given twice the time, lastWait at most, a second more or
	// less.
	firstWait, lastWait = 4 * time.Second, 64 * time.Second
	// maxRequests is how often an offer is asked for, and leastRenewal the time
	// between requests for more time.
	maxRequests  = 4
	leastRenewal = time.Minute
	// declined is how long is waited after an address that somebody has.
	declined = 10 * time.Second
)

// now returns the clock in seconds.
func (c *client) now() int64 { return c.d.host.Mono() / int64(time.Second) }

// after has fn called unless something else happens first.
func (c *client) after(wait time.Duration, fn func()) {
	c.quiet()
	turn := c.turn
	c.alarm = c.d.host.AfterFunc(wait, func() {
		c.d.later(func() {
			if !c.ended && c.turn == turn && c.d.there(c) {
				fn()
			}
		})
	})
}

// quiet forgets what after was to call.
func (c *client) quiet() {
	c.turn++
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
}

// end ends the client. The interface stays as it is.
func (c *client) end() {
	c.ended = true
	c.quiet()
	c.listen(false)
	c.closePort()
}

// random returns a random number.
func (c *client) random() uint32 {
	var b [4]byte
	_ = c.d.host.Random(b[:])
	return binary.LittleEndian.Uint32(b[:])
}

// discover asks who has an address.
func (c *client) discover() {
	c.closePort()
	c.state, c.lease, c.tries = selecting, nil, 0
	c.xid, c.began = c.random(), c.now()
	c.listen(true)
	c.ask()
}

// ask sends the message of the state, and again while nobody answers.
func (c *client) ask() {
	if c.state == requesting && c.tries >= maxRequests {
		c.discover()
		return
	}
	m := c.message(msgDiscover)
	if c.state == requesting {
		m = c.message(msgRequest)
		m.address, m.server = c.lease.addr.Address, c.lease.server
		c.asked = c.now()
	}
	c.broadcast(m)
	wait := min(firstWait<<min(c.tries, 4), lastWait) - time.Second
	c.tries++
	c.after(wait+time.Duration(c.random()%2000)*time.Millisecond, c.ask)
}

// message returns a message of that type.
func (c *client) message(typ byte) *request {
	return &request{typ: typ, xid: c.xid, mac: c.link.LinkAddress(), seconds: uint16(min(c.now()-c.began, 1<<16-1))}
}

// receive takes a message.
func (c *client) receive(b []byte) {
	r, ok := parse(b)
	if !ok || c.ended || r.xid != c.xid || r.mac != c.link.LinkAddress() || !c.d.there(c) {
		return
	}
	switch {
	case r.typ == msgOffer && c.state == selecting && usable(r.your):
		c.state, c.tries, c.lease = requesting, 0, leaseOf(&r)
		c.ask()
	case c.state == selecting || c.state == bound:
	case r.typ == msgAck && usable(r.your):
		c.bind(leaseOf(&r))
	case r.typ == msgNak && c.state == requesting:
		c.pause(firstWait)
	case r.typ == msgNak:
		c.unset()
		c.discover()
	}
}

// pause begins anew after some time.
func (c *client) pause(wait time.Duration) {
	c.listen(false)
	c.state, c.lease = selecting, nil
	c.after(wait, c.discover)
}

// bind takes a lease, which the interface gets, or goes on to have.
func (c *client) bind(l *lease) {
	c.listen(false)
	c.closePort()
	if l.server.Len() == 0 && c.lease != nil {
		l.server = c.lease.server
	}
	renewed := c.state != requesting
	old := c.lease
	c.state, c.lease, c.got = bound, l, c.asked
	if renewed {
		c.unsetBut(old, l)
	}
	c.set()
	c.quiet()
	if !l.endless {
		c.at(l.renew, c.renew)
	}
}

// at has fn called that many seconds after the lease was asked for.
func (c *client) at(second int64, fn func()) {
	c.after(time.Duration(max(c.got+second-c.now(), 1))*time.Second, fn)
}

// renew asks the server that gave the lease for more time.
func (c *client) renew() {
	if c.state == bound {
		c.state, c.began, c.xid = renewing, c.now(), c.random()
		c.listen(true)
		c.openPort()
	}
	if c.now() >= c.got+c.lease.rebind {
		c.rebind()
		return
	}
	m := c.message(msgRequest)
	m.client, c.asked = c.lease.addr.Address, c.now()
	if !c.unicast(m) {
		c.broadcast(m)
	}
	c.again(c.lease.rebind, c.renew)
}

// rebind asks every server for more time.
func (c *client) rebind() {
	c.closePort()
	c.state = rebinding
	if c.now() >= c.got+c.lease.time {
		c.unset()
		c.discover()
		return
	}
	m := c.message(msgRequest)
	m.client, c.asked = c.lease.addr.Address, c.now()
	c.broadcast(m)
	c.again(c.lease.time, c.rebind)
}

// again has fn called after half of what is left of a time of the lease, but
// leastRenewal at least, and at its end at the latest.
func (c *client) again(end int64, fn func()) {
	left := time.Duration(max(c.got+end-c.now(), 1)) * time.Second
	c.after(min(max(left/2, leastRenewal), left), fn)
}

// release gives the lease back, if there is one.
func (c *client) release() {
	if c.state < bound {
		return
	}
	m := c.message(msgRelease)
	m.client, m.server = c.lease.addr.Address, c.lease.server
	c.openPort()
	c.unicast(m)
	c.unset()
}

// duplicate declines the address: somebody else has it.
func (c *client) duplicate(a tcpip.Address) {
	if c.ended || c.state < bound || c.lease.addr.Address != a {
		return
	}
	m := c.message(msgDecline)
	m.address, m.server = a, c.lease.server
	c.unset()
	c.closePort()
	c.broadcast(m)
	c.pause(declined)
}

// duplicate is told that an address of an interface is somebody else's.
func (d *DHCP) duplicate(name string, a tcpip.Address) {
	d.later(func() {
		if c := d.find(name); c != nil {
			c.duplicate(a)
		}
	})
}
