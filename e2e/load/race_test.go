//go:build race

package load

// slower is how much less is done under the race detector.
const slower = 4
