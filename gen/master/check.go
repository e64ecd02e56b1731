package master

// Checks over the whole table.

// checkSequence checks that the chosen branches hold each number once.
func checkSequence(t *Table) error {
	for i := range t.Entries {
		if e := &t.Entries[i]; e.Number != i {
			return errorAt(e.Pos, itoa(e.Number), "system call number %d, in the branches that the defines choose", i)
		}
	}
	return nil
}

// checkNames checks that no Go name stands for two things: handlers that differ
// need Go names that differ (the two indirect calls may share one), and so do
// the stubs of calls that clients make.
func checkNames(t *Table) error {
	handlers := make(map[string]*Entry)
	stubs := make(map[string]*Entry)
	for i := range t.Entries {
		e := &t.Entries[i]
		if !e.HasCall() {
			continue
		}
		if was := handlers[e.GoName]; was == nil {
			handlers[e.GoName] = e
		} else if was.Handler != e.Handler && !(was.Indirect && e.Indirect) {
			return errorAt(e.Pos, e.Handler, "a handler whose Go name is not %s, that of %s (line %d)", e.GoName, was.Handler, was.Pos.Line)
		}
		if !e.Rump {
			continue
		}
		if was := stubs[e.StubName]; was != nil && was.Number != e.Number {
			return errorAt(e.Pos, e.Name, "a call whose client stub is not %s, that of %s (line %d)", e.StubName, was.Name, was.Pos.Line)
		}
		stubs[e.StubName] = e
	}
	return nil
}
