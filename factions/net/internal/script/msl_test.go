package script

import "testing"

// TestLifetime: a closed connection is remembered for twice as long as a
// segment lives, from its last segment; ten seconds in a network that the
// kernel is in.
func TestLifetime(t *testing.T) {
	for _, c := range []struct {
		set  func(a *app)
		rest string
	}{
		{func(*app) {}, "+9s < F. 1:1 ack 2\n> . 2:2 ack 2\n+11s < F. 1:1 ack 2\n> R 2:2"},
		{func(a *app) { a.SysctlNamed("net.inet.tcp.mslt.local", 1) }, "+500ms < F. 1:1 ack 2\n> . 2:2 ack 2\n+1100ms < F. 1:1 ack 2\n> R 2:2"},
		{func(a *app) { a.SysctlNamed("net.inet6.tcp6.mslt.enable", 0) }, "+59s < F. 1:1 ack 2\n> . 2:2 ack 2\n+61s < F. 1:1 ack 2\n> R 2:2"},
	} {
		a := accepted(t)
		c.set(a)
		a.Close(a.fd)
		a.c.Run("> F. 1:1 ack 1\n< . 1:1 ack 2\n< F. 1:1 ack 2\n> . 2:2 ack 2\n" + c.rest)
	}
}
