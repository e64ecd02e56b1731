// The commands of scripts.
package sockets_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// machine runs the commands of one case in a process of its own.
type machine struct {
	t   *testing.T
	c   *client.Client
	fds map[string]int
	// ports are those that sockets are bound to, by the sockets' names.
	ports map[string]uint16
	kq    int
}

func newMachine(t *testing.T, c *client.Client) *machine {
	return &machine{t: t, c: c, fds: map[string]int{}, ports: map[string]uint16{}, kq: -1}
}

func (m *machine) end() {
	if err := m.c.Exit(); err != nil {
		m.t.Error(err)
	}
}

// run performs a command and returns the answer.
func (m *machine) run(args []string) string {
	cmd, ok := commands[args[0]]
	if !ok {
		m.t.Fatalf("no command %q", args[0])
	}
	for len(args) < 5 {
		args = append(args, "")
	}
	answer, err := cmd(m, args[1:])
	switch e, ok := err.(abi.Errno); {
	case err == nil && answer == "":
		return "ok"
	case err == nil:
		return answer
	case ok:
		return e.Name()
	}
	m.t.Fatal(err)
	return ""
}

// fd returns the descriptor with a name; other words are numbers.
func (m *machine) fd(name string) int {
	if n, ok := m.fds[name]; ok {
		return n
	}
	return atoi(name)
}

func atoi(s string) int {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return 99
	}
	return int(n)
}

// addr returns the address that a word means: a path, or 4:PORT, 6:PORT,
// 4:NAME (the port of a socket). 4@HOST:PORT and 6@HOST:PORT are of other hosts
// than this.
func (m *machine) addr(word string) []byte {
	if fam, rest, ok := strings.Cut(word, "@"); ok {
		host, port, _ := strings.Cut(rest, ":")
		if fam == "6" {
			i := strings.LastIndex(rest, ":")
			host, port = rest[:i], rest[i+1:]
		}
		b, a := m.addr(fam+":"+port), netip.MustParseAddr(host)
		copy(b[len(b)-map[string]int{"4": 12, "6": 20}[fam]:], a.AsSlice())
		return b
	}
	fam, rest, _ := strings.Cut(word, ":")
	port := uint16(0)
	if p, ok := m.ports[rest]; ok {
		port = p
	} else if rest != "" {
		port = uint16(atoi(rest))
	}
	switch fam {
	case "nil":
		return nil
	case "4":
		return []byte{16, abi.AF_INET, byte(port >> 8), byte(port), 127, 0, 0, 1, 15: 0}
	case "6":
		return []byte{28, abi.AF_INET6, byte(port >> 8), byte(port), 23: 1, 27: 0}
	}
	return append([]byte{byte(len(word) + 2), abi.AF_LOCAL}, word...)
}

// show prints an address.
func (m *machine) show(sa []byte) string {
	if len(sa) < 2 {
		return fmt.Sprintf("%d bytes", len(sa))
	}
	switch sa[1] {
	case abi.AF_INET, abi.AF_INET6:
		port := uint16(sa[2])<<8 | uint16(sa[3])
		for _, name := range slices.Sorted(mapKeys(m.ports)) {
			if m.ports[name] == port {
				return fmt.Sprintf("%d:%s", sa[0], name)
			}
		}
		return fmt.Sprintf("%d:%s", sa[0], map[bool]string{true: "0", false: "port"}[port == 0])
	}
	return fmt.Sprintf("%d/%d %q", sa[0], len(sa), sa[2:])
}

func mapKeys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// flags returns the sum of named constants and numbers.
func flags(words ...string) (n int) {
	for _, w := range words {
		for _, p := range strings.Split(w, "|") {
			if v, ok := consts[p]; ok {
				n |= v
			} else if p != "" && p != "0" {
				n |= atoi(p)
			}
		}
	}
	return n
}

// names prints the bits of n that a list names.
func names(n int, list ...string) string {
	var out []string
	for _, name := range list {
		if n&consts[name] == consts[name] {
			out = append(out, strings.TrimPrefix(name, "MSG_"))
			n &^= consts[name]
		}
	}
	if n != 0 {
		out = append(out, fmt.Sprintf("%#x", n))
	}
	if out == nil {
		return "0"
	}
	return strings.Join(out, "|")
}
