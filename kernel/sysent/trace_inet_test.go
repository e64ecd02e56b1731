package sysent

import (
	"net/netip"
	"testing"
)

func TestIPv6IsWrittenAsUsual(t *testing.T) {
	for _, want := range []string{
		"::", "::1", "fe80::1", "2001:db8::2:1", "2001:db8:0:1:1:1:1:1", "1:2:3:4:5:6:7:8", "1::8", "1:0:0:2::", "::ffff:102:304",
	} {
		var tr tracer
		tr.ipv6(netip.MustParseAddr(want).As16())
		if got := string(tr.dst); got != want {
			t.Errorf("%s written as %s", want, got)
		}
	}
}
