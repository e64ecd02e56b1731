// Package lists is what the kernel does to its short lists again and again, in
// one piece of code for all lists of pointers: package slices makes a copy of
// its functions for each type of list.
package lists

// Without takes every e out of list, in place, and returns what is left. The
// places that become free are zeroed.
func Without[E comparable](list []E, e E) []E {
	left := list[:0]
	for _, o := range list {
		if o != e {
			left = append(left, o)
		}
	}
	clear(list[len(left):])
	return left
}
