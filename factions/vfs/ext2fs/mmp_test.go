package ext2fs

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// mmpHost is a simulated host with an image that has the block in which hosts
// say that they have it mounted.
type mmpHost struct {
	*guest
	host  *hypercall.Sim
	block int64 // in bytes
}

func newMMP(t *testing.T, args ...string) mmpHost {
	t.Helper()
	img, err := os.ReadFile(mkfs(t, 8<<20, append([]string{"-t", "ext4", "-b", "1024", "-O", "mmp"}, args...)...))
	if err != nil {
		t.Fatal(err)
	}
	g, host := simulate(t, img)
	return mmpHost{g, host, int64(le.Uint64(img[superOffset+sbMMPBlock:])) << 10}
}

func (m mmpHost) seq() uint32 { return le.Uint32(m.host.FileContent("image")[m.block+mmpSeq:]) }

// put writes a number as another host would.
func (m mmpHost) put(seq uint32) {
	m.t.Helper()
	p := m.host.FileContent("image")[m.block:]
	le.PutUint32(p[mmpSeq:], seq)
	uuid := m.host.FileContent("image")[superOffset+sbUUID:][:16]
	le.PutUint32(p[mmpCsum:], crc32c(crc32c(^uint32(0), uuid), p[:mmpCsum]))
	f, err := m.host.Open("image", hypercall.ReadWrite)
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(p[:1024], m.block); err != nil {
		m.t.Fatal(err)
	}
}

// mounting mounts while time passes; step is called each time before it does.
func (m mmpHost) mounting(flags int32, step func(n int)) (waited time.Duration, err error) {
	start, done := m.host.Mono(), make(chan error)
	go func() { done <- m.mountOf("/disk", flags) }()
	for n := 0; ; n++ {
		select {
		case err := <-done:
			return time.Duration(m.host.Mono() - start), err
		default:
		}
		if m.l.Asleep() >= 0 {
			step(n)
			m.host.AdvanceNext(0)
		}
		runtime.Gosched()
	}
}

// TestMMP: the block shows that we have the file system, and is changed for as
// long as we do; then it says that nobody has.
func TestMMP(t *testing.T) {
	m := newMMP(t, "-E", "mmp_update_interval=7")
	waited, err := m.mounting(0, func(int) {})
	if err != nil || waited != 0 {
		t.Fatalf("mount: %v, after %v", err, waited)
	}
	first := m.seq()
	if first == mmpClean || first > mmpMaxSeq {
		t.Errorf("mounted, the number is %#x", first)
	}
	for range 3 {
		was := m.seq()
		m.host.Advance(7 * time.Second)
		for i := 0; m.seq() == was; i++ { // it is done by a thread of the kernel
			if time.Sleep(time.Millisecond); i > 20_000 {
				t.Fatal("the number does not change")
			}
		}
	}
	m.guest.put("/mnt/f", []byte("x"))
	m.do("update", m.mountOf("/disk", abi.MNT_UPDATE|abi.MNT_RDONLY))
	if m.seq() != mmpClean {
		t.Errorf("read-only, the number is %#x", m.seq())
	}
	m.do("update", m.mountOf("/disk", abi.MNT_UPDATE))
	if m.seq() == mmpClean {
		t.Error("writable again, nobody has it")
	}
	m.unmount()
	if m.seq() != mmpClean {
		t.Errorf("unmounted, the number is %#x", m.seq())
	}
	m.judge()
	m.b.Close()
}

// judge has e2fsck judge the image.
func (m mmpHost) judge() {
	m.t.Helper()
	path := m.t.TempDir() + "/image"
	if err := os.WriteFile(path, m.host.FileContent("image"), 0o600); err != nil {
		m.t.Fatal(err)
	}
	fsck(m.t, path)
	if out, err := exec.Command("debugfs", "-R", "dump_mmp", path).CombinedOutput(); err != nil || !strings.Contains(string(out), "ff4d4d50") {
		m.t.Errorf("debugfs: %v\n%s", err, out)
	}
}

// TestMMPInUse: what another host has mounted is not; what one had that went
// down is, when there was time to see that.
func TestMMPInUse(t *testing.T) {
	for _, flags := range []int32{0, abi.MNT_RDONLY} {
		m := newMMP(t)
		m.put(mmpMaxSeq + 2)
		if waited, err := m.mounting(flags, func(int) {}); err != abi.EBUSY || waited != 0 {
			t.Errorf("one that is checked: %v, after %v", err, waited)
		}
		m.put(17)
		if _, err := m.mounting(flags, func(n int) { m.put(18 + uint32(n)) }); err != abi.EBUSY {
			t.Errorf("one in use: %v", err)
		}
		m.put(1234)
		waited, err := m.mounting(flags, func(int) {})
		if least := 11 * time.Second; err != nil || waited < least {
			t.Errorf("one that was left: %v, after %v", err, waited)
		}
		m.unmount()
		m.b.Close()
	}
}

// TestMMPTaken: when another host takes what we have, we change it no more.
func TestMMPTaken(t *testing.T) {
	m := newMMP(t)
	m.do("mount", m.mountOf("/disk", 0))
	m.put(4711)
	m.host.Advance(5 * time.Second)
	for i := 0; !strings.Contains(m.host.Console(), "in use by another host"); i++ {
		if time.Sleep(time.Millisecond); i > 20_000 {
			t.Fatal("it is not noticed")
		}
	}
	if _, err := m.open("/mnt/f", abi.O_CREAT|abi.O_RDWR, 0o600); err != abi.EIO {
		t.Errorf("create: %v", err)
	}
	m.b.Close()
	if m.seq() != 4711 {
		t.Errorf("the number is %#x", m.seq())
	}
}
