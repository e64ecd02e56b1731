package main

import (
	"bufio"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestHuman(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0B", 1023: "1023B", 1024: "1.0K", 1536: "1.5K", 10 << 10: "10K", 1 << 20: "1.0M",
		1023 << 10: "1023K", 1<<20 - 1: "1.0M", 5 << 30: "5.0G", 1<<64 - 1: "16E",
	} {
		if got := human(n); got != want {
			t.Errorf("human(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestModeString(t *testing.T) {
	for mode, want := range map[uint32]string{
		abi.S_IFREG | 0o644: "-rw-r--r--", abi.S_IFDIR | 0o1777: "drwxrwxrwt", abi.S_IFLNK | 0o777: "lrwxrwxrwx",
		abi.S_IFREG | 0o4755: "-rwsr-xr-x", abi.S_IFREG | 0o6644: "-rwSr-Sr--", abi.S_IFCHR: "c---------",
		abi.S_IFSOCK | 0o1600: "srw------T", abi.S_IFIFO | 0o600: "prw-------", 0: "?---------",
	} {
		if got := modeString(mode); got != want {
			t.Errorf("modeString(%#o) = %s, want %s", mode, got, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	tests := []struct {
		text string
		want uint64
		ok   bool
	}{
		{"0", 0, true}, {"4096", 4096, true}, {"64k", 64 << 10, true}, {"2M", 2 << 20, true}, {"1g", 1 << 30, true},
		{"", 0, false}, {"k", 0, false}, {"-1", 0, false}, {"1t", 0, false}, {"99999999999g", 0, false},
	}
	for _, tt := range tests {
		got, err := parseSize(tt.text)
		if (err == nil) != tt.ok || tt.ok && got != tt.want {
			t.Errorf("parseSize(%q) = %d, %v", tt.text, got, err)
		}
	}
}

func TestPercentRoundsAndKnowsNothing(t *testing.T) {
	if got := percent(1, 3) + percent(0, 5) + percent(5, 5) + percent(0, 0); got != "33%0%100%-" {
		t.Error(got)
	}
}

func TestTableAligns(t *testing.T) {
	var b strings.Builder
	k := &ctl{out: bufio.NewWriter(&b)}
	k.table([][]string{{"Name", "N"}, {"ü", "100"}, {"abcdef", "7"}}, "<>")
	k.out.Flush()
	if want := "Name     N\nü      100\nabcdef   7\n"; b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
