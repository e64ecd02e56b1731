// Filters: their words and their grammar.
//
//	filter  = all { "or" all }
//	all     = one { ["and"] one }
//	one     = ("not" | "!") one | "(" filter ")" | test
//	test    = PROTOCOL | ["src" | "dst"] ["host"] ADDRESS
//	        | ["src" | "dst"] "net" ADDRESS/LENGTH
//	        | ["src" | "dst"] "port" NUMBER | "ether" "host" MAC

package capture

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// node is a part of a filter.
type node interface{}

type (
	orNode    struct{ a, b node }
	andNode   struct{ a, b node }
	notNode   struct{ a node }
	protoNode struct{ name string }
	netNode   struct {
		side side
		net  netip.Prefix
	}
	portNode struct {
		side side
		port uint16
	}
	etherNode struct{ mac [6]byte }
)

// side is which end of a packet is meant.
type side int

const (
	either side = iota
	source
	destination
)

// Protocols are the protocols that a filter can name.
var Protocols = []string{"arp", "icmp", "icmp6", "ip", "ip6", "tcp", "udp"}

// parser reads the words of a filter.
type parser struct{ words []string }

// parse reads a filter; no words at all are no filter, nil.
func parse(words []string) (node, error) {
	text := strings.Join(words, " ")
	for _, c := range []string{"(", ")", "!"} {
		text = strings.ReplaceAll(text, c, " "+c+" ")
	}
	p := &parser{strings.Fields(text)}
	if len(p.words) == 0 {
		return nil, nil
	}
	n, err := p.filter()
	if err == nil && len(p.words) > 0 {
		err = fmt.Errorf("the filter does not go on with %q", p.words[0])
	}
	return n, err
}

func (p *parser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

// take takes the next word if it is one of these.
func (p *parser) take(words ...string) bool {
	for _, w := range words {
		if p.peek() == w {
			p.words = p.words[1:]
			return true
		}
	}
	return false
}

// next takes the next word.
func (p *parser) next() string {
	w := p.peek()
	if w != "" {
		p.words = p.words[1:]
	}
	return w
}

func (p *parser) filter() (node, error) {
	a, err := p.all()
	for err == nil && p.take("or", "||") {
		var b node
		b, err = p.all()
		a = orNode{a, b}
	}
	return a, err
}

func (p *parser) all() (node, error) {
	a, err := p.one()
	for err == nil {
		if w := p.peek(); w == "" || w == ")" || w == "or" || w == "||" {
			break
		}
		p.take("and", "&&")
		var b node
		b, err = p.one()
		a = andNode{a, b}
	}
	return a, err
}

// maxWords bounds the length of a filter, and so how deep it is nested.
const maxWords = 512

func (p *parser) one() (node, error) {
	if len(p.words) > maxWords {
		return nil, fmt.Errorf("the filter is too long")
	}
	switch {
	case p.take("not", "!"):
		a, err := p.one()
		return notNode{a}, err
	case p.take("("):
		a, err := p.filter()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a ) is missing in the filter")
		}
		return a, err
	}
	return p.test()
}

func (p *parser) test() (node, error) {
	for _, name := range Protocols {
		if p.take(name) {
			return protoNode{name}, nil
		}
	}
	if p.take("ether") {
		p.take("host")
		return parseEther(p.next())
	}
	s := either
	switch {
	case p.take("src"):
		s = source
	case p.take("dst"):
		s = destination
	}
	switch {
	case p.take("port"):
		port, err := strconv.ParseUint(p.next(), 10, 16)
		if err != nil {
			return nil, fmt.Errorf("port needs a number below 65536 in the filter")
		}
		return portNode{s, uint16(port)}, nil
	case p.take("net"):
		n, err := netip.ParsePrefix(p.next())
		if err != nil {
			return nil, fmt.Errorf("net needs ADDRESS/LENGTH in the filter")
		}
		return netNode{s, n.Masked()}, nil
	}
	host := p.take("host")
	return parseHost(s, p.next(), host || s != either)
}

// parseHost reads an address. said tells that one must come here.
func parseHost(s side, word string, said bool) (node, error) {
	a, err := netip.ParseAddr(word)
	switch {
	case err == nil:
		a = a.WithZone("").Unmap()
		return netNode{s, netip.PrefixFrom(a, a.BitLen())}, nil
	case word == "":
		return nil, fmt.Errorf("the filter ends too early")
	case said:
		return nil, fmt.Errorf("%q is no address, and names are not looked up in filters", word)
	}
	return nil, fmt.Errorf("%q is not known in filters; known are host, net, port, src, dst, ether, %s, and, or, not",
		word, strings.Join(Protocols, ", "))
}

func parseEther(word string) (node, error) {
	mac, err := net.ParseMAC(word)
	if err != nil || len(mac) != 6 {
		return nil, fmt.Errorf("%q is no Ethernet address", word)
	}
	return etherNode{[6]byte(mac)}, nil
}
