// Remarks on calls, for the reference of system calls: the file docsnotes.txt.
package emit

import (
	_ "embed"
	"fmt"
	"path"
	"strings"

	"github.com/rumpkit/rumpkit/gen/master"
)

//go:embed docsnotes.txt
var docsNotesText string

// docsNote is a remark, and the base names of the calls it is on, with *.
type docsNote struct {
	calls []string
	text  string
}

// parseDocsNotes reads remarks: a line of names, and indented lines of text.
func parseDocsNotes(text string) (notes []docsNote, err error) {
	line := 0
	for s := range strings.Lines(text) {
		line++
		words := strings.Join(strings.Fields(s), " ")
		switch {
		case words == "" || s[0] == '#':
		case s[0] != '\t':
			notes = append(notes, docsNote{calls: strings.Fields(s)})
		case len(notes) == 0:
			return nil, fmt.Errorf("gen/emit/docsnotes.txt:%d: a remark without a line of names in front", line)
		default:
			n := &notes[len(notes)-1]
			n.text = strings.TrimSpace(n.text + " " + words)
		}
	}
	return notes, nil
}

// of reports whether the remark is on the calls with that base name.
func (n *docsNote) of(base string) bool {
	for _, call := range n.calls {
		if ok, err := path.Match(call, base); ok && err == nil {
			return true
		}
	}
	return false
}

// note returns the remark on a row, or "". Where somebody serves a version of
// the call, it is on that version only.
func (d *docs) note(e *master.Entry) string {
	if d.served[e.Number] == nil && d.bases[e.Base] {
		return ""
	}
	for i := range d.notes {
		if n := &d.notes[i]; e.Base != "" && n.of(e.Base) {
			return n.text
		}
	}
	return ""
}
