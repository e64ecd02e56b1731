// Scripts of one connection.
package script

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// Conn is a TCP connection between the kernel and the test, as the test sees
// it.
type Conn struct {
	w           *Wire
	local, port uint16 // of the kernel, of the test
	iss         uint32 // of the test
	irs         uint32 // of the kernel, once it is known
	known       bool
}

// Conn returns the connection between a port of the kernel and one of the test.
func (w *Wire) Conn(kernel, test uint16) *Conn {
	return &Conn{w: w, local: kernel, port: test, iss: 0x70000000 + uint32(test)<<8}
}

// Run performs a script:
//
//	< SEGMENT     the test sends
//	> SEGMENT     the kernel sends that, and nothing before
//	+D > SEGMENT  it does so after a time of about D, and not before
//	+D            time passes, and the kernel sends nothing
//
// At the end nothing more must come. Byte n of a stream is Byte(n).
func (c *Conn) Run(text string) {
	c.w.T.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := c.line(line); err != nil {
			c.w.T.Fatalf("%s: %v", line, err)
		}
	}
	if err := c.quiet(); err != nil {
		c.w.T.Fatalf("at the end: %v", err)
	}
}

// Byte is what stands at relative sequence number n of a stream.
func Byte(n uint32) byte { return 'a' + byte(n%26) }

// Bytes are those from a up to b.
func Bytes(a, b uint32) []byte {
	p := make([]byte, 0, b-a)
	for ; a != b; a++ {
		p = append(p, Byte(a))
	}
	return p
}

// line performs one line.
func (c *Conn) line(line string) error {
	var after time.Duration
	if line[0] == '+' {
		word, rest, _ := strings.Cut(line[1:], " ")
		d, err := time.ParseDuration(word)
		if err != nil {
			return err
		}
		after, line = d, strings.TrimSpace(rest)
	}
	if line == "" {
		c.w.Pass(after)
		return c.quiet()
	}
	s, err := parse(strings.TrimSpace(line[1:]))
	if err != nil {
		return err
	}
	if line[0] == '<' {
		c.w.Pass(after)
		return c.send(s)
	}
	return c.expect(s, after)
}

// quiet fails if the kernel has sent something.
func (c *Conn) quiet() error {
	c.w.Settle()
	if s, ok := c.next(); ok {
		return fmt.Errorf("the kernel sends %v", s)
	}
	return nil
}

// expect waits for a segment, which comes no sooner than nine tenths of after,
// and not after eleven tenths.
func (c *Conn) expect(want segment, after time.Duration) error {
	limit := time.Duration(c.w.Host.Mono()) + after*11/10
	if after > 0 {
		c.w.Pass(after * 9 / 10)
		if err := c.quiet(); err != nil {
			return fmt.Errorf("too soon: %w", err)
		}
	}
	for {
		c.w.Settle()
		if s, ok := c.next(); ok {
			if s.like(want) != want {
				return fmt.Errorf("the kernel sends %v", s)
			}
			return nil
		}
		if after == 0 || !c.w.Host.AdvanceNext(0) || time.Duration(c.w.Host.Mono()) > limit {
			return errors.New("the kernel sends nothing")
		}
	}
}

// next takes the next segment that the kernel has sent.
func (c *Conn) next() (segment, bool) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	for len(c.w.frames) > 0 {
		f := c.w.frames[0]
		c.w.frames = c.w.frames[1:]
		if s, ok := c.read(f); ok {
			return s, true
		}
	}
	return segment{}, false
}

// send sends a segment.
func (c *Conn) send(s segment) error {
	opts, err := options(s.opts, c.irs)
	if err != nil {
		return err
	}
	for len(opts)%4 != 0 {
		opts = append(opts, header.TCPOptionNOP)
	}
	var data []byte
	if s.end != s.seq {
		data = Bytes(s.seq, s.end)
	}
	fields := header.TCPFields{SrcPort: c.port, DstPort: c.local, SeqNum: c.iss + s.seq, AckNum: 0,
		DataOffset: uint8(header.TCPMinimumSize + len(opts)), WindowSize: uint16(max(s.win, 0))}
	if s.win < 0 {
		fields.WindowSize = 65535
	}
	for _, l := range flagLetters {
		if strings.Contains(s.flags, l.letter) {
			fields.Flags |= l.flag
		}
	}
	if fields.Flags&header.TCPFlagAck != 0 {
		fields.AckNum = c.irs + s.ack
	}
	if s.up != 0 {
		fields.UrgentPointer = uint16(s.up - s.seq)
	}
	c.w.Deliver(TCP(fields, opts, data))
	c.w.Settle()
	return nil
}

// TCP makes a frame to the kernel of a segment. The options are padded.
func TCP(fields header.TCPFields, opts, data []byte) []byte {
	size := header.IPv4MinimumSize + header.TCPMinimumSize + len(opts) + len(data)
	b := Frame(header.IPv4ProtocolNumber, size)
	ip := header.IPv4(b[header.EthernetMinimumSize:])
	ip.Encode(&header.IPv4Fields{TotalLength: uint16(size), TTL: 64, Protocol: uint8(header.TCPProtocolNumber), SrcAddr: Test, DstAddr: Kernel})
	ip.SetChecksum(^ip.CalculateChecksum())
	tcp := header.TCP(ip[header.IPv4MinimumSize:])
	tcp.Encode(&fields)
	copy(tcp[header.TCPMinimumSize:], opts)
	copy(tcp[header.TCPMinimumSize+len(opts):], data)
	sum := header.PseudoHeaderChecksum(header.TCPProtocolNumber, Test, Kernel, uint16(len(tcp)))
	tcp.SetChecksum(^checksum.Checksum(tcp, sum))
	return b
}

// read reads a frame of the kernel, false if it is not of this connection. One
// that is damaged is said so in its options.
func (c *Conn) read(frame []byte) (s segment, ok bool) {
	if header.Ethernet(frame).Type() != header.IPv4ProtocolNumber {
		return s, false
	}
	ip := header.IPv4(frame[header.EthernetMinimumSize:])
	if ip.TransportProtocol() != header.TCPProtocolNumber || ip.DestinationAddress() != Test {
		return s, false
	}
	tcp := header.TCP(ip.Payload())
	if tcp.SourcePort() != c.local || tcp.DestinationPort() != c.port {
		return s, false
	}
	f := tcp.Flags()
	if f&header.TCPFlagSyn != 0 && !c.known {
		c.irs, c.known = tcp.SequenceNumber(), true
	}
	s.seq = tcp.SequenceNumber() - c.irs
	s.end = s.seq + uint32(len(tcp.Payload()))
	s.win = int(tcp.WindowSize())
	for _, l := range flagLetters {
		if f&l.flag != 0 {
			s.flags += l.letter
		}
	}
	if f&header.TCPFlagAck != 0 {
		s.ack = tcp.AckNumber() - c.iss
	}
	if f&header.TCPFlagUrg != 0 {
		s.up = s.seq + uint32(tcp.UrgentPointer())
	}
	s.opts = optionText(tcp.Options(), c.iss)
	switch {
	case !ip.IsChecksumValid() || !tcp.IsChecksumValid(Kernel, Test, checksum.Checksum(tcp.Payload(), 0), uint16(len(tcp.Payload()))):
		s.flags += " with a wrong checksum"
	case s.seq != 0 && string(tcp.Payload()) != string(Bytes(s.seq, s.end)): // a probe from before the stream has any
		s.flags += " with wrong data"
	}
	return s, true
}
