package main

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseOptions(t *testing.T) {
	c := &command{
		args: "FILE...", max: 3,
		opts: []option{{'l', "", ""}, {'a', "", ""}, {'m', "MODE", ""}},
	}
	tests := []struct {
		line string
		opts options
		args []string
		err  string
	}{
		{"", options{}, nil, ""},
		{"-la /x", options{'l': "", 'a': ""}, []string{"/x"}, ""},
		{"-l -a -- -x", options{'l': "", 'a': ""}, []string{"-x"}, ""},
		{"-m 755 d", options{'m': "755"}, []string{"d"}, ""},
		{"-lm755 d", options{'l': "", 'm': "755"}, []string{"d"}, ""},
		{"-m a -m b", options{'m': "a,b"}, nil, ""},
		{"- x", options{}, []string{"-", "x"}, ""},
		{"x -l", options{}, []string{"x", "-l"}, ""},
		{"-q", nil, nil, "unknown option -q"},
		{"-m", nil, nil, "option -m needs a value: -m MODE"},
		{"-h", nil, nil, "help wanted"},
		{"-l --help", nil, nil, "help wanted"},
		{"a b c d", nil, nil, `what is "d" for? It takes FILE...`},
	}
	for _, tt := range tests {
		o, args, err := c.parse(strings.Fields(tt.line))
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("%q: error %v, want %s", tt.line, err, tt.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(o, tt.opts) || strings.Join(args, " ") != strings.Join(tt.args, " ") {
			t.Errorf("%q: %v %q %v", tt.line, o, args, err)
		}
	}
}

func TestCommandsAreComplete(t *testing.T) {
	for _, c := range commands() {
		if c.doc == "" || len(c.examples) == 0 || c.run == nil {
			t.Errorf("%s lacks a line, an example or what it does", c.name)
		}
		for _, e := range c.examples {
			if !strings.Contains(e, "rumpctl") {
				t.Errorf("%s: the example %q does not show rumpctl", c.name, e)
			}
		}
		if _, _, err := c.parse([]string{"--help"}); !errors.Is(err, helpWanted{}) {
			t.Errorf("%s --help: %v", c.name, err)
		}
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{
		"sl": "", "lss": "ls", "sysctrl": "sysctl", "unmount": "umount", "mkdr": "mkdir", "completions": "completion",
		"zzz": "", "": "",
	} {
		if got := nearest(word); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
