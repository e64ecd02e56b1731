// Power cuts: every write to the device is recorded, and images as a cut may
// leave them are judged: what was flushed is there, of what came after any
// part may be.
package ext2fs

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// diskOp is a write, or a flush when there is no data.
type diskOp struct {
	off  int64
	data []byte
}

// recorder is a host that notes what is written to its files.
type recorder struct {
	hypercall.Host
	mu  sync.Mutex
	ops []diskOp
}

type recordedFile struct {
	hypercall.File
	r *recorder
}

func (r *recorder) Open(name string, mode hypercall.OpenMode) (hypercall.File, error) {
	f, err := r.Host.Open(name, mode)
	return &recordedFile{f, r}, err
}

func (r *recorder) note(op diskOp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = append(r.ops, op)
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ops)
}

func (f *recordedFile) WriteAt(p []byte, off int64) (int, error) {
	f.r.note(diskOp{off, bytes.Clone(p)})
	return f.File.WriteAt(p, off)
}

// Sync spares the host the flush.
func (f *recordedFile) Sync() error {
	f.r.note(diskOp{})
	return nil
}

// saved is what the model held when a sync had returned.
type saved struct {
	at    int // operations of the disk until then
	files map[string]inode
}

func (m *model) snapshot(at int) saved {
	s := saved{at: at, files: map[string]inode{}}
	for p, f := range m.files {
		s.files[p] = inode{kind: f.kind, data: bytes.Clone(f.data), target: f.target}
	}
	return s
}

// unchanged returns what a and b both have.
func unchanged(a, b saved) map[string]inode {
	files := maps.Clone(a.files)
	maps.DeleteFunc(files, func(p string, f inode) bool {
		g, ok := b.files[p]
		return !ok || g.kind != f.kind || !bytes.Equal(g.data, f.data) || g.target != f.target
	})
	return files
}

// cutImage is what a power cut after op number at may leave: every write
// before the last flush, and of the later ones as much as keep says of each,
// in whole sectors. The superblock, and the block that says who has the file
// system mounted, are written whole or not at all.
func cutImage(first []byte, ops []diskOp, at int, keep func(n int) int) []byte {
	img := bytes.Clone(first)
	flushed, mmp := 0, mmpAt(img)
	for i, op := range ops[:at] {
		if op.data == nil {
			flushed = i
		}
	}
	for i, op := range ops[:at] {
		if op.data == nil {
			continue
		}
		n := len(op.data)
		if i >= flushed {
			if n = keep(n) &^ 511; (op.off < 4096 || op.off == mmp) && n < len(op.data) {
				n = 0
			}
		}
		copy(img[op.off:], op.data[:n])
	}
	return img
}

// mmpAt returns where the block is that says who has an image mounted, in bytes:
// -1 for nowhere.
func mmpAt(img []byte) int64 {
	if le.Uint32(img[superOffset+sbIncompat:])&featMMP == 0 {
		return -1
	}
	return int64(le.Uint64(img[superOffset+sbMMPBlock:])) << (10 + le.Uint32(img[superOffset+sbLogBlock:]))
}

// clearMMP takes the sign from an image that the kernel which lost its power had
// it mounted, which others would heed for some time: tune2fs -E clear_mmp.
func clearMMP(t *testing.T, img []byte) {
	t.Helper()
	at := mmpAt(img)
	if at < 0 {
		return
	}
	p := img[at:]
	csum := func() uint32 { return crc32c(crc32c(^uint32(0), img[superOffset+sbUUID:][:16]), p[:mmpCsum]) }
	seq := le.Uint32(p[mmpSeq:])
	if le.Uint32(p) != mmpMagic || le.Uint32(p[mmpCsum:]) != csum() || seq > mmpMaxSeq && seq != mmpClean {
		t.Errorf("the block of who has it mounted is broken: number %#x", seq)
	}
	le.PutUint32(p[mmpSeq:], mmpClean)
	le.PutUint32(p[mmpCsum:], csum())
}

// cutFlavors are the file systems whose power is cut.
var cutFlavors = slices.Concat(flavors[:4], flavors[5:7], []flavor{
	{"ext4-mmp", []string{"-t", "ext4", "-b", "1024", "-I", "512", "-O", "inline_data,mmp"}},
})

