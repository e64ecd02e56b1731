package script

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// writeUrgent sends bytes from up to to of the stream, the last one urgent.
func (a *app) writeUrgent(from, to uint32) {
	a.T.Helper()
	n, err := a.SysSendto(a.L, a.fd, box.In(Bytes(from, to)), abi.MSG_OOB, usermem.InBuf{})
	a.OK(err)
	if n != int(to-from) {
		a.T.Fatalf("%d bytes sent", n)
	}
}

// readUrgent receives urgent data: byte n of the stream, else want.
func (a *app) readUrgent(n uint32, want error) {
	a.T.Helper()
	a.Settle()
	b := make([]byte, 2)
	got, err := a.SysRecvfrom(a.L, a.fd, box.Out(b), abi.MSG_OOB, box.Nobody)
	a.Want(err, want)
	if err == nil && (got != 1 || b[0] != Byte(n)) {
		a.T.Fatalf("urgent %q, want %q", b[:got], Byte(n))
	}
}

// urgent holds what SIOCATMARK and FIONREAD say, and whether POLLPRI is set.
func (a *app) urgent(atMark, queued uint32, pri bool) {
	a.T.Helper()
	a.Settle()
	f, err := file.Get(a.L, a.fd)
	a.OK(err)
	defer func() { _ = f.Drop(a.L) }()
	var mark, n uint32
	a.OK(f.Ops.Ioctl(a.L, f, abi.SIOCATMARK, &file.Arg{Data: usermem.BytesOf(&mark)}))
	a.OK(f.Ops.Ioctl(a.L, f, abi.FIONREAD, &file.Arg{Data: usermem.BytesOf(&n)}))
	got := f.Ops.Poll(f, abi.POLLPRI) != 0
	if mark != atMark || n != queued || got != pri {
		a.T.Fatalf("at mark: %d, %d bytes, urgent: %t; want %d, %d, %t", mark, n, got, atMark, queued, pri)
	}
}

func TestUrgentSent(t *testing.T) {
	a := plain(t)
	a.write(1, 11)
	a.c.Run("> . 1:11 ack 1")
	// It is not held back for what is on its way.
	a.writeUrgent(11, 12)
	a.c.Run(`
		> U. 11:12 ack 1 up 12
		+1s > U. 1:11 ack 1 up 12
		< . 1:1 ack 11 win 8000
		> U. 11:12 ack 1 up 12
		< . 1:1 ack 12 win 8000
	`)
	a.write(12, 22)
	a.c.Run(`
		> . 12:22 ack 1
		< . 1:1 ack 22 win 8000
	`)
	// Every segment before the end of urgent data points at it.
	a.writeUrgent(22, 2523)
	a.write(2523, 2533)
	a.c.Run(`
		> U. 22:1022 ack 1 up 2523
		> U. 1022:2022 ack 1 up 2523
		> U. 2022:2523 ack 1 up 2523
		< . 1:1 ack 2523 win 8000
		> . 2523:2533 ack 1
		< . 1:1 ack 2533 win 8000
	`)
}

// Urgent data that has no room yet is announced by probes, and by what is sent
// again.
func TestUrgentZeroWindow(t *testing.T) {
	a := plain(t)
	a.c.Run("< . 1:1 ack 1 win 0")
	a.writeUrgent(1, 101)
	a.c.Run(`
		+1s > U. 0:1 ack 1 up 101
		< . 1:1 ack 1 win 0
		+2s > U. 0:1 ack 1 up 101
		< . 1:11 ack 1 win 0
		> U. 1:1 ack 11 up 101
		< . 11:11 ack 1 win 8000
		> U. 1:101 ack 11 up 101
		< . 11:11 ack 101 win 8000
	`)
}

// Nothing points further than 65535 bytes.
func TestUrgentFar(t *testing.T) {
	a := plain(t)
	a.option(a.fd, abi.SOL_SOCKET, abi.SO_SNDBUF, 200000)
	a.c.Run("< . 1:1 ack 1 win 0")
	a.write(1, 70001)
	a.writeUrgent(70001, 70002)
	a.c.Run(`
		< . 1:1 ack 1 win 1000
		> U. 1:1001 ack 1 up 65536
		< . 1:1 ack 1001 win 1000
		> U. 1001:2001 ack 1 up 66536
	`)
	for n := 2001; n < 9001; n += 1000 {
		a.c.Run(fmt.Sprintf(`
			< . 1:1 ack %d win 1000
			> U. %[1]d:%d ack 1 up %d
		`, n, n+1000, min(n+65535, 70002)))
	}
}

