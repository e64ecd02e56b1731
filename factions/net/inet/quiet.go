// What the stack would write to the standard error of the program.
package inet

import (
	"time"

	"gvisor.dev/gvisor/pkg/log"
)

// discard implements log.Emitter.
type discard struct{}

// Emit implements log.Emitter.
func (discard) Emit(int, log.Level, time.Time, string, ...any) {}

// silence keeps what the stack logs from the standard error, which belongs to
// the program that the kernel is in: counters tell of what the stack has
// dropped. The stack has one target for the whole process, no other way and no
// level that is quieter than a warning, so it is exchanged when a stack is
// about to be made. Who has set a target of his own keeps it.
func silence() {
	if _, first := log.Log().Emitter.(log.GoogleEmitter); first {
		log.SetTarget(discard{})
	}
}
