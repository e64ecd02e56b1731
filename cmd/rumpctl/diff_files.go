// Comparing two files.
package main

import (
	"bytes"
	"errors"
	"io"

	"github.com/rogpeppe/go-internal/diff"
)

// mostText is how large a text is at most whose lines are compared.
const mostText = 8 << 20

// files compares two files.
func (d *differ) files(a, b side, header bool) {
	same, err := d.equal(a, b)
	switch {
	case err != nil:
		return
	case same:
		return
	case d.brief:
		d.differs("Files %s and %s differ\n", a, b)
		return
	}
	textA, okA := d.text(a)
	textB, okB := d.text(b)
	if !okA || !okB {
		d.differs("Binary files %s and %s differ\n", a, b)
		return
	}
	out := diff.Diff(a.String(), textA, b.String(), textB)
	if _, rest, ok := bytes.Cut(out, []byte("\n")); ok && !header {
		out = rest // its first line is for trees
	}
	d.differs("%s", out)
}

// equal reports files with the same contents; an error has been reported.
func (d *differ) equal(a, b side) (bool, error) {
	ra, err := a.open(a.path)
	if err != nil {
		d.trouble(a, err)
		return false, err
	}
	defer ra.Close()
	rb, err := b.open(b.path)
	if err != nil {
		d.trouble(b, err)
		return false, err
	}
	defer rb.Close()
	bufA, bufB := make([]byte, copyBuf), make([]byte, copyBuf)
	for {
		na, errA := io.ReadFull(ra, bufA)
		nb, errB := io.ReadFull(rb, bufB)
		if !atEnd(errA) {
			d.trouble(a, bare(errA))
			return false, errA
		}
		if !atEnd(errB) {
			d.trouble(b, bare(errB))
			return false, errB
		}
		if !bytes.Equal(bufA[:na], bufB[:nb]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			return true, nil
		}
	}
}

// atEnd reports no error but that of the end of a file.
func atEnd(err error) bool {
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// text returns a file that is a text, and not too large.
func (d *differ) text(s side) ([]byte, bool) {
	r, err := s.open(s.path)
	if err != nil {
		return nil, false
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, mostText+1))
	return data, err == nil && len(data) <= mostText && bytes.IndexByte(data, 0) < 0
}
