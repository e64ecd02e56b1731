package export

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPrivilegesGo: who is not root takes the bits away that lend rights, by each
// way of changing what is in a file; root does not. The host knows at once.
func TestPrivilegesGo(t *testing.T) {
	const user = 1234
	root := os.Geteuid() == 0
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		must(t, os.WriteFile("f", []byte("contents"), 0o644))
		if root {
			must(t, os.Chown("f", user, user))
		}
		for _, c := range []struct {
			script     string
			root       bool
			mode, want uint32
		}{
			{"echo x >>f", false, 0o6755, 0o755},
			{"echo x >f", false, 0o6755, 0o755},
			{": >f", false, 0o6755, 0o755},
			{"truncate -s 3 f", false, 0o6755, 0o755},
			{"echo x >>f", false, 0o6745, 0o2745}, // no group may run it
			{"cat f", false, 0o6755, 0o6755},
			{"echo x >>f", true, 0o6755, 0o6755},
		} {
			if c.root && !root {
				continue
			}
			must(t, unix.Chmod("f", c.mode))
			cmd := exec.Command("sh", "-c", c.script)
			if root && !c.root {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", c.script, err, out)
			}
			var st unix.Stat_t
			if err := unix.Stat("f", &st); err != nil || st.Mode&0o7777 != c.want {
				t.Errorf("%s, of %#o: %#o, want %#o (%v)", c.script, c.mode, st.Mode&0o7777, c.want, err)
			}
		}
	})
}
