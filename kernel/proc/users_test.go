package proc_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/cred"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

func TestCharge(t *testing.T) {
	_, tab, _ := table(t, 0, 9)
	for i, tc := range []struct {
		uid     uint32
		n, most int64
		ok      bool
		has     int64
	}{
		{5, 3, 3, true, 3},
		{5, 1, 3, false, 3},
		{5, 1, proc.Unlimited, true, 4},
		{6, 1, 1, true, 1},
		{5, -3, 0, true, 1}, // giving back is never refused
		{5, -1, 0, true, 0},
		{5, 2, 1, false, 0},
	} {
		if ok := tab.Charge(tc.uid, proc.UserLocks, tc.n, tc.most); ok != tc.ok {
			t.Errorf("step %d: %v", i, ok)
		}
		if has := tab.Charged(tc.uid, proc.UserLocks); has != tc.has {
			t.Errorf("step %d: the user has %d, want %d", i, has, tc.has)
		}
	}
	if has := tab.Charged(6, proc.UserSockbufs); has != 0 {
		t.Errorf("locks are counted as %d bytes", has)
	}
}

// RLIMIT_NPROC bounds the processes of a real user, whoever is their parent;
// root's are not bounded, and the last slots of the table are root's.
func TestProcessesOfUsers(t *testing.T) {
	_, tab, init := table(t, 0, 12)
	one, two := fork(t, tab, init, "one"), fork(t, tab, init, "two")
	for _, p := range []*proc.Proc{one, two} {
		if err := p.SetLimit(abi.RLIMIT_NPROC, abi.Rlimit{Cur: 3, Max: 3}); err != nil {
			t.Fatal(err)
		}
		p.SetCred(cred.New(5, 5), true)
	}
	if n := tab.Charged(5, proc.UserProcs); n != 2 {
		t.Errorf("the user has %d processes", n)
	}
	kid := fork(t, tab, one, "")
	if _, err := tab.Rfork(two, proc.FDShare, ""); err != abi.EAGAIN {
		t.Errorf("a process too many: %v", err)
	}
	tab.Exit(lwp(t, kid, true))
	fork(t, tab, two, "")
	two.SetCred(cred.New(6, 6), true)
	if a, b := tab.Charged(5, proc.UserProcs), tab.Charged(6, proc.UserProcs); a != 2 || b != 1 {
		t.Errorf("after one has changed its user, they have %d and %d", a, b)
	}
	for tab.Len() < 12-5 {
		fork(t, tab, init, "root's")
	}
	if _, err := tab.Rfork(two, proc.FDShare, ""); err != abi.EAGAIN {
		t.Errorf("a user takes one of the last slots: %v", err)
	}
	fork(t, tab, init, "root's")
}

// Socket buffers are bounded by the limit of who asks for more.
func TestChargeSockbuf(t *testing.T) {
	_, tab, init := table(t, 0, 9)
	if err := init.SetLimit(abi.RLIMIT_SBSIZE, abi.Rlimit{Cur: 1000, Max: 1000}); err != nil {
		t.Fatal(err)
	}
	if !init.ChargeSockbuf(5, 900) || init.ChargeSockbuf(5, 101) || !init.ChargeSockbuf(5, -900) {
		t.Errorf("the user has %d bytes", tab.Charged(5, proc.UserSockbufs))
	}
}
