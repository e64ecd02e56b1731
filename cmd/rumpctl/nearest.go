// Words that nobody knows: which one was meant.
package main

import (
	"errors"
	"fmt"
)

// unknown is the error for a command that does not exist.
func unknown(name string) error {
	if near := nearest(name); near != "" {
		return usagef("unknown command %q; did you mean %s?", name, near)
	}
	return usagef("unknown command %q", name)
}

// nearest returns the command whose name is closest to name, "" when none is
// close.
func nearest(name string) string { return closest(name, commandNames()) }

// closest returns the one of words that differs from word in a third of its
// letters at most, "" when none does.
func closest(word string, words []string) string {
	best, bestDist := "", max(len(word)/3, 1)+1
	for _, w := range words {
		if d := distance(word, w); d < bestDist {
			best, bestDist = w, d
		}
	}
	return best
}

// suggest makes an error of a text and the closest of words, if one is close.
func suggest(text, word string, words []string) error {
	if best := closest(word, words); best != "" {
		return fmt.Errorf("%s; did you mean %s?", text, best)
	}
	return errors.New(text)
}

// suggestUsage is suggest for a command line that makes no sense.
func suggestUsage(text, word string, words []string) error {
	return usageError{suggest(text, word, words).Error()}
}

// distance is the number of letters to add, drop or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, diag+1, row[j]+1)
		}
	}
	return row[len(b)]
}
