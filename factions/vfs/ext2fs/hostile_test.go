// Images that are broken on purpose: nothing may crash, hang or take the
// kernel's memory.
package ext2fs

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// used returns the blocks of 1024 bytes of an image that hold anything but
// file contents and zeros: what is worth breaking.
func used(img []byte) (list []int) {
	for off := 0; off < len(img); off += 1024 {
		text := true
		for _, c := range img[off : off+1024] {
			text = text && (c == '\n' || c >= '0' && c <= '9')
		}
		if text {
			continue
		}
		for _, c := range img[off : off+1024] {
			if c != 0 {
				list = append(list, off)
				break
			}
		}
	}
	return list
}

// mutate changes bytes of an image as data says: for each five, which block,
// which byte, how.
func mutate(img []byte, list []int, data []byte) {
	for ; len(data) >= 5; data = data[5:] {
		off := list[int(le.Uint16(data))%len(list)] + int(le.Uint16(data[2:]))%1024
		switch v := data[4]; {
		case v < 32:
			img[off] ^= 1 << (v % 8)
		case v < 64:
			copy(img[off&^3:off&^3+4], []byte{0xff, 0xff, 0xff, 0xff})
		case v < 96:
			clear(img[off&^3 : off&^3+4])
		default:
			img[off] = v
		}
	}
}

// walk reads a tree, as far as it goes.
func walk(g *guest, dir string, depth int, left *int) {
	names, _ := g.tryList(dir, 4096)
	for _, s := range names {
		if *left--; *left < 0 {
			return
		}
		p := dir + "/" + s
		var st abi.Stat
		if g.v.SysLstat50(g.l, str(p), outOf(&st)) != nil {
			continue
		}
		switch st.Mode & abi.S_IFMT {
		case abi.S_IFDIR:
			if depth < 8 {
				walk(g, p, depth+1, left)
			}
		case abi.S_IFREG:
			if fd, err := g.open(p, abi.O_RDWR, 0); err == nil {
				buf := make([]byte, 20000)
				for _, off := range []int64{0, 30000, st.Size - 100} {
					_, _ = g.pread(fd, buf, off)
				}
				g.close(fd)
			}
		case abi.S_IFLNK:
			_, _ = g.readlink(p)
		}
	}
}

// abuse does a bit of everything and minds no error.
func abuse(g *guest) {
	left := 400
	walk(g, "/mnt", 0, &left)
	for _, dir := range []string{"/mnt", "/mnt/d", "/mnt/many"} {
		for i := range 12 {
			p := dir + "/a-new-name-that-takes-some-room-" + strconv.Itoa(i)
			if fd, err := g.open(p, abi.O_CREAT|abi.O_RDWR, 0o600); err == nil {
				_, _ = g.pwrite(fd, make([]byte, 5000), int64(i)*100_000)
				g.close(fd)
			}
			_ = g.v.SysMkdir(g.l, str(p+"d"), 0o700)
			_ = g.v.SysRename(g.l, str(p), str(p+"d/moved"))
		}
	}
	for _, p := range []string{"/mnt/big", "/mnt/sparse", "/mnt/small"} {
		if fd, err := g.open(p, abi.O_RDWR, 0); err == nil {
			_, _ = g.pwrite(fd, make([]byte, 3000), 100_000)
			_, _ = g.v.SysPosixFallocate(g.l, fd, 300_000, 50_000)
			_ = g.v.SysFdiscard(g.l, fd, 2000, 40_000)
			_ = g.v.SysFtruncate(g.l, fd, 1)
			g.close(fd)
		}
	}
	for i := range 30 {
		_ = g.v.SysUnlink(g.l, str("/mnt/many/a-name-somewhat-long-"+strconv.Itoa(i)))
	}
	_ = g.v.SysUnlink(g.l, str("/mnt/big"))
	_ = g.v.SysRename(g.l, str("/mnt/d"), str("/mnt/many/d"))
	_ = g.v.SysRename(g.l, str("/mnt/many"), str("/mnt/d/many"))
	_ = g.v.SysSync(g.l)
	_ = g.v.SysRmdir(g.l, str("/mnt/many"))
}

// maxAbuse is how long a broken image of a few megabytes may keep us busy.
const maxAbuse = 20 * time.Second

func abuseImage(t testing.TB, img []byte) {
	start := time.Now()
	g, _ := simulate(t, img)
	for _, flags := range []int32{abi.MNT_RDONLY, 0} {
		if g.mountOf("/disk", flags) != nil {
			continue
		}
		abuse(g)
		if err := g.v.SysUnmount(g.l, str("/mnt"), 0); err != nil {
			_ = g.v.SysUnmount(g.l, str("/mnt"), abi.MNT_FORCE)
		}
	}
	g.b.Close()
	if used := g.b.Mem.Used(); used > 64<<10 {
		t.Errorf("%d bytes are still charged", used)
	}
	if d := time.Since(start); d > maxAbuse {
		t.Errorf("took %v", d)
	}
}

// TestMutated abuses a few broken forms of each image, the same ones each
// time; FuzzImage goes on from there.
func TestMutated(t *testing.T) {
	const n = 10
	for _, name := range images {
		img := imageBytes(t, name)
		list := used(img)
		for seed := range n {
			t.Run(name+"-"+strconv.Itoa(seed), func(t *testing.T) { // its own, so that the kernel goes
				r := rand.New(rand.NewPCG(uint64(seed), 5))
				data := make([]byte, 5*(1+r.IntN(12)))
				for i := range data {
					data[i] = byte(r.Uint32())
				}
				b := append([]byte(nil), img...)
				mutate(b, list, data)
				abuseImage(t, b)
			})
		}
	}
}

func FuzzImage(f *testing.F) {
	var all [][]byte
	for _, name := range images {
		all = append(all, imageBytes(f, name))
		f.Add(uint8(len(all)-1), []byte{0, 0, 32, 0, 255})
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		img := append([]byte(nil), all[int(which)%len(all)]...)
		mutate(img, used(img), data[:min(len(data), 200)])
		abuseImage(t, img)
	})
}
