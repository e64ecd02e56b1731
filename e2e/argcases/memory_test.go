package argcases

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/kernel/sysent"
)

// badAddress is an address of nothing.
const badAddress = 0xbad000

// env is what a case knows while it runs: its variables, and what is to be
// looked at after the call.
type env struct {
	names *names
	vars  map[string]uint64
	frame *sysent.Frame
	// checks compare memory with what the table says of it.
	checks []func() error
}

// eval computes an expression: numbers, constants and variables, joined by
// |, + and - from left to right.
func (e *env) eval(s string) (uint64, error) {
	total, op, rest := uint64(0), byte('+'), s
	for {
		if rest != "" && rest[0] == '-' && op == '+' {
			op, rest = '-', rest[1:]
		}
		n := strings.IndexAny(rest, "|+-")
		term := rest
		if n >= 0 {
			term = rest[:n]
		}
		v, err := e.term(term)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", s, err)
		}
		switch op {
		case '|':
			total |= v
		case '+':
			total += v
		case '-':
			total -= v
		}
		if n < 0 {
			return total, nil
		}
		op, rest = rest[n], rest[n+1:]
	}
}

func (e *env) term(s string) (uint64, error) {
	if name, ok := strings.CutPrefix(s, "$"); ok {
		v, ok := e.vars[name]
		if !ok {
			return 0, errors.New("the variable has no value")
		}
		return v, nil
	}
	if typ, ok := strings.CutPrefix(s, "sizeof."); ok {
		_, size, ok := e.names.layout(typ)
		if !ok {
			return 0, errors.New("no such type")
		}
		return uint64(size), nil
	}
	if v, _, ok := e.names.value(s); ok {
		return v, nil
	}
	return strconv.ParseUint(s, 0, 64)
}

// memory makes the memory that a node stands for, and remembers to look at it
// after the call.
func (e *env) memory(n *node) (b []byte, err error) {
	switch n.kind {
	case text:
		b = append([]byte(n.text), 0)
	case zeros:
		size, err := e.eval(n.text)
		if err != nil {
			return nil, err
		}
		b = make([]byte, size)
	case packed:
		for i := range n.items {
			if b, err = e.pack(b, &n.items[i]); err != nil {
				return nil, err
			}
		}
	case typed:
		b, err = e.structure(n)
	default:
		return nil, fmt.Errorf("%s is no memory", n.text)
	}
	if n.after != nil && err == nil {
		e.checks = append(e.checks, func() error { return e.compare(n.after, b) })
	}
	return b, err
}

// isMemory says that a node stands for memory and not for a number.
func (n *node) isMemory() bool {
	return n.kind == text || n.kind == zeros || n.kind == packed || n.kind == typed
}

// word returns a number, or the address of memory.
func (e *env) word(n *node) (uint64, error) {
	switch {
	case n.isMemory():
		b, err := e.memory(n)
		return e.frame.Pin(b), err
	case n.kind == null:
		return 0, nil
	case n.kind == bad:
		return badAddress, nil
	}
	return e.eval(n.text)
}

// widths are the numbers of packed memory, in bytes.
var widths = map[string]int{"u8": 1, "u16": 2, "u32": 4, "u64": 8, "be16": 2, "be32": 4, "ptr": 8}

// store puts v into b, big end first if the name of its width says so.
func store(b []byte, v uint64, big bool) {
	var le [8]byte
	binary.LittleEndian.PutUint64(le[:], v)
	for i := range min(len(b), 8) {
		if big {
			b[len(b)-1-i] = le[i]
		} else {
			b[i] = le[i]
		}
	}
}

// load is the reverse of store.
func load(b []byte, big bool) uint64 {
	var le [8]byte
	for i := range min(len(b), 8) {
		le[i] = b[i]
		if big {
			le[i] = b[len(b)-1-i]
		}
	}
	return binary.LittleEndian.Uint64(le[:])
}

// pack appends a field. Strings come without a NUL.
func (e *env) pack(b []byte, it *item) ([]byte, error) {
	if width, ok := widths[it.name]; ok {
		v, err := e.word(&it.node)
		b = append(b, make([]byte, width)...)
		store(b[len(b)-width:], v, it.name[0] == 'b')
		return b, err
	}
	inner, err := e.memory(&it.node)
	if it.kind == text {
		inner = inner[:len(it.text)]
	}
	return append(b, inner...), err
}

