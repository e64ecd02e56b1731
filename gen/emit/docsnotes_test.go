package emit

import (
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/gen/master"
)

// Each name in docsnotes.txt is that of a call, no call has two remarks, and
// each remark says something.
func TestDocsNotes(t *testing.T) {
	notes, err := parseDocsNotes(docsNotesText)
	if err != nil {
		t.Fatal(err)
	}
	table, err := master.ParseFile("../../syscalls.master", master.Native())
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for i := range table.Entries {
		base, on := table.Entries[i].Base, 0
		for j := range notes {
			for _, call := range notes[j].calls {
				one := docsNote{calls: []string{call}}
				if base != "" && one.of(base) {
					used[call] = true
					on++
				}
			}
		}
		if on > 1 {
			t.Errorf("%d names for %s", on, base)
		}
	}
	for _, n := range notes {
		if n.text == "" {
			t.Errorf("no remark on %v", n.calls)
		}
		for _, call := range n.calls {
			if !used[call] {
				t.Errorf("no call is named %s", call)
			}
		}
	}
}

func TestDocsNotesErrors(t *testing.T) {
	if _, err := parseDocsNotes("# remarks\n\n\ttext\n"); err == nil || !strings.Contains(err.Error(), "docsnotes.txt:3") {
		t.Errorf("text in front of names gives %v", err)
	}
}

// A remark is on the versions of a call that are served, if any is.
func TestDocsNotesVersions(t *testing.T) {
	d := &docs{
		served: []*Served{nil, {}, nil},
		bases:  map[string]bool{"stat": true},
		notes:  []docsNote{{[]string{"stat"}, "served"}, {[]string{"wa*"}, "not served"}},
	}
	for _, tc := range []struct {
		e    master.Entry
		want string
	}{
		{master.Entry{Number: 0, Base: "stat"}, ""},
		{master.Entry{Number: 1, Base: "stat"}, "served"},
		{master.Entry{Number: 2, Base: "wait"}, "not served"},
		{master.Entry{Number: 2}, ""},
	} {
		if got := d.note(&tc.e); got != tc.want {
			t.Errorf("%d %s: %q, want %q", tc.e.Number, tc.e.Base, got, tc.want)
		}
	}
}
