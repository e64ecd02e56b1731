package capture

import (
	"encoding/hex"
	"strings"
	"testing"

	xbpf "golang.org/x/net/bpf"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// frame makes bytes of hexadecimal text.
func frame(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Frames: Ethernet heads, IPv4 and IPv6 heads, and what they carry.
const (
	eth4   = "020000000002 020000000001 0800 "
	eth6   = "020000000002 020000000001 86dd "
	tcpSyn = eth4 + "45000028 00000000 40060000 0a000001 0a000002 " + "1388 0050 00000001 00000000 5002 2000 0000 0000"
	udpDNS = eth4 + "45000020 00000000 40110000 0a000001 0a010002 " + "1388 0035 000c 0000 61626364"
	opts   = eth4 + "4600002c 00000000 40060000 0a000001 0a000002 01010101 " + "1388 0050 00000001 00000000 5002 2000 0000 0000"
	frag   = eth4 + "45000028 00000010 40060000 0a000001 0a000002 " + "1388 0050 00000001 00000000 5002 2000 0000 0000"
	ping4  = eth4 + "4500001c 00000000 40010000 0a000001 0a000002 " + "0800 0000 0001 0002"
	tcp6   = eth6 + "60000000 0014 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002 " +
		"1388 0050 00000001 00000009 5010 2000 0000 0000"
	solicit = eth6 + "60000000 0018 3a ff fe800000000000000000000000000001 ff0200000000000000000001ff000002 " +
		"8700 0000 00000000 fe800000000000000000000000000002"
	whoHas = "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002"
)

// accepts runs a program in the filter machine of golang.org/x/net.
func accepts(t *testing.T, prog []abi.BpfInsn, packet []byte) bool {
	t.Helper()
	var raw []xbpf.RawInstruction
	for _, in := range prog {
		raw = append(raw, xbpf.RawInstruction{Op: in.Code, Jt: in.Jt, Jf: in.Jf, K: in.K})
	}
	list, ok := xbpf.Disassemble(raw)
	if !ok {
		t.Fatal("there are unknown instructions")
	}
	vm, err := xbpf.NewVM(list)
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run(packet)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

func TestCompile(t *testing.T) {
	packets := map[string]string{
		"tcp": tcpSyn, "udp": udpDNS, "opts": opts, "frag": frag, "ping": ping4, "tcp6": tcp6, "nd": solicit, "arp": whoHas,
	}
	for _, tt := range []struct{ filter, accepted string }{
		{"ip", "frag opts ping tcp udp"}, {"ip6", "nd tcp6"}, {"arp", "arp"}, {"icmp", "ping"}, {"icmp6", "nd"},
		{"tcp", "frag opts tcp tcp6"}, {"udp", "udp"}, {"port 80", "opts tcp tcp6"}, {"src port 80", ""},
		{"dst port 53", "udp"}, {"tcp port 5000", "opts tcp tcp6"}, {"host 10.0.0.2", "arp frag opts ping tcp"},
		{"10.1.0.2", "udp"}, {"src 10.0.0.2", ""}, {"dst host 10.0.0.2 and icmp", "ping"}, {"net 10.1.0.0/16", "udp"},
		{"net 10.0.0.0/8 and not arp", "frag opts ping tcp udp"}, {"net 0.0.0.0/0", "arp frag opts ping tcp udp"},
		{"host 2001:db8::2", "tcp6"}, {"net 2001:db8::/33", "tcp6"}, {"net fe80::/10", "nd"},
		{"not (tcp or udp) and not arp", "nd ping"}, {"! ip && !ip6", "arp"}, {"udp or icmp or arp", "arp ping udp"},
		{"ether host 02:00:00:00:00:02", "frag nd opts ping tcp tcp6 udp"}, {"ether 02:00:00:00:00:09", ""},
	} {
		prog, err := Compile(strings.Fields(tt.filter), abi.DLT_EN10MB)
		if err != nil {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		want := strings.Fields(tt.accepted)
		for name, text := range packets {
			is := strings.Contains(" "+strings.Join(want, " ")+" ", " "+name+" ")
			if got := accepts(t, prog, frame(t, text)); got != is {
				t.Errorf("%s: packet %s is accepted: %t", tt.filter, name, got)
			}
		}
	}
}

// TestCompileLoopback has the same packets behind another head.
func TestCompileLoopback(t *testing.T) {
	prog, err := Compile([]string{"dst", "port", "80", "and", "not", "arp"}, abi.DLT_NULL)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{tcpSyn, tcp6, opts} {
		if b := append([]byte{2, 0, 0, 0}, frame(t, text)[14:]...); !accepts(t, prog, b) {
			t.Errorf("%s is not accepted", Summary(abi.DLT_NULL, b))
		}
	}
	if _, err := Compile([]string{"ether", "host", "02:00:00:00:00:01"}, abi.DLT_NULL); err == nil {
		t.Error("an Ethernet address was taken")
	}
}

func TestCompileErrors(t *testing.T) {
	for filter, want := range map[string]string{
		"foo": `"foo" is not known`, "port x": "port needs a number", "port 65536": "port needs", "host": "ends too early",
		"host example.org": "names are not looked up", "(tcp": "a ) is missing", "tcp )": `does not go on with ")"`,
		"not": "ends too early", "net 10.0.0.1": "ADDRESS/LENGTH", "tcp and": "ends too early", "ether host x": "no Ethernet address",
		strings.Repeat("port 1 or ", 200) + "tcp": "too long",
	} {
		if _, err := Compile(strings.Fields(filter), abi.DLT_EN10MB); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s: %v", filter, err)
		}
	}
	if prog, err := Compile(nil, abi.DLT_EN10MB); prog != nil || err != nil {
		t.Errorf("no filter: %v, %v", prog, err)
	}
}

func TestSummary(t *testing.T) {
	for text, want := range map[string]string{
		tcpSyn:  "IP 10.0.0.1.5000 > 10.0.0.2.80: Flags [S], seq 1, win 8192, length 0",
		udpDNS:  "IP 10.0.0.1.5000 > 10.1.0.2.53: UDP, length 4",
		frag:    "IP 10.0.0.1 > 10.0.0.2: fragment at 128, length 20",
		ping4:   "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 2, length 8",
		tcp6:    "IP6 2001:db8::1.5000 > 2001:db8::2.80: Flags [.], seq 1, ack 9, win 8192, length 0",
		solicit: "IP6 fe80::1 > ff02::1:ff00:2: ICMP6, neighbor solicitation, who has fe80::2, length 24",
		whoHas:  "ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28",
	} {
		if got := Summary(abi.DLT_EN10MB, frame(t, text)); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func FuzzSummary(f *testing.F) {
	for _, text := range []string{tcpSyn, udpDNS, opts, frag, ping4, tcp6, solicit, whoHas} {
		f.Add(abi.DLT_EN10MB, frame(f, text))
	}
	f.Fuzz(func(t *testing.T, link int, b []byte) { _ = Summary(link, b) })
}

func FuzzCompile(f *testing.F) {
	f.Add("not (tcp port 80 or host 10.0.0.1) and ip6")
	f.Fuzz(func(t *testing.T, text string) { _, _ = Compile(strings.Fields(text), abi.DLT_EN10MB) })
}
