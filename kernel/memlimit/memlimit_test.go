package memlimit_test

import (
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/memlimit"
)

func TestCachesShrinkBeforeCallsFail(t *testing.T) {
	a := memlimit.New(100)
	cached := int64(40)
	if err := a.Reserve(cached); err != nil {
		t.Fatal(err)
	}
	a.OnPressure(func(want int64) int64 {
		n := min(want, cached)
		cached -= n
		a.Release(n)
		return n
	})
	if err := a.Reserve(90); err != nil {
		t.Fatalf("with %d to give back: %v", cached, err)
	}
	if cached != 10 || a.Used() != 100 {
		t.Errorf("%d cached, %d used; want 10 and 100", cached, a.Used())
	}
	if err := a.Reserve(11); err != abi.ENOMEM {
		t.Errorf("past the limit: %v", err)
	}
	if a.Used() != 90 { // the cache gave up its last 10
		t.Errorf("%d used after a refusal, want 90", a.Used())
	}
}

func TestNoLimit(t *testing.T) {
	var a memlimit.Account
	if err := a.Reserve(1 << 50); err != nil || a.Used() != 1<<50 {
		t.Errorf("%v, %d used", err, a.Used())
	}
}

func TestRefuseBy(t *testing.T) {
	a := memlimit.New(0)
	a.RefuseBy(func(n int64) bool { return n == 7 })
	if a.Reserve(7) == nil || a.Reserve(8) != nil || a.Used() != 8 {
		t.Errorf("%d bytes are reserved", a.Used())
	}
}

// Who asks for more than there is does not cost the others their caches, and
// nobody is refused for what another did not get.
func TestReserveTogether(t *testing.T) {
	a := memlimit.New(1000)
	a.OnPressure(func(int64) int64 {
		t.Error("a cache is shrunk for what can't be")
		return 0
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if err := a.Reserve(1001); err != abi.ENOMEM {
					t.Errorf("more than there is: %v", err)
				}
				if err := a.Reserve(125); err != nil {
					t.Errorf("an eighth: %v", err)
				}
				a.Release(125)
			}
		})
	}
	wg.Wait()
	if a.Used() != 0 {
		t.Errorf("%d bytes are left", a.Used())
	}
}

// A cache that lies about what it gave back does not keep anybody for ever.
func TestPressureEnds(t *testing.T) {
	a := memlimit.New(10)
	left := 3
	a.OnPressure(func(int64) int64 {
		if left == 0 {
			return 0
		}
		left--
		return 1
	})
	if a.Reserve(10) != nil || a.Reserve(1) != abi.ENOMEM || left != 0 {
		t.Errorf("%d bytes, %d times left", a.Used(), left)
	}
}
