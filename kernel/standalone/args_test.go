package standalone

import (
	"slices"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
)

// env is an environment.
type env map[string]string

func (e env) get(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

const url = "unix:///tmp/k.sock"

func TestParse(t *testing.T) {
	tests := []struct {
		argv string
		env  env
		ok   func(a args) bool
	}{
		{url, nil, func(a args) bool { return a.url == url && a.config.NCPU == 0 && !a.config.Verbose }},
		{"-v -d " + url, nil, func(a args) bool { return a.config.Verbose && a.daemon }},
		{"--v --d " + url, nil, func(a args) bool { return a.config.Verbose && a.daemon }},
		{"--ncpu 3 " + url, nil, func(a args) bool { return a.config.NCPU == 3 }},
		{"-ncpu=3 " + url, nil, func(a args) bool { return a.config.NCPU == 3 }},
		{url + " --ncpu host", nil, func(a args) bool { return a.config.NCPU > 0 }},
		{"--memlimit 64m " + url, nil, func(a args) bool { return a.config.MemLimit == 64<<20 }},
		{"--memlimit 200K " + url, nil, func(a args) bool { return a.config.MemLimit == 200<<10 }},
		{"--memlimit 1g " + url, nil, func(a args) bool { return a.config.MemLimit == 1<<30 }},
		{"--memlimit 1000000 " + url, nil, func(a args) bool { return a.config.MemLimit == 1000000 }},
		{"--allow-remote tcp://0.0.0.0:80", nil, func(a args) bool { return a.remote }},
		{"-h", nil, func(a args) bool { return a.help }},
		{"--help nonsense more", nil, func(a args) bool { return a.help }},
		{url, env{"RUMP_VERBOSE": "1"}, func(a args) bool { return a.config.Verbose }},
		{url, env{"RUMP_VERBOSE": "0"}, func(a args) bool { return !a.config.Verbose }},
		{url, env{"RUMP_NCPU": "5", "RUMP_MEMLIMIT": "2m"},
			func(a args) bool { return a.config.NCPU == 5 && a.config.MemLimit == 2<<20 }},
		{"--ncpu 2 " + url, env{"RUMP_NCPU": "5"}, func(a args) bool { return a.config.NCPU == 2 }},
		{"--etfs key=/k,hostpath=/f,type=blk --etfs key=/l,hostpath=g,type=reg,offset=512,size=1k " + url, nil,
			func(a args) bool {
				return slices.Equal(a.config.Etfs, []kernel.Etfs{
					{Key: "/k", HostPath: "/f", Type: kernel.EtfsBlk},
					{Key: "/l", HostPath: "g", Type: kernel.EtfsReg, Begin: 512, Size: 1024},
				})
			}},
	}
	for _, tt := range tests {
		a, err := parse(strings.Fields(tt.argv), tt.env.get)
		if err != nil || !tt.ok(a) {
			t.Errorf("%s %v: %+v, %v", tt.argv, tt.env, a, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		argv string
		env  env
		want string // in the message
	}{
		{"", nil, "where to listen is missing"},
		{"unix://a unix://b", nil, "two URLs"},
		{"--nonsense " + url, nil, "unknown option --nonsense"},
		{"--ncpu", nil, "needs a value"},
		{"--ncpu 0 " + url, nil, "from 1 to 256"},
		{"--ncpu 257 " + url, nil, "from 1 to 256"},
		{"--ncpu many " + url, nil, "from 1 to 256"},
		{"-v=1 " + url, nil, "no value"},
		{"--memlimit 128k " + url, nil, "above 128k"},
		{"--memlimit 1t " + url, nil, "above 128k"},
		{"--memlimit -5 " + url, nil, "above 128k"},
		{"--memlimit 99999999999g " + url, nil, "above 128k"},
		{url, env{"RUMP_NCPU": "x"}, "RUMP_NCPU x"},
		{url, env{"RUMP_MEMLIMIT": "x"}, "RUMP_MEMLIMIT x"},
		{"--etfs key=/k " + url, nil, "give key="},
		{"--etfs key=k,hostpath=/f,type=blk " + url, nil, "begins with /"},
		{"--etfs key=/k,hostpath=/f,type=tape " + url, nil, "type is blk"},
		{"--etfs key=/k,hostpath=/f,type=blk,colour=red " + url, nil, "unknown word colour"},
		{"--etfs key=/k,hostpath=/f,type=blk,size=x " + url, nil, "size is a number"},
		{"/tmp/k.sock", nil, "not a URL"},
		{"tcp6://::1:1", nil, "tcp6 is not supported"},
		{"tcp://127.0.0.1:70000", nil, "up to 65535"},
		{"tcp://10.0.0.1:80", nil, "--allow-remote"},
		{"unix:///" + strings.Repeat("x", 200), nil, "107 bytes"},
	}
	for _, tt := range tests {
		_, err := parse(strings.Fields(tt.argv), tt.env.get)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %v: %v, want %q", tt.argv, tt.env, err, tt.want)
		}
	}
}

func TestUsageNamesEveryOption(t *testing.T) {
	text := usage("rump-test")
	for _, o := range options() {
		if !strings.Contains(text, "-"+o.names[0]) && o.names[0] != "h" {
			t.Errorf("-h does not tell of %s", o.names[0])
		}
	}
	if strings.Contains(text, "NAME") || !strings.Contains(text, "rump-test unix://") {
		t.Error(text)
	}
}
