// The command stat: show all the kernel knows of a file.
package main

import (
	"fmt"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func statCommand() *command {
	return &command{
		name: "stat", args: "FILE...", min: 1, max: -1, part: "vfs",
		doc:      "show all the kernel knows of a file",
		opts:     []option{{'L', "", "follow symbolic links"}},
		examples: []string{"rumpctl stat /dev/null"},
		run: func(k *ctl, o options, args []string) error {
			for _, a := range args {
				if err := k.stat(kernelPath(a), o.has('L')); err != nil {
					k.fail(at(kernelPath(a), err))
				}
			}
			return nil
		},
	}
}

func (k *ctl) stat(name string, follow bool) error {
	var st abi.Stat
	stat := k.c.Lstat
	if follow {
		stat = k.c.Stat
	}
	if err := stat(name, &st); err != nil {
		return err
	}
	what := fileType(st.Mode)
	if st.Mode&abi.S_IFMT == abi.S_IFLNK {
		if to, err := k.c.ReadlinkName(name); err == nil {
			what += " to " + to
		}
	}
	k.printf("%s: %s\n", name, what)
	row := func(label, format string, a ...any) {
		k.printf("  %-8s %s\n", label, fmt.Sprintf(format, a...))
	}
	if t := st.Mode & abi.S_IFMT; t == abi.S_IFCHR || t == abi.S_IFBLK {
		row("number", "major %d, minor %d", abi.Major(st.Rdev), abi.Minor(st.Rdev))
	} else {
		row("size", "%d bytes in %d blocks of 512", st.Size, st.Blocks)
	}
	row("mode", "%s (%04o)", modeString(st.Mode), st.Mode&abi.ALLPERMS)
	row("owner", "user %d, group %d", st.Uid, st.Gid)
	row("inode", "%d on device %#x, %d names", st.Ino, st.Dev, st.Nlink)
	row("read", "%s", longTime(st.Atim))
	row("written", "%s", longTime(st.Mtim))
	row("changed", "%s", longTime(st.Ctim))
	row("made", "%s", longTime(st.Birthtim))
	if st.Flags != 0 {
		row("flags", "%#x", st.Flags)
	}
	return nil
}

func fileType(mode uint32) string {
	switch mode & abi.S_IFMT {
	case abi.S_IFREG:
		return "file"
	case abi.S_IFDIR:
		return "directory"
	case abi.S_IFLNK:
		return "symbolic link"
	case abi.S_IFCHR:
		return "character device"
	case abi.S_IFBLK:
		return "block device"
	case abi.S_IFIFO:
		return "fifo"
	case abi.S_IFSOCK:
		return "socket"
	}
	return fmt.Sprintf("file of unknown type %#o", mode&abi.S_IFMT)
}

func longTime(t abi.Timespec) string {
	return time.Unix(t.Sec, t.Nsec).Format("2006-01-02 15:04:05.000000000 -0700")
}
