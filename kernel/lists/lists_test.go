package lists_test

import (
	"slices"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/lists"
)

func TestWithout(t *testing.T) {
	tests := []struct {
		list []int
		e    int
		want []int
	}{
		{nil, 1, nil},
		{[]int{1}, 1, nil},
		{[]int{1, 2, 3}, 4, []int{1, 2, 3}},
		{[]int{1, 2, 1, 3, 1}, 1, []int{2, 3}},
	}
	for _, tt := range tests {
		got := lists.Without(slices.Clone(tt.list), tt.e)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v without %d: %v; want %v", tt.list, tt.e, got, tt.want)
		}
	}
}

func TestWithoutKeepsNothingAlive(t *testing.T) {
	a, b := new(int), new(int)
	list := []*int{a, b}
	if got := lists.Without(list, a); len(got) != 1 || got[0] != b || list[1] != nil {
		t.Errorf("left %v of %v", got, list)
	}
}
