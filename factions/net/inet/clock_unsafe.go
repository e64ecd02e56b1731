// The stack's times, made without its arithmetic: many are asked for with each
// segment.
package inet

import (
	"unsafe"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// One of these does not compile when the stack's time is no longer a count of
// nanoseconds in 64 bits.
const (
	_ = unsafe.Sizeof(tcpip.MonotonicTime{}) - unsafe.Sizeof(int64(0))
	_ = unsafe.Sizeof(int64(0)) - unsafe.Sizeof(tcpip.MonotonicTime{})
)

// monotonic returns a reading of the monotonic clock, in nanoseconds, as the
// stack has it.
func monotonic(ns int64) tcpip.MonotonicTime { return *(*tcpip.MonotonicTime)(unsafe.Pointer(&ns)) }
