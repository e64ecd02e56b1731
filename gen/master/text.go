package master

// Small questions about words.

import (
	"slices"
	"strings"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// isWordByte are the bytes of C names and numbers.
func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// isIdent tells whether s is a C name.
func isIdent(s string) bool {
	return isNameLike(s) && (s[0] < '0' || s[0] > '9')
}

// isNameLike tells whether s is made of the bytes of C names, digits first or not.
func isNameLike(s string) bool {
	for i := range len(s) {
		if !isWordByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// isDecimal tells whether s is made of digits only.
func isDecimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// isLowerName tells whether s may be an alias: lower case, digits, underscores.
func isLowerName(s string) bool {
	return isNameLike(s) && strings.ToLower(s) == s
}
