// Words that nobody knows: which one was meant.
package main

import "fmt"

// unknown is the error for a command that does not exist.
func unknown(name string) error {
	if near := nearest(name); near != "" {
		return usagef("unknown command %q; did you mean %s?", name, near)
	}
	return usagef("unknown command %q", name)
}

// nearest returns the command whose name is closest to name, "" when none is
// close.
func nearest(name string) string {
	best, bestDist := "", max(len(name)/2, 1)+1
	for _, c := range commands() {
		if d := distance(name, c.name); d < bestDist {
			best, bestDist = c.name, d
		}
	}
	return best
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

// suggest adds the nearest of words to an error text, if one is near.
func suggest(text, word string, words []string) error {
	best, bestDist := "", max(len(word)/2, 1)+1
	for _, w := range words {
		if d := distance(word, w); d < bestDist {
			best, bestDist = w, d
		}
	}
	if best == "" {
		return fmt.Errorf("%s", text)
	}
	return fmt.Errorf("%s; did you mean %s?", text, best)
}
