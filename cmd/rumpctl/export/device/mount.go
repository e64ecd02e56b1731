// The system calls of mounting, or the program that makes them without root.
package device

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// maxRead is the most bytes of a read. The host asks ahead for several times as
// much, so that the program goes on with the first part while we answer the rest.
const maxRead = 256 << 10

// mount mounts on dir and returns the descriptor that requests come by.
func mount(dir, tool string, o *fuse.MountOptions) (fd int, err error) {
	if o.DirectMount {
		if fd, err = mountDirect(dir, o); err == nil || tool == "" {
			return fd, err
		}
	}
	fd, toolErr := mountByTool(dir, tool, o)
	if toolErr != nil {
		return -1, errors.Join(err, toolErr)
	}
	unix.CloseOnExec(fd)
	return fd, nil
}

// mountDirect is root's way.
func mountDirect(dir string, o *fuse.MountOptions) (int, error) {
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("/dev/fuse: %w", err)
	}
	flags := o.DirectMountFlags
	if flags == 0 {
		flags = unix.MS_NOSUID | unix.MS_NODEV
	}
	words := []string{
		fmt.Sprintf("fd=%d,rootmode=%o,user_id=%d,group_id=%d,max_read=%d", fd, unix.S_IFDIR, os.Geteuid(), os.Getegid(), maxRead),
	}
	for _, word := range o.Options {
		if word != "ro" { // that is a flag here
			words = append(words, word)
		}
	}
	if o.AllowOther {
		words = append(words, "allow_other")
	}
	if err := unix.Mount(o.FsName, dir, "fuse."+o.Name, flags, strings.Join(words, ",")); err != nil {
		return -1, errors.Join(fmt.Errorf("mount: %w", err), unix.Close(fd))
	}
	return fd, nil
}

// mountByTool has fusermount3 do it, which passes the descriptor on.
func mountByTool(dir, tool string, o *fuse.MountOptions) (int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer func() { _ = unix.Close(pair[0]) }()
	theirs := os.NewFile(uintptr(pair[1]), "socket")
	words := append([]string{
		fmt.Sprintf("max_read=%d", maxRead), "fsname=" + escape(o.FsName), "subtype=" + escape(o.Name),
	}, o.Options...)
	if o.AllowOther {
		words = append(words, "allow_other")
	}
	cmd := exec.Command(tool, dir, "-o", strings.Join(words, ","))
	cmd.Env = append(os.Environ(), "_FUSE_COMMFD=3")
	cmd.ExtraFiles = []*os.File{theirs}
	out, err := cmd.CombinedOutput()
	_ = theirs.Close()
	if err != nil {
		return -1, fmt.Errorf("%s: %w: %s", tool, err, strings.TrimSpace(string(out)))
	}
	return passed(pair[0])
}

// passed receives a descriptor.
func passed(socket int) (int, error) {
	var data [4]byte
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, data[:], control, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil {
		return -1, err
	}
	for i := range messages {
		if fds, err := unix.ParseUnixRights(&messages[i]); err == nil && len(fds) == 1 {
			return fds[0], nil
		}
	}
	return -1, errors.New("the program that mounts passed nothing")
}

// escape is a value among options with commas between them.
func escape(value string) string {
	return strings.NewReplacer(`\`, `\\`, `,`, `\,`).Replace(value)
}

// unmount ends the mount, unless it is in use.
func (s *Server) unmount() error {
	if os.Geteuid() == 0 {
		return unix.Unmount(s.dir, unix.UMOUNT_NOFOLLOW)
	}
	if out, err := exec.Command(s.tool, "-u", s.dir).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", s.tool, err, strings.TrimSpace(string(out)))
	}
	return nil
}
