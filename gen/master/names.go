package master

// Names: those of the C world, and the Go names made of them.

import "strings"

// derive fills in what follows from the parts of an entry. pos is where BASE
// stood.
func (p *parser) derive(e *Entry, pos Pos) error {
	handler := e.prefix + "_" + e.Base
	if e.Compat != "" {
		handler = e.prefix + "___" + e.Base + e.Compat
	}
	e.Name = e.Alias
	if e.Name == "" {
		e.Name = afterSys(handler)
	}
	compat := ""
	if e.IsCompat() {
		compat = strings.ToLower(e.Type) + "_"
	}
	e.Handler = compat + handler
	e.Name = compat + e.Name
	if compat == "" && e.Base != e.Name {
		e.AltName = e.Base
	}
	if !goNameable(e.Handler) {
		return errorAt(pos, e.Base, "a name that makes a handler of lower case letters, digits and underscores, a letter first, not %s", quote(e.Handler))
	}
	e.GoName = GoName(e.Handler)
	if e.StubName = stubName(e); e.StubName == "" && e.Rump {
		return errorAt(pos, e.Base, "a name or alias with a letter first, for the client stub of a RUMP call")
	}
	e.flags()
	return nil
}

// IsCompat tells whether the entry is an old form of a call, kept for old
// programs.
func (e *Entry) IsCompat() bool { return strings.HasPrefix(e.Type, "COMPAT_") }

// HasCall tells whether the entry is a call, and not the reason there is none.
func (e *Entry) HasCall() bool { return e.Handler != "" }

// afterSys is a handler's name behind its leading sys_, or behind the last of
// several leading words.
func afterSys(handler string) string {
	rest := handler
	for s := handler; ; {
		piece, after, ok := strings.Cut(s, "_")
		if !ok || piece == "" {
			return rest
		}
		if piece == "sys" {
			rest = after
		}
		s = after
	}
}

// TableName is the entry's row in the table of names: its name, or "#11
// (obsolete execv)".
func (e *Entry) TableName() string {
	if e.HasCall() {
		return e.Name
	}
	why := map[string]string{
		"OBSOL": "obsolete", "UNIMPL": "unimplemented", "EXCL": "excluded", "IGNORED": "ignored",
	}[e.Type]
	if e.Comment != "" {
		why += " " + e.Comment
	}
	return "#" + itoa(e.Number) + " (" + why + ")"
}

// goNameable tells whether GoName's rule fits a handler.
func goNameable(handler string) bool {
	return isLowerName(handler) && handler[0] >= 'a' && handler[0] <= 'z'
}

// GoName is the Go method that serves a handler: sys_open → SysOpen,
// sys___stat50 → SysStat50.
func GoName(handler string) string {
	var b strings.Builder
	for piece := range strings.SplitSeq(handler, "_") {
		if piece != "" {
			b.WriteString(strings.ToUpper(piece[:1]))
			b.WriteString(piece[1:])
		}
	}
	return b.String()
}

// stubName is the name of the entry's Go client stub: that of the call as
// programs know it, behind the compat option if it is an old form. It is "" if
// that makes no Go name.
func stubName(e *Entry) string {
	name := e.Base
	switch {
	case e.IsCompat():
		name = strings.ToLower(e.Type) + "_" + e.Base + e.Compat
	case e.Alias != "":
		name = e.Alias
	}
	if !goNameable(strings.TrimLeft(name, "_")) {
		return ""
	}
	return GoName(name)
}
