package master

// Which part of a kernel serves which handler.

import (
	_ "embed"
	"slices"
	"strings"
)

// factionsTSV holds a handler and the faction or component that serves it on
// each line.
//
//go:embed factions.tsv
var factionsTSV string

// Factions maps handlers to the faction (base, vfs, net) or component (vfs/nfsserver)
// that serves them. Handlers that no rump kernel has are not in it.
func Factions() map[string]string {
	factions := make(map[string]string)
	for row := range strings.Lines(factionsTSV) {
		if handler, faction, ok := strings.Cut(strings.TrimSpace(row), "\t"); ok {
			factions[handler] = faction
		}
	}
	return factions
}

// FactionNames are the names that a faction filter may use, sorted. The device
// faction serves no calls, yet is one.
func FactionNames() []string {
	names := []string{"dev"}
	for _, faction := range Factions() {
		names = append(names, faction)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Nearest is the name that is fewest changes of a letter away from what was
// written, or "" if none is near.
func Nearest(written string, names []string) string {
	best, least := "", len(written)/2+2
	for _, name := range names {
		if d := distance(written, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
