package sp

import "testing"

func TestNumber(t *testing.T) {
	for _, tc := range []struct {
		s        string
		most     uint64
		n        uint64
		ok, over bool
	}{
		{"0", 9, 0, true, false},
		{"007", 9, 7, true, false},
		{"255", 255, 255, true, false},
		{"256", 255, 0, false, true},
		{"65535", 65535, 65535, true, false},
		{"65536", 65535, 0, false, true},
		{"18446744073709551615", 1<<64 - 1, 1<<64 - 1, true, false},
		{"18446744073709551616", 1<<64 - 1, 0, false, true},
		{"99999999999999999999999", 1<<64 - 1, 0, false, true},
		{"8", 5, 0, false, true},
		{"", 9, 0, false, false},
		{"-1", 9, 0, false, false},
		{"1x", 9, 0, false, false},
		{"999x", 9, 0, false, false},
	} {
		n, ok, over := Number(tc.s, tc.most)
		if ok != tc.ok || over != tc.over || ok && n != tc.n {
			t.Errorf("Number(%q, %d) = %d, %v, %v", tc.s, tc.most, n, ok, over)
		}
	}
}
