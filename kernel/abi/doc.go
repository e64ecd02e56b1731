// Package abi is the system call interface of NetBSD 7.99.34 on LP64 machines as
// data: error numbers, signals, constants and the memory layouts of the structures
// that cross the line between a client and a kernel.
//
// Constants carry their C names; leading underscores are dropped (PC_NAME_MAX) because
// Go could not export them. Error numbers are of type Errno, signals of type Signal,
// all others are untyped. A structure is named after the C one in CamelCase and its
// members likewise without their common prefix (st_birthtim is Stat.Birthtim).
//
// Layouts are those of a little-endian machine with 64-bit longs and pointers; padding
// is explicit, pointers are uint64 client addresses, a union is a byte array or its most
// general member. The host must be little endian too for a structure to be copied as it is.
package abi
