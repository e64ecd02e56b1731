// Routing messages, as routing sockets and net.route give them (route(4)).

package netctl

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Message is one routing message.
type Message struct {
	// Type is one of RTM_; Flags are IFF_ or RTF_, as the type wants.
	Type  int
	Flags int
	Index int
	// Pid, Seq and Errno are of messages about routes.
	Pid, Seq int
	Errno    abi.Errno
	Metrics  abi.RtMetrics
	// Data is of messages about interfaces.
	Data abi.IfData
	// Name and What are of an interface that came or went.
	Name string
	What int
	// Addrs are the addresses by position, nil for those that are not there.
	Addrs [abi.RTAX_MAX]Sockaddr
}

// parseMessages splits what a kernel has returned. Messages of another version
// are left out; what is cut short ends it.
func parseMessages(b []byte) (list []Message) {
	for len(b) >= 4 {
		size := int(binary.LittleEndian.Uint16(b))
		if size < 4 || size > len(b) {
			break
		}
		if m, ok := parseMessage(b[:size]); ok {
			list = append(list, m)
		}
		b = b[size:]
	}
	return list
}

// parseMessage reads one message, which is all of b.
func parseMessage(b []byte) (m Message, ok bool) {
	if b[2] != abi.RTM_VERSION {
		return m, false
	}
	m.Type = int(b[3])
	switch m.Type {
	case abi.RTM_IFINFO:
		return parseIfinfo(b)
	case abi.RTM_NEWADDR, abi.RTM_DELADDR, abi.RTM_CHGADDR:
		return parseIfa(b)
	case abi.RTM_IFANNOUNCE:
		return parseAnnounce(b)
	case abi.RTM_OIFINFO, abi.RTM_OOIFINFO, abi.RTM_IEEE80211:
		return m, false
	}
	var h abi.RtMsghdr
	rest, ok := head(b, &h)
	if !ok {
		return m, false
	}
	m.Flags, m.Index, m.Pid, m.Seq = int(h.Flags), int(h.Index), int(h.Pid), int(h.Seq)
	m.Errno, m.Metrics = abi.Errno(h.Errno), h.Rmx
	m.Addrs = splitAddrs(rest, h.Addrs)
	return m, true
}

func parseIfinfo(b []byte) (m Message, ok bool) {
	var h abi.IfMsghdr
	rest, ok := head(b, &h)
	if !ok {
		return m, false
	}
	m = Message{Type: int(h.Type), Flags: int(h.Flags) & 0xffff, Index: int(h.Index), Data: h.Data}
	m.Addrs = splitAddrs(rest, h.Addrs)
	return m, true
}

func parseIfa(b []byte) (m Message, ok bool) {
	var h abi.IfaMsghdr
	rest, ok := head(b, &h)
	if !ok {
		return m, false
	}
	m = Message{Type: int(h.Type), Flags: int(h.Flags) & 0xffff, Index: int(h.Index)}
	m.Addrs = splitAddrs(rest, h.Addrs)
	return m, true
}

func parseAnnounce(b []byte) (m Message, ok bool) {
	var h abi.IfAnnouncemsghdr
	_, ok = head(b, &h)
	m = Message{Type: int(h.Type), Index: int(h.Index), Name: cString(h.Name[:]), What: int(h.What)}
	return m, ok
}

// head takes the structure h from the front of b.
func head[T any](b []byte, h *T) (rest []byte, ok bool) {
	n := copy(usermem.BytesOf(h), b)
	return b[n:], n == len(usermem.BytesOf(h))
}

// splitAddrs returns the addresses of a message by position; those that are
// cut short are missing.
func splitAddrs(b []byte, which int32) (addrs [abi.RTAX_MAX]Sockaddr) {
	for i := range addrs {
		if which&(1<<i) == 0 {
			continue
		}
		if len(b) == 0 || int(b[0]) > len(b) {
			return addrs
		}
		if b[0] > 0 {
			addrs[i] = Sockaddr(b[:b[0]])
		} else {
			addrs[i] = Sockaddr(b[:1])
		}
		b = b[min(abi.RtaRoundup(int(b[0])), len(b)):]
	}
	return addrs
}

// request makes the message of a command about a route.
func request(h abi.RtMsghdr, addrs *[abi.RTAX_MAX]Sockaddr) []byte {
	h.Version = abi.RTM_VERSION
	var tail []byte
	for i, a := range addrs {
		if a != nil {
			h.Addrs |= 1 << i
			tail = append(tail, a...)
			tail = append(tail, make([]byte, abi.RtaRoundup(len(a))-len(a))...)
		}
	}
	size := len(usermem.BytesOf(&h)) + len(tail)
	h.Msglen = uint16(size)
	return append(append(make([]byte, 0, size), usermem.BytesOf(&h)...), tail...)
}
