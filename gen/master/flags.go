package master

// The columns of the switch table that follow from a signature.

import (
	"strconv"
	"strings"
)

// The bits of sy_flags.
const (
	FlagIndirect uint32 = 0x0000002
	// FlagNArgs64Shift is where the number of 64-bit arguments stands.
	FlagNArgs64Shift        = 12
	FlagRet64        uint32 = 0x0010000
	// FlagArg0Is64 is argument 0's bit; those of the others follow.
	FlagArg0Is64 uint32 = 0x0020000
	FlagNoSys    uint32 = 0x2000000
	FlagArgPtr   uint32 = 0x4000000
)

// flags fills in Flags, NArg and ArgSize.
func (e *Entry) flags() {
	if e.Indirect {
		e.Flags |= FlagIndirect
	}
	if e.Ret == "quad_t" || e.Ret == "off_t" {
		e.Flags |= FlagRet64
	}
	wide := uint32(0)
	for k, arg := range e.Args {
		e.NArg += arg.Slots
		if is64(arg.Type) && k < 8 {
			wide++
			e.Flags |= FlagArg0Is64 << k
		}
		if strings.Contains(arg.Type, "*") {
			e.Flags |= FlagArgPtr
		}
	}
	e.Flags |= wide << FlagNArgs64Shift
	e.ArgSize = 8 * e.NArg
}

// is64 are the types that are 64 bits wide on every machine.
func is64(typ string) bool { return typ == "quad_t" || isAligned(typ) }

func itoa(n int) string { return strconv.Itoa(n) }
