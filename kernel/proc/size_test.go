package proc

import (
	"reflect"
	"testing"
)

// Objects of this size begin at a line of the cache, so that lwps on several
// processors do not slow each other down.
func TestCacheLine(t *testing.T) {
	if n := reflect.TypeFor[LWP]().Size(); n%64 != 0 {
		t.Errorf("an lwp has %d bytes, not a multiple of 64", n)
	}
}
