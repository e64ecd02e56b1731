// The same image in turns with the host's own driver, where it can be mounted.
package ext2fs

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func TestTurnsWithHost(t *testing.T) {
	for _, f := range flavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 64<<20, append(slices.Clone(f.args), "-N", "8000")...)
			dir := t.TempDir()
			g := boot(t, image, kernel.Config{})
			want := map[string]bool{}
			for turn := range 4 {
				g.mount(0)
				if turn == 0 {
					g.mkdir("/mnt/d")
				}
				for i := range 300 {
					name := "ours-" + strconv.Itoa(turn) + "-" + strconv.Itoa(i)
					g.put("/mnt/d/"+name, []byte(name))
					want[name] = true
				}
				g.unmount()
				if !hasLoop(t, image, dir, "rw") {
					t.Skip("no loop mounts here")
				}
				for i := range 300 {
					name := "theirs-" + strconv.Itoa(turn) + "-" + strconv.Itoa(i)
					if err := os.WriteFile(filepath.Join(dir, "d", name), []byte(name), 0o644); err != nil {
						t.Error(err)
					}
					want[name] = true
				}
				for name := range want {
					if len(name)%4 == turn {
						if err := os.Remove(filepath.Join(dir, "d", name)); err != nil {
							t.Error(err)
						}
						delete(want, name)
					}
				}
				run(t, nil, "umount", dir)
			}
			fsck(t, image)
			g.mount(abi.MNT_RDONLY)
			if n := len(g.list("/mnt/d", 5000)); n != len(want) {
				t.Errorf("%d names, want %d", n, len(want))
			}
			for name := range want {
				if got := g.take("/mnt/d/" + name); string(got) != name {
					t.Errorf("%s holds %q", name, got)
				}
			}
			g.unmount()
		})
	}
}

// TestHostReplays: the host's driver replays our journal, and we the host's.
func TestHostReplays(t *testing.T) {
	image := mkfs(t, 32<<20, "-t", "ext4", "-b", "1024")
	copied, dir := filepath.Join(t.TempDir(), "copy"), t.TempDir()
	g := boot(t, image, kernel.Config{})
	g.mount(0)
	for i := range 200 {
		g.put("/mnt/f"+strconv.Itoa(i), pattern(3000, uint32(i)))
	}
	g.do("sync", g.v.SysSync(g.l))
	run(t, nil, "cp", image, copied)
	g.unmount()
	if !hasLoop(t, copied, dir, "rw") {
		t.Skip("no loop mounts here")
	}
	for i := range 200 {
		got, err := os.ReadFile(filepath.Join(dir, "f"+strconv.Itoa(i)))
		if err != nil || !slices.Equal(got, pattern(3000, uint32(i))) {
			t.Errorf("the host reads f%d: %v", i, err)
		}
		if err := os.WriteFile(filepath.Join(dir, "g"+strconv.Itoa(i)), got, 0o644); err != nil {
			t.Error(err)
		}
	}
	run(t, nil, "sync", "-f", dir)
	run(t, nil, "cp", copied, image)
	run(t, nil, "umount", dir)
	fsck(t, copied)
	g = boot(t, image, kernel.Config{})
	g.mount(0)
	for i := range 200 {
		if got := g.take("/mnt/g" + strconv.Itoa(i)); !slices.Equal(got, pattern(3000, uint32(i))) {
			t.Errorf("g%d: other bytes", i)
		}
	}
	g.unmount()
	fsck(t, image)
}
