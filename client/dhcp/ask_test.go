package dhcp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var testMAC = net.HardwareAddr{2, 0, 0, 0, 0, 1}

// server answers messages. Its fields say how it misbehaves.
type server struct {
	deaf, refuse int // so many messages and requests
	forOther     bool
	asked        []byte // types of messages that came
	replies      [][]byte
}

func (s *server) Send(msg []byte) error {
	m, err := Parse(msg)
	if err != nil {
		return err
	}
	s.asked = append(s.asked, m.Type())
	if s.deaf > 0 {
		s.deaf--
		return nil
	}
	if a := s.answer(m); a != nil {
		s.replies = append(s.replies, a)
	}
	return nil
}

func (s *server) answer(m *Message) []byte {
	r := &Message{Reply: true, XID: m.XID, Your: netip.MustParseAddr("10.0.0.5"), MAC: m.MAC, Options: map[byte][]byte{
		OptType: {Offer}, OptMask: {255, 255, 255, 0}, OptServer: {10, 0, 0, 1}, OptRouter: {10, 0, 0, 1}, OptDNS: {10, 0, 0, 1},
		OptLease: {0, 0, 14, 16},
	}}
	if s.forOther {
		r.XID++
	}
	if m.Type() == Request {
		r.Options[OptType] = []byte{Ack}
		if s.refuse > 0 {
			s.refuse--
			r.Options = map[byte][]byte{OptType: {Nak}, OptText: []byte("taken")}
		}
	}
	return r.Append(nil)
}

func (s *server) Receive(within time.Duration) ([]byte, error) {
	if len(s.replies) == 0 {
		time.Sleep(within)
		return nil, nil
	}
	b := s.replies[0]
	s.replies = s.replies[1:]
	return b, nil
}

func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name  string
		s     server
		asked string
		err   error
	}{
		{"at once", server{}, "\x01\x03", nil},
		{"the first message is lost", server{deaf: 1}, "\x01\x01\x03", nil},
		{"refused once", server{refuse: 1}, "\x01\x03\x01\x03", nil},
		{"nobody", server{deaf: 1 << 30}, "\x01\x01", ErrNoServer},
		{"only others are answered", server{forOther: true}, "\x01\x01", ErrNoServer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			l, err := Ask(ctx, &tt.s, testMAC, "host")
			if !errors.Is(err, tt.err) || string(tt.s.asked) != tt.asked {
				t.Errorf("%v after messages %q", err, tt.s.asked)
			}
			if err == nil && l.Address != netip.MustParsePrefix("10.0.0.5/24") {
				t.Errorf("%+v", l)
			}
		})
	}
}
