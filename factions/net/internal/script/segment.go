// TCP segments as text:
//
//	FLAGS SEQ:END [ack N] [win N] [up N] [<OPTION,...>]
//
// Flags are the letters S F R U and, for ACK, a dot; up is where urgent data
// ends, 0 for nowhere; numbers are relative to the
// initial sequence number of who sends them. Options are mss N, wscale N,
// sackOK, sack A:B, TS.
package script

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// segment is a TCP segment. What an expectation does not say is not compared.
type segment struct {
	flags    string
	seq, end uint32
	ack      uint32
	up       uint32 // where urgent data ends, 0 if nowhere
	win      int    // -1 if not said
	opts     string // "?" if not said
}

// flagLetters are flags by bit; PSH is of no concern to anybody.
var flagLetters = []struct {
	flag   header.TCPFlags
	letter string
}{{header.TCPFlagSyn, "S"}, {header.TCPFlagFin, "F"}, {header.TCPFlagRst, "R"}, {header.TCPFlagUrg, "U"}, {header.TCPFlagAck, "."}}

func (s segment) String() string {
	text := fmt.Sprintf("%s %d:%d", s.flags, int32(s.seq), int32(s.end))
	if strings.Contains(s.flags, ".") {
		text += fmt.Sprintf(" ack %d", s.ack)
	}
	if s.up != 0 {
		text += fmt.Sprintf(" up %d", s.up)
	}
	if s.win >= 0 {
		text += fmt.Sprintf(" win %d", s.win)
	}
	if s.opts != "?" {
		text += " <" + s.opts + ">"
	}
	return text
}

// like hides of s what want does not say.
func (s segment) like(want segment) segment {
	if want.win < 0 {
		s.win = -1
	}
	if want.opts == "?" {
		s.opts = "?"
	}
	return s
}

// parse reads a segment.
func parse(line string) (s segment, err error) {
	s = segment{win: -1, opts: "?"}
	if rest, opts, ok := strings.Cut(line, "<"); ok {
		line, s.opts = rest, strings.TrimSuffix(opts, ">")
	}
	f := strings.Fields(line)
	if len(f) < 2 || len(f)%2 != 0 {
		return s, fmt.Errorf("%q is no segment", line)
	}
	s.flags = f[0]
	if s.seq, s.end, err = span(f[1]); err != nil {
		return s, err
	}
	for i := 2; i < len(f); i += 2 {
		n, err := strconv.ParseInt(f[i+1], 10, 64)
		switch {
		case err != nil:
			return s, err
		case f[i] == "ack":
			s.ack = uint32(n)
		case f[i] == "up":
			s.up = uint32(n)
		case f[i] == "win":
			s.win = int(n)
		default:
			return s, fmt.Errorf("what is %q?", f[i])
		}
	}
	return s, nil
}

// span reads A:B.
func span(text string) (a, b uint32, err error) {
	x, y, _ := strings.Cut(text, ":")
	m, err := strconv.ParseInt(x, 10, 64)
	if err != nil {
		return 0, 0, err
	}
	n, err := strconv.ParseInt(y, 10, 64)
	return uint32(m), uint32(n), err
}

// options encodes options; numbers in sack are relative to base.
func options(text string, base uint32) (b []byte, err error) {
	if text == "?" || text == "" {
		return nil, nil
	}
	for _, o := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(o, " ")
		n, _ := strconv.Atoi(value)
		switch name {
		case "mss":
			b = append(b, header.TCPOptionMSS, 4, byte(n>>8), byte(n))
		case "wscale":
			b = append(b, header.TCPOptionNOP, header.TCPOptionWS, 3, byte(n))
		case "sackOK":
			b = append(b, header.TCPOptionNOP, header.TCPOptionNOP, header.TCPOptionSACKPermitted, 2)
		case "sack":
			from, to, err := span(value)
			if err != nil {
				return nil, err
			}
			b = append(b, header.TCPOptionNOP, header.TCPOptionNOP, header.TCPOptionSACK, 10)
			b = binary.BigEndian.AppendUint32(b, base+from)
			b = binary.BigEndian.AppendUint32(b, base+to)
		default:
			return nil, fmt.Errorf("what option is %q?", o)
		}
	}
	return b, nil
}

// optionText decodes options.
func optionText(b []byte, base uint32) string {
	var list []string
	for len(b) > 0 && b[0] != header.TCPOptionEOL {
		if b[0] == header.TCPOptionNOP {
			b = b[1:]
			continue
		}
		if len(b) < 2 || int(b[1]) < 2 || int(b[1]) > len(b) {
			return "damaged"
		}
		v := b[2:b[1]]
		switch b[0] {
		case header.TCPOptionMSS:
			list = append(list, fmt.Sprintf("mss %d", binary.BigEndian.Uint16(v)))
		case header.TCPOptionWS:
			list = append(list, fmt.Sprintf("wscale %d", v[0]))
		case header.TCPOptionSACKPermitted:
			list = append(list, "sackOK")
		case header.TCPOptionTS:
			list = append(list, "TS")
		case header.TCPOptionSACK:
			for ; len(v) >= 8; v = v[8:] {
				list = append(list, fmt.Sprintf("sack %d:%d", binary.BigEndian.Uint32(v)-base, binary.BigEndian.Uint32(v[4:])-base))
			}
		}
		b = b[b[1]:]
	}
	return strings.Join(list, ",")
}
