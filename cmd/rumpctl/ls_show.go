// How ls shows files: long lines, one a line, or in columns.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func (l *lister) show(entries []entry) {
	switch {
	case len(entries) == 0:
		return
	case l.o.has('l'):
		l.long(entries)
	case l.term > 0 && !l.o.has('1'):
		l.columns(entries)
	default:
		for _, e := range entries {
			l.printf("%s\n", l.printable(e.name))
		}
	}
	l.started = true
}

// long shows a line with everything for each file.
func (l *lister) long(entries []entry) {
	rows := make([][]string, len(entries))
	for i := range entries {
		e := &entries[i]
		rows[i] = []string{
			modeString(e.st.Mode), strconv.Itoa(int(e.st.Nlink)), owner(e.st.Uid, "root"), owner(e.st.Gid, "wheel"),
			l.size(&e.st), shortTime(e.st.Mtim.Sec), l.target(e),
		}
	}
	l.table(rows, "<><<><<")
}

// target is the name of a file, and where it leads if it is a symbolic link.
func (l *lister) target(e *entry) string {
	if e.st.Mode&abi.S_IFMT != abi.S_IFLNK {
		return l.printable(e.name)
	}
	to, err := l.c.ReadlinkName(e.path)
	if err != nil {
		return l.printable(e.name)
	}
	return l.printable(e.name + " -> " + to)
}

// printable is a name as a terminal may have it: control characters are ?.
func (k *ctl) printable(name string) string {
	if k.term == 0 {
		return name
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, name)
}

// size is the size of a file, for a device its number.
func (l *lister) size(st *abi.Stat) string {
	if t := st.Mode & abi.S_IFMT; t == abi.S_IFCHR || t == abi.S_IFBLK {
		return fmt.Sprintf("%d,%4d", abi.Major(st.Rdev), abi.Minor(st.Rdev))
	}
	if l.o.has('h') {
		return human(uint64(max(st.Size, 0)))
	}
	return strconv.FormatInt(st.Size, 10)
}

// columns shows names side by side, down first, as wide as the terminal.
func (l *lister) columns(entries []entry) {
	wide := 0
	for _, e := range entries {
		wide = max(wide, len(e.name)+2)
	}
	cols := max(l.term/wide, 1)
	rows := (len(entries) + cols - 1) / cols
	for r := range rows {
		var line strings.Builder
		for i := r; i < len(entries); i += rows {
			fmt.Fprintf(&line, "%-*s", wide, l.printable(entries[i].name))
		}
		l.printf("%s\n", strings.TrimRight(line.String(), " "))
	}
}

// width is the width of a terminal in characters, 0 when f is none.
func width(f *os.File) int {
	w, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return max(int(w.Col), 20)
}

// modeString is a mode as ls -l shows it: -rw-r--r--.
func modeString(mode uint32) string {
	b := []byte("?rwxrwxrwx")
	for t, c := range map[uint32]byte{
		abi.S_IFREG: '-', abi.S_IFDIR: 'd', abi.S_IFLNK: 'l', abi.S_IFCHR: 'c', abi.S_IFBLK: 'b',
		abi.S_IFIFO: 'p', abi.S_IFSOCK: 's', abi.S_IFWHT: 'w',
	} {
		if mode&abi.S_IFMT == t {
			b[0] = c
		}
	}
	for i := range 9 {
		if mode&(0o400>>i) == 0 {
			b[i+1] = '-'
		}
	}
	special(&b[3], mode&abi.S_ISUID != 0, 's')
	special(&b[6], mode&abi.S_ISGID != 0, 's')
	special(&b[9], mode&abi.S_ISTXT != 0, 't')
	return string(b)
}

// special marks a bit that is shown where x is; a capital says there is no x.
func special(b *byte, set bool, letter byte) {
	switch {
	case set && *b == '-':
		*b = letter - 'a' + 'A'
	case set:
		*b = letter
	}
}

// owner is a user or group: 0 by its name, others by number, for a kernel has
// no list of names.
func owner(id uint32, zero string) string {
	if id == 0 {
		return zero
	}
	return strconv.FormatUint(uint64(id), 10)
}

// shortTime is a time as ls -l shows it: with the year when it is not near.
func shortTime(sec int64) string {
	t := time.Unix(sec, 0)
	if d := time.Since(t); d > 180*24*time.Hour || d < -24*time.Hour {
		return t.Format("Jan _2  2006")
	}
	return t.Format("Jan _2 15:04")
}
