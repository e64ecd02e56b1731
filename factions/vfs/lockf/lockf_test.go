package lockf

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

const size = 24

// TestRanges plays random locks of two owners on a short file and on a model
// that has one entry for each byte.
func TestRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table Table
		var list List
		var model [2]held
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			who := rapid.IntRange(0, 1).Draw(t, "who")
			start := rapid.IntRange(0, size-1).Draw(t, "start")
			last := rapid.IntRange(start, size-1).Draw(t, "last")
			typ := rapid.SampledFrom([]int16{abi.F_RDLCK, abi.F_WRLCK, abi.F_UNLCK}).Draw(t, "type")
			k := Lock{Owner: who, Pid: int32(who), Type: typ, Start: int64(start), Last: int64(last)}
			if typ == abi.F_UNLCK {
				_ = table.Unlock(nil, &list, who, k.Start, k.Last)
			} else {
				want := model[1-who].allows(start, last, typ)
				if err := table.Set(nil, &list, k, false); (err == nil) != want {
					t.Fatalf("%+v: %v", k, err)
				} else if err != nil {
					continue
				}
			}
			for i := start; i <= last; i++ {
				model[who][i] = typ
			}
			check(t, &table, &list, &model)
		}
	})
}

// held is the type of one owner's lock on each byte.
type held [size]int16

// allows reports whether another owner may take a lock.
func (m *held) allows(start, last int, typ int16) bool {
	for _, typ2 := range m[start : last+1] {
		if typ2 == abi.F_WRLCK || typ2 == abi.F_RDLCK && typ == abi.F_WRLCK {
			return false
		}
	}
	return true
}

// check compares the list with the model, byte by byte, and sees that equal
// locks that touch are one.
func check(t *rapid.T, table *Table, list *List, model *[2]held) {
	var got [2]held
	for _, k := range list.locks {
		for i := k.Start; i <= k.Last; i++ {
			if got[k.Owner.(int)][i] != 0 {
				t.Fatalf("two locks on byte %d: %+v", i, list.locks)
			}
			got[k.Owner.(int)][i] = k.Type
		}
	}
	runs := 0
	for who := range got {
		prev := int16(0)
		for i, typ := range got[who] {
			want := model[who][i]
			if want == abi.F_UNLCK {
				want = 0
			}
			if typ != want {
				t.Fatalf("byte %d of %d is %d, the model says %d", i, who, typ, want)
			}
			if typ != prev && typ != 0 {
				runs++
			}
			prev = typ
		}
	}
	if n := table.Len(list); n != runs {
		t.Fatalf("%d locks where %d would do: %+v", n, runs, list.locks)
	}
}

func TestTooMany(t *testing.T) {
	var table Table
	var list List
	for i := range int64(maxLocks) {
		if err := table.Set(nil, &list, Lock{Owner: 1, Type: abi.F_RDLCK, Start: 2 * i, Last: 2 * i}, false); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := table.Set(nil, &list, Lock{Owner: 1, Type: abi.F_RDLCK, Start: 1 << 40, Last: End}, false); err != abi.ENOLCK {
		t.Errorf("one more: %v", err)
	}
	table.Release(&list, 1)
	if n := table.Len(&list); n != 0 {
		t.Errorf("%d locks left", n)
	}
}
