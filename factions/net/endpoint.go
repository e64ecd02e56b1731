// What a protocol gives the socket layer.
package net

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/event"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// Endpoint is the protocol's side of one socket. No method blocks: what can't
// be done now is EWOULDBLOCK, and Socket.Notify is called when that may have
// changed. Addresses are whole socket addresses, whose length byte is right.
type Endpoint interface {
	// Attach tells the endpoint its socket, once and before anything else.
	Attach(s *Socket)
	// Bind gives it a local address.
	Bind(l *proc.LWP, addr []byte) error
	// Connect connects it: EINPROGRESS when that has begun.
	Connect(l *proc.LWP, addr []byte) error
	// Connecting reports a connection that has begun and is not decided.
	Connecting() bool
	// Listen makes it take connections, up to backlog at a time.
	Listen(backlog int) error
	// Accept returns the next connection.
	Accept() (Endpoint, error)
	// Send sends m.Data, to m.Name if given, and returns how much was taken.
	Send(l *proc.LWP, m *Message) (int, error)
	// Recv fills m and returns the number of bytes; 0 at the end of a stream.
	Recv(l *proc.LWP, m *Message) (int, error)
	// Shutdown ends sending, receiving or both (SHUT_).
	Shutdown(how int32) error
	// LocalAddr and PeerAddr append the address to buf.
	LocalAddr(buf []byte) ([]byte, error)
	PeerAddr(buf []byte) ([]byte, error)
	// SetOption sets an option; those of SOL_SOCKET come here too, after the
	// socket layer has looked at them. ENOPROTOOPT when it is not known.
	SetOption(l *proc.LWP, level, name int32, val []byte) error
	// Option returns the value of an option.
	Option(level, name int32) ([]byte, error)
	// Poll returns which of POLLIN, POLLOUT and POLLPRI are set. POLLHUP says
	// that reading will not block whatever the low-water mark is.
	Poll() event.Mask
	// Ioctl performs commands the socket layer does not know.
	Ioctl(l *proc.LWP, cmd uint32, arg *file.Arg) error
	// Queued returns the bytes that wait to be read, and those not yet sent;
	// of a listening socket, the connections that wait.
	Queued() (recv, send int)
	// Buffers returns the sizes of both buffers, in bytes.
	Buffers() (recv, send int)
	// TakeError returns the pending error and clears it.
	TakeError() error
	// Ended reports that no more will be received than is queued, and that no
	// more can be sent.
	Ended() (recv, send bool)
	// Draining reports a closing connection with data not yet acknowledged.
	Draining() bool
	// Close ends it.
	Close()
}

// Stater is implemented by endpoints that tell more to fstat(2).
type Stater interface {
	Stat(st *abi.Stat)
}

// Urgent is implemented by endpoints of streams that may bring urgent data.
// POLLPRI says that there is some that who reads has not gone past.
type Urgent interface {
	// RecvUrgent fills m with the urgent byte: EINVAL when there is none, it
	// was received, or SO_OOBINLINE is set, EWOULDBLOCK before it comes.
	RecvUrgent(m *Message) (int, error)
	// AtMark reports that the next byte to read is the one after the urgent
	// byte, or with SO_OOBINLINE the urgent byte.
	AtMark() bool
}

// Watcher is implemented by endpoints that are told when a descriptor of their
// socket is closed, while the file still has that reference.
type Watcher interface {
	DescriptorClosed(f *file.File)
}

// Message is what one send or receive moves.
type Message struct {
	// Data is sent, or filled.
	Data []byte
	// Name is the address to send to, nil for the connected peer, or the one
	// received from (appended to Name[:0] when WantName is set).
	Name []byte
	// Control is the control messages that go along.
	Control []byte
	// Rights are files that came, each with a reference, when WantControl is
	// set: the socket layer makes descriptors of them.
	Rights []*file.File
	// Flags are the MSG_ flags asked for; Recv sets those to report in Out.
	Flags, Out int32
	// WantName and WantControl ask Recv for those.
	WantName, WantControl bool

	name [nameRoom]byte
	// room is how many bytes of control messages the caller has room for;
	// lwp is the caller, and fds the descriptors reserved for Rights.
	room int
	lwp  *proc.LWP
	fds  []int32
}

// message returns an empty message, to be given back with free.
func (n *Net) message() *Message {
	if m, ok := n.messages.Get().(*Message); ok {
		return m
	}
	return new(Message)
}

// free takes back a message of which nothing is used any more.
func (n *Net) free(m *Message) {
	*m = Message{}
	n.messages.Put(m)
}

// nameRoom is as long as the addresses of most families.
const nameRoom = 32

// AppendName returns the empty slice to which Recv appends the address.
func (m *Message) AppendName() []byte { return m.name[:0] }
