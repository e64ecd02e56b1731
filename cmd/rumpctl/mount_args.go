// Arguments of mount(2) from the command line, by type of file system.
package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// mountOpts are the options of -o that are no flags.
type mountOpts map[string]string

// mount mounts a file system.
func (k *ctl) mount(o options, source, dir string) error {
	flags, opts, err := parseMountOpts(o['o'])
	if err != nil {
		return err
	}
	if o.has('r') {
		flags |= abi.MNT_RDONLY
	}
	data, err := mountData(o['t'], source, opts)
	if err != nil {
		return err
	}
	for name := range opts {
		return usagef("%s has no option %q", o['t'], name)
	}
	err = k.c.Mount(o['t'], dir, flags, data)
	if errors.Is(err, abi.ENODEV) {
		return fmt.Errorf("the kernel has no file system %q; it has: %s", o['t'], k.fstypes())
	}
	return at(dir, err)
}

// fstypes are the file systems of the kernel.
func (k *ctl) fstypes() string {
	v, err := k.sysctlString("vfs.generic.fstypes")
	if err != nil {
		return "(unknown)"
	}
	return v
}

// parseMountOpts splits the words of -o into flags and options with values.
func parseMountOpts(list string) (flags int, opts mountOpts, err error) {
	opts = mountOpts{}
	for word := range strings.SplitSeq(list, ",") {
		name, value, has := strings.Cut(word, "=")
		switch {
		case word == "" || word == "rw":
		case has:
			opts[name] = value
		default:
			f := flagOf(word)
			if f == 0 {
				return 0, nil, usagef("unknown option %q for -o", word)
			}
			flags |= f
		}
	}
	return flags, opts, nil
}

func flagOf(word string) int {
	for _, w := range mountWords {
		if w.word == word && w.flag != abi.MNT_LOCAL {
			return int(w.flag)
		}
	}
	return 0
}

// mountData lays out the arguments that the type wants, and takes the options
// it knows out of opts.
func mountData(fstype, source string, opts mountOpts) (client.Arg, error) {
	switch fstype {
	case "tmpfs":
		return tmpfsData(opts)
	case "kernfs", "fdesc", "procfs", "rumpfs":
		return client.Arg{}, nil
	case "ptyfs":
		return client.Struct(&abi.PtyfsArgs{Version: abi.PTYFS_ARGSVERSION, Mode: 0o620}), nil
	case "null":
		return client.Struct(&abi.NullArgs{}).WithString(0, source), nil
	case "ffs", "ext2fs", "lfs":
		return client.Struct(&abi.UfsArgs{}).WithString(0, source), nil
	case "msdos":
		args := &abi.MsdosfsArgs{Mask: 0o755, Dirmask: 0o755, Version: abi.MSDOSFSMNT_VERSION, Flags: abi.MSDOSFSMNT_VERSIONED}
		return client.Struct(args).WithString(0, source), nil
	case "cd9660":
		return client.Struct(&abi.IsoArgs{}).WithString(0, source), nil
	}
	return client.Arg{}, usagef("rumpctl can't mount type %q; rumpctl help mount names those it can", fstype)
}

func tmpfsData(opts mountOpts) (client.Arg, error) {
	args := &abi.TmpfsArgs{Version: abi.TMPFS_ARGS_VERSION, RootMode: 0o1777}
	var err error
	take := func(name string, parse func(string) (uint64, error), set func(v uint64)) {
		text, ok := opts[name]
		if !ok || err != nil {
			return
		}
		delete(opts, name)
		v, e := parse(text)
		if e != nil {
			err = usagef("%s=%s: %q is no number", name, text, text)
			return
		}
		set(v)
	}
	take("size", parseSize, func(v uint64) { args.SizeMax = int64(v) })
	take("nodes", parseSize, func(v uint64) { args.NodesMax = v })
	take("mode", parseOctal, func(v uint64) { args.RootMode = uint32(v) })
	take("uid", parseSize, func(v uint64) { args.RootUid = uint32(v) })
	take("gid", parseSize, func(v uint64) { args.RootGid = uint32(v) })
	return client.Struct(args), err
}

func parseOctal(s string) (uint64, error) { return strconv.ParseUint(s, 8, 12) }

// parseSize reads a number of bytes: 4096, 64k, 16m, 2g.
func parseSize(s string) (uint64, error) {
	shift := 0
	if s != "" {
		if i := strings.IndexByte("kmg", s[len(s)-1]|0x20); i >= 0 {
			shift, s = 10*(i+1), s[:len(s)-1]
		}
	}
	return parseShifted(s, shift)
}

func parseShifted(s string, shift int) (uint64, error) {
	v, err := strconv.ParseUint(s, 10, 63-shift)
	return v << shift, err
}
