package client_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// zone is what the name server of a test knows.
var zone = map[string][]string{
	"both.test.":  {"127.0.0.1", "::1"},
	"six.test.":   {"::1"},
	"first.test.": {"127.0.0.2", "127.0.0.1"}, // nobody listens at the first
}

// nameServer serves the zone at 127.0.0.1 of the kernel until the test ends,
// and counts what it is asked.
func nameServer(t *testing.T, c *client.Client) *atomic.Int32 {
	t.Helper()
	pc, err := c.Net().ListenPacket("udp", "127.0.0.1:53")
	must(t, err)
	var asked atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			asked.Add(1)
			if answer := answerNames(buf[:n]); answer != nil {
				_, _ = pc.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() { _ = pc.Close(); <-done })
	return &asked
}

// answerNames makes the answer to a question, nil to none.
func answerNames(b []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(b) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}
	m.Additionals = nil
	known, ok := zone[q.Name.String()]
	if !ok {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, s := range known {
		a, h := netip.MustParseAddr(s), dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	answer, _ := m.Pack()
	return answer
}

// named is the kernel's network with the name server of nameServer.
func named(c *client.Client) client.Net {
	return c.Net().WithNameservers(netip.MustParseAddr("127.0.0.1"))
}

func TestResolver(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		asked := nameServer(t, c)
		r := named(c).Resolver()
		for _, test := range []struct{ family, name, want string }{
			{"ip", "both.test.", "[127.0.0.1 ::1]"},
			{"ip4", "both.test.", "[127.0.0.1]"},
			{"ip6", "both.test.", "[::1]"},
			{"ip", "first.test.", "[127.0.0.1 127.0.0.2]"},
		} {
			list, err := r.LookupNetIP(t.Context(), test.family, test.name)
			for i := range list {
				list[i] = list[i].Unmap()
			}
			slices.SortFunc(list, netip.Addr.Compare)
			if got := fmt.Sprint(list); got != test.want || err != nil {
				t.Errorf("%s %s: %s, %v", test.family, test.name, got, err)
			}
		}
		_, err := r.LookupNetIP(t.Context(), "ip", "none.test.")
		if dns, ok := errors.AsType[*net.DNSError](err); !ok || !dns.IsNotFound {
			t.Errorf("a name that is not there: %v", err)
		}
		if asked.Load() == 0 {
			t.Error("it was not the kernel's server that answered")
		}
		if _, err := c.Net().Resolver().LookupNetIP(t.Context(), "ip", "both.test."); err == nil {
			t.Error("an answer without a server")
		}
	})
}

// Names are dialled, address after address.
func TestDialName(t *testing.T) {
	transports(t, func(t *testing.T, c *client.Client) {
		nameServer(t, c)
		l, err := c.Net().Listen("tcp", "127.0.0.1:80")
		must(t, err)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Host)
		})}
		served := make(chan error)
		go func() { served <- server.Serve(l) }()
		transport := &http.Transport{DialContext: named(c).DialContext}
		hc := http.Client{Transport: transport, Timeout: 10 * time.Second}
		for _, name := range []string{"both.test", "first.test", "first.test."} {
			r, err := hc.Get("http://" + name + "/")
			must(t, err)
			body, err := io.ReadAll(r.Body)
			must(t, err)
			_ = r.Body.Close()
			if string(body) != strings.TrimSuffix(name, ".") && string(body) != name {
				t.Errorf("%s: %q", name, body)
			}
		}
		transport.CloseIdleConnections()
		must(t, server.Close())
		<-served
		for _, test := range []struct {
			network, address string
			want             error
		}{
			{"tcp", "six.test:1", abi.ECONNREFUSED},
			{"tcp4", "six.test:1", nil},
			{"tcp", "none.test:1", nil},
		} {
			_, err := named(c).Dial(test.network, test.address)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s %s: %v", test.network, test.address, err)
			}
		}
	})
}
