package targets

import (
	"slices"
	"strings"
	"testing"
)

func TestTallyCountsAndShowsFailures(t *testing.T) {
	events := `{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: broken\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:7: needs root\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p","Test":"TestC"}
{"Action":"pass","Package":"p"}
{"Action":"output","Package":"p.q","Test":"TestD","Output":"panic: test timed out after 5m0s\n"}
{"Action":"fail","Package":"p.q"}
not json
`
	var tl tally
	var out strings.Builder
	tl.read(strings.NewReader(events), &out)
	if tl.passed != 1 || tl.failed != 2 || tl.skipped != 1 {
		t.Errorf("counted %d passed, %d failed, %d skipped; want 1, 2 and 1", tl.passed, tl.failed, tl.skipped)
	}
	for _, want := range []string{"ok  \tp", "a_test.go:3: broken", "timed out", "not json"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, out.String())
		}
	}
	if want := []string{"p TestA", "p.q TestD, which did not end"}; !slices.Equal(tl.failures, want) {
		t.Errorf("failures: %q", tl.failures)
	}
	if len(tl.skippedWhy) != 1 || tl.skippedWhy[0] != "TestB: needs root" {
		t.Errorf("skips: %q", tl.skippedWhy)
	}
}

func TestSelectionNames(t *testing.T) {
	tests := []struct{ selection, normal, binary, pkg string }{
		{"base", "base", "rump-base", "base"},
		{"net,vfs", "vfs,net", "rump-vfs-net", "vfsnet"},
		{"dev, vfs, net", "vfs,net,dev", "rump-vfs-net-dev", "vfsnetdev"},
		{"base,vfs", "vfs", "rump-vfs", "vfs"},
		{"vfs/tmpfs,net/inet", "vfs/tmpfs,net/inet", "rump-vfs_tmpfs-net_inet", "vfstmpfsnetinet"},
	}
	for _, tt := range tests {
		n := normal(tt.selection)
		if n != tt.normal || binaryName(n) != tt.binary || packageName(n) != tt.pkg {
			t.Errorf("%q: %q %q %q, want %q %q %q", tt.selection, n, binaryName(n), packageName(n), tt.normal, tt.binary, tt.pkg)
		}
	}
}

func TestOnlyLate(t *testing.T) {
	const progress = "fuzz: elapsed: 5s, execs: 42662 (6927/sec), new interesting: 55 (total: 64)\n"
	for out, want := range map[string]bool{
		progress + "--- FAIL: FuzzSelect (5.16s)\n    context deadline exceeded\nFAIL\nexit status 1\n":                              true,
		progress + "--- FAIL: FuzzSelect (1.16s)\n    --- FAIL: FuzzSelect (0.00s)\n        select_test.go:9: no\n    Failing input": false,
		progress + "--- FAIL: FuzzSelect (5.16s)\n    context deadline exceeded\n    Failing input written to x\nFAIL\n":             false,
		"context deadline exceeded\nFAIL\n": false,
	} {
		if got := onlyLate(out); got != want {
			t.Errorf("%v of %q", got, out)
		}
	}
}
