package inet_test

import (
	"testing"

	"gvisor.dev/gvisor/pkg/log"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// TestSilence: once a kernel has a socket, what the stack logs is written
// nowhere; a target that a program sets is left alone.
func TestSilence(t *testing.T) {
	x := newBox(t)
	x.close(x.socket(abi.AF_INET, abi.SOCK_DGRAM, 0))
	if _, loud := log.Log().Emitter.(log.GoogleEmitter); loud {
		t.Error("the stack writes to stderr")
	}
	old := log.Log().Emitter
	defer log.SetTarget(old)
	mine := &log.TestEmitter{TestLogger: t}
	log.SetTarget(mine)
	y := newBox(t)
	y.close(y.socket(abi.AF_INET, abi.SOCK_DGRAM, 0))
	if log.Log().Emitter != log.Emitter(mine) {
		t.Error("the program's own target is gone")
	}
}
