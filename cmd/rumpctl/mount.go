// The command mount: mount a file system, or list what is mounted.
package main

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func mountCommand() *command {
	return &command{
		name: "mount", args: "[SOURCE DIR]", max: 2, part: "vfs", local: true,
		doc: "mount a file system, list what is mounted, or show files to the host",
		more: `
With -t a file system is mounted in the kernel, without operands those are listed.

Without -t, SOURCE is a kernel's URL, a path in the kernel at RUMP_SERVER (:/tmp), or
an image as rumpctl image takes it, and its files are shown to the host's programs in
the host's directory DIR, until the command is ended by a signal or by fusermount3 -u
DIR, or the kernel goes. Images are only read without -w. The host keeps nothing that
other clients of the kernel may change, and the locks of the host's programs, flock's
and fcntl's, are the kernel's. By root it is mounted for all users, each with their
rights, which the host asks for often; by others, and with -p, for themselves, with
all rights.

Types: tmpfs, null, kernfs, fdesc, ptyfs, and, of a device in the kernel,
ffs, ext2fs, lfs, msdos, cd9660; those that the kernel holds, see
rumpctl sysctl vfs.generic.fstypes. SOURCE is none for those without one.
Options for -o: ro, nosuid, nodev, noexec, noatime, sync, async, union, update,
and for tmpfs size=BYTES (with k, m or g), nodes=N, mode=OCTAL, uid=N, gid=N.`,
		opts: []option{
			{'t', "TYPE", "type of the file system"},
			{'o', "OPTIONS", "options with commas between them"},
			{'r', "", "read-only, as -o ro"},
			{'w', "", "an image may change"},
			{'p', "", "root only shows files to root"},
		},
		examples: []string{
			"rumpctl mount", "rumpctl mount -t tmpfs -o size=16m none /mnt",
			"rumpctl mount unix:///tmp/k.sock ./kernel", "rumpctl mount -w disk.img:1 ./disk",
		},
		run: func(k *ctl, o options, args []string) error {
			if !o.has('t') && len(args) == 2 {
				return k.export(o, args[0], args[1])
			}
			if err := k.connect(); err != nil {
				return err
			}
			switch {
			case len(args) == 0 && len(o) == 0:
				return k.mounts()
			case !o.has('t'):
				return usagef("of what type? Say -t, for instance -t tmpfs")
			case len(args) != 2:
				return usagef("needs SOURCE and DIR; SOURCE is none for tmpfs and its like")
			}
			return k.mount(o, args[0], kernelPath(args[1]))
		},
	}
}

// mounts lists what is mounted.
func (k *ctl) mounts() error {
	list, err := k.mounted()
	for i := range list {
		m := &list[i]
		k.printf("%s on %s type %s%s\n", cstring(m.Mntfromname[:]), cstring(m.Mntonname[:]),
			cstring(m.Fstypename[:]), mountFlags(m.Flag))
	}
	return err
}

// mounted returns what is mounted, the root first.
func (k *ctl) mounted() ([]abi.Statvfs, error) {
	n, err := k.c.Getvfsstat(nil, abi.ST_NOWAIT)
	if err != nil {
		return nil, err
	}
	list := make([]abi.Statvfs, n+4)
	if n, err = k.c.Getvfsstat(list, abi.ST_WAIT); err != nil {
		return nil, err
	}
	return list[:min(n, len(list))], nil
}

// mountWords are the flags of a mount by name, in the order they are shown.
var mountWords = []struct {
	word string
	flag uint64
}{
	{"async", abi.MNT_ASYNC}, {"local", abi.MNT_LOCAL}, {"noatime", abi.MNT_NOATIME}, {"nodev", abi.MNT_NODEV},
	{"noexec", abi.MNT_NOEXEC}, {"nosuid", abi.MNT_NOSUID}, {"ro", abi.MNT_RDONLY}, {"sync", abi.MNT_SYNCHRONOUS},
	{"union", abi.MNT_UNION}, {"update", abi.MNT_UPDATE},
}

func mountFlags(flags uint64) string {
	var words []string
	for _, w := range mountWords {
		if flags&w.flag != 0 {
			words = append(words, w.word)
		}
	}
	if words == nil {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}
