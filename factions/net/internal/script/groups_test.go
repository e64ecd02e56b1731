package script

import (
	"testing"

	"github.com/rumpkit/rumpkit/factions/net/internal/box"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestGroups asks for groups of the link, with NetBSD's answers.
func TestGroups(t *testing.T) {
	w := New(t, 1)
	const add, del = abi.SIOCADDMULTI, abi.SIOCDELMULTI
	group, any4, host := []byte{16, 2, 0, 0, 239, 1, 1, 1}, []byte{16, 2, 0, 0, 0, 0, 0, 0}, []byte{16, 2, 0, 0, 10, 0, 0, 1}
	raw, rawHost := []byte{16, 0, 1, 0, 0x5e, 1, 2, 3}, []byte{16, 0, 2, 0, 0x5e, 1, 2, 3}
	group6, any6 := []byte{28, 24, 0, 0, 0, 0, 0, 0, 0xff, 2, 23: 9}, []byte{28, 24}
	link := []byte{16, 18, 1, 0, 0x5e, 1, 2, 3}
	for k, c := range []struct {
		name string
		cmd  uint32
		sa   []byte
		want error
	}{
		{"wire0", del, group, abi.ENXIO}, {"wire0", add, group, nil}, {"wire0", add, group, nil},
		{"wire0", del, group, nil}, {"wire0", del, group, nil}, {"wire0", del, group, abi.ENXIO},
		{"wire0", add, any4, nil}, {"wire0", del, any4, nil}, {"wire0", del, any4, abi.ENXIO},
		{"wire0", add, host, nil}, {"wire0", del, host, nil},
		{"wire0", add, raw, nil}, {"wire0", del, raw, nil}, {"wire0", del, raw, abi.ENXIO},
		{"wire0", add, rawHost, abi.EINVAL}, {"wire0", del, rawHost, abi.EINVAL}, {"wire0", add, link, abi.EAFNOSUPPORT},
		{"wire0", add, group6, nil}, {"wire0", del, group6, nil},
		{"wire0", add, any6, nil}, {"wire0", del, any6, nil}, {"wire0", del, any6, abi.ENXIO},
		{"lo0", add, group, nil}, {"lo0", del, group, nil}, {"lo0", del, group, nil}, {"lo0", add, group6, nil},
		{"lo0", add, raw, abi.EAFNOSUPPORT}, {"lo0", add, link, abi.EAFNOSUPPORT},
	} {
		if err := box.Ioctl(w.Box, abi.AF_INET, c.cmd, box.Ifreq(c.name, c.sa...)); err != c.want {
			t.Errorf("case %d: %v, want %v", k, err, c.want)
		}
	}
	full := error(nil)
	for k := 0; full == nil && k < 1<<16; k++ {
		full = box.Ioctl(w.Box, abi.AF_INET, add, box.Ifreq("wire0", 16, 2, 0, 0, 239, 1, byte(k>>8), byte(k)))
	}
	w.Want(full, abi.ENOBUFS)
}
