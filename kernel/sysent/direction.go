// Which way the memory behind a slot moves.

package sysent

// Writable reports whether the kernel may store to the memory behind slot i of
// call num. A transport that serves a kernel it does not trust refuses others.
func Writable(num, i int) bool {
	args := traceRowOf(num).args()
	return i < len(args) && args[i].dir != dirIn
}

// IsString reports whether slot i of call num is a string, to which a NUL
// belongs that Frame.Mem does not hold.
func IsString(num, i int) bool {
	args := traceRowOf(num).args()
	return i < len(args) && args[i].kind == argString
}
