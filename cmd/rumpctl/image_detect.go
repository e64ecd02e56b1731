// What an image holds: file systems by their superblocks, and partitions.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/rumpkit/rumpkit/cmd/rumpctl/partition"
)

// Names of file systems, as mount(2) has them.
const (
	typeExt = "ext2fs"
	typeFAT = "msdos"
)

// window is a part of a host file, in bytes.
type window struct {
	file        string
	begin, size int64
}

// splitImage splits FILE:PARTITION; partition is 0 when there is none. A file
// whose name has a colon in it is found, too.
func splitImage(operand string) (file string, part int) {
	i := strings.LastIndexByte(operand, ':')
	if i <= 0 {
		return operand, 0
	}
	n, err := strconv.Atoi(operand[i+1:])
	if _, statErr := os.Lstat(operand); err != nil || n <= 0 || statErr == nil {
		return operand, 0
	}
	return operand[:i], n
}

// detect returns the type of the file system that begins at off, "" if it is
// none that is known.
func detect(r io.ReaderAt, off int64) string {
	b := make([]byte, 2048)
	n, err := r.ReadAt(b, off)
	if err != nil && err != io.EOF {
		return ""
	}
	b = b[:n]
	switch {
	case len(b) == 2048 && binary.LittleEndian.Uint16(b[1024+56:]) == 0xef53:
		return typeExt
	case len(b) >= 512 && isFAT(b):
		return typeFAT
	}
	return ""
}

// isFAT looks at a boot sector: its jump and the parameters behind it.
func isFAT(b []byte) bool {
	sector := binary.LittleEndian.Uint16(b[11:])
	perCluster, reserved, fats := b[13], binary.LittleEndian.Uint16(b[14:]), b[16]
	power := func(n uint16) bool { return n != 0 && n&(n-1) == 0 }
	return (b[0] == 0xeb || b[0] == 0xe9) && sector >= 512 && sector <= 4096 && power(sector) &&
		power(uint16(perCluster)) && reserved > 0 && fats > 0 && fats <= 4
}

// hostImage is an image on the host, opened to be looked at.
type hostImage struct {
	*os.File
	size int64
}

func openHost(name string) (*hostImage, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, bare(err)
	}
	st, err := f.Stat()
	size := int64(0)
	if err == nil {
		if m := st.Mode(); !m.IsRegular() && m.Type() != os.ModeDevice {
			err = errors.New("neither a file nor a disk")
		} else {
			size, err = f.Seek(0, io.SeekEnd)
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, bare(err)
	}
	return &hostImage{File: f, size: size}, nil
}

// find returns where the file system is, and its type.
func (h *hostImage) find(part int) (window, string, error) {
	w := window{file: h.Name(), size: h.size}
	if part == 0 {
		if t := detect(h, 0); t != "" {
			return w, t, nil
		}
		list, err := partition.Read(h, h.size)
		switch {
		case errors.Is(err, partition.ErrNone):
			return w, "", nil
		case err != nil:
			return w, "", err
		}
		return w, "", fmt.Errorf("a disk with partitions; say which, such as %s:%d", h.Name(), firstNumber(list))
	}
	list, err := partition.Read(h, h.size)
	if err != nil {
		return w, "", err
	}
	for _, p := range list {
		if p.Number == part {
			w.begin, w.size = p.Begin, p.Size
			return w, detect(h, p.Begin), nil
		}
	}
	return w, "", fmt.Errorf("there is no partition %d", part)
}

func firstNumber(list []partition.Partition) int {
	if len(list) == 0 {
		return 1
	}
	return list[0].Number
}

// describeImage tells what an image holds.
func (k *ctl) describeImage(operand string) error {
	file, part := splitImage(operand)
	h, err := openHost(file)
	if err != nil {
		return at(file, err)
	}
	defer h.Close()
	if part == 0 && detect(h, 0) == "" {
		list, err := partition.Read(h, h.size)
		if err != nil {
			return at(file, err)
		}
		k.partitions(h, list)
		return nil
	}
	w, fstype, err := h.find(part)
	if err == nil {
		k.printf("%s: %s, %s\n", operand, holds(fstype), human(uint64(w.size)))
	}
	return at(operand, err)
}

func (k *ctl) partitions(h *hostImage, list []partition.Partition) {
	rows := [][]string{{"Partition", "Begin", "Size", "Holds", "Name"}}
	for _, p := range list {
		rows = append(rows, []string{
			strconv.Itoa(p.Number), strconv.FormatInt(p.Begin, 10), human(uint64(p.Size)), holds(detect(h, p.Begin)),
			k.printable(p.Name),
		})
	}
	k.table(rows, ">>><<")
}

// holds is a type in words.
func holds(fstype string) string {
	if fstype == "" {
		return "nothing known"
	}
	return fstype
}
