// The command mkfs: make an empty file system in a file of the host.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	ext "github.com/rumpkit/rumpkit/factions/vfs/ext2fs/mkfs"
	fat "github.com/rumpkit/rumpkit/factions/vfs/msdos/mkfs"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

func mkfsCommand() *command {
	return &command{
		name: "mkfs", args: "FILE[:PARTITION]", min: 1, max: 1, local: true,
		doc: "make an empty file system in a file, for rumpctl image",
		more: `
FILE is made, of that size and sparse, if it is not there. Of one that is there, or
of a partition of it, the size is taken. What is not empty is left alone without -f.
fat chooses FAT12, FAT16 or FAT32 by the size.`,
		opts: []option{
			{'f', "", "make it over whatever there is"},
			{'t', "TYPE", "ext2 (unless you say), ext4, fat, fat12, fat16 or fat32"},
			{'s', "SIZE", "size in bytes, or with k, m or g behind it"},
			{'L', "LABEL", "name of the file system"},
		},
		examples: []string{
			"rumpctl mkfs -s 16m disk.img",
			"rumpctl mkfs -t fat32 -L STICK -s 64m stick.img",
			"rumpctl mkfs -t ext4 disk.img:2",
		},
		run: func(_ *ctl, o options, args []string) error {
			make, err := maker(o)
			if err != nil {
				return err
			}
			t, err := openTarget(args[0], o)
			if err != nil {
				return at(args[0], err)
			}
			return at(args[0], errors.Join(t.fill(make), t.close()))
		},
	}
}

// fatBits are the types of FAT.
var fatBits = map[string]int{"fat": 0, "fat12": 12, "fat16": 16, "fat32": 32}

// maker returns what makes the file system that the options say.
func maker(o options) (func(t *target) error, error) {
	fstype := o['t']
	bits, isFAT := fatBits[fstype]
	switch {
	case isFAT:
		label := strings.ToUpper(o['L'])
		if !fatLabel(label) {
			return nil, usagef("%q is no label for FAT: it has at most eleven letters, digits and few other characters", o['L'])
		}
		return func(t *target) error { return makeFAT(t, bits, label) }, nil
	case fstype == "" || fstype == "ext2" || fstype == "ext4":
		return func(t *target) error { return makeExt(t, fstype == "ext4", o['L']) }, nil
	}
	return nil, usagef("%q is no type: it is ext2, ext4, fat, fat12, fat16 or fat32", fstype)
}

// fatLabel reports a label that FAT can have.
func fatLabel(s string) bool {
	return len(s) <= 11 && !strings.HasPrefix(s, " ") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"*+,./:;<=>?[\]|`, r) })
}

func makeExt(t *target, journal bool, label string) error {
	o := ext.Options{Journal: journal, Label: label, Time: time.Now(), Zeroed: t.zeroed}
	_, _ = rand.Read(o.UUID[:])
	_, _ = rand.Read(o.HashSeed[:])
	o.UUID[6], o.UUID[8] = o.UUID[6]&0x0f|0x40, o.UUID[8]&0x3f|0x80 // a random one, RFC 9562
	return ext.Format(t, t.size, o)
}

func makeFAT(t *target, bits int, label string) error {
	var serial [4]byte
	_, _ = rand.Read(serial[:])
	err := fat.Format(t, t.size, fat.Options{Bits: bits, Label: label, Serial: binary.LittleEndian.Uint32(serial[:])})
	if err == abi.EINVAL {
		return fmt.Errorf("%s is no size for that type: FAT12 has 20k to 255m, FAT16 2200k to 4g, FAT32 20k to 2t", human(uint64(t.size)))
	}
	return err
}

// empty reports that r begins with zeros, where file systems and tables of
// partitions have something.
func empty(r io.ReaderAt) bool {
	b := make([]byte, 128<<10)
	n, err := r.ReadAt(b, 0)
	return (err == nil || err == io.EOF) && !slices.ContainsFunc(b[:n], func(c byte) bool { return c != 0 })
}
