// Measuring two ways of doing the same thing in the same minute.
package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// A body does something n times.
type body func(n int) error

// row is one comparison.
type row struct {
	name string
	// ours and native do the same thing; native is the host's own.
	ours, native body
	// goal is the ratio to reach; 0 for none. With more set, more is better.
	goal float64
	more bool
	// long rows do much at once: their allocations are not counted.
	long bool
	// aside is time that the bodies spend on making ready, which is not counted:
	// they add to it. Nil if there is none.
	aside *time.Duration
}

// result is what a row measured: nanoseconds per round trip of the body, and
// the median over rounds of their ratio.
type result struct {
	row
	oursNs, nativeNs []float64
	ratio            float64
}

const (
	rounds    = 9
	roundTime = 25 * time.Millisecond
)

// compare measures both sides of r alternately, so that what else the machine
// does falls on both.
func compare(r row) (result, error) {
	res := result{row: r}
	nOurs, err := calibrate(r.ours, r.aside)
	if err != nil {
		return res, fmt.Errorf("%s: %w", r.name, err)
	}
	nNative, err := calibrate(r.native, r.aside)
	if err != nil {
		return res, fmt.Errorf("%s, native: %w", r.name, err)
	}
	var ratios []float64
	for range rounds {
		a, err := timed(r.ours, nOurs, r.aside)
		if err != nil {
			return res, fmt.Errorf("%s: %w", r.name, err)
		}
		b, err := timed(r.native, nNative, r.aside)
		if err != nil {
			return res, fmt.Errorf("%s, native: %w", r.name, err)
		}
		res.oursNs, res.nativeNs = append(res.oursNs, a), append(res.nativeNs, b)
		ratios = append(ratios, a/b)
	}
	res.ratio = median(ratios)
	return res, nil
}

// calibrate returns how often fn runs in about roundTime. The first run, in
// which it may make ready what it needs, does not count.
func calibrate(fn body, aside *time.Duration) (int, error) {
	if err := fn(1); err != nil {
		return 0, err
	}
	for n := 1; ; n *= 4 {
		ns, err := timed(fn, n, aside)
		if err != nil {
			return 0, err
		}
		if all := ns * float64(n); all >= float64(roundTime)/8 {
			return max(1, int(float64(roundTime)/ns)), nil
		}
	}
}

// timed runs fn n times, and returns the nanoseconds of one time.
func timed(fn body, n int, aside *time.Duration) (float64, error) {
	if aside == nil {
		aside = new(time.Duration)
	}
	*aside = 0
	start := time.Now()
	err := fn(n)
	return float64((time.Since(start) - *aside).Nanoseconds()) / float64(n), err
}

func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}

// verdict says whether a ratio reaches the goal.
func (r result) verdict() string {
	switch {
	case r.goal == 0:
		return ""
	case r.more && r.ratio >= r.goal, !r.more && r.ratio <= r.goal:
		return "reached"
	}
	return "not reached"
}

// benchstat writes the samples in the format benchstat reads.
func (r result) benchstat(w io.Writer, name string) {
	for i := range r.oursNs {
		fmt.Fprintf(w, "Benchmark%s/of=rumpkit 1 %.1f ns/op\n", name, r.oursNs[i])
		fmt.Fprintf(w, "Benchmark%s/of=native 1 %.1f ns/op\n", name, r.nativeNs[i])
	}
}

// nanos prints a duration given in nanoseconds.
func nanos(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.1f ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.2f µs", ns/1e3)
	}
	return fmt.Sprintf("%.2f ms", ns/1e6)
}
