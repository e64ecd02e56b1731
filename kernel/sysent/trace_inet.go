// Internet addresses in traces.
package sysent

import "strconv"

// ipv4 appends a.b.c.d.
func (t *tracer) ipv4(a [4]byte) {
	for i, octet := range a {
		if i > 0 {
			t.dst = append(t.dst, '.')
		}
		t.dst = strconv.AppendUint(t.dst, uint64(octet), 10)
	}
}

// ipv6 appends an address with its longest run of zero groups left out
// (RFC 5952).
func (t *tracer) ipv6(a [16]byte) {
	start, end := zeroRun(a)
	for g := 0; g < 8; g++ {
		if g == start {
			t.str("::")
			g = end - 1
			continue
		}
		if g > 0 && g != end {
			t.str(":")
		}
		t.dst = strconv.AppendUint(t.dst, uint64(a[2*g])<<8|uint64(a[2*g+1]), 16)
	}
}

// zeroRun returns the first and the end of the longest run of two or more zero
// groups, -1 and -1 when there is none.
func zeroRun(a [16]byte) (start, end int) {
	start, end = -1, -1
	for g := 0; g < 8; g++ {
		n := g
		for n < 8 && a[2*n] == 0 && a[2*n+1] == 0 {
			n++
		}
		if n-g > max(end-start, 1) {
			start, end = g, n
		}
		g = max(g, n-1)
	}
	return start, end
}

// port appends the port of a socket address.
func (t *tracer) port(sockaddr []byte) {
	t.str(":")
	t.dst = strconv.AppendUint(t.dst, uint64(sockaddr[2])<<8|uint64(sockaddr[3]), 10)
}
