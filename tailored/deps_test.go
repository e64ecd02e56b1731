// Tests over the kernels' programs as they are linked: what they hold, and
// what they must not.
package tailored

import (
	"bytes"
	"encoding/json"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/rumpkit/rumpkit"

// program is a standard kernel's folder and program.
type program struct{ dir, name string }

func programs() []program {
	return []program{
		{"base", "rump-base"}, {"vfs", "rump-vfs"}, {"net", "rump-net"}, {"dev", "rump-dev"},
		{"vfsnet", "rump-vfs-net"}, {"vfsdev", "rump-vfs-dev"}, {"netdev", "rump-net-dev"}, {"all", "rump-all"},
	}
}

func (k program) path() string { return module + "/tailored/" + k.dir + "/" + k.name }

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath    string
	Imports, Deps []string
}

// listed are all packages that the eight programs are linked of, by path.
var listed = sync.OnceValues(func() (map[string]pkg, error) {
	args := []string{"list", "-deps", "-json=ImportPath,Imports,Deps"}
	for _, k := range programs() {
		args = append(args, k.path())
	}
	out, err := goCommand(args...)
	if err != nil {
		return nil, err
	}
	pkgs := make(map[string]pkg)
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		pkgs[p.ImportPath] = p
	}
	return pkgs, nil
})

func goCommand(args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

func list(t *testing.T) map[string]pkg {
	t.Helper()
	pkgs, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// TestHolds checks that a kernel holds the factions that its name says, no
// other, and the TCP/IP stack only with net.
func TestHolds(t *testing.T) {
	pkgs := list(t)
	for _, k := range programs() {
		for _, dep := range pkgs[k.path()].Deps {
			rest, ours := strings.CutPrefix(dep, module+"/factions/")
			faction, _, _ := strings.Cut(rest, "/")
			switch {
			case ours && k.dir != "all" && !strings.Contains(k.dir, faction):
				t.Errorf("%s holds %s", k.name, dep)
			case strings.HasPrefix(dep, "gvisor.dev/") && k.dir != "all" && !strings.Contains(k.dir, "net"):
				t.Errorf("%s holds %s", k.name, dep)
			case strings.HasPrefix(dep, module+"/gen"), strings.HasPrefix(dep, module+"/client"), strings.HasPrefix(dep, module+"/internal"):
				t.Errorf("%s holds %s, which is no part of a kernel", k.name, dep)
			}
		}
	}
}

// TestLayers checks that imports point down, and that no faction imports
// another one.
func TestLayers(t *testing.T) {
	for path, p := range list(t) {
		if rest, ok := strings.CutPrefix(path, module+"/kernel/"); ok {
			for _, imp := range p.Imports {
				if strings.HasPrefix(imp, module+"/factions") || imp == module+"/kernel" && rest != "standalone" && !strings.HasPrefix(rest, "sysproxy") {
					t.Errorf("%s imports %s", path, imp)
				}
			}
		}
		faction, ok := strings.CutPrefix(path, module+"/factions/")
		if !ok || !slices.Contains([]string{"vfs", "net", "dev"}, faction) {
			continue // a component: it may need several
		}
		for _, imp := range p.Imports {
			if other, ok := strings.CutPrefix(imp, module+"/factions/"); ok && !strings.HasPrefix(other, faction+"/") {
				t.Errorf("faction %s imports %s", faction, other)
			}
		}
	}
}

// TestHeavyImports checks that nothing of ours in a kernel imports what costs
// more than it gives there.
func TestHeavyImports(t *testing.T) {
	heavy := []string{"fmt", "log", "log/slog", "net", "net/http", "reflect", "text/template", "encoding/json", "flag", "testing"}
	for path, p := range list(t) {
		if !strings.HasPrefix(path, module+"/") {
			continue
		}
		for _, imp := range p.Imports {
			if slices.Contains(heavy, imp) {
				t.Errorf("%s imports %s", path, imp)
			}
		}
	}
}

// initSymbol matches what a package of ours would run before main; a method
// of that name is not it.
var initSymbol = regexp.MustCompile(`^` + regexp.QuoteMeta(module) + `/(kernel|factions|tailored)[^()]*\.(init|init\.[0-9]+|\.inittask|map\.init\.[0-9]+)$`)

// TestNoInit checks the linked programs: nothing of ours runs before main, so
// nothing can be registered then.
func TestNoInit(t *testing.T) {
	if testing.Short() {
		t.Skip("links eight programs")
	}
	dir := t.TempDir()
	for _, k := range programs() {
		file := filepath.Join(dir, k.name)
		if _, err := goCommand("build", "-trimpath", "-buildvcs=false", "-o", file, k.path()); err != nil {
			t.Errorf("%s: %v", k.name, err)
			continue
		}
		out, err := goCommand("tool", "nm", file)
		if err != nil {
			t.Fatal(err)
		}
		var vector bool
		for line := range strings.Lines(string(out)) {
			fields := strings.Fields(line)
			name := fields[len(fields)-1]
			if initSymbol.MatchString(name) {
				t.Errorf("%s runs %s before main", k.name, name)
			}
			// An initialised array is data; one filled at start would be bss.
			if name == module+"/tailored/"+k.dir+".vector" {
				vector = strings.EqualFold(fields[1], "d")
			}
		}
		if !vector {
			t.Errorf("%s: the call vector is not initialised data", k.name)
		}
	}
}

// TestNoRegistry checks that no package of a kernel has a variable in which
// handlers could be looked up: no map, no slice of functions.
func TestNoRegistry(t *testing.T) {
	var ours []string
	for path := range list(t) {
		if strings.HasPrefix(path, module+"/") {
			ours = append(ours, path)
		}
	}
	cfg := &packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedExportFile, Env: append(os.Environ(), "CGO_ENABLED=0")}
	pkgs, err := packages.Load(cfg, ours...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		scope := p.Types.Scope()
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if ok && isRegistry(v.Type()) {
				t.Errorf("%s.%s is a %s", p.PkgPath, name, v.Type())
			}
		}
	}
}

// isRegistry tells whether values of a type could be added to at run time, and
// called.
func isRegistry(typ types.Type) bool {
	switch u := typ.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Slice:
		_, ok := u.Elem().Underlying().(*types.Signature)
		return ok
	case *types.Chan:
		return true
	}
	return false
}

// TestLists checks that each kernel has its committed list.
func TestLists(t *testing.T) {
	for _, k := range programs() {
		name := "zdeps-" + strings.TrimPrefix(k.name, "rump-") + ".txt"
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{"\nsize ", "\nrows ", "\nparts ", "\t" + module + "/kernel\n"} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
}
