package export

import (
	"os"
	"testing"

	"github.com/rumpkit/rumpkit/factions/vfs/posixtest"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// ofLinux is where the host's own layer over all file systems decides, and not
// as NetBSD's.
func ofLinux() map[string]posixtest.Difference {
	return map[string]posixtest.Difference{
		"open a path too long":         {Why: "a path may have 4096 bytes, not 1024"},
		"unlink a directory":           {Want: abi.EISDIR, Why: "POSIX's EPERM is not Linux's"},
		"rename dot":                   {Want: abi.EBUSY, Why: "both are POSIX's; the file system is not asked"},
		"open a link, not following":   {Want: abi.ELOOP, Why: "POSIX's, where NetBSD has an error of its own"},
		"user: chmod sticky on a file": {Why: "the bit means nothing on a file, and anybody may set it on theirs"},
	}
}

// TestPOSIX runs the suite of file systems over mounts: of a kernel's own root,
// and of what it has mounted.
func TestPOSIX(t *testing.T) {
	everything, seconds := posixtest.Everything(), posixtest.Everything()
	seconds.Tick = 1e9
	for _, m := range []struct {
		kind, dir string
		can       posixtest.Can
		differs   map[string]posixtest.Difference
	}{
		{kind: "shared", dir: "/tmp", can: everything},
		{kind: "tmpfs", can: everything},
		{kind: "ext2", can: seconds},
		{kind: "ext4", can: everything},
		{kind: "FAT16", can: posixtest.Can{Tick: 2e9}},
	} {
		t.Run(m.kind, func(t *testing.T) {
			differs := ofLinux()
			for name, d := range m.differs {
				differs[name] = d
			}
			posixtest.Run(t, posixtest.System{
				Dir: mount(t, m.kind) + m.dir, Can: m.can, Root: newHostProcess, OneUser: os.Geteuid() != 0, Differs: differs,
			})
		})
	}
}

// TestPOSIXOfHost runs it over a file system of the host's own, which shows that
// the differences are not the mount's.
func TestPOSIXOfHost(t *testing.T) {
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "export")
	if err != nil {
		t.Skip("no file system in memory: ", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755)) // other users come, too
	differs := ofLinux()
	differs["a new file belongs to its maker"] = posixtest.Difference{
		Why: "its group is the maker's, unless the directory is setgid",
	}
	differs["O_DIRECT and the cache show the same"] = posixtest.Difference{
		Why: "some hosts have no such access to files in memory, others with conditions",
	}
	posixtest.Run(t, posixtest.System{
		Dir: dir, Can: posixtest.Everything(), Root: newHostProcess, OneUser: os.Geteuid() != 0, Differs: differs,
	})
}