func TestUrgentReceived(t *testing.T) {
	a := accepted(t)
	a.readUrgent(0, abi.EINVAL)
	a.c.Run(`
		< U. 1:11 ack 1 up 9
		> . 1:1 ack 11
	`)
	a.urgent(0, 9, true)
	a.readUrgent(8, nil)
	a.readUrgent(0, abi.EINVAL)
	// It comes again.
	a.c.Run(`
		< U. 1:11 ack 1 up 9
		> . 1:1 ack 11
	`)
	a.readUrgent(0, abi.EINVAL)
	a.read(1, 8, nil)
	a.urgent(1, 2, true)
	a.read(9, 11, nil)
	a.urgent(0, 0, false)
	a.c.Run(`
		< . 11:21 ack 1
		> . 1:1 ack 21
		# Of the past.
		< U. 1:11 ack 1 up 9
		> . 1:1 ack 21
		< U. 1:11 ack 1 up 10
		> . 1:1 ack 21
		# A pointer without a flag, and a flag without a pointer.
		< . 21:31 ack 1 up 30
		> . 1:1 ack 31
		< U. 31:41 ack 1
		> . 1:1 ack 41
	`)
	a.urgent(0, 30, false)
	a.read(11, 41, nil)
	a.readUrgent(0, abi.EINVAL)
}

// What is urgent is announced before it comes, or comes before the rest.
func TestUrgentEarly(t *testing.T) {
	a := accepted(t)
	a.c.Run("< U. 1:1 ack 1 up 21")
	a.urgent(0, 0, true)
	a.readUrgent(0, abi.EWOULDBLOCK)
	a.read(0, 0, abi.EAGAIN)
	a.c.Run(`
		< U. 11:31 ack 1 up 21
		> . 1:1 ack 1 <sack 11:31>
	`)
	a.urgent(0, 0, true)
	a.readUrgent(20, nil)
	a.c.Run(`
		< U. 1:11 ack 1 up 21
		> . 1:1 ack 31 <>
	`)
	a.urgent(0, 29, true)
	a.read(1, 20, nil)
	a.urgent(1, 10, true)
	a.read(21, 31, nil)
	// Later data is more urgent; the earlier byte is lost to who has not read it.
	a.c.Run(`
		< U. 31:32 ack 1 up 32
		> . 1:1 ack 32
		< U. 32:34 ack 1 up 34
		> . 1:1 ack 34
	`)
	a.urgent(1, 1, true)
	a.readUrgent(33, nil)
	a.read(32, 33, nil)
	a.urgent(1, 0, true)
}

// Before the connection is accepted, beyond the highest sequence number, and
// again between the same ports.
func TestUrgentUnaccepted(t *testing.T) {
	a := listening(t)
	for range 2 {
		a.c.iss = 0xfffffff8
		a.c.known = false
		a.c.Run(`
			< S 0:0 win 8000 <mss 1000>
			> S. 0:0 ack 1
			< . 1:1 ack 1
			< U. 1:11 ack 1 up 11
			> . 1:1 ack 11
		`)
		a.accept()
		a.readUrgent(10, nil)
		a.read(1, 10, nil)
		a.urgent(1, 0, true)
		a.writeUrgent(1, 11)
		a.c.Run(`
			> U. 1:11 ack 11 up 11
			< R 11:11
		`)
		a.readUrgent(0, abi.EINVAL)
		a.Close(a.fd)
	}
}

// A connecting socket learns where the stream begins as well, whoever speaks
// first.
func TestUrgentConnected(t *testing.T) {
	a := connecting(t)
	a.c.Run(`
		> S 0:0
		< S. 0:0 ack 1 win 8000 <mss 1000>
		> . 1:1 ack 1
		< U. 1:2 ack 1 up 2
		> . 1:1 ack 2
	`)
	a.readUrgent(1, nil)
	b := connecting(t)
	b.c.Run(`
		> S 0:0
		< S 0:0 win 8000 <mss 1000>
		> S. 0:0 ack 1
		< S. 0:0 ack 1
		> . 1:1 ack 1
		< U. 1:11 ack 1 up 6
		> . 1:1 ack 11
	`)
	b.readUrgent(5, nil)
	b.read(1, 5, nil)
	b.writeUrgent(1, 2)
	b.c.Run("> U. 1:2 ack 11 up 2")
}

// What is damaged, far away or after the end announces nothing.
func TestUrgentRefused(t *testing.T) {
	a := accepted(t)
	urg := header.TCPFields{SrcPort: 5000, DstPort: 80, SeqNum: a.c.iss + 1, AckNum: a.c.irs + 1,
		DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagAck | header.TCPFlagUrg, WindowSize: 8000, UrgentPointer: 5}
	damaged := TCP(urg, nil, []byte("damaged"))
	damaged[len(damaged)-1] ^= 1
	a.Deliver(damaged)
	urg.SeqNum += (2 << 20)
	a.Deliver(TCP(urg, nil, nil))
	urg.SeqNum -= 2 * (2 << 20)
	a.Deliver(TCP(urg, nil, nil))
	a.Settle()
	a.Frames()
	a.urgent(0, 0, false)
	a.c.Run(`
		< F. 1:1 ack 1
		> . 1:1 ack 2
		< U. 2:2 ack 1 up 5
	`)
	a.urgent(0, 0, false)
}

// A kernel talks to itself by the address of an interface, which no frame
// passes.
func TestUrgentOwnAddress(t *testing.T) {
	w := New(t, 1)
	for _, a := range []string{"10.0.0.1:77", "[fd00::1]:77"} {
		box.Urgent(t, w.Box, w.Box, netip.MustParseAddrPort(a))
	}
	if len(w.Frames()) != 0 {
		t.Error("frames pass")
	}
}

