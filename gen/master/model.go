// Package master reads a syscalls.master, the table a kernel's system calls
// are generated from, into a typed model.
//
// The grammar is the one NetBSD's makesyscalls.sh accepts, extended with SAL
// words in front of an argument's type that say in which direction its memory
// moves and how long it is.
package master

// Table is one parsed master file.
type Table struct {
	// File is the name errors and positions use.
	File string
	// ID is the first line, the identification, without its dollar signs.
	ID string
	// Entries are the entries in the order of the file, those of the
	// conditional branches that were not chosen left out.
	Entries []Entry
}

// Pos is a place in a master file. Lines and columns count from 1.
type Pos struct {
	File      string
	Line, Col int
}

// Entry is one line of the table: one system call, or the reason there is none.
type Entry struct {
	Pos Pos
	// Number is the call's number; within a chosen set of conditionals
	// numbers are consecutive from 0.
	Number int
	// Type is the keyword: STD, NOERR, COMPAT_50, UNIMPL, …
	Type string
	// Indirect is set for INDIR entries and for those with the INDIR word.
	Indirect bool
	// Module is the name after MODULAR, or "".
	Module string
	// Rump is set for entries that clients may call.
	Rump bool
	// Name is the system call's name, with the compat prefix: open,
	// __stat50, compat_50___stat30. For entries without a call it is "".
	Name string
	// AltName is the name libc uses where it differs from Name, or "".
	AltName string
	// Base and Compat are the third and second field of the signature:
	// "stat" and "50" of |sys|50|stat.
	Base, Compat string
	prefix       string
	// Alias is the alias given with the entry, or "".
	Alias string
	// Handler is the handler's symbol: sys_open, compat_50_sys___stat30.
	Handler string
	// GoName is the Go method that serves the entry: SysOpen.
	GoName string
	// StubName is the Go client stub's name: Open, Stat, Compat50Stat30. It may
	// be "" for entries without RUMP.
	StubName string
	// Ret is the C return type, without SAL words.
	Ret string
	// RetValues is how many registers carry a value: 0 status only, 1, or 2.
	RetValues int
	// Args are the declared arguments, PADs included.
	Args []Arg
	// Cond are the conditions that enclose the entry, outermost first.
	Cond []string
	// Comment is the free text of OBSOL, UNIMPL, EXCL and IGNORED entries.
	Comment string
	// Flags, NArg and ArgSize are sy_flags, sy_narg and sy_argsize (bytes) of
	// the switch table on LP64.
	Flags   uint32
	NArg    int
	ArgSize int
}

// Direction says which way an argument's memory moves.
type Direction string

// The directions. Value is an argument passed in its slot; Unknown is a
// pointer whose direction another argument decides.
const (
	Value   Direction = "value"
	In      Direction = "in"
	Out     Direction = "out"
	InOut   Direction = "inout"
	Unknown Direction = "unknown"
)

// Shape says what a pointer argument points at.
type Shape string

// The shapes of pointer arguments.
const (
	None   Shape = ""       // not a pointer, or no SAL word
	String Shape = "string" // NUL-terminated
	One    Shape = "one"    // one object
	Array  Shape = "array"  // Len objects
	Bytes  Shape = "bytes"  // Len bytes
)

// Arg is one declared argument; its slot is its index in Entry.Args.
type Arg struct {
	Pos Pos
	// Type is the C type as in the table ("const char *"), Name the C name.
	Type, Name string
	// Pad marks a padding slot.
	Pad bool
	// Slots is how many slots the argument fills: 1, or more for an array
	// such as args[SYS_MAXSYSARGS], whose Dim is the text in the brackets.
	Slots int
	Dim   string
	// Optional marks arguments from a "..." on.
	Optional bool
	// Direction, Shape, Null and Len come from the SAL word. Null is set by
	// an _opt_ form. Len is "", the name of an argument, "*name", or a number.
	Direction Direction
	Shape     Shape
	Null      bool
	Len       string
}
