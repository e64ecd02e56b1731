package main

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/client/netctl"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/tailored/all"
)

func TestLookup(t *testing.T) {
	k, err := all.Boot(kernel.Config{Host: quiet{hypercall.Real()}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	c, err := client.New(k, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Exit()
	variable := ""
	ctl := &ctl{c: c, getenv: func(string) string { return variable }}
	for _, test := range []struct {
		host   string
		family int
		want   string
	}{
		{"10.0.0.1", 0, "10.0.0.1"}, {"localhost", 0, "127.0.0.1"}, {"localhost", 24, "::1"},
		{"fe80::1%lo0", 0, "fe80::1%"}, {"fe80::1", 2, "is no IPv4 address"},
		{"db.test", 0, "set RUMP_NAMESERVER"},
	} {
		a, err := ctl.lookup(test.host, test.family)
		if got := fmt.Sprint(a, err); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s", test.host, got)
		}
	}
	n := netctl.New(c)
	for _, err := range []error{
		n.Create("uplink0"), n.AddAddr("uplink0", netctl.Addr{Prefix: netip.MustParsePrefix("10.0.2.15/24")}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ variable, want string }{
		{"", "[10.0.2.3]"}, {"10.0.0.1, fd00::1", "[10.0.0.1 fd00::1]"}, {"ns.test", "RUMP_NAMESERVER"},
	} {
		variable = test.variable
		list, err := ctl.nameservers()
		if got := fmt.Sprint(list, err); !strings.Contains(got, test.want) {
			t.Errorf("%q: %s", test.variable, got)
		}
	}
	// Nobody listens there.
	variable = "127.0.0.1"
	if _, err := ctl.lookup("db.test", 0); err == nil || !strings.Contains(err.Error(), "asking 127.0.0.1") {
		t.Error(err)
	}
}
