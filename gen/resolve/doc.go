// Package resolve finds out, from the parts' source, which parts there are,
// what each needs and which rows of the table its methods serve, and makes
// kernels of selections of them.
//
// # Parts
//
// A part is a package that exports Attach, in one of two forms:
//
//	func Attach(NEEDS) error
//	func Attach(NEEDS) (RESULT, error)
//
// NEEDS are one parameter or more, each of type *kernel.Base or of a type that
// another part's Attach returns; they are what the part needs, and so settle
// the order in which parts attach. RESULT is a named type or a pointer to one.
// The methods of RESULT that bear a handler's name (SysOpen,
// Compat50SysStat30) serve that row; their signature is what
// emit.Signature says of it.
//
// A part may export a function Detach that takes RESULT, or NEEDS when there
// is none, and returns nothing. It is called in reverse order when the kernel
// halts, and when a later part fails to attach.
//
// A part may export constants: Doc, its line in listings; Default = false, to
// be chosen only when it is named; Excludes, the parts (a comma list) that it
// takes the place of.
//
// This project's parts lie below factions/: a faction in a folder of its own,
// its components in folders below that. A part that comes with no faction has
// such a folder too, whatever it needs: ksem, aio. A part of another module is
// named by its import path.
//
// # Selections
//
// A selection is a comma list. A faction means itself and those of its
// components whose needs are met; a component means itself, its faction, and
// what it needs of that faction; all means every part of this project; base
// means nothing besides the base, which is always there. A part of no faction
// comes with all or when it is named, and not with base: what has to be small
// stays so. What a component needs of another faction must be selected too:
// nothing so large comes along unasked.
//
// # How it reads
//
// It reads export data by go/packages: what the compiler made of the source,
// and so what will be linked. The generated package repeats each signature, so
// that the compiler checks it again.
package resolve
