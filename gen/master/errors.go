package master

// Errors and positions: what stood where, and what was expected.

import (
	"errors"
	"fmt"
)

// Error is what is wrong with a master file.
type Error struct {
	Pos Pos
	// Found is what stood at Pos, Expected what should have.
	Found, Expected string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: found %s, expected %s", e.Pos, e.Found, e.Expected)
}

func (p Pos) String() string {
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// errorAt makes an *Error about the word found at pos.
func errorAt(pos Pos, found, format string, args ...any) error {
	return &Error{Pos: pos, Found: quote(found), Expected: fmt.Sprintf(format, args...)}
}

// quote shortens and quotes what stood in the source.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}

// PosOf returns the position an error from this package carries.
func PosOf(err error) (Pos, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Pos, true
	}
	return Pos{}, false
}
