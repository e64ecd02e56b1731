// Values of variables as text, and text as values.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// format is a value as text.
func format(n *node, b []byte) (string, error) {
	switch n.kind() {
	case abi.CTLTYPE_STRING:
		return strings.TrimRight(cstring(b), "\n"), nil
	case abi.CTLTYPE_STRUCT:
		return formatStruct(n, b)
	}
	if n.name == "kern.msgbuf" {
		return "", errors.New("its text is shown by rumpctl dmesg")
	}
	v, ok := number(b)
	if !ok {
		return "", fmt.Errorf("%d bytes, which is no number", len(b))
	}
	switch f := n.info.Flags; {
	case v == noLimit && strings.Contains(n.name, ".rlimit."):
		return "unlimited", nil
	case f&abi.CTLFLAG_HEX != 0:
		return fmt.Sprintf("%#x", uint64(v)&(1<<(8*len(b)-1)<<1-1)), nil
	case f&abi.CTLFLAG_UNSIGNED != 0:
		return strconv.FormatUint(uint64(v)&(1<<(8*len(b)-1)<<1-1), 10), nil
	}
	return strconv.FormatInt(v, 10), nil
}

// noLimit is the value of a resource limit that limits nothing.
const noLimit = 1<<63 - 1

// number is a BOOL, INT or QUAD.
func number(b []byte) (int64, bool) {
	switch len(b) {
	case 1:
		return int64(b[0]), true
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b))), true
	case 8:
		return int64(binary.LittleEndian.Uint64(b)), true
	}
	return 0, false
}

// formatStruct shows the structures that have a text.
func formatStruct(n *node, b []byte) (string, error) {
	word := func(i int) int32 { return int32(binary.LittleEndian.Uint32(b[4*i:])) }
	long := func(i int) int64 { return int64(binary.LittleEndian.Uint64(b[8*i:])) }
	switch {
	case n.name == "kern.clockrate" && len(b) >= 20:
		return fmt.Sprintf("hz = %d, tick = %d, tickadj = %d, stathz = %d, profhz = %d",
			word(0), word(1), word(2), word(3), word(4)), nil
	case n.name == "kern.boottime" && len(b) >= 16:
		return time.Unix(long(0), long(1)).Format(time.ANSIC), nil
	case n.name == "kern.cp_time" && len(b) >= 40:
		return fmt.Sprintf("user = %d, nice = %d, sys = %d, intr = %d, idle = %d",
			long(0), long(1), long(2), long(3), long(4)), nil
	}
	return "", fmt.Errorf("a structure of %d bytes, which rumpctl can't show", len(b))
}

// parseValue is text as a value of the node's type.
func parseValue(n *node, text string) ([]byte, error) {
	switch n.kind() {
	case abi.CTLTYPE_STRING:
		return append([]byte(text), 0), nil
	case abi.CTLTYPE_BOOL:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, usagef("%q is neither 0 nor 1", text)
		}
		if v {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	case abi.CTLTYPE_INT:
		v, err := parseInt(text, 32)
		return binary.LittleEndian.AppendUint32(nil, uint32(v)), err
	case abi.CTLTYPE_QUAD:
		if text == "unlimited" {
			text = strconv.Itoa(noLimit)
		}
		v, err := parseInt(text, 64)
		return binary.LittleEndian.AppendUint64(nil, uint64(v)), err
	case abi.CTLTYPE_NODE:
		return nil, usagef("it holds variables and has no value itself")
	}
	return nil, usagef("rumpctl can't set a structure")
}

// parseInt reads a number that fits bits, signed or unsigned; 0x is hex.
func parseInt(text string, bits int) (int64, error) {
	if v, err := strconv.ParseInt(text, 0, bits); err == nil {
		return v, nil
	}
	v, err := strconv.ParseUint(text, 0, bits)
	if err != nil {
		return 0, usagef("%q is no number of %d bits", text, bits)
	}
	return int64(v), nil
}
