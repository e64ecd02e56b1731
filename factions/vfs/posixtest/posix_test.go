package posixtest_test

import (
	"testing"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/factions/vfs/posixtest"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/tailored/vfs"
)

func TestRumpfsAndTmpfs(t *testing.T) {
	for _, typ := range []string{"rumpfs", "tmpfs"} {
		t.Run(typ, func(t *testing.T) {
			k, err := vfs.Boot(kernel.Config{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { k.Close() })
			root := func(t *testing.T) *client.Client {
				c, err := client.New(k, "posixtest")
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			c := root(t)
			defer c.Exit()
			if err := c.Mkdir("/mnt", 0o755); err != nil {
				t.Fatal(err)
			}
			args := abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o755}
			if err := c.Mount(typ, "/mnt", 0, client.Struct(&args)); err != nil {
				t.Fatal(err)
			}
			posixtest.Run(t, "/mnt", posixtest.Everything(), root)
		})
	}
}
