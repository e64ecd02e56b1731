package cred_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/cred"
)

func TestClonesAreApart(t *testing.T) {
	c := &cred.Cred{Euid: 5, Groups: []uint32{1, 2}}
	n := c.Clone()
	n.Groups[0] = 9
	if c.Groups[0] != 1 {
		t.Error("a clone shares its groups")
	}
}

func TestGroupsAndSignals(t *testing.T) {
	c := &cred.Cred{Ruid: 10, Euid: 11, Egid: 3, Groups: []uint32{7}}
	for gid, want := range map[uint32]bool{3: true, 7: true, 8: false} {
		if c.InGroup(gid) != want {
			t.Errorf("in group %d: %v", gid, !want)
		}
	}
	if !c.CanSignal(&cred.Cred{Ruid: 10}) || !c.CanSignal(&cred.Cred{Ruid: 11}) || c.CanSignal(&cred.Cred{Ruid: 12, Svuid: 12}) {
		t.Error("who may be signalled")
	}
	if !cred.Root().CanSignal(c) {
		t.Error("root may signal all")
	}
}