// TestPowerCuts cuts the power at some writes of a workload, or with
// RUMPKIT_EVERY_CUT set at each of them.
func TestPowerCuts(t *testing.T) {
	cuts := 15
	if testing.Short() {
		cuts = 5
	}
	every := os.Getenv("RUMPKIT_EVERY_CUT") != ""
	for _, f := range cutFlavors {
		t.Run(f.name, func(t *testing.T) {
			image := mkfs(t, 16<<20, append(slices.Clone(f.args), "-N", "4000")...)
			first, err := os.ReadFile(image)
			if err != nil {
				t.Fatal(err)
			}
			rec := &recorder{Host: hypercall.Real()}
			g := boot(t, image, kernel.Config{Host: rec})
			g.mount(0)
			m := newModel(99)
			list := []saved{m.snapshot(0)}
			for range 25 {
				for range 12 {
					m.step(g)
				}
				g.do("sync", g.v.SysSync(g.l))
				list = append(list, m.snapshot(rec.count()))
			}
			end := rec.count()
			g.unmount()
			r := rand.New(rand.NewPCG(1, 2))
			journaled := f.name[3] != '2'
			if every {
				cuts = end - 1
			}
			for i := range cuts {
				at := 1 + r.IntN(end-1)
				if every {
					at = i + 1
				}
				part := r.IntN(5)
				img := cutImage(first, rec.ops, at, func(n int) int {
					switch {
					case part == 4 || r.IntN(4) < part:
						return n
					case r.IntN(3) == 0:
						return r.IntN(n) // torn
					}
					return 0
				})
				// A test of its own, so that no kernel outlives its cut.
				t.Run(strconv.Itoa(at), func(t *testing.T) { judgeCut(t, img, at, list, journaled) })
			}
		})
	}
}

// judgeCut has e2fsck and our own recovery mend an image, and looks for what
// was synced.
func judgeCut(t *testing.T, img []byte, at int, list []saved, journaled bool) {
	t.Helper()
	clearMMP(t, img)
	path := filepath.Join(t.TempDir(), "cut")
	if err := os.WriteFile(path, img, 0o600); err != nil {
		t.Fatal(err)
	}
	mends(t, path, at, journaled, mmpAt(img) >= 0)
	i := len(list) - 1
	for list[i].at > at {
		i--
	}
	must := list[i].files
	if i+1 < len(list) {
		must = unchanged(list[i], list[i+1])
	}
	if !journaled {
		return
	}
	g := boot(t, path, kernel.Config{})
	lookFor(t, g, at, must)
	g.b.Close()
	if err := os.WriteFile(path, img, 0o600); err != nil {
		t.Fatal(err)
	}
	g = boot(t, path, kernel.Config{})
	g.mount(abi.MNT_RDONLY)
	g.unmount()
	lookFor(t, g, at, must)
	g.b.Close()
	fsck(t, path)
}

// mends has e2fsck mend an image. One with a sign of who has it mounted it would
// watch for some seconds first, and is left to us.
func mends(t *testing.T, path string, at int, journaled, signed bool) {
	t.Helper()
	if signed {
		return
	}
	how := "-fp" // what can be mended without a question
	if !journaled {
		how = "-fy"
	}
	b, err := exec.Command("e2fsck", how, path).CombinedOutput()
	if e, ok := err.(*exec.ExitError); err != nil && (!ok || e.ExitCode() > 1) {
		t.Fatalf("cut at %d: e2fsck %s: %v\n%s", at, how, err, b)
	}
	fsck(t, path)
}

func lookFor(t *testing.T, g *guest, at int, must map[string]inode) {
	t.Helper()
	g.mount(0)
	for p, f := range must {
		switch f.kind {
		case abi.S_IFREG:
			if got, err := g.tryTake("/mnt" + p); err != nil || !bytes.Equal(got, f.data) {
				t.Fatalf("cut at %d: %s: %v, %d bytes, want %d, differ at %d", at, p, err, len(got), len(f.data), differ(got, f.data))
			}
		case abi.S_IFLNK:
			if got, err := g.readlink("/mnt" + p); err != nil || got != f.target {
				t.Fatalf("cut at %d: link %s: %q, %v", at, p, got, err)
			}
		default:
			if st := g.stat("/mnt" + p); st.Mode&abi.S_IFMT != abi.S_IFDIR {
				t.Fatalf("cut at %d: %s is no directory", at, p)
			}
		}
	}
	g.unmount()
}
