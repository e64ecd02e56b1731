package msgbuf

import (
	"bytes"
	"strconv"
	"testing"
)

func TestBuffer(t *testing.T) {
	m := New()
	if got := m.Bytes(); len(got) != 0 {
		t.Errorf("a new buffer has %q", got)
	}
	var all []byte
	for i := range 5000 {
		line := []byte("line " + strconv.Itoa(i) + "\n")
		all = append(all, line...)
		m.Write(line)
		if want := all[max(0, len(all)-Size):]; i%97 == 0 && !bytes.Equal(m.Bytes(), want) {
			t.Fatalf("after line %d the buffer is not the last of what was written", i)
		}
	}
	big := bytes.Repeat([]byte("0123456789"), Size/5)
	m.Write(big)
	if !bytes.Equal(m.Bytes(), big[len(big)-Size:]) {
		t.Error("a write larger than the buffer is not kept to its end")
	}
}
