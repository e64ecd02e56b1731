// Runs as tests.
package sim

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// SeedVar is the environment variable that has Test perform one run only, the
// one of that seed.
const SeedVar = "RUMPKIT_SEED"

// Test performs n runs of test, each with a seed of its own and as a subtest
// that is named after it. The seed of a run that fails is printed: it replays
// the run when the variable SeedVar has it. The first seeds are always the
// same ones, the last of several is new each time.
func Test(t *testing.T, n int, test func(t *testing.T, r *Run)) {
	t.Helper()
	if v := os.Getenv(SeedVar); v != "" {
		seed, err := strconv.ParseUint(v, 0, 64)
		if err != nil {
			t.Fatal(SeedVar, err)
		}
		one(t, seed, test)
		return
	}
	for i := range n {
		seed := uint64(i + 1)
		if i > 0 && i == n-1 {
			seed = rand.Uint64()
		}
		one(t, seed, test)
	}
}

// tailLen is how much of its trace a run that failed shows, in bytes.
const tailLen = 4 << 10

// one performs the run of a seed.
func one(t *testing.T, seed uint64, test func(t *testing.T, r *Run)) {
	t.Helper()
	s := strconv.FormatUint(seed, 10)
	t.Run("seed="+s, func(t *testing.T) {
		r := New(seed)
		defer func() {
			if t.Failed() {
				trace := r.Trace()
				t.Logf("the trace ends:\n%s", trace[max(0, len(trace)-tailLen):])
				t.Logf("to repeat it: %s=%s go test -run '%s'", SeedVar, s, t.Name())
			}
		}()
		if err := r.Do(func() { test(t, r) }); err != nil {
			t.Error(err)
		}
	})
}
