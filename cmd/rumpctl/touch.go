// The command touch: set the times of files, and make those that are not there.
package main

import (
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func touchCommand() *command {
	return &command{
		name: "touch", args: "FILE...", min: 1, max: -1, part: "vfs",
		doc: "set the times of files to now, and make those that are not there",
		opts: []option{
			{'c', "", "do not make files"},
			{'d', "TIME", "to TIME, as 2006-01-02 or 2006-01-02T15:04:05, with Z for UTC"},
		},
		examples: []string{"rumpctl touch /f", "rumpctl touch -d 2024-02-29T12:00:00Z /f"},
		run: func(k *ctl, o options, args []string) error {
			t := abi.Timespec{Nsec: abi.UTIME_NOW}
			if text, ok := o['d']; ok {
				when, err := parseTime(text)
				if err != nil {
					return err
				}
				t = abi.Timespec{Sec: when.Unix(), Nsec: int64(when.Nanosecond())}
			}
			for _, a := range args {
				if err := k.touch(kernelPath(a), t, !o.has('c')); err != nil {
					k.fail(at(kernelPath(a), bare(err)))
				}
			}
			return nil
		},
	}
}

// touch sets both times of a file.
func (k *ctl) touch(name string, t abi.Timespec, create bool) error {
	times := &[2]abi.Timespec{t, t}
	err := k.c.Utimensat(abi.AT_FDCWD, name, times, 0)
	if err != abi.ENOENT {
		return err
	}
	if !create {
		return nil
	}
	f, err := k.c.OpenFile(name, abi.O_WRONLY|abi.O_CREAT, 0o666)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return k.c.Utimensat(abi.AT_FDCWD, name, times, 0)
}

// parseTime reads a time, of the host's zone if it names none.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("%q is no time: write it as 2006-01-02T15:04:05", text)
}
