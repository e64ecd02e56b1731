// The words of a bus that its members change without its lock.
package shmif

import (
	"sync/atomic"
	"unsafe"
)

// word returns the aligned 32-bit word at byte off of mem.
func word(mem []byte, off int) *atomic.Uint32 {
	_ = mem[off+3]
	return (*atomic.Uint32)(unsafe.Pointer(&mem[off]))
}

// word64 returns the aligned 64-bit word at byte off of mem.
func word64(mem []byte, off int) *atomic.Uint64 {
	_ = mem[off+7]
	return (*atomic.Uint64)(unsafe.Pointer(&mem[off]))
}
