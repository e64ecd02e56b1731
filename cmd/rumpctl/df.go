// The command df: show the space of mounted file systems.
package main

import (
	"fmt"
	"strconv"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func dfCommand() *command {
	return &command{
		name: "df", args: "[FILE...]", max: -1, part: "vfs",
		doc: "show the space of mounted file systems",
		opts: []option{
			{'h', "", "sizes in units a person reads, not in KiB"},
			{'i', "", "files instead of space"},
		},
		examples: []string{"rumpctl df -h"},
		run: func(k *ctl, o options, args []string) error {
			list, err := k.spaces(args)
			if err != nil || len(list) == 0 {
				return err
			}
			head := []string{"Filesystem", "KiB", "Used", "Free", "Full", "Mounted on"}
			switch {
			case o.has('i'):
				head[1] = "Files"
			case o.has('h'):
				head[1] = "Size"
			}
			rows := [][]string{head}
			for i := range list {
				rows = append(rows, dfRow(&list[i], o))
			}
			k.table(rows, "<>>>><")
			return nil
		},
	}
}

// spaces returns the file systems that hold the files, or all.
func (k *ctl) spaces(args []string) ([]abi.Statvfs, error) {
	if len(args) == 0 {
		return k.mounted()
	}
	var list []abi.Statvfs
	for _, a := range args {
		var st abi.Statvfs
		if err := k.c.Statvfs1(kernelPath(a), &st, abi.ST_WAIT); err != nil {
			k.fail(at(kernelPath(a), err))
			continue
		}
		list = append(list, st)
	}
	return list, nil
}

func dfRow(st *abi.Statvfs, o options) []string {
	total, free, avail := st.Blocks*st.Frsize, st.Bfree*st.Frsize, st.Bavail*st.Frsize
	show := func(n uint64) string { return strconv.FormatUint((n+1023)/1024, 10) }
	switch {
	case o.has('i'):
		total, free, avail = st.Files, st.Ffree, st.Favail
		show = func(n uint64) string { return strconv.FormatUint(n, 10) }
	case o.has('h'):
		show = human
	}
	used := total - min(free, total)
	return []string{
		cstring(st.Mntfromname[:]), show(total), show(used), show(avail), percent(used, used+avail),
		cstring(st.Mntonname[:]),
	}
}

// percent is part of whole, rounded up; "-" when there is no whole.
func percent(part, whole uint64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", float64(part)*100/float64(whole))
}
