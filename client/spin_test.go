package client

import "testing"

// TestSpinner lets waits end in vain, and counts how many others go by before
// the next try.
func TestSpinner(t *testing.T) {
	ready := make(chan struct{}, 1)
	s := spinner{on: true}
	var got []uint8
	for range spinRest + 2 {
		s.wait(ready) // in vain
		got = append(got, s.rest)
		for s.rest > 0 {
			s.wait(ready)
		}
	}
	want := []uint8{1, 3, 7, 7, 7}
	if string(got) != string(want) {
		t.Errorf("rests of %v waits, want %v", got, want)
	}
}

// TestSpinnerOff waits on sides that do not try, and on those that need not.
func TestSpinnerOff(t *testing.T) {
	ready := make(chan struct{}, 1)
	var s spinner
	s.wait(ready)
	ready <- struct{}{}
	on := spinner{on: true}
	on.wait(ready)
	if s.missed != 0 || on.missed != 0 || len(ready) != 1 {
		t.Error("it was tried")
	}
}
