package script

import (
	"encoding/binary"
	"runtime"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// live is the memory of the test and the kernel, in bytes.
func live() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// Connections that nobody means to complete take little memory, and keep
// nobody out who does.
func TestSYNFlood(t *testing.T) {
	a := listening(t)
	before := live()
	for i := range uint32(20000) {
		frame := TCP(header.TCPFields{SrcPort: uint16(1024 + i%60000), DstPort: 80, SeqNum: i << 8,
			DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagSyn, WindowSize: 8000}, nil, nil)
		a.Deliver(frame)
		if i%1000 == 0 {
			a.Settle()
			a.Frames()
		}
	}
	a.Settle()
	a.Frames()
	if grown := live() - before; grown > 4<<20 {
		t.Errorf("20000 segments took %d KB", grown>>10)
	}
	a.c.port = 999
	a.c.Run(`
		< S 0:0 win 8000 <mss 1000>
		> S. 0:0 ack 1
		< . 1:1 ack 1
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	a.accept()
	a.read(1, 11, nil)
}

// Data ahead of what is missing is kept within the window alone.
func TestOutOfOrderFlood(t *testing.T) {
	a := accepted(t)
	before := live()
	a.Drop()
	data := make([]byte, 4000)
	for i := range uint32(5000) {
		a.Deliver(TCP(header.TCPFields{SrcPort: 5000, DstPort: 80, SeqNum: a.c.iss + 10 + i*4009, AckNum: a.c.irs + 1,
			DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagAck, WindowSize: 8000}, nil, data))
	}
	a.Settle()
	if grown := live() - before; grown > 8<<20 {
		t.Errorf("5000 segments took %d KB", grown>>10)
	}
}

// Fragments of datagrams that never become whole are kept within bounds.
func TestFragmentFlood(t *testing.T) {
	w := New(t, 1)
	w.Drop()
	before := live()
	const size = 4000
	for i := range uint16(5000) {
		b := Frame(header.IPv4ProtocolNumber, header.IPv4MinimumSize+size)
		ip := header.IPv4(b[header.EthernetMinimumSize:])
		ip.Encode(&header.IPv4Fields{TotalLength: header.IPv4MinimumSize + size, ID: i, Flags: header.IPv4FlagMoreFragments,
			TTL: 64, Protocol: uint8(header.UDPProtocolNumber), SrcAddr: Test, DstAddr: Kernel})
		ip.SetChecksum(^ip.CalculateChecksum())
		w.Deliver(b)
	}
	w.Settle()
	if grown := live() - before; grown > 18<<20 {
		t.Errorf("5000 fragments took %d KB", grown>>10)
	}
}

// A datagram socket that nobody reads keeps what its buffer holds.
func TestFullBuffer(t *testing.T) {
	w := New(t, 1)
	fd := w.Socket(abi.AF_INET, abi.SOCK_DGRAM|abi.SOCK_NONBLOCK, 0)
	w.OK(w.SysBind(w.L, fd, sockaddr(1, 7)))
	before := live()
	for i := range uint16(5000) {
		w.Deliver(UDP(5000, 7, binary.BigEndian.AppendUint16(make([]byte, 2000), i)))
	}
	w.Settle()
	if grown := live() - before; grown > 2<<20 {
		t.Errorf("5000 datagrams took %d KB", grown>>10)
	}
	n := 0
	for ; ; n++ {
		if _, err := w.Recv(w.L, fd, make([]byte, 3000)); err != nil {
			w.Want(err, abi.EAGAIN)
			break
		}
	}
	if n < 10 || n > 50 {
		t.Errorf("%d datagrams were kept", n)
	}
	// The next one has room again.
	w.Deliver(UDP(5000, 7, []byte("after")))
	w.Settle()
	b := make([]byte, 10)
	if n, err := w.Recv(w.L, fd, b); string(b[:n]) != "after" || err != nil {
		t.Error(b[:n], err)
	}
}

// A process without descriptors left fails to accept; the connection waits.
func TestDescriptorsExhausted(t *testing.T) {
	a := listening(t)
	var list []int32
	for {
		fd, err := a.SysSocket30(a.L, abi.AF_INET, abi.SOCK_DGRAM, 0)
		if err != nil {
			a.Want(err, abi.EMFILE)
			break
		}
		list = append(list, fd)
	}
	a.c.Run(`
		< S 0:0 win 8000 <mss 1000>
		> S. 0:0 ack 1
		< . 1:1 ack 1
		< . 1:11 ack 1
		> . 1:1 ack 11
	`)
	_, err := a.SysAccept(a.L, a.listen, box.Nobody)
	a.Want(err, abi.EMFILE)
	a.Close(list[0])
	a.accept()
	a.read(1, 11, nil)
	n, err := a.SysSendto(a.L, a.fd, box.In(Bytes(1, 11)), 0, usermem.InBuf{})
	if n != 10 || err != nil {
		t.Error(n, err)
	}
}
