// Tables and numbers as people read them.
package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// table prints rows in aligned columns; align has a letter for each column:
// '<' left, '>' right. The last is never filled up.
func (k *ctl) table(rows [][]string, align string) {
	width := make([]int, len(align))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		for i, c := range r {
			if i > 0 {
				b.WriteByte(' ')
			}
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if align[i] == '>' {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
		}
		k.printf("%s\n", strings.TrimRight(b.String(), " "))
	}
}

// human is a size in bytes with a unit: 1.5K, 12M.
func human(n uint64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%dB", n)
	}
	v, u := float64(n)/1024, 0
	for v >= 1023.5 && u < len(units)-1 {
		v, u = v/1024, u+1
	}
	if v < 9.95 {
		return fmt.Sprintf("%.1f%c", v, units[u])
	}
	return fmt.Sprintf("%.0f%c", v, units[u])
}

// cstring is a string up to its NUL.
func cstring(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
