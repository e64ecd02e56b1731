package msdos

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// workload makes, changes and removes files, and syncs now and then. It
// returns, by content, under which names a synced file may be found.
type workload struct {
	g      *guest
	rng    *rand.Rand
	now    map[string]string   // content by name
	synced map[string][]string // names by content
}

func (w *workload) step(i int) error {
	g := w.g
	switch name := "/m/d" + strconv.Itoa(i%3) + "/file with number " + strconv.Itoa(i); {
	case i%7 == 6:
		if err := g.v.SysSync(g.l); err != nil {
			return err
		}
		if err := g.v.Mounts()[1].FS.Sync(); err != nil {
			return err
		}
		clear(w.synced)
		for name, content := range w.now {
			w.synced[content] = []string{name}
		}
	case i%7 == 3 && len(w.now) > 0:
		old := w.any()
		to := "/m/d" + strconv.Itoa((i+1)%3) + "/moved " + strconv.Itoa(i)
		if names := w.synced[w.now[old]]; names != nil {
			w.synced[w.now[old]] = append(names, to)
		}
		if err := g.rename(old, to); err != nil {
			return err
		}
		w.now[to] = w.now[old]
		delete(w.now, old)
	case i%7 == 4 && len(w.now) > 3:
		old := w.any()
		delete(w.synced, w.now[old])
		delete(w.now, old)
		return g.unlink(old)
	default:
		content := string(bytes.Repeat([]byte(strconv.Itoa(i)+" "), 1+w.rng.IntN(3000)))
		w.now[name] = content
		return g.write(name, 0, []byte(content))
	}
	return nil
}

func (w *workload) any() string {
	best := ""
	for name := range w.now {
		if best == "" || name < best {
			best = name
		}
	}
	return best
}

// power counts the writes of a host and fails all from the last on. It keeps
// what was on the disk at the last sync.
type power struct {
	host  *hypercall.Sim
	left  int
	flush []byte
}

func (p *power) fault(op hypercall.FaultOp) hypercall.Fault {
	if op.Op != "write" && op.Op != "sync" {
		return hypercall.Fault{}
	}
	if p.left--; p.left < 0 {
		return hypercall.Fault{Err: abi.EIO}
	}
	if op.Op == "sync" {
		p.flush = p.host.FileContent(simDisk)
	}
	return hypercall.Fault{}
}

// TestPowerCut cuts the power at some writes of a workload, or with
// RUMPKIT_EVERY_CUT set at each of them. Of the sectors written
// since the last sync some are on the disk and some are not: what was synced
// and left alone is there, and fsck can put the rest right.
func TestPowerCut(t *testing.T) {
	base := make(memory, 2200<<10)
	if err := mkfs.Format(base, int64(len(base)), mkfs.Options{Bits: 16, ClusterSize: 512}); err != nil {
		t.Fatal(err)
	}
	step, cut := 29, 5
	if os.Getenv("RUMPKIT_EVERY_CUT") != "" {
		step, cut = 1, 1
	}
	for more := true; more && (step == 1 || cut <= 400); cut += step {
		// A test of its own, so that no kernel outlives its cut.
		t.Run(strconv.Itoa(cut), func(t *testing.T) {
			more = powerCut(t, base, cut, 0) && powerCut(t, base, cut, 1)
		})
	}
}

// powerCut is one cut. It returns false when the workload ended before.
func powerCut(t *testing.T, base []byte, cut int, seed uint64) bool {
	g, host := bootSim(t, base, 0)
	g.do("mount", g.mount(0))
	for i := range 3 {
		g.do("mkdir", g.mkdir("/m/d"+strconv.Itoa(i)))
	}
	g.do("sync", g.v.Mounts()[1].FS.Sync())
	p := &power{host: host, left: cut, flush: host.FileContent(simDisk)}
	host.Fault = p.fault
	rng := rand.New(rand.NewPCG(seed, uint64(cut)))
	w := &workload{g: g, rng: rng, now: map[string]string{}, synced: map[string][]string{}}
	var err error
	for i := 0; i < 300 && err == nil; i++ {
		err = w.step(i)
	}
	left := p.left
	p.left = -1
	image := torn(p.flush, host.FileContent(simDisk), rng)
	_ = g.b.Close()
	judgeCut(t, image, w.synced, cut, seed)
	return left < 0
}

// torn returns an image in which each sector is of one of two.
func torn(old, now []byte, rng *rand.Rand) []byte {
	out := bytes.Clone(now)
	some := rng.IntN(4)
	for at := 0; at < len(out); at += 512 {
		if rng.IntN(4) < some {
			copy(out[at:at+512], old[at:])
		}
	}
	return out
}

// judgeCut repairs the image, where there is a tool for it, and looks for what
// was synced.
func judgeCut(t *testing.T, image []byte, synced map[string][]string, cut int, seed uint64) {
	t.Helper()
	if tool, err := exec.LookPath("fsck.vfat"); err == nil {
		path := filepath.Join(t.TempDir(), "img")
		if err := os.WriteFile(path, image, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = exec.Command(tool, "-a", "-f", path).Run()
		fsck(t, path)
		image, _ = os.ReadFile(path)
	}
	g, _ := bootSim(t, image, 0)
	defer g.b.Close()
	g.do("mount", g.mount(abi.MNT_RDONLY))
	for content, names := range synced {
		found := false
		for _, name := range names {
			if b, err := g.read(name); err == nil && string(b) == content {
				found = true
			}
		}
		for _, name := range g.list("/m", 4096) { // a chain that lost its name
			if b, err := g.read("/m/" + name); err == nil && strings.HasPrefix(string(b), content) {
				found = true
			}
		}
		if !found {
			t.Errorf("cut at write %d, seed %d: %q is lost", cut, seed, names)
		}
	}
}
