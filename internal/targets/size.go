// What each part costs: its bytes in a stripped program.
package targets

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/master"
	"github.com/rumpkit/rumpkit/gen/resolve"
)

// Size links, for each part, the smallest kernel that holds it, and the same
// without it, and prints by how much they differ.
func Size(ctx context.Context) error {
	dir, err := root()
	if err != nil {
		return err
	}
	s := sizer{dir: dir, sizes: map[string]size{}}
	var all *emit.Kernel
	err = step("read the parts", func() error {
		all, err = s.everything()
		return err
	})
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Join(dir, sizeDir))
	var rows [][]string
	err = step("link a kernel for each part", func() error {
		rows, err = s.rows(ctx, all)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println()
	table(os.Stdout, rows)
	return nil
}

// sizeDir is where the kernels that are measured go, from the root.
const sizeDir = "bin/src/size"

// sizer measures kernels; sizes are those it has measured, by their parts.
type sizer struct {
	dir   string
	sizes map[string]size
}

// size is the bytes of a program: the file, and what is in its sections, which
// says more of small parts, for a file grows by pages.
type size struct{ file, sections int64 }

// everything resolves the kernel with all parts.
func (s *sizer) everything() (*emit.Kernel, error) {
	const name = "syscalls.master"
	src, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	t, err := master.Parse(name, src, master.Native())
	if err != nil {
		return nil, err
	}
	tree, err := resolve.Load(resolve.Config{Dir: s.dir, Table: t})
	if err != nil {
		return nil, err
	}
	return tree.Select("all")
}

// rows makes the table: a line for each part, one for the sum.
func (s *sizer) rows(ctx context.Context, all *emit.Kernel) ([][]string, error) {
	rows := [][]string{{"part", "bytes it costs", "rows it serves", "bytes of the smallest kernel with it"}}
	for _, p := range all.Parts {
		with := closure(all, p)
		now, err := s.link(ctx, all, with)
		if err != nil {
			return nil, err
		}
		var before size
		if !p.IsBase() {
			if before, err = s.link(ctx, all, slices.DeleteFunc(slices.Clone(with), func(q *emit.Part) bool { return q == p })); err != nil {
				return nil, err
			}
		}
		rows = append(rows, []string{p.Name, thousands(now.sections - before.sections), fmt.Sprint(p.RumpRows()), thousands(now.file)})
	}
	now, err := s.link(ctx, all, all.Parts)
	if err != nil {
		return nil, err
	}
	return append(rows, []string{"all", "", fmt.Sprint(all.RumpRows()), thousands(now.file)}), nil
}

// closure returns a part and all it needs, in the order in which they attach.
func closure(all *emit.Kernel, p *emit.Part) []*emit.Part {
	want := map[string]bool{p.Path: true}
	for _, q := range slices.Backward(all.Parts) {
		if want[q.Path] {
			for _, n := range q.Needs {
				want[n.Part] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all.Parts), func(q *emit.Part) bool { return !want[q.Path] && !q.IsBase() })
}

func names(parts []*emit.Part) string {
	var list []string
	for _, p := range parts {
		list = append(list, p.Name)
	}
	return strings.Join(list, " ")
}

// link writes and links a kernel of these parts and returns its size in bytes.
func (s *sizer) link(ctx context.Context, all *emit.Kernel, parts []*emit.Part) (size, error) {
	key := names(parts)
	if known, ok := s.sizes[key]; ok {
		return known, nil
	}
	pkg := fmt.Sprintf("k%d", len(s.sizes))
	k := *all
	k.Parts, k.Selection = parts, key
	k.Dir, k.Package, k.Program = sizeDir+"/"+pkg, pkg, "rump"
	k.ImportPath = emit.Module + "/" + k.Dir
	files, err := emit.KernelFiles(&k)
	if err != nil {
		return size{}, err
	}
	if err := s.write(files); err != nil {
		return size{}, err
	}
	out := filepath.Join(s.dir, sizeDir, pkg+".exe")
	if err := link(ctx, out, "./"+k.Dir+"/"+k.Program); err != nil {
		return size{}, fmt.Errorf("the kernel of %s: %w", key, err)
	}
	s.sizes[key], err = measure(out)
	return s.sizes[key], err
}

func (s *sizer) write(files []emit.File) error {
	for _, f := range files {
		path := filepath.Join(s.dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// measure returns the size of a linked program.
func measure(path string) (size, error) {
	f, err := elf.Open(path)
	if err != nil {
		return size{}, err
	}
	defer f.Close()
	n := size{file: fileSize(path)}
	for _, sec := range f.Sections {
		if sec.Type != elf.SHT_NOBITS {
			n.sections += int64(sec.Size)
		}
	}
	return n, nil
}

// thousands is a number with a comma for each three digits.
func thousands(n int64) string {
	text := fmt.Sprint(max(n, -n))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n < 0 {
		return "-" + text
	}
	return text
}
