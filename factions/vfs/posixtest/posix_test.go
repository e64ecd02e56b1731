package posixtest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/imagekernel"
	extmkfs "github.com/rumpkit/rumpkit/factions/vfs/ext2fs/mkfs"
	fatmkfs "github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/factions/vfs/posixtest"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

// mnt is where the file system is tested, other a second directory for layers.
const (
	mnt   = "/mnt"
	other = "/other"
)

// kern is a kernel to make clients of.
type kern interface {
	sysent.Kernel
	Close() error
}

// run mounts and runs the suite.
func run(t *testing.T, k kern, can posixtest.Can, mount func(c *client.Client) error) {
	t.Helper()
	root := func(t *testing.T) *client.Client {
		t.Helper()
		c, err := client.New(k, "posixtest")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := root(t)
	for _, dir := range []string{mnt, other} {
		if err := c.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := mount(c); err != nil {
		t.Fatal(err)
	}
	if err := c.Exit(); err != nil {
		t.Fatal(err)
	}
	posixtest.Run(t, posixtest.System{
		Dir: mnt, Can: can, Root: func(t *testing.T) posixtest.Process { return root(t) },
	})
}

func tmpfs(c *client.Client, dir string) error {
	args := abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755}
	return c.Mount("tmpfs", dir, 0, client.Struct(&args))
}

func union(mode int32) func(c *client.Client) error {
	return func(c *client.Client) error {
		return c.Mount("union", mnt, 0, client.Struct(&abi.UnionArgs{Mntflags: mode}).WithString(0, other))
	}
}

// TestInMemory is the file systems in memory, and the layers over them.
func TestInMemory(t *testing.T) {
	for _, fs := range []struct {
		name  string
		mount func(c *client.Client) error
	}{
		{"rumpfs", func(c *client.Client) error { return c.Mount("rumpfs", mnt, 0, client.Arg{}) }},
		{"tmpfs", func(c *client.Client) error { return tmpfs(c, mnt) }},
		{"null over tmpfs", func(c *client.Client) error {
			if err := tmpfs(c, other); err != nil {
				return err
			}
			return c.Mount("null", mnt, 0, client.Struct(&abi.NullArgs{}).WithString(0, other))
		}},
		{"union above", union(abi.UNMNT_ABOVE)},
		{"union below", union(abi.UNMNT_BELOW)},
	} {
		t.Run(fs.name, func(t *testing.T) {
			k, err := vfs.Boot(kernel.Config{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { k.Close() })
			run(t, k, posixtest.Everything(), fs.mount)
		})
	}
}

// fat is what a FAT volume stores: neither owners nor links, and times to two
// seconds.
func fat() posixtest.Can {
	return posixtest.Can{Tick: 2e9}
}

// TestOnImages is the file systems of images.
func TestOnImages(t *testing.T) {
	seconds := posixtest.Everything()
	seconds.Tick = 1e9
	for _, fs := range []struct {
		name, typ string
		can       posixtest.Can
		format    func(f *os.File, size int64) error
	}{
		{"ext2", "ext2fs", seconds, func(f *os.File, size int64) error {
			return extmkfs.Format(f, size, extmkfs.Options{BlockSize: 1024, Zeroed: true})
		}},
		{"ext4", "ext2fs", posixtest.Everything(), func(f *os.File, size int64) error {
			return extmkfs.Format(f, size, extmkfs.Options{Journal: true, BlockSize: 4096, Zeroed: true})
		}},
		{"FAT16", "msdos", fat(), func(f *os.File, size int64) error {
			return fatmkfs.Format(f, size, fatmkfs.Options{Bits: 16})
		}},
	} {
		t.Run(fs.name, func(t *testing.T) {
			k, err := imagekernel.Boot(kernel.Config{Etfs: []kernel.Etfs{{Key: "/disk", HostPath: image(t, fs.format), Type: kernel.EtfsBlk}}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { k.Close() })
			run(t, k, fs.can, func(c *client.Client) error {
				args := client.Struct(&abi.UfsArgs{})
				if fs.typ == "msdos" {
					args = client.Struct(&abi.MsdosfsArgs{Mask: 0o755, Dirmask: 0o755,
						Version: abi.MSDOSFSMNT_VERSION, Flags: abi.MSDOSFSMNT_VERSIONED})
				}
				return c.Mount(fs.typ, mnt, 0, args.WithString(0, "/disk"))
			})
		})
	}
}

// image makes an image and returns its path.
func image(t *testing.T, format func(f *os.File, size int64) error) string {
	t.Helper()
	const size = 16 << 20
	path := filepath.Join(t.TempDir(), "image")
	f, err := os.Create(path)
	if err == nil {
		err = f.Truncate(size)
	}
	if err == nil {
		err = format(f, size)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
