// Completion of rumpctl image.
package main

import (
	"slices"
	"strings"
)

// imageCandidates returns what the last word can become; words are those
// between image and it. The shell completes FILE itself.
func (k *ctl) imageCandidates(c *command, words []string, last string) []string {
	o := options{}
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		used, err := c.letters(o, words[0][1:], words[1:])
		if err != nil {
			return nil
		}
		words = words[1+used:]
	}
	switch {
	case len(words) == 0 && strings.HasPrefix(last, "-"):
		return starting(last, c.letterList())
	case len(words) == 0:
		return nil
	case len(words) == 1:
		return starting(last, slices.Clone(imageCommands))
	}
	sub := find(words[1])
	if sub == nil || !slices.Contains(imageCommands, sub.name) {
		return nil
	}
	delete(o, 'w')
	return k.inImage(words[0], o, func() []string { return k.following(sub, words[2:], last) })
}

// inImage calls fn as a client of an image; nil when it cannot be had.
func (k *ctl) inImage(operand string, o options, fn func() []string) []string {
	m, err := openImage(operand, o)
	if err != nil {
		return nil
	}
	defer func() { _ = m.leave() }() // it was only read
	if k.c, err = m.enter(); err != nil {
		return nil
	}
	defer func() { k.c = nil }()
	return fn()
}
