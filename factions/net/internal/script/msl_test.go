package script

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestLifetime sets how long a segment lives, in half-seconds: a closed
// connection is remembered for twice as long, from its last segment.
func TestLifetime(t *testing.T) {
	for _, c := range []struct {
		msl  int32
		rest string
	}{
		{1, "+500ms < F. 1:1 ack 2\n> . 2:2 ack 2\n+1100ms < F. 1:1 ack 2\n> R 2:2"},
		{60, "+59s < F. 1:1 ack 2\n> . 2:2 ack 2\n+61s < F. 1:1 ack 2\n> R 2:2"},
	} {
		a := accepted(t)
		a.Sysctl(c.msl, abi.CTL_NET, abi.PF_INET, abi.IPPROTO_TCP, abi.TCPCTL_MSL)
		a.Close(a.fd)
		a.c.Run("> F. 1:1 ack 1\n< . 1:1 ack 2\n< F. 1:1 ack 2\n> . 2:2 ack 2\n" + c.rest)
	}
}
