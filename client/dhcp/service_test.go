package dhcp

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		line string
		want Status
	}{
		{"shmif0 state=selecting", Status{Interface: "shmif0", State: "selecting"}},
		{"shmif0 state=bound address=10.0.0.5/24 server=10.0.0.1 broadcast=10.0.0.255 time=3600 left=3599 renew=1799 rebind=3149 mtu=1400 " +
			"route=0.0.0.0/0,10.0.0.1 nameserver=10.0.0.3 nameserver=10.0.0.4 domain=a.b host=x news=1", Status{
			Interface: "shmif0", State: "bound", Left: 3599 * time.Second, Renew: 1799 * time.Second, Rebind: 3149 * time.Second,
			Lease: &Lease{
				Address: netip.MustParsePrefix("10.0.0.5/24"), Server: netip.MustParseAddr("10.0.0.1"), Broadcast: netip.MustParseAddr("10.0.0.255"),
				Time: time.Hour, MTU: 1400, Routes: []Route{{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("10.0.0.1")}},
				DNS: []netip.Addr{netip.MustParseAddr("10.0.0.3"), netip.MustParseAddr("10.0.0.4")}, Domain: "a.b", Host: "x",
			},
		}},
	} {
		if got := status(strings.Fields(tt.line)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v", tt.line, got)
		}
	}
}
