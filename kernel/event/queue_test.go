package event_test

import (
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/event"
)

func TestNotifyReachesWhoAsked(t *testing.T) {
	var q event.Queue
	var got []string
	in := event.NewEntry(1, func(event.Mask) { got = append(got, "in") })
	out := event.NewEntry(4, func(event.Mask) { got = append(got, "out") })
	q.Add(in)
	q.Add(out)
	q.Notify(1)
	q.Notify(4 | 16)
	q.Remove(in)
	q.Remove(in) // twice does no harm
	q.Notify(1 | 4)
	want := []string{"in", "out", "out"}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("told %v, want %v", got, want)
	}
	q.Remove(out)
	if q.Len() != 0 {
		t.Errorf("%d left", q.Len())
	}
}

func TestEntriesMoveBetweenQueues(t *testing.T) {
	var a, b event.Queue
	e := event.NewEntry(1, func(event.Mask) {})
	a.Add(e)
	b.Remove(e) // not in this one
	if a.Len() != 1 {
		t.Fatal("removed from the wrong queue")
	}
	a.Remove(e)
	b.Add(e)
	if a.Len() != 0 || b.Len() != 1 {
		t.Errorf("%d and %d entries", a.Len(), b.Len())
	}
}

func TestQueueUnderLoad(t *testing.T) {
	var q event.Queue
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				e := event.NewEntry(1, func(event.Mask) {})
				q.Add(e)
				q.Notify(1)
				q.Remove(e)
			}
		})
	}
	wg.Wait()
	if q.Len() != 0 {
		t.Errorf("%d entries left", q.Len())
	}
}
