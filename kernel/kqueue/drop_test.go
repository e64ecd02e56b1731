package kqueue

import (
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// dropping is a filter during whose attach something happens.
type dropping struct {
	during             func(n *knote)
	err                error
	attached, detached int
}

func (d *dropping) attach(_ *proc.LWP, n *knote) error {
	d.during(n)
	d.attached++
	return d.err
}

func (d *dropping) detach(*knote) { d.detached += d.attached }

func (*dropping) check(*proc.LWP, *knote, *abi.Kevent) bool { return true }

func (*dropping) taken(*knote) {}

// A note that is dropped before its watch has begun ends it, once.
func TestDropWhileAttaching(t *testing.T) {
	for _, tc := range []struct {
		name   string
		during func(n *knote)
		err    error
	}{
		{"closing the queue", func(n *knote) { _ = n.q.Close(nil, nil) }, nil},
		{"closing the file", func(n *knote) { n.q.drop(n) }, nil},
		{"both", func(n *knote) { n.q.drop(n); _ = n.q.Close(nil, nil) }, nil},
		{"failing", func(*knote) {}, abi.ENXIO},
		{"closing, then failing", func(n *knote) { _ = n.q.Close(nil, nil) }, abi.ENXIO},
	} {
		q := &Queue{notes: map[key]*knote{}}
		d := &dropping{during: tc.during, err: tc.err}
		n := &knote{q: q, f: d}
		if err := q.begin(nil, n); err != tc.err {
			t.Errorf("%s: %v", tc.name, err)
		}
		q.drop(n)
		if d.detached != 1 || len(q.notes) != 0 || q.active != 0 {
			t.Errorf("%s: detached %d times, %d notes, %d active", tc.name, d.detached, len(q.notes), q.active)
		}
	}
}
