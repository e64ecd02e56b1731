package kernel_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

// A file system's module can be unloaded while nothing of it is mounted, and
// loaded again; what the kernel is made of can't.
func TestFileSystemModules(t *testing.T) {
	k, err := vfs.Boot(kernel.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	c, err := client.New(k, "test")
	want(t, "attach", err, 0)
	want(t, "mkdir", c.Mkdir("/mnt", 0o755), 0)
	args := abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755}
	mount := func() error { return c.Mount("tmpfs", "/mnt", 0, client.Struct(&args)) }
	for _, tc := range []struct {
		what string
		do   func() error
		err  abi.Errno
	}{
		{"mounting", mount, 0},
		{"unloading what is mounted", func() error { return modctl(c, abi.MODCTL_UNLOAD, "tmpfs", 0) }, abi.EBUSY},
		{"unmounting", func() error { return c.Unmount("/mnt", 0) }, 0},
		{"unloading", func() error { return modctl(c, abi.MODCTL_UNLOAD, "tmpfs", 0) }, 0},
		{"mounting what is gone", mount, abi.ENODEV},
		{"loading it", func() error { return modctl(c, abi.MODCTL_LOAD, "tmpfs", 0) }, abi.EPERM},
		{"loading it by force", func() error { return modctl(c, abi.MODCTL_LOAD, "tmpfs", abi.MODCTL_LOAD_FORCE) }, 0},
		{"mounting again", mount, 0},
		{"unloading a faction", func() error { return modctl(c, abi.MODCTL_UNLOAD, "vfs", 0) }, abi.EBUSY},
		{"loading nothing", func() error { return modctl(c, abi.MODCTL_LOAD, "none", 0) }, abi.ENOENT},
	} {
		want(t, tc.what, tc.do(), tc.err)
	}
}
