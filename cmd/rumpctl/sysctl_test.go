package main

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestFormatValues(t *testing.T) {
	n := func(name string, flags uint32) *node {
		return &node{name: name, mib: []int32{1, 1}, info: abi.Sysctlnode{Flags: flags}}
	}
	tests := []struct {
		node *node
		data string
		want string
	}{
		{n("a", abi.CTLTYPE_INT), "\xff\xff\xff\xff", "-1"},
		{n("a", abi.CTLTYPE_INT|abi.CTLFLAG_HEX), "\xff\xff\xff\xff", "0xffffffff"},
		{n("a", abi.CTLTYPE_INT|abi.CTLFLAG_UNSIGNED), "\xff\xff\xff\xff", "4294967295"},
		{n("a", abi.CTLTYPE_QUAD|abi.CTLFLAG_UNSIGNED), "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"},
		{n("a", abi.CTLTYPE_QUAD), "\x01\x00\x00\x00\x00\x00\x00\x00", "1"},
		{n("a", abi.CTLTYPE_BOOL), "\x01", "1"},
		{n("a", abi.CTLTYPE_STRING), "text\n\x00rest", "text"},
		{n("kern.clockrate", abi.CTLTYPE_STRUCT), "\x64\x00\x00\x00\x10\x27\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00",
			"hz = 100, tick = 10000, tickadj = 40, stathz = 1, profhz = 1"},
		{n("kern.clockrate", abi.CTLTYPE_STRUCT), "\x64", ""},
		{n("a", abi.CTLTYPE_STRUCT), "xxxx", ""},
		{n("a", abi.CTLTYPE_INT), "xxx", ""},
	}
	for _, tt := range tests {
		got, err := format(tt.node, []byte(tt.data))
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s %#x of %q: %q, %v", tt.node.name, tt.node.info.Flags, tt.data, got, err)
		}
	}
}

func TestParseValues(t *testing.T) {
	tests := []struct {
		kind uint32
		text string
		want string
		ok   bool
	}{
		{abi.CTLTYPE_INT, "-2", "\xfe\xff\xff\xff", true},
		{abi.CTLTYPE_INT, "0xffffffff", "\xff\xff\xff\xff", true},
		{abi.CTLTYPE_INT, "4294967296", "", false},
		{abi.CTLTYPE_QUAD, "1", "\x01\x00\x00\x00\x00\x00\x00\x00", true},
		{abi.CTLTYPE_BOOL, "true", "\x01", true},
		{abi.CTLTYPE_BOOL, "2", "", false},
		{abi.CTLTYPE_STRING, "moon", "moon\x00", true},
		{abi.CTLTYPE_NODE, "1", "", false},
		{abi.CTLTYPE_STRUCT, "1", "", false},
	}
	for _, tt := range tests {
		n := &node{info: abi.Sysctlnode{Flags: tt.kind}}
		got, err := parseValue(n, tt.text)
		if (err == nil) != tt.ok || tt.ok && string(got) != tt.want {
			t.Errorf("%d %q: %q, %v", tt.kind, tt.text, got, err)
		}
	}
}
