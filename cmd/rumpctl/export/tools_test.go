package export

import (
	_ "embed"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

//go:embed testdata/tools.sh
var toolsScript string

// TestTools uses the mount as people do: cp, tar, git, find, and so on.
func TestTools(t *testing.T) {
	both(t, func(t *testing.T, dir string) {
		cmd := exec.Command("bash", "-c", toolsScript, "tools", dir+"/tmp", t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// TestMappedThenClosed: what a program changed in a mapping is in the kernel
// when it has closed the file.
func TestMappedThenClosed(t *testing.T) {
	both(t, func(t *testing.T, dir string) {
		c := other(t, dir)
		for round := range 3 { // the host asks what closing means the first time only
			name := "/tmp/mapped" + strconv.Itoa(round)
			must(t, os.WriteFile(dir+name, []byte("before"), 0o644))
			fd, err := unix.Open(dir+name, unix.O_RDWR, 0)
			must(t, err)
			b, err := unix.Mmap(fd, 0, 6, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
			must(t, err)
			copy(b, "after!")
			must(t, unix.Munmap(b))
			must(t, unix.Close(fd))
			kernelFD, err := c.Open(name, abi.O_RDONLY, 0)
			must(t, err)
			got := make([]byte, 10)
			n, err := c.Read(kernelFD, got)
			must(t, err)
			if string(got[:n]) != "after!" {
				t.Errorf("the kernel has %q", got[:n])
			}
		}
	})
}
