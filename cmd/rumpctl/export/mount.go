// The end of a mount, whoever ends it.
package export

import (
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// haveTool reports that the program is there that mounts without root.
func haveTool() bool { return tool() != "" }

// tool is the path of the program that mounts and unmounts without root.
func tool() string {
	for _, name := range []string{"fusermount3", "/bin/fusermount3", "fusermount", "/bin/fusermount"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Wait returns when the mount has ended: by Unmount, or by somebody else with
// fusermount3 -u. Descriptors in the kernel are closed then.
func (m *Mount) Wait() {
	m.server.Wait()
	m.x.lockers.close()
	m.x.held.close(m.x.c)
}

// Unmount ends the mount if nobody uses it. Otherwise it takes the directory out
// of sight (busy is true): who has files open goes on until they are closed, and
// then the mount ends. Wait tells when.
func (m *Mount) Unmount() (busy bool, err error) {
	if m.server.Unmount() == nil {
		return false, nil
	}
	return true, m.detach()
}

// detach unmounts a directory that is in use.
func (m *Mount) detach() error {
	if os.Geteuid() == 0 {
		return unix.Unmount(m.dir, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
	}
	return exec.Command(tool(), "-uz", m.dir).Run()
}

// Gone returns a channel that is closed when the kernel has gone, or when the
// process of the mount exits.
func (m *Mount) Gone() (<-chan struct{}, error) {
	r, _, err := m.x.c.Pipe()
	if err != nil {
		return nil, err
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			// Nobody writes: only the end of everything wakes this read.
			if _, err := m.x.c.Read(r, make([]byte, 1)); err != nil {
				return
			}
		}
	}()
	return gone, nil
}
