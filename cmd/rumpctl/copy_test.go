package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDiff compares trees of an image with those of the host.
func TestDiff(t *testing.T) {
	img := image(t)
	t.Chdir(t.TempDir())
	put := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	put("a/same", "same\n")
	put("a/text", "one\ntwo\nthree\n")
	put("a/sub/binary", "\x00one")
	put("a/only", "")
	put("a/kind", "")
	_ = os.Symlink("same", "a/link")
	if status, _, errs := rumpctl("", "image", "-w", img, "cp", "-r", "a", ":/"); status != 0 {
		t.Fatal(errs)
	}
	const nothing = ""
	for _, c := range []struct {
		words  string
		status int
		out    string
	}{
		{"-r a :/a", 0, nothing}, {"a/text :/a/text", 0, nothing}, {"a/text :/a", 0, nothing}, {":/a a/text", 0, nothing},
		{":/a/text :/a/text", 0, nothing}, {"a :/a", 0, "Common subdirectories: a/sub and :/a/sub\n"},
		{"a/nope :/a", 2, nothing}, {"a/text :/nope", 2, nothing}, {"a/text a/same", 2, nothing},
	} {
		diffs(t, img, c.words, c.status, c.out)
	}
	put("a/text", "one\n2\nthree\n")
	put("a/sub/binary", "\x00two")
	_ = os.Remove("a/only")
	put("a/new", "")
	_ = os.Remove("a/kind")
	_ = os.Mkdir("a/kind", 0o755)
	_ = os.Remove("a/link")
	_ = os.Symlink("text", "a/link")
	const text = "--- a/text\n+++ :/a/text\n@@ -1,3 +1,3 @@\n one\n-2\n+two\n three\n"
	diffs(t, img, "a/text :/a/text", 1, text)
	diffs(t, img, "-q a/text :/a/text", 1, "Files a/text and :/a/text differ\n")
	diffs(t, img, "-r a :/a", 1, "File a/kind is a directory while file :/a/kind is a regular file\n"+
		"Symbolic links a/link and :/a/link differ\nOnly in a: new\nOnly in :/a: only\n"+
		"Binary files a/sub/binary and :/a/sub/binary differ\ndiff a/text :/a/text\n"+text)
}

func diffs(t *testing.T, img, words string, status int, out string) {
	t.Helper()
	got, text, errs := rumpctl("", append([]string{"image", img, "diff"}, strings.Fields(words)...)...)
	if got != status || text != out || (status == 2) != (errs != "") {
		t.Errorf("diff %s: status %d, %q, want %d, %q\n%s", words, got, text, status, out, errs)
	}
}

// brokenFile fails after some bytes.
type brokenFile struct{ io.Reader }

func (b brokenFile) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = errors.New("broken")
	}
	return n, err
}

func (brokenFile) Close() error { return nil }

// brokenTree has a file that cannot be read to its end.
type brokenTree struct{ hostTree }

func (brokenTree) open(string) (io.ReadCloser, error) {
	return brokenFile{strings.NewReader("half")}, nil
}

// TestPartial: a copy that fails leaves no half file, but keeps one that was
// there.
func TestPartial(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, old := range []bool{false, true} {
		if old {
			if err := os.WriteFile(to, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		failed := 0
		c := copier{from: brokenTree{}, to: hostTree{}, report: func(error) { failed++ }, partial: new(partial)}
		c.operand(from, to)
		if _, err := os.Stat(to); (err == nil) != old || failed != 1 {
			t.Errorf("there before: %v, there now: %v, %d errors", old, err, failed)
		}
	}
	p := new(partial)
	p.begin(hostTree{}, to, true)
	if said := p.abandon(); !strings.Contains(said, to+" is not whole") {
		t.Errorf("abandoned: %q", said)
	}
	p = new(partial)
	p.begin(hostTree{}, to, false)
	if said := p.abandon(); said != "" {
		t.Errorf("abandoned: %q", said)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a new file that was abandoned is there")
	}
}

func TestProgress(t *testing.T) {
	if newProgress(io.Discard, 0) != nil {
		t.Error("it is shown on what is no terminal")
	}
	var none *progress
	none.file("x")
	none.clear()
	none.stop()
	var out bytes.Buffer
	p := newProgress(&out, 40)
	p.file("/dir/a name that is longer than the terminal is wide")
	if _, err := io.Copy(io.Discard, p.counted(strings.NewReader(strings.Repeat("x", 3000)))); err != nil {
		t.Fatal(err)
	}
	if line := p.line(p.begun.Add(2 * time.Second)); !strings.HasPrefix(line, "1 files, 2.9K, 1.5K/s  a name") || len(line) != 39 {
		t.Errorf("%q", line)
	}
	p.show()
	p.stop()
	if s := out.String(); !strings.HasPrefix(s, clearLine+"1 files") || !strings.HasSuffix(s, clearLine) {
		t.Errorf("%q", s)
	}
}