// structure makes a structure of package abi.
func (e *env) structure(n *node) ([]byte, error) {
	fields, size, ok := e.names.layout(n.text)
	if !ok {
		return nil, fmt.Errorf("no structure %s", n.text)
	}
	b := make([]byte, size)
	return b, eachField(fields, n, func(f field, it *item) error { return e.fill(b[f.off:f.off+f.size], f, it) })
}

// eachField calls do for each field that n gives, those without a name in
// order.
func eachField(fields []field, n *node, do func(field, *item) error) error {
	for i := range n.items {
		it, at := &n.items[i], i
		if it.name != "" {
			for at = 0; at < len(fields) && fields[at].name != it.name; at++ {
			}
		}
		if at >= len(fields) {
			return fmt.Errorf("%s has no field %s%d", n.text, it.name, i)
		}
		if err := do(fields[at], it); err != nil {
			return fmt.Errorf("%s.%s: %w", n.text, fields[at].name, err)
		}
	}
	return nil
}

// fill stores a field: a number or a pointer, or bytes.
func (e *env) fill(b []byte, f field, it *item) error {
	if _, number := f.typ.Underlying().(*types.Basic); number || !it.isMemory() {
		v, err := e.word(&it.node)
		store(b, v, false)
		return err
	}
	inner, err := e.memory(&it.node)
	copy(b, inner)
	return err
}

// compare says how memory differs from what n says of it. A variable without
// a value gets it.
func (e *env) compare(n *node, b []byte) error {
	switch n.kind {
	case any_:
	case text:
		if !bytes.HasPrefix(b, []byte(n.text)) {
			return fmt.Errorf("got %q, want %q", b[:min(len(b), len(n.text)+8)], n.text)
		}
	case zeros:
		size, err := e.eval(n.text)
		if err != nil || uint64(len(b)) < size || len(bytes.Trim(b[:size], "\x00")) != 0 {
			return fmt.Errorf("got %q, want %d zeros", b, size)
		}
	case packed:
		return e.comparePacked(n, b)
	case typed:
		fields, size, ok := e.names.layout(n.text)
		if !ok || len(b) < size {
			return fmt.Errorf("no %s in %d bytes", n.text, len(b))
		}
		return eachField(fields, n, func(f field, it *item) error { return e.compare(&it.node, b[f.off:f.off+f.size]) })
	default:
		return e.same(n, load(b, false), len(b))
	}
	return nil
}

func (e *env) comparePacked(n *node, b []byte) error {
	for i := range n.items {
		it := &n.items[i]
		size := widths[it.name]
		switch {
		case it.kind == text:
			size = len(it.text)
		case it.kind == typed:
			_, size, _ = e.names.layout(it.text)
		case it.kind == zeros:
			v, err := e.eval(it.text)
			if err != nil {
				return err
			}
			size = int(v)
		}
		if size == 0 || size > len(b) {
			return fmt.Errorf("field %d does not fit", i)
		}
		part := b[:size]
		if it.name != "" && it.name[0] == 'b' {
			part = make([]byte, size)
			store(part, load(b[:size], true), false)
		}
		if err := e.compare(&it.node, part); err != nil {
			return fmt.Errorf("field %d: %w", i, err)
		}
		b = b[size:]
	}
	return nil
}

// same says how v, of that many bytes, differs from a number. A variable
// without a value gets v.
func (e *env) same(n *node, v uint64, size int) error {
	if n.kind == any_ {
		return nil
	}
	if name, ok := strings.CutPrefix(n.text, "$"); ok && n.kind == number {
		if _, known := e.vars[name]; !known {
			e.vars[name] = v
			return nil
		}
	}
	want, err := e.word(n)
	if err != nil {
		return err
	}
	if unused := 64 - 8*min(size, 8); (v^want)<<unused != 0 {
		return fmt.Errorf("got %d (%#x), want %s", int64(v), v, n.text)
	}
	return nil
}
