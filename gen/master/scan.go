package master

// The lexical stage: logical lines, and the words on them.

import "strings"

// place is a line and column in the source, both from 1.
type place struct{ line, col int }

// line is one logical line: lines joined at a backslash, dollar signs gone.
type line struct {
	text string
	at   []place // of each byte of text, and of its end
}

// word is a run of non-blank bytes, or one delimiter.
type word struct {
	text string
	pos  Pos
}

// logicalLines splits a source into its logical lines.
func logicalLines(src string) []line {
	var lines []line
	var text strings.Builder
	var at []place
	n := 0
	for raw := range strings.SplitSeq(src, "\n") {
		n++
		raw = strings.TrimSuffix(raw, "\r")
		body, joined := strings.CutSuffix(raw, `\`)
		for i := range len(body) {
			if body[i] != '$' {
				text.WriteByte(body[i])
				at = append(at, place{n, i + 1})
			}
		}
		if joined {
			continue
		}
		at = append(at, place{n, len(body) + 1})
		lines = append(lines, line{text.String(), at})
		text.Reset()
		at = nil
	}
	if text.Len() > 0 { // the file ends in a backslash
		at = append(at, place{n, 1})
		lines = append(lines, line{text.String(), at})
	}
	return lines
}

// isBlank is what separates words.
func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// isDelim are the bytes that are words of their own. The semicolon is not one.
func isDelim(c byte) bool { return strings.IndexByte("{}()*,|", c) >= 0 }

// words splits a line into its words.
func (l line) words(file string) []word {
	var ws []word
	for i := 0; i < len(l.text); {
		if isBlank(l.text[i]) {
			i++
			continue
		}
		end := i + 1
		for !isDelim(l.text[i]) && end < len(l.text) && !isBlank(l.text[end]) && !isDelim(l.text[end]) {
			end++
		}
		ws = append(ws, word{l.text[i:end], l.pos(file, i)})
		i = end
	}
	return ws
}

// pos is the source position of byte i of the line; its length is its end.
func (l line) pos(file string, i int) Pos {
	return Pos{File: file, Line: l.at[i].line, Col: l.at[i].col}
}

// end is the position just behind the line.
func (l line) end(file string) Pos { return l.pos(file, len(l.text)) }

// firstField is the line's first run of non-blank bytes, and its offset.
func (l line) firstField() (string, int) {
	start := 0
	for start < len(l.text) && isBlank(l.text[start]) {
		start++
	}
	end := start
	for end < len(l.text) && !isBlank(l.text[end]) {
		end++
	}
	return l.text[start:end], start
}
