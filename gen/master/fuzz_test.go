package master

// Whatever a file holds, the parser answers with a table or a position.

import (
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Add("id\n%%\n0 STD RUMP { int|sys|50|a(_In_z_ const char *p, ... int PAD); } b\n", true)
	f.Fuzz(func(t *testing.T, src string, all bool) {
		opt := Native()
		opt.AllBranches = all
		table, err := Parse("fuzz", []byte(src), opt)
		if err != nil {
			checkPosition(t, src, err)
			return
		}
		for i := range table.Entries {
			checkEntry(t, &table.Entries[i])
		}
	})
}

// checkPosition checks that an error points into the source.
func checkPosition(t *testing.T, src string, err error) {
	t.Helper()
	pos, ok := PosOf(err)
	lines := strings.Split(src, "\n")
	if !ok || pos.Line < 1 || pos.Line > len(lines) || pos.Col < 1 || pos.Col > len(lines[pos.Line-1])+1 {
		t.Errorf("error without a place in the source: %v", err)
	}
}

// checkEntry checks what every entry promises.
func checkEntry(t *testing.T, e *Entry) {
	t.Helper()
	_ = e.Row("")
	if !e.HasCall() {
		return
	}
	if !isExported(e.GoName) || (e.Rump || e.StubName != "") && !isExported(e.StubName) {
		t.Errorf("%s: Go names %q and %q", e.Pos, e.GoName, e.StubName)
	}
	if e.ArgSize != 8*e.NArg || e.NArg > 16 || e.NArg > 8 && !e.Indirect || e.Ret == "" {
		t.Errorf("%s: %d slots, %d bytes, returns %q", e.Pos, e.NArg, e.ArgSize, e.Ret)
	}
	for _, a := range e.Args {
		if !isIdent(a.Name) || a.Type == "" || a.Slots < 1 {
			t.Errorf("%s: %+v", a.Pos, a)
		}
	}
}
