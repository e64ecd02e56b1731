package proc_test

import "testing"

// A process has one thread while one of its lwps makes calls, or as many as the
// server of a remote one has seen.
func TestAlone(t *testing.T) {
	_, tab, init := table(t, 0, 9)
	p := fork(t, tab, init, "p")
	is := func(what string, want bool) {
		t.Helper()
		if p.Alone() != want {
			t.Errorf("%s: alone is %v", what, !want)
		}
	}
	lwp(t, p, true).StandIn()
	is("nobody calls", true)
	lwp(t, p, true)
	is("one calls", true)
	second := lwp(t, p, true)
	is("two call", false)
	second.Release()
	is("one is gone", true)
	p.SetThreads(2)
	is("two calls at once were seen", false)
	lwp(t, p, true)
	p.SetThreads(1)
	is("one call at a time was seen", true)
}
