package targets

import (
	"testing"

	"github.com/rumpkit/rumpkit/gen/emit"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -4096: "-4,096"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestClosureIsAPartAndItsNeeds(t *testing.T) {
	part := func(name string, needs ...string) *emit.Part {
		p := &emit.Part{Name: name, Path: name}
		for _, n := range needs {
			p.Needs = append(p.Needs, emit.Need{Part: n})
		}
		return p
	}
	all := &emit.Kernel{Parts: []*emit.Part{
		part("base"), part("vfs", "base"), part("net", "base"), part("net/inet", "net"), part("net/local", "net", "vfs"),
	}}
	for i, want := range []string{"base", "base vfs", "base net", "base net net/inet", "base vfs net net/local"} {
		if got := names(closure(all, all.Parts[i])); got != want {
			t.Errorf("%s: %s, want %s", all.Parts[i].Name, got, want)
		}
	}
}
