// Package filter is the machine of bpf(4): programs that look at a packet and
// tell how much of it is wanted.
package filter

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Program is a checked program; the zero value wants every packet whole.
type Program []abi.BpfInsn

// All is what a program returns that wants a packet whole.
const All = ^uint32(0)

// Check returns the program made of insns: EINVAL unless each instruction is
// known, jumps stay inside, memory is in bounds, no constant divides by zero,
// and the last returns. Jumps lead forward, so every program ends.
func Check(insns []abi.BpfInsn) (Program, error) {
	n := len(insns)
	if n == 0 || n > abi.BPF_MAXINSNS {
		return nil, abi.EINVAL
	}
	for pc := range insns {
		if !valid(&insns[pc], uint64(n-pc-1)) {
			return nil, abi.EINVAL
		}
	}
	if insns[n-1].Code&classMask != abi.BPF_RET {
		return nil, abi.EINVAL
	}
	return insns, nil
}

// Parts of an instruction's code.
const (
	classMask = 0x07
	sizeMask  = 0x18
	modeMask  = 0xe0
	opMask    = 0xf0
	srcMask   = 0x08
	retMask   = 0x18
	miscMask  = 0xf8
)

// valid checks an instruction that is followed by left others.
func valid(in *abi.BpfInsn, left uint64) bool {
	c := in.Code
	switch c & classMask {
	case abi.BPF_LD, abi.BPF_LDX:
		return validLoad(in)
	case abi.BPF_ST, abi.BPF_STX:
		return c <= abi.BPF_STX && in.K < abi.BPF_MEMWORDS
	case abi.BPF_ALU:
		return validALU(in)
	case abi.BPF_JMP:
		switch c & opMask {
		case abi.BPF_JA:
			return c == abi.BPF_JMP && uint64(in.K) < left
		case abi.BPF_JEQ, abi.BPF_JGT, abi.BPF_JGE, abi.BPF_JSET:
			return c <= 0xff && uint64(in.Jt) < left && uint64(in.Jf) < left
		}
		return false
	case abi.BPF_RET:
		v := c &^ classMask
		return v == abi.BPF_K || v == abi.BPF_X || v == abi.BPF_A
	}
	v := c &^ classMask
	return v == abi.BPF_TAX || v == abi.BPF_TXA
}

func validLoad(in *abi.BpfInsn) bool {
	c := in.Code
	x := c&classMask == abi.BPF_LDX
	switch c & modeMask {
	case abi.BPF_IMM, abi.BPF_LEN:
		return c&sizeMask == abi.BPF_W && c <= 0xff
	case abi.BPF_MEM:
		return c&sizeMask == abi.BPF_W && in.K < abi.BPF_MEMWORDS
	case abi.BPF_ABS, abi.BPF_IND:
		return !x && c&sizeMask != sizeMask
	case abi.BPF_MSH:
		return x && c&sizeMask == abi.BPF_B
	}
	return false
}

func validALU(in *abi.BpfInsn) bool {
	if in.Code > 0xff {
		return false
	}
	switch in.Code & opMask {
	case abi.BPF_ADD, abi.BPF_SUB, abi.BPF_MUL, abi.BPF_OR, abi.BPF_AND, abi.BPF_XOR,
		abi.BPF_LSH, abi.BPF_RSH, abi.BPF_NEG:
		return true
	case abi.BPF_DIV, abi.BPF_MOD:
		return in.Code&srcMask == abi.BPF_X || in.K != 0
	}
	return false
}

// machine is the state of a run.
type machine struct {
	a, x uint32
	mem  [abi.BPF_MEMWORDS]uint32
	p    []byte
	wire uint32
}

// Run returns how much of a packet the program wants, 0 for nothing. p is what
// is there of the packet, wire its whole length. A load from beyond p wants
// nothing.
func (prog Program) Run(p []byte, wire int) uint32 {
	if len(prog) == 0 {
		return All
	}
	m := machine{p: p, wire: uint32(wire)}
	for pc := 0; ; pc++ {
		in := &prog[pc]
		switch in.Code & classMask {
		case abi.BPF_RET:
			return m.result(in)
		case abi.BPF_JMP:
			pc += m.jump(in)
		default:
			if !m.step(in) {
				return 0
			}
		}
	}
}

