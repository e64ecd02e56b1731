package vnode

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

// BenchmarkNames looks up names of a directory of few and of one of many, at
// random: what the latter costs more is waiting for memory.
func BenchmarkNames(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			c := NewNameCache(1<<20, memlimit.New(0), 7)
			dir, names := new(Vnode), make([]string, n)
			for i := range names {
				names[i] = strconv.Itoa(i)
				v := new([4]Vnode) // as far from each other as those of files
				v[0].refs.Store(1)
				c.enter(dir, names[i], &v[0])
			}
			r := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				vp, ok := c.find(dir, strconv.Itoa(r.IntN(n)))
				if !ok {
					b.Fatal("it is gone")
				}
				vp.refs.Add(-1)
			}
		})
	}
}