// FuzzUrgent gives a connection segments with urgent data anywhere, and the
// program reads now and then: it gets no more than was sent to it.
func FuzzUrgent(f *testing.F) {
	f.Add([]byte{0, 1, 1, 1, 2, 3, 0, 0, 10, 5, 20, 1})
	f.Add([]byte{200, 1, 1, 255, 3, 3, 9, 9, 9, 0, 200, 250})
	w := New(f, 1)
	fd := w.Socket(abi.AF_INET, abi.SOCK_STREAM|abi.SOCK_NONBLOCK, 0)
	w.OK(w.SysBind(w.L, fd, sockaddr(1, 80)))
	w.OK(w.SysListen(w.L, fd, 8))
	port := uint16(5000)
	f.Fuzz(func(t *testing.T, ops []byte) {
		port++
		w.T = t
		a := &app{Wire: w, listen: fd, c: w.Conn(80, port)}
		for _, line := range []string{"< S 0:0 win 8000 <mss 1000>", "> S. 0:0 ack 1", "< . 1:1 ack 1 win 8000"} {
			if err := a.c.line(line); err != nil {
				t.Fatal(err)
			}
		}
		a.accept()
		defer func() {
			a.Close(a.fd)
			_ = a.c.send(segment{flags: "R", seq: 1, end: 1, win: -1, opts: "?"})
			w.Frames()
		}()
		fuzzUrgent(t, a, ops)
	})
}

// fuzzUrgent performs operations of four bytes: where a segment begins, its
// length, where it points, and what the program does.
func fuzzUrgent(t *testing.T, a *app, ops []byte) {
	b := make([]byte, 300)
	got, end := 0, uint32(0)
	for ; len(ops) >= 4; ops = ops[4:] {
		s := segment{flags: ".U", seq: 1 + uint32(ops[0]), win: -1, opts: "?"}
		s.end = s.seq + uint32(ops[1])
		s.up = s.seq + uint32(ops[2])
		if end = max(end, s.end); a.c.send(s) != nil {
			t.Fatal(s)
		}
		flags := []int32{0, abi.MSG_PEEK, abi.MSG_OOB, abi.MSG_OOB | abi.MSG_PEEK}[ops[3]%4]
		a.option(a.fd, abi.SOL_SOCKET, abi.SO_OOBINLINE, int32(ops[3]>>7))
		n, err := a.SysRecvfrom(a.L, a.fd, box.Out(b[:ops[3]>>2]), flags, box.Nobody)
		if err == nil && flags == 0 {
			got += n
		}
		f, err := file.Get(a.L, a.fd)
		a.OK(err)
		var queued uint32
		a.OK(f.Ops.Ioctl(a.L, f, abi.FIONREAD, &file.Arg{Data: usermem.BytesOf(&queued)}))
		if queued != 0 != (f.Ops.Poll(f, abi.POLLIN) != 0) || int(queued)+got > int(end) {
			t.Fatalf("%d bytes to read of %d, %d were", queued, end, got)
		}
		a.OK(f.Drop(a.L))
	}
}

// Connections take bounded memory however much of what they bring is urgent.
func TestUrgentFlood(t *testing.T) {
	a := accepted(t)
	a.Drop()
	before := live()
	for i := range uint32(4000) {
		a.Deliver(TCP(header.TCPFields{SrcPort: 5000, DstPort: 80, SeqNum: a.c.iss + 100 + i*3%30000, AckNum: a.c.irs + 1,
			DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagAck | header.TCPFlagUrg, WindowSize: 8000,
			UrgentPointer: uint16(1 + i%2*i)}, nil, []byte("!")))
	}
	a.Settle()
	if grown := live() - before; grown > 4<<20 {
		t.Errorf("4000 segments took %d KB", grown>>10)
	}
	a.urgent(0, 0, true)
}

// TestUrgentOnly has the window open while urgent data is on its way: the
// segments that tell so are counted.
func TestUrgentOnly(t *testing.T) {
	a := accepted(t, [3]int32{abi.SOL_SOCKET, abi.SO_RCVBUF, 4096})
	a.c.Run(`
		< . 1:1001 ack 1 win 8000
		> . 1:1 ack 1001
		< . 1001:2001 ack 1 win 8000
		> . 1:1 ack 2001
	`)
	a.writeUrgent(1, 2)
	a.c.Run("> U. 1:2 ack 2001 up 2")
	a.read(1, 2001, nil)
	a.c.Run(`
		> . 2:2 ack 2001 win 1048
		> . 2:2 ack 2001 win 2048
	`)
	b := make([]byte, 8*abi.TCP_NSTATS)
	_, err := a.Base.Sysctl.Sysctl(a.L, []int32{abi.CTL_NET, abi.PF_INET, abi.IPPROTO_TCP, abi.TCPCTL_STATS},
		usermem.Local(b, nil), len(b), usermem.InBuf{})
	a.OK(err)
	if n := binary.LittleEndian.Uint64(b[8*abi.TCP_STAT_SNDURG:]); n != 2 {
		t.Errorf("%d segments with urgent data only", n)
	}
}
