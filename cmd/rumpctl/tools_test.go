package main

import (
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestParseMode(t *testing.T) {
	tests := []struct {
		text     string
		from, to uint32
	}{
		{"644", abi.S_IFREG | 0o777, 0o644}, {"4755", abi.S_IFREG, 0o4755},
		{"u+x", abi.S_IFREG | 0o644, 0o744}, {"+x", abi.S_IFREG | 0o644, 0o755}, {"go-rw", abi.S_IFREG | 0o666, 0o600},
		{"u=rw,go=r", abi.S_IFREG | 0o4777, 0o644}, {"a=", abi.S_IFREG | 0o777, 0}, {"u+s", abi.S_IFREG | 0o755, 0o4755},
		{"g+s", abi.S_IFDIR | 0o755, 0o2755}, {"a=rx", abi.S_IFDIR | 0o2777, 0o2555}, {"+t", abi.S_IFDIR | 0o777, 0o1777},
		{"a+X", abi.S_IFREG | 0o644, 0o644}, {"a+X", abi.S_IFREG | 0o744, 0o755}, {"a+X", abi.S_IFDIR | 0o600, 0o711},
	}
	for _, tt := range tests {
		change, err := parseMode(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := change(tt.from); got != tt.to {
			t.Errorf("%s of %o: %o, want %o", tt.text, tt.from, got, tt.to)
		}
	}
	for _, bad := range []string{"", "9", "10000", "x", "u", "u+q", "z+r", "u+x,", "-1w"} {
		if _, err := parseMode(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestParseOwner(t *testing.T) {
	tests := []struct {
		text     string
		uid, gid int
		ok       bool
	}{
		{"1", 1, -1, true}, {"1:2", 1, 2, true}, {":2", -1, 2, true}, {"root:wheel", 0, 0, true},
		{"", 0, 0, false}, {":", 0, 0, false}, {"me", 0, 0, false}, {"-1", 0, 0, false}, {"4294967295", 0, 0, false},
	}
	for _, tt := range tests {
		if uid, gid, err := parseOwner(tt.text); (err == nil) != tt.ok || tt.ok && (uid != tt.uid || gid != tt.gid) {
			t.Errorf("%q: %d, %d, %v", tt.text, uid, gid, err)
		}
	}
}

func TestParseTime(t *testing.T) {
	got, err := parseTime("2024-02-29T12:00:00Z")
	if want := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "now", "2024-02-30"} {
		if _, err := parseTime(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestFind(t *testing.T) {
	file := &entry{name: "a.log", path: "/d/a.log", st: abi.Stat{Mode: abi.S_IFREG | 0o644}}
	tests := []struct {
		args  []string
		match bool
	}{
		{nil, true}, {[]string{"/x", "/y"}, true}, {[]string{"-name", "*.log"}, true}, {[]string{"/", "-name", "*.txt"}, false},
		{[]string{"-type", "f", "-name", "a*"}, true}, {[]string{"-type", "d"}, false},
	}
	for _, tt := range tests {
		f, dirs, err := parseFind(tt.args)
		if err != nil || len(dirs) == 0 || f.matches(file) != tt.match {
			t.Errorf("%q: %v, %v", tt.args, dirs, err)
		}
	}
	for _, bad := range [][]string{{"-name"}, {"-name", "["}, {"-type", "q"}, {"-size", "3"}, {"-name", "x", "/"}} {
		if _, _, err := parseFind(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