func (m *machine) result(in *abi.BpfInsn) uint32 {
	switch in.Code & retMask {
	case abi.BPF_A:
		return m.a
	case abi.BPF_X:
		return m.x
	}
	return in.K
}

// step performs what is no jump: false when the run is over.
func (m *machine) step(in *abi.BpfInsn) bool {
	switch in.Code & classMask {
	case abi.BPF_LD:
		return m.load(in)
	case abi.BPF_LDX:
		return m.loadX(in)
	case abi.BPF_ST:
		m.mem[in.K] = m.a
	case abi.BPF_STX:
		m.mem[in.K] = m.x
	case abi.BPF_ALU:
		return m.compute(in)
	case abi.BPF_MISC:
		if in.Code&miscMask == abi.BPF_TXA {
			m.a = m.x
		} else {
			m.x = m.a
		}
	}
	return true
}

// operand is the right side of an operation.
func (m *machine) operand(in *abi.BpfInsn) uint32 {
	if in.Code&srcMask == abi.BPF_X {
		return m.x
	}
	return in.K
}

// jump returns how many instructions are skipped.
func (m *machine) jump(in *abi.BpfInsn) int {
	v := m.operand(in)
	yes := false
	switch in.Code & opMask {
	case abi.BPF_JA:
		return int(in.K)
	case abi.BPF_JEQ:
		yes = m.a == v
	case abi.BPF_JGT:
		yes = m.a > v
	case abi.BPF_JGE:
		yes = m.a >= v
	case abi.BPF_JSET:
		yes = m.a&v != 0
	}
	if yes {
		return int(in.Jt)
	}
	return int(in.Jf)
}

func (m *machine) load(in *abi.BpfInsn) bool {
	at := uint64(in.K)
	switch in.Code & modeMask {
	case abi.BPF_IMM:
		m.a = in.K
		return true
	case abi.BPF_LEN:
		m.a = m.wire
		return true
	case abi.BPF_MEM:
		m.a = m.mem[in.K]
		return true
	case abi.BPF_IND:
		at += uint64(m.x)
	}
	size := uint64(4)
	switch in.Code & sizeMask {
	case abi.BPF_H:
		size = 2
	case abi.BPF_B:
		size = 1
	}
	if at+size > uint64(len(m.p)) {
		return false
	}
	switch b := m.p[at:]; size {
	case 1:
		m.a = uint32(b[0])
	case 2:
		m.a = uint32(binary.BigEndian.Uint16(b))
	default:
		m.a = binary.BigEndian.Uint32(b)
	}
	return true
}

func (m *machine) loadX(in *abi.BpfInsn) bool {
	switch in.Code & modeMask {
	case abi.BPF_IMM:
		m.x = in.K
	case abi.BPF_LEN:
		m.x = m.wire
	case abi.BPF_MEM:
		m.x = m.mem[in.K]
	case abi.BPF_MSH: // the length of an IPv4 header
		if uint64(in.K) >= uint64(len(m.p)) {
			return false
		}
		m.x = uint32(m.p[in.K]&0xf) << 2
	}
	return true
}

// compute performs arithmetic. A division by zero wants nothing.
func (m *machine) compute(in *abi.BpfInsn) bool {
	v := m.operand(in)
	switch in.Code & opMask {
	case abi.BPF_ADD:
		m.a += v
	case abi.BPF_SUB:
		m.a -= v
	case abi.BPF_MUL:
		m.a *= v
	case abi.BPF_DIV:
		if v == 0 {
			return false
		}
		m.a /= v
	case abi.BPF_MOD:
		if v == 0 {
			return false
		}
		m.a %= v
	case abi.BPF_OR:
		m.a |= v
	case abi.BPF_AND:
		m.a &= v
	case abi.BPF_XOR:
		m.a ^= v
	case abi.BPF_LSH:
		m.a <<= v & 31
	case abi.BPF_RSH:
		m.a >>= v & 31
	case abi.BPF_NEG:
		m.a = -m.a
	}
	return true
}
