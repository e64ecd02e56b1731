package netlab_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/netlab"
)

// soaks is how many networks TestSoak makes; RUMPKIT_SOAK asks for more.
const soaks = 20

// TestSoak sends streams over networks with faults of every kind at once,
// to be there in the end, whole.
func TestSoak(t *testing.T) {
	n := soaks
	if s := os.Getenv("RUMPKIT_SOAK"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	var all time.Duration
	for seed := range uint64(n) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { all += soak(t, seed) })
	}
	t.Logf("%v in %d networks", all, n)
}

// soak returns how long the network of a seed has lived.
func soak(t *testing.T, seed uint64) time.Duration {
	rng := rand.New(rand.NewPCG(seed, 0))
	lab := netlab.New(t, netlab.Seed(seed))
	a, r, b := lab.Host("a"), lab.Router("r"), lab.Host("b")
	for _, ends := range [][]*netlab.Node{{a, r}, {r, b}} {
		f := netlab.Faults{
			Loss: 0.001 + 0.1*rng.Float64(), Duplicate: 0.2 * rng.Float64(), Reorder: 0.2 * rng.Float64(),
			Delay: time.Duration(rng.IntN(50)) * time.Millisecond, Jitter: time.Duration(rng.IntN(50)) * time.Millisecond,
		}
		t.Logf("%+v", f)
		lab.Wire(f, ends...)
	}
	lab.Route()
	transfer(t, a, b, b.Addr(), 100_000)
	transfer(t, b, a, a.Addr6(), 100_000)
	return lab.Elapsed()
}
