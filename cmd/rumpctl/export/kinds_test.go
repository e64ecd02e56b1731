package export

// The kernels that tests mount.

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/imagekernel"
	extmkfs "github.com/rumpkit/rumpkit/factions/vfs/ext2fs/mkfs"
	fatmkfs "github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
	"github.com/rumpkit/rumpkit/kernel/sysent"
	"github.com/rumpkit/rumpkit/tailored/all"
)

// kern is a kernel to serve from.
type kern interface {
	sysent.Kernel
	BaseKernel() *kernel.Base
	Close() error
}

// kind is a kernel with files to show. alone says that the host may keep what it
// has seen; root is what is shown, / if empty.
type kind struct {
	alone bool
	root  string
	// fstype is what is mounted on root; format writes an image for it.
	fstype string
	format func(f *os.File, size int64) error
	// fsck is the command that judges the image.
	fsck []string
}

const (
	mnt       = "/mnt"
	imageSize = 16 << 20
)

// kinds are the kernels by name. The ones called shared and alone show all of a
// kernel, whose root is rumpfs.
var kinds = map[string]kind{
	"shared": {},
	"alone":  {alone: true},
	"tmpfs":  {alone: true, root: mnt, fstype: "tmpfs"},
	"ext2": {alone: true, root: mnt, fstype: "ext2fs", fsck: []string{"e2fsck", "-fn"}, format: func(f *os.File, size int64) error {
		return extmkfs.Format(f, size, extmkfs.Options{BlockSize: 1024, Zeroed: true})
	}},
	"ext4": {alone: true, root: mnt, fstype: "ext2fs", fsck: []string{"e2fsck", "-fn"}, format: func(f *os.File, size int64) error {
		return extmkfs.Format(f, size, extmkfs.Options{Journal: true, BlockSize: 4096, Zeroed: true})
	}},
	"FAT16": {alone: true, root: mnt, fstype: "msdos", fsck: []string{"fsck.vfat", "-n"}, format: func(f *os.File, size int64) error {
		return fatmkfs.Format(f, size, fatmkfs.Options{Bits: 16})
	}},
}

// boot boots the kernel. An image is made in tmp.
func (d *kind) boot(tmp string) (kern, error) {
	config := kernel.Config{Host: quiet{hypercall.Real()}}
	if d.format == nil {
		k, err := all.Boot(config)
		if err != nil {
			return nil, err
		}
		return k, d.mount(k, "tmpfs", client.Struct(&abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755}))
	}
	image := filepath.Join(tmp, "image")
	if err := d.make(image); err != nil {
		return nil, err
	}
	config.Etfs = []kernel.Etfs{{Key: "/disk", HostPath: image, Type: kernel.EtfsBlk}}
	k, err := imagekernel.Boot(config)
	if err != nil {
		return nil, err
	}
	args := client.Struct(&abi.UfsArgs{})
	if d.fstype == "msdos" {
		args = client.Struct(&abi.MsdosfsArgs{Mask: 0o755, Dirmask: 0o755, Version: abi.MSDOSFSMNT_VERSION, Flags: abi.MSDOSFSMNT_VERSIONED})
	}
	return k, d.mount(k, d.fstype, args.WithString(0, "/disk"))
}

// client makes the client that serves: one in this process for what is mounted,
// as rumpctl has it, otherwise one behind the socket.
func (d *kind) client(k kern, url string) (*client.Client, error) {
	if d.root != "" {
		return client.New(k, "export")
	}
	return client.Dial(context.Background(), url, "export")
}

// make makes the image.
func (d *kind) make(image string) error {
	f, err := os.Create(image)
	if err == nil {
		defer f.Close()
		err = f.Truncate(imageSize)
	}
	if err == nil {
		err = d.format(f, imageSize)
	}
	return err
}

// mount mounts a file system in the kernel, if one is wanted.
func (d *kind) mount(k kern, fstype string, args client.Arg) error {
	if d.root == "" {
		return nil
	}
	c, err := client.New(k, "mount")
	if err != nil {
		return err
	}
	defer c.Exit()
	if err := c.Mkdir(d.root, 0o755); err != nil {
		return err
	}
	return c.Mount(fstype, d.root, 0, args)
}

// check has the image judged that was made in tmp, where there is the tool.
func (d kind) check(t *testing.T, tmp string) {
	if d.fsck == nil || t.Failed() {
		return
	}
	if _, err := exec.LookPath(d.fsck[0]); err != nil {
		t.Log(err)
		return
	}
	out, err := exec.Command(d.fsck[0], append(d.fsck[1:], filepath.Join(tmp, "image"))...).CombinedOutput()
	if err != nil {
		t.Errorf("%v: %v\n%s", d.fsck, err, out)
	}
}
