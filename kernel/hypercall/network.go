// The host's network, for components that let a kernel's traffic out through
// sockets of the host.
package hypercall

// Network is implemented by hosts that lend their network. Errors are
// abi.Errno; sockets may be used by many goroutines at once.
type Network interface {
	// Dial makes a socket that talks with one peer. A stream is not connected
	// yet: Connected waits for it.
	Dial(kind SocketKind, to SocketAddr) (Socket, error)
	// Listen takes in streams at an address; port 0 is any free one.
	Listen(at SocketAddr) (Listener, error)
	// ListenPacket makes a datagram socket that talks with everyone.
	ListenPacket(at SocketAddr) (PacketSocket, error)
}

// SocketKind is the kind of a host socket.
type SocketKind int

// The kinds of sockets. Echo is ICMP echo requests and replies, without the
// IP header; a host may refuse it with EACCES.
const (
	Stream SocketKind = iota
	Datagram
	Echo
)

// SocketAddr is an address and port of the host's network. An IPv4 address is
// in the first four bytes of IP.
type SocketAddr struct {
	IP   [16]byte
	V6   bool
	Port uint16
}

// Addr returns the 4 or 16 bytes of the address.
func (a *SocketAddr) Addr() []byte {
	if a.V6 {
		return a.IP[:]
	}
	return a.IP[:4]
}

// Socket is a host socket with one peer.
type Socket interface {
	// Connected waits until the peer has answered, or tells why it has not.
	Connected() error
	// Ready waits until Read has something to tell.
	Ready() error
	// Read waits for data; 0 bytes of a stream are its end. A datagram that
	// does not fit in b is cut off.
	Read(b []byte) (int, error)
	// Write writes all of b; a datagram is written whole.
	Write(b []byte) error
	// WriteUrgent writes a byte of a stream that is urgent.
	WriteUrgent(b byte) error
	// AtMark reports whether the next byte of a stream that Ready has waited for
	// is urgent. Read stops before such a byte.
	AtMark() bool
	// CloseWrite tells the peer that no more will come.
	CloseWrite() error
	// Reset closes a stream as one that failed: its peer sees a reset.
	Reset() error
	// Close closes the socket; those who wait in it get EBADF.
	Close() error
}

// Listener takes in streams.
type Listener interface {
	// Addr returns where it listens, the port filled in.
	Addr() SocketAddr
	// Accept waits for the next; EBADF after Close.
	Accept() (Socket, SocketAddr, error)
	// Close ends Accept.
	Close() error
}

// PacketSocket is a host socket for datagrams of many peers.
type PacketSocket interface {
	// Addr returns where it is, the port filled in.
	Addr() SocketAddr
	// ReadFrom waits for a datagram; what does not fit in b is cut off.
	ReadFrom(b []byte) (int, SocketAddr, error)
	// WriteTo sends a datagram.
	WriteTo(b []byte, to SocketAddr) error
	// Close ends ReadFrom.
	Close() error
}
