// What the command line and the environment say.
package standalone

import (
	"errors"
	"strings"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysproxy/sp"
)

// args is a command line.
type args struct {
	url                  string
	help, daemon, remote bool
	config               kernel.Config
}

// option is one option: what it takes, and what it does.
type option struct {
	names []string
	value string // what its value is called, "" when it has none
	set   func(a *args, value string) error
}

func options() []option {
	return []option{
		{[]string{"h", "help"}, "", func(a *args, _ string) error { a.help = true; return nil }},
		{[]string{"v"}, "", func(a *args, _ string) error { a.config.Verbose = true; return nil }},
		{[]string{"d"}, "", func(a *args, _ string) error { a.daemon = true; return nil }},
		{[]string{"allow-remote"}, "", func(a *args, _ string) error { a.remote = true; return nil }},
		{[]string{"ncpu"}, "N", func(a *args, v string) (err error) {
			a.config.NCPU, err = parseNCPU("--ncpu", v)
			return err
		}},
		{[]string{"memlimit"}, "SIZE", func(a *args, v string) (err error) {
			a.config.MemLimit, err = parseLimit("--memlimit", v)
			return err
		}},
		{[]string{"etfs"}, "key=/k,hostpath=/f,type=blk", func(a *args, v string) error {
			e, err := parseEtfs(v)
			a.config.Etfs = append(a.config.Etfs, e)
			return err
		}},
	}
}

// parse reads the environment, then the command line, which wins. An error
// says in one line what is wrong and what would be right.
func parse(argv []string, getenv func(string) (string, bool)) (args, error) {
	a := args{config: kernel.Config{Getenv: getenv}}
	if err := a.environment(getenv); err != nil {
		return a, err
	}
	for len(argv) > 0 {
		rest, err := a.word(argv)
		if err != nil || a.help {
			return a, err
		}
		argv = rest
	}
	if a.url == "" {
		return a, errors.New("where to listen is missing: give a URL such as unix:///tmp/k.sock")
	}
	return a, checkURL(a.url, a.remote)
}

// word takes the first word of argv, and its value when it has one.
func (a *args) word(argv []string) (rest []string, err error) {
	w, rest := argv[0], argv[1:]
	if w == "" || w[0] != '-' || w == "-" {
		if a.url != "" {
			return nil, errors.New("two URLs, " + a.url + " and " + w + ": give one")
		}
		a.url = w
		return rest, nil
	}
	name, value, inline := strings.Cut(strings.TrimPrefix(w[1:], "-"), "=")
	o := find(name)
	switch {
	case o == nil:
		return nil, errors.New("unknown option " + w)
	case o.value == "" && inline:
		return nil, errors.New(w + ": this option has no value")
	case o.value != "" && !inline:
		if len(rest) == 0 {
			return nil, errors.New(w + " needs a value: " + w + " " + o.value)
		}
		value, rest = rest[0], rest[1:]
	}
	return rest, o.set(a, value)
}

func find(name string) *option {
	for _, o := range options() {
		for _, n := range o.names {
			if n == name {
				return &o
			}
		}
	}
	return nil
}

// environment reads what NetBSD's rump kernels read from it.
func (a *args) environment(getenv func(string) (string, bool)) (err error) {
	if v, ok := getenv("RUMP_VERBOSE"); ok {
		a.config.Verbose = !strings.HasPrefix(v, "0")
	}
	if v, _ := getenv("RUMP_NCPU"); v != "" {
		if a.config.NCPU, err = parseNCPU("RUMP_NCPU", v); err != nil {
			return err
		}
	}
	if v, _ := getenv("RUMP_MEMLIMIT"); v != "" {
		a.config.MemLimit, err = parseLimit("RUMP_MEMLIMIT", v)
	}
	return err
}

const maxCPU = 256

func parseNCPU(what, v string) (int, error) {
	if v == "host" {
		return hypercall.Real().NCPU(), nil
	}
	n, ok, _ := sp.Number(v, maxCPU)
	if !ok || n < 1 {
		return 0, errors.New(what + " " + v + ": give a number from 1 to 256, or host")
	}
	return int(n), nil
}

// minMemory is what a memory limit must exceed: what is set aside for the
// kernel to free memory with.
const minMemory = 128 << 10

func parseLimit(what, v string) (int64, error) {
	n, err := parseSize(v)
	if err != nil || n <= minMemory {
		return 0, errors.New(what + " " + v + ": give a size above 128k, such as 64m (k, m, g)")
	}
	return n, nil
}

// parseSize parses a decimal number with an optional k, m or g.
func parseSize(v string) (int64, error) {
	shift := 0
	if v != "" {
		if i := strings.IndexByte("kmg", v[len(v)-1]|0x20); i >= 0 {
			shift, v = 10*(i+1), v[:len(v)-1]
		}
	}
	n, ok, _ := sp.Number(v, 1<<63-1)
	if !ok || n > 1<<63-1>>shift {
		return 0, abi.ERANGE
	}
	return int64(n << shift), nil
}

// checkURL explains a URL that can't be listened on.
func checkURL(url string, remote bool) error {
	addr, err := sp.ParseURL(url, true)
	switch {
	case err == abi.ENAMETOOLONG:
		return errors.New(url + ": the path of a socket has 107 bytes at most")
	case err == abi.EOPNOTSUPP:
		return errors.New(url + ": tcp6 is not supported, use tcp or unix")
	case err == abi.ERANGE:
		return errors.New(url + ": a port is a number up to 65535")
	case err != nil:
		return errors.New(url + ": not a URL, give unix:///path or tcp://127.0.0.1:port")
	case addr.Path == "" && !addr.IP.IsLoopback() && !remote:
		return errors.New(url + ": other hosts could connect, and each client is root; give 127.0.0.1 or --allow-remote")
	}
	return nil
}
