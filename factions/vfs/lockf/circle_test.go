package lockf

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const (
	files  = 3
	owners = 5
	bytes  = 4
)

// world is who has which byte of which file, and who waits for what.
type world struct {
	has  [files][owners][bytes]int16
	want [owners]*lockOn
}

type lockOn struct {
	file, start, last int
	typ               int16
}

// stops reports whether o is in the way of w of who.
func (m *world) stops(o, who int, w *lockOn) bool {
	for i := w.start; o != who && i <= w.last; i++ {
		if has := m.has[w.file][o][i]; has == abi.F_WRLCK || has == abi.F_RDLCK && w.typ == abi.F_WRLCK {
			return true
		}
	}
	return false
}

// circle reports whether who would wait for itself: the transitive closure of
// who waits for whom says so.
func (m *world) circle(who int, w *lockOn) bool {
	var waits [owners][owners]bool
	for a := range owners {
		for b := range owners {
			want := m.want[a]
			if a == who {
				want = w
			}
			waits[a][b] = want != nil && m.stops(b, a, want)
		}
	}
	for k := range owners {
		for a := range owners {
			for b := range owners {
				waits[a][b] = waits[a][b] || waits[a][k] && waits[k][b]
			}
		}
	}
	return waits[who][who]
}

// TestCircles compares what is taken for a deadlock with a model that knows all
// locks on all files, and nothing of lists.
func TestCircles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table Table
		var lists [files]List
		var m world
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			who := rapid.IntRange(0, owners-1).Draw(t, "who")
			w := &lockOn{file: rapid.IntRange(0, files-1).Draw(t, "file"), start: rapid.IntRange(0, bytes-1).Draw(t, "start"),
				typ: rapid.SampledFrom([]int16{abi.F_RDLCK, abi.F_WRLCK, abi.F_WRLCK}).Draw(t, "type")}
			w.last = rapid.IntRange(w.start, bytes-1).Draw(t, "last")
			k := Lock{Owner: who, Pid: int32(who), Type: w.typ, Start: int64(w.start), Last: int64(w.last)}
			if old := m.want[who]; old != nil { // called away
				m.want[who] = nil
				table.leave(table.waits[who][0])
			}
			switch err := table.Set(nil, &lists[w.file], k, false); err {
			case nil:
				for i := w.start; i <= w.last; i++ {
					m.has[w.file][who][i] = w.typ
				}
				continue
			case abi.EAGAIN:
			default:
				t.Fatal(err)
			}
			got, want := table.circle(&waiter{&lists[w.file], k}), m.circle(who, w)
			if got != want {
				t.Fatalf("%d wants %+v: a circle is %v, the model says %v", who, *w, got, want)
			}
			if !got {
				m.want[who] = w
				table.enter(&waiter{&lists[w.file], k})
			}
		}
	})
}

// chain has owners 1 to n-1 wait each for the next one, each on a file of its own,
// and returns what would wait for 1.
func chain(t *testing.T, table *Table, n int) *waiter {
	lock := func(who int) Lock { return Lock{Owner: who, Pid: int32(who), Type: abi.F_WRLCK, Last: End} }
	lists := make([]List, n+1)
	for who := 1; who <= n; who++ {
		if err := table.Set(nil, &lists[who], lock(who), false); err != nil {
			t.Fatal(err)
		}
		if who > 1 {
			table.enter(&waiter{&lists[who], lock(who - 1)})
		}
	}
	return &waiter{&lists[1], lock(0)}
}

// TestDepth: a chain that is too long is taken for a circle.
func TestDepth(t *testing.T) {
	var short, long Table
	if w := chain(t, &short, maxDepth-1); short.circle(w) {
		t.Error("a chain is a circle")
	}
	if w := chain(t, &long, maxDepth); !long.circle(w) {
		t.Error("a chain has no end")
	}
}

// TestWide: layers of processes, each of which waits for all of the next, are
// looked at once, not by each way that leads to them.
func TestWide(t *testing.T) {
	const layers, wide = 20, 20
	var table Table
	lists := make([]List, layers+1)
	for at := range layers {
		for i := range wide {
			who := at*wide + i
			k := Lock{Owner: who, Pid: int32(who), Type: abi.F_RDLCK, Last: End}
			if err := table.Set(nil, &lists[at], k, false); err != nil {
				t.Fatal(err)
			}
			k.Type = abi.F_WRLCK
			if at+1 < layers {
				table.enter(&waiter{&lists[at+1], k})
			}
		}
	}
	if table.circle(&waiter{&lists[0], Lock{Owner: -1, Type: abi.F_WRLCK, Last: End}}) {
		t.Error("a circle")
	}
}

// TestSeveralLwps: who sleeps in one lwp and may go on in another waits for nobody.
func TestSeveralLwps(t *testing.T) {
	var table Table
	w := chain(t, &table, 3)
	w.k.Owner = 3
	if !table.circle(w) {
		t.Fatal("no circle")
	}
	other := &waiter{new(List), Lock{Owner: 2, Pid: 2, Type: abi.F_RDLCK, Last: End}}
	table.enter(other)
	if table.circle(w) {
		t.Error("a circle through a process of two")
	}
	table.leave(other)
	if !table.circle(w) {
		t.Error("no circle when one is gone")
	}
}
