package evcnt

import (
	"strings"
	"testing"
)

func TestRegistry(t *testing.T) {
	r := New()
	a := r.Attach(Misc, "disk", "reads")
	b := r.Attach(Intr, strings.Repeat("g", 300), "n")
	a.Add(2)
	a.Add(1)
	if a.Count() != 3 || a.Group() != "disk" || a.Name() != "reads" || a.Type() != Misc {
		t.Errorf("counter %+v", a)
	}
	if len(b.Group()) != 255 || b.Type() != Intr {
		t.Errorf("a long name has %d bytes", len(b.Group()))
	}
	before := r.List()
	r.Detach(a)
	r.Detach(a)
	if got := r.List(); len(got) != 1 || got[0] != b || len(before) != 2 {
		t.Errorf("%d counters are left", len(got))
	}
	var lone Counter
	lone.Add(1)
	if lone.Count() != 1 {
		t.Error("a counter that nobody sees does not count")
	}
}
