package msdos

import (
	"slices"
	"strings"
	"testing"
)

func TestExactShort(t *testing.T) {
	for name, want := range map[string]string{
		"A": "A          ", "FOO.TXT": "FOO     TXT", "foo.txt": "FOO     TXT", "foo.TXT": "FOO     TXT",
		"12345678.123": "12345678123", "Foo": "", "a b": "", "123456789": "", "a.b.c": "", ".a": "", "a.": "",
		"a+b": "", "ä": "", "a.text": "",
	} {
		s, flags, ok := exactShort(name)
		if ok != (want != "") || ok && string(s[:]) != want {
			t.Errorf("%q: %q %v", name, s, ok)
		}
		if ok && s.decode(flags) != name {
			t.Errorf("%q is shown as %q", name, s.decode(flags))
		}
	}
}

func TestAlias(t *testing.T) {
	taken := map[shortName]bool{}
	for _, c := range []struct{ name, want string }{
		{"Readme.txt", "README  TXT"},
		{"readme file.txt", "README~1TXT"}, {"readme files.txt", "README~2TXT"},
		{"a long name.tar.gz", "ALONGN~1GZ "}, {".profile", "PROFIL~1   "}, {"日本", "__~1       "},
		{"a+b=c.x", "A_B_C~1 X  "}, {"x.html", "X~1     HTM"},
	} {
		s, ok := alias(c.name, func(s shortName) bool { return taken[s] })
		if !ok || string(s[:]) != c.want {
			t.Errorf("%q: %q, want %q", c.name, s, c.want)
		}
		taken[s] = true
	}
	for i := range 3000 {
		name := strings.Repeat("same name ", 3) + string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		s, ok := alias(name, func(s shortName) bool { return taken[s] })
		if !ok || taken[s] {
			t.Fatalf("%d: %q", i, s)
		}
		taken[s] = true
	}
}

func TestLongNames(t *testing.T) {
	short := shortName([]byte("ALIAS~1 TXT"))
	for _, name := range []string{
		"x", "exactly 13 ch", "fourteen chars", "ünïcödé 日本語 𝄞", strings.Repeat("y", 255),
	} {
		var l longName
		list := encodeLong(name, short.sum())
		for i := range list {
			if !l.add(list[i][:]) {
				t.Errorf("%q: entry %d is refused", name, i)
			}
		}
		if got, ok := l.name(short); !ok || got != name {
			t.Errorf("%q comes back as %q, %v", name, got, ok)
		}
		if _, ok := l.name(shortName([]byte("OTHER   TXT"))); ok {
			t.Errorf("%q belongs to any short name", name)
		}
	}
	var l longName
	list := encodeLong(strings.Repeat("z", 40), 1)
	slices.Reverse(list)
	for i := range list[:2] {
		l.add(list[i][:])
	}
	if _, ok := l.name(short); ok {
		t.Error("entries in the wrong order make a name")
	}
}

func TestCodePage(t *testing.T) {
	n := 0
	for range upperHalf {
		n++
	}
	if n != 128 {
		t.Errorf("%d characters in the upper half", n)
	}
	s := shortName([]byte("\x05\x8e/\x01    \x81  "))
	if got := s.decode(0); got != "σÄ__.ü" {
		t.Errorf("shown as %q", got)
	}
}
