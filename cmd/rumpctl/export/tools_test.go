package export

import (
	_ "embed"
	"os/exec"
	"testing"
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
