package file

import (
	"testing"

	"pgregory.net/rapid"
)

// A set knows its gaps and its last number as a plain map does.
func TestFdset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, model := newFdset(), map[int]bool{}
		num := rapid.IntRange(0, 9000)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			from := num.Draw(t, "from")
			to := min(9000, from+rapid.SampledFrom([]int{0, 1, 63, 64, 5000}).Draw(t, "more"))
			add := rapid.Bool().Draw(t, "add")
			for i := from; i <= to; i++ {
				if add {
					s.add(i)
					model[i] = true
				} else if model[i] {
					s.remove(i)
					delete(model, i)
				}
			}
			last := -1
			for i := range model {
				last = max(last, i)
			}
			least := num.Draw(t, "least")
			gap := least
			for model[gap] {
				gap++
			}
			if got := s.gap(least); got != gap || s.last != last || s.has(least) != model[least] {
				t.Fatalf("the gap from %d on is %d, want %d; the last is %d, want %d", least, got, gap, s.last, last)
			}
		}
	})
}
