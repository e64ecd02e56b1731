package master

// Conditionals: which entries they leave, and what they do to the number.

import (
	"strings"
	"testing"
)

func TestConditionals(t *testing.T) {
	const row = " STD { int|sys||"
	for _, c := range []struct {
		name, body, defines, want string
	}{
		{"then", "#if defined(A)\n0" + row + "a(); }\n#else\n0" + row + "b(); }\n#endif\n1" + row + "c(); }", "A", "a c"},
		{"else", "#if defined(A)\n0" + row + "a(); }\n#else\n0" + row + "b(); }\n#endif\n1" + row + "c(); }", "", "b c"},
		{"ifdef", "#ifdef A\n0" + row + "a(); }\n#else\n0" + row + "b(); }\n#endif", "A", "a"},
		{"ifndef", "#ifndef A /* not A */\n0" + row + "a(); }\n#else /* A */\n0" + row + "b(); }\n#endif", "A", "b"},
		{"nested", "#if A\n#if B\n0" + row + "ab(); }\n#else\n0" + row + "a(); }\n#endif\n#else\n#if B\n0" + row + "b(); }\n#else\n0" + row + "none(); }\n#endif\n#endif", "B", "b"},
		{"nested both", "#if A\n#if B\n0" + row + "ab(); }\n#else\n0" + row + "a(); }\n#endif\n#else\n0" + row + "b(); }\n#endif", "A B", "ab"},
		{"two rows a branch", "#if A\n0" + row + "a(); }\n1" + row + "b(); }\n#else\n0" + row + "c(); }\n1" + row + "d(); }\n#endif\n2" + row + "e(); }", "", "c d e"},
		{"a blank makes it no directive", "# if A\n0" + row + "a(); }\n# endif", "", "a"},
		{"other directives", "#define X\n#pragma x\n#include <y>\n0" + row + "a(); }", "", "a"},
		{"joined", "#if A || \\\n B\n0" + row + "a(); }\n#else\n0" + row + "b(); }\n#endif", "B", "a"},
	} {
		opt := Options{Defines: map[string]int64{}}
		for _, name := range strings.Fields(c.defines) {
			opt.Defines[name] = 1
		}
		var got []string
		for _, e := range entries(t, c.body, opt) {
			got = append(got, e.Name)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

func TestExpressions(t *testing.T) {
	defines := map[string]int64{"A": 1, "TWO": 2, "ZERO": 0}
	for text, want := range map[string]bool{
		"A": true, "!A": false, "B": false, "0": false, "0x10L": true, "ZERO": false,
		"defined(ZERO)": true, "defined B": false, "!defined(B)": true, "!defined B && A": true,
		"TWO == 2": true, "TWO != 2": false, "TWO > A": true, "TWO>=3": false, "A<TWO": true, "TWO<=1": false,
		"defined(A)||defined(B)&&0": true, "(A || B) && B": false, "B && B || A": true,
		"!!(A)": true, "A == 1 && TWO == 2": true, "1 < 2 == 1": true,
	} {
		p := &parser{opt: Options{Defines: defines}}
		if got, err := p.eval(text, Pos{}); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "(", ")", "(A", "A B", "A &&", "defined", "defined(", "defined(A", "defined()", "A + 1", "A = 1",
		"1.5", "'a'", "A & B", "99999999999999999999", strings.Repeat("(", 1000), strings.Repeat("!", 1000) + "A",
	} {
		p := &parser{opt: Options{Defines: defines}}
		if _, err := p.eval(text, Pos{"f", 1, 2}); err == nil {
			t.Errorf("%.20q: no error", text)
		}
	}
}
