// Numbers in URLs and on command lines. Package strconv's parser brings its
// errors and what quotes for them along, which would be most of a kernel's text
// processing.
package sp

// Number parses a decimal number up to most; ok is false for what is none,
// over for one that is larger.
func Number(s string, most uint64) (n uint64, ok, over bool) {
	for i := range len(s) {
		d := uint64(s[i] - '0')
		if d > 9 {
			return 0, false, false
		}
		if n > (most-d)/10 || d > most {
			over = true
			continue
		}
		n = 10*n + d
	}
	return n, s != "" && !over, over
}
