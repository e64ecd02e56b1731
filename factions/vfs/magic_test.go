package vfs

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestMagicLinks(t *testing.T) {
	g := boot(t, kernel.Config{Hostname: "here"})
	w := walk{v: g.v, l: g.l, cred: g.l.Cred()}
	for target, want := range map[string]string{
		"plain":                    "plain",
		"@hostname":                "here",
		"/tmp/@machine/x":          "/tmp/" + abi.Machine + "/x",
		"@machine_arch":            abi.MachineArch,
		"a@{osrelease}b":           "a" + abi.OSRelease + "b",
		"@{ostype}-@{uid}":         abi.OSType + "-0",
		"@ruid/@gid/@rgid":         "0/0/0",
		"@emul/@kernel_ident":      "netbsd/RUMPKIT",
		"@machines/@hostname.net":  "@machines/@hostname.net",
		"@{hostname":               "@{hostname",
		"me@example/@unknown/@":    "me@example/@unknown/@",
		"@domainname/x":            "/x",
		"@@hostname":               "@here",
		"{@{hostname}}/{hostname}": "{here}/{hostname}",
	} {
		if got := w.magic(target); got != want {
			t.Errorf("%q: %q, want %q", target, got, want)
		}
	}
	g.put("/tmp/here", "found", 0o644)
	g.do("symlink", g.v.Symlink(g.l, "@hostname", "/tmp/link"))
	if _, err := g.v.Open(g.l, "/tmp/link", abi.O_RDONLY, 0); err != abi.ENOENT {
		t.Errorf("off: %v", err)
	}
	g.v.magicLinks.Store(1)
	f, err := g.v.Open(g.l, "/tmp/link", abi.O_RDONLY, 0)
	g.do("open", err)
	g.do("close", f.Drop(g.l))
}
