package vfs

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// names returns the paths of the NAMEI records in a file, once there are n.
func (g *guest) names(path string, n int) (names []string) {
	g.t.Helper()
	for range 1000 {
		names = nil
		for b := []byte(g.take(path)); len(b) >= 56; {
			size := int(binary.LittleEndian.Uint32(b))
			if binary.LittleEndian.Uint16(b[4:]) == abi.KTR_NAMEI {
				names = append(names, string(b[56:56+size]))
			}
			b = b[56+size:]
		}
		if len(names) >= n {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return names
}

func TestKtraceToAFile(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/trace", "", 0o600)
	app := g.as(0, 0)
	pid := app.l.Proc().Pid
	const ops = abi.KTROP_SET | abi.KTRFACv2
	for range 2 { // the second goes on where the first has ended
		if err := g.v.SysKtrace(g.l, str("/tmp/trace"), ops, abi.KTRFAC_NAMEI, pid); err != nil {
			t.Fatal(err)
		}
		app.put("/tmp/x", "x", 0o600)
		_, _ = app.open("/no/such", 0, 0)
		if err := g.v.SysKtrace(g.l, str(""), abi.KTROP_CLEAR, abi.KTRFAC_MASK, pid); err != nil {
			t.Fatal(err)
		}
		app.put("/tmp/y", "y", 0o600)
	}
	if got := strings.Join(g.names("/tmp/trace", 4), " "); got != "/tmp/x /no/such /tmp/x /no/such" {
		t.Errorf("names: %s", got)
	}
}

func TestKtraceFiles(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/mine", "", 0o600)
	user := g.as(7, 7)
	for _, tt := range []struct {
		who  *guest
		path string
		err  error
	}{
		{g, "/tmp/none", abi.ENOENT},
		{g, "/tmp", abi.EISDIR},
		{g, "/dev/null", abi.EACCES},
		{user, "/tmp/mine", abi.EACCES},
	} {
		err := g.v.SysKtrace(tt.who.l, str(tt.path), abi.KTROP_SET, abi.KTRFAC_NAMEI, tt.who.l.Proc().Pid)
		if err != tt.err {
			t.Errorf("%s: %v, want %v", tt.path, err, tt.err)
		}
	}
}

func TestKtraceEndsWithTheKernel(t *testing.T) {
	g := boot(t, kernel.Config{})
	g.put("/tmp/trace", "", 0o600)
	if err := g.v.SysKtrace(g.l, str("/tmp/trace"), abi.KTROP_SET, abi.KTRFAC_NAMEI|abi.KTRFAC_INHERIT, 1); err != nil {
		t.Fatal(err)
	}
	child := g.as(0, 0)
	child.put("/tmp/x", "x", 0o600)
	if err := g.b.Close(); err != nil {
		t.Fatal(err)
	}
	if g.b.Ktrace.On() {
		t.Error("still on")
	}
}
