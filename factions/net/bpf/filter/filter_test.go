package filter

import (
	"encoding/binary"
	"testing"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func in(code uint16, jt, jf uint8, k uint32) abi.BpfInsn {
	return abi.BpfInsn{Code: code, Jt: jt, Jf: jf, K: k}
}

func ret(k uint32) abi.BpfInsn { return in(abi.BPF_RET|abi.BPF_K, 0, 0, k) }

// retA returns what is in A.
var retA = in(abi.BPF_RET|abi.BPF_A, 0, 0, 0)

func ld(mode uint16, k uint32) abi.BpfInsn { return in(abi.BPF_LD|mode, 0, 0, k) }

func alu(op uint16, k uint32) abi.BpfInsn { return in(abi.BPF_ALU|op, 0, 0, k) }

// TestRun runs programs on a packet of 0 1 2 … 63, of which 100 bytes were on
// the wire.
func TestRun(t *testing.T) {
	p := make([]byte, 64)
	for i := range p {
		p[i] = byte(i)
	}
	x := func(k uint32) abi.BpfInsn { return in(abi.BPF_LDX|abi.BPF_IMM, 0, 0, k) }
	for _, c := range []struct {
		name string
		prog []abi.BpfInsn
		want uint32
	}{
		{"constant", []abi.BpfInsn{ret(7)}, 7},
		{"word", []abi.BpfInsn{ld(abi.BPF_ABS|abi.BPF_W, 4), retA}, 0x04050607},
		{"half", []abi.BpfInsn{ld(abi.BPF_ABS|abi.BPF_H, 62), retA}, 0x3e3f},
		{"byte", []abi.BpfInsn{ld(abi.BPF_ABS|abi.BPF_B, 63), retA}, 63},
		{"word past the end", []abi.BpfInsn{ld(abi.BPF_ABS|abi.BPF_W, 61), retA}, 0},
		{"indirect", []abi.BpfInsn{x(10), ld(abi.BPF_IND|abi.BPF_B, 3), retA}, 13},
		{"indirect that wraps", []abi.BpfInsn{x(1<<32 - 1), ld(abi.BPF_IND|abi.BPF_B, 2), retA}, 0},
		{"length", []abi.BpfInsn{ld(abi.BPF_LEN, 0), retA}, 100},
		{"immediate", []abi.BpfInsn{ld(abi.BPF_IMM, 9), retA}, 9},
		{"header length", []abi.BpfInsn{in(abi.BPF_LDX|abi.BPF_MSH|abi.BPF_B, 0, 0, 0x15), in(abi.BPF_MISC|abi.BPF_TXA, 0, 0, 0), retA}, 20},
		{"memory", []abi.BpfInsn{ld(abi.BPF_IMM, 5), in(abi.BPF_ST, 0, 0, 3), ld(abi.BPF_IMM, 1), ld(abi.BPF_MEM, 3), retA}, 5},
		{"memory of X", []abi.BpfInsn{x(6), in(abi.BPF_STX, 0, 0, 15), in(abi.BPF_LDX|abi.BPF_MEM, 0, 0, 15), in(abi.BPF_RET|abi.BPF_X, 0, 0, 0)}, 6},
		{"tax", []abi.BpfInsn{ld(abi.BPF_IMM, 3), in(abi.BPF_MISC|abi.BPF_TAX, 0, 0, 0), in(abi.BPF_RET|abi.BPF_X, 0, 0, 0)}, 3},
		{"add", []abi.BpfInsn{ld(abi.BPF_IMM, 3), alu(abi.BPF_ADD, 4), retA}, 7},
		{"sub", []abi.BpfInsn{ld(abi.BPF_IMM, 3), alu(abi.BPF_SUB, 4), retA}, 1<<32 - 1},
		{"mul", []abi.BpfInsn{ld(abi.BPF_IMM, 3), alu(abi.BPF_MUL, 4), retA}, 12},
		{"div", []abi.BpfInsn{ld(abi.BPF_IMM, 13), alu(abi.BPF_DIV, 4), retA}, 3},
		{"mod", []abi.BpfInsn{ld(abi.BPF_IMM, 13), alu(abi.BPF_MOD, 4), retA}, 1},
		{"div by X of 0", []abi.BpfInsn{ld(abi.BPF_IMM, 13), alu(abi.BPF_DIV|abi.BPF_X, 0), retA}, 0},
		{"or, and, xor", []abi.BpfInsn{ld(abi.BPF_IMM, 8), alu(abi.BPF_OR, 3), alu(abi.BPF_AND, 9), alu(abi.BPF_XOR, 1), retA}, 8},
		{"shifts", []abi.BpfInsn{ld(abi.BPF_IMM, 8), alu(abi.BPF_LSH, 4), alu(abi.BPF_RSH, 3), retA}, 16},
		{"neg", []abi.BpfInsn{ld(abi.BPF_IMM, 1), alu(abi.BPF_NEG, 0), retA}, 1<<32 - 1},
		{"jump", []abi.BpfInsn{in(abi.BPF_JMP|abi.BPF_JA, 0, 0, 1), ret(1), ret(2)}, 2},
		{"jeq", []abi.BpfInsn{ld(abi.BPF_IMM, 5), in(abi.BPF_JMP|abi.BPF_JEQ, 1, 0, 5), ret(1), ret(2)}, 2},
		{"jgt", []abi.BpfInsn{ld(abi.BPF_IMM, 5), in(abi.BPF_JMP|abi.BPF_JGT, 1, 0, 5), ret(1), ret(2)}, 1},
		{"jge by X", []abi.BpfInsn{x(5), ld(abi.BPF_IMM, 5), in(abi.BPF_JMP|abi.BPF_JGE|abi.BPF_X, 1, 0, 9), ret(1), ret(2)}, 2},
		{"jset", []abi.BpfInsn{ld(abi.BPF_IMM, 5), in(abi.BPF_JMP|abi.BPF_JSET, 1, 0, 4), ret(1), ret(2)}, 2},
	} {
		prog, err := Check(c.prog)
		if err != nil {
			t.Errorf("%s: refused", c.name)
			continue
		}
		if got := prog.Run(p, 100); got != c.want {
			t.Errorf("%s: %#x, want %#x", c.name, got, c.want)
		}
	}
	if got := Program(nil).Run(p, 100); got != All {
		t.Errorf("no program wants %d", got)
	}
}

func TestCheck(t *testing.T) {
	long := make([]abi.BpfInsn, abi.BPF_MAXINSNS+1)
	for i := range long {
		long[i] = ret(0)
	}
	for name, prog := range map[string][]abi.BpfInsn{
		"nothing":              nil,
		"too long":             long,
		"no return at the end": {ret(0), ld(abi.BPF_IMM, 0)},
		"a jump out":           {in(abi.BPF_JMP|abi.BPF_JA, 0, 0, 1), ret(0)},
		"a jump far out":       {in(abi.BPF_JMP|abi.BPF_JA, 0, 0, 1<<32-1), ret(0)},
		"a branch out":         {in(abi.BPF_JMP|abi.BPF_JEQ, 0, 1, 0), ret(0)},
		"memory out of bounds": {in(abi.BPF_ST, 0, 0, abi.BPF_MEMWORDS), ret(0)},
		"a load out of memory": {ld(abi.BPF_MEM, abi.BPF_MEMWORDS), ret(0)},
		"division by 0":        {alu(abi.BPF_DIV, 0), ret(0)},
		"modulo 0":             {alu(abi.BPF_MOD, 0), ret(0)},
		"a size there is not":  {ld(abi.BPF_ABS|sizeMask, 0), ret(0)},
		"a mode there is not":  {ld(0xc0, 0), ret(0)},
		"a coprocessor":        {in(abi.BPF_MISC|abi.BPF_COP, 0, 0, 0), ret(0)},
		"an operation too far": {alu(0xb0, 0), ret(0)},
		"high bits":            {in(0x100|abi.BPF_ALU, 0, 0, 0), ret(0)},
	} {
		if _, err := Check(prog); err != abi.EINVAL {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzRun runs whatever passes the check.
func FuzzRun(f *testing.F) {
	f.Add([]byte{0x28, 0, 0, 0, 12, 0, 0, 0, 0x15, 0, 0, 1, 0, 8, 0, 0, 6, 0, 0, 0, 96, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0}, []byte("packet"))
	f.Fuzz(func(t *testing.T, code, p []byte) {
		var insns []abi.BpfInsn
		for ; len(code) >= 8; code = code[8:] {
			insns = append(insns, in(binary.LittleEndian.Uint16(code), code[2], code[3], binary.LittleEndian.Uint32(code[4:])))
		}
		if prog, err := Check(insns); err == nil {
			prog.Run(p, len(p))
		}
	})
}
