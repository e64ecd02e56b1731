// Package emit holds the rule that makes Go types of the table's C types, and
// the emitters: each turns the model into one generated file or a few.
package emit

import (
	"fmt"
	"go/token"
	"path"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

// Import paths that generated code names.
const (
	Module      = "github.com/rumpkit/rumpkit"
	KernelPath  = Module + "/kernel"
	ABIPath     = KernelPath + "/abi"
	ProcPath    = KernelPath + "/proc"
	SysentPath  = KernelPath + "/sysent"
	UsermemPath = KernelPath + "/usermem"
)

// LinkFlags tell the go command how programs are linked: without symbols, and
// with functions at multiples of 16 bytes instead of 32. Calls take as long,
// and a hundredth of the program is padding less.
const LinkFlags = "-ldflags=-s -w -funcalign=16"

// Type is a Go type that generated code names.
type Type struct {
	// Pkg is the import path, "" for a predeclared type.
	Pkg, Name string
	// Of is the type argument, nil when there is none.
	Of *Type
}

// IsZero reports no type at all, C's void.
func (t Type) IsZero() bool { return t.Name == "" }

// String is the type as source spells it: usermem.In[abi.Timespec].
func (t Type) String() string {
	s := t.Name
	if t.Pkg != "" {
		s = path.Base(t.Pkg) + "." + s
	}
	if t.Of != nil {
		s += "[" + t.Of.String() + "]"
	}
	return s
}

// Code is the type for jennifer.
func (t Type) Code() *jen.Statement {
	s := jen.Id(t.Name)
	if t.Pkg != "" {
		s = jen.Qual(t.Pkg, t.Name)
	}
	if t.Of != nil {
		s.Types(t.Of.Code())
	}
	return s
}

// Scalar returns the Go type of a C type that fits in an argument slot: an
// integer of the same width. void has the zero Type.
func Scalar(c string) (Type, error) {
	switch c {
	case "void":
		return Type{}, nil
	case "int", "int32_t", "pid_t", "lwpid_t", "clockid_t", "timer_t", "idtype_t", "mqd_t", "blksize_t", "psetid_t":
		return Type{Name: "int32"}, nil
	case "u_int", "unsigned int", "unsigned", "uint32_t", "mode_t", "uid_t", "gid_t", "id_t", "socklen_t", "nfds_t", "useconds_t":
		return Type{Name: "uint32"}, nil
	case "long", "int64_t", "off_t", "time_t", "key_t", "intptr_t", "quad_t", "register_t":
		return Type{Name: "int64"}, nil
	case "ssize_t":
		return Type{Name: "int"}, nil
	case "size_t", "u_long", "unsigned long", "uint64_t", "dev_t", "ino_t", "cpuid_t":
		return Type{Name: "uint64"}, nil
	}
	return Type{}, fmt.Errorf("no Go type for %q in gen/emit", c)
}

// Element returns the Go type of what a pointer argument points at: a scalar,
// a structure of package abi, or uint64 for a pointer. It fails for void.
func Element(arg *master.Arg) (Type, error) {
	i := strings.LastIndexByte(arg.Type, '*')
	if i < 0 {
		return Type{}, fmt.Errorf("%s: argument %s of type %q is no pointer", arg.Pos, arg.Name, arg.Type)
	}
	c := bare(arg.Type[:i])
	if strings.HasSuffix(c, "*") {
		return Type{Name: "uint64"}, nil
	}
	if name, ok := strings.CutPrefix(c, "struct "); ok {
		return Type{Pkg: ABIPath, Name: camel(name)}, nil
	}
	switch c {
	case "sigset_t":
		return Type{Pkg: ABIPath, Name: "Sigset"}, nil
	case "siginfo_t":
		return Type{Pkg: ABIPath, Name: "Siginfo"}, nil
	case "fd_set":
		return Type{Pkg: ABIPath, Name: "FdSet"}, nil
	case "fsid_t":
		return Type{Pkg: ABIPath, Name: "Fsid"}, nil
	case "stack_t":
		return Type{Pkg: ABIPath, Name: "Sigaltstack"}, nil
	}
	t, err := Scalar(c)
	if err == nil && t.IsZero() {
		err = fmt.Errorf("void has no size")
	}
	if err != nil {
		return Type{}, fmt.Errorf("%s: argument %s: %w", arg.Pos, arg.Name, err)
	}
	return t, nil
}

// bare is a C type without const and volatile.
func bare(c string) string {
	var words []string
	for _, w := range strings.Fields(strings.ReplaceAll(c, "*", " * ")) {
		if w != "const" && w != "volatile" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// camel makes a Go name of a C name: sched_param → SchedParam.
func camel(c string) string {
	var b strings.Builder
	for piece := range strings.SplitSeq(c, "_") {
		if piece != "" {
			b.WriteString(strings.ToUpper(piece[:1]) + piece[1:])
		}
	}
	return b.String()
}

// ArgName is the Go name of an argument: msg_len → msgLen, type → type_.
func ArgName(c string) string {
	name := camel(c)
	if name == "" {
		return "_"
	}
	name = strings.ToLower(name[:1]) + name[1:]
	if token.IsKeyword(name) {
		name += "_"
	}
	return name
}
