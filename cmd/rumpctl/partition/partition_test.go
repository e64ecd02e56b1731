package partition

import (
	"bytes"
	"errors"
	"hash/crc32"
	"testing"
)

const testSize = 1 << 20

// mbrEntryAt writes an entry of an MBR.
func mbrEntryAt(img []byte, sector, i int, kind byte, begin, size uint32) {
	s := img[sector*mbrSector:]
	e := s[mbrTable+i*mbrEntry:]
	e[4] = kind
	le.PutUint32(e[8:], begin)
	le.PutUint32(e[12:], size)
	le.PutUint16(s[510:], mbrMagic)
}

func logicalImage() []byte {
	img := make([]byte, testSize)
	mbrEntryAt(img, 0, 0, 0x83, 64, 100)
	mbrEntryAt(img, 0, 1, 0x05, 200, 1000)
	mbrEntryAt(img, 200, 0, 0x0c, 8, 50)
	mbrEntryAt(img, 200, 1, 0x05, 100, 100)
	mbrEntryAt(img, 300, 0, 0x83, 4, 20)
	return img
}

// gptImage makes a GPT with one partition, the second of the table.
func gptImage(unit int) []byte {
	img := make([]byte, testSize)
	mbrEntryAt(img, 0, 0, typeProtective, 1, 0xffffffff)
	e := img[2*unit+gptEntry:]
	e[0] = 1
	le.PutUint64(e[32:], 10)
	le.PutUint64(e[40:], 19)
	copy(e[gptNameAt:], "d\x00a\x00t\x00a\x00")
	h := img[unit:]
	copy(h, gptMagic)
	le.PutUint32(h[12:], gptHeader)
	le.PutUint64(h[72:], 2)
	le.PutUint32(h[80:], 4)
	le.PutUint32(h[84:], gptEntry)
	le.PutUint32(h[88:], crc32.ChecksumIEEE(img[2*unit:2*unit+4*gptEntry]))
	le.PutUint32(h[gptCRCAt:], crc32.ChecksumIEEE(h[:gptHeader]))
	return img
}

func read(img []byte) ([]Partition, error) { return Read(bytes.NewReader(img), int64(len(img))) }

func TestRead(t *testing.T) {
	tests := map[string]struct {
		img  []byte
		want []Partition
	}{
		"mbr": {logicalImage(), []Partition{
			{Number: 1, Begin: 64 * 512, Size: 100 * 512, Type: 0x83},
			{Number: 5, Begin: 208 * 512, Size: 50 * 512, Type: 0x0c},
			{Number: 6, Begin: 304 * 512, Size: 20 * 512, Type: 0x83},
		}},
		"gpt":  {gptImage(512), []Partition{{Number: 2, Begin: 5120, Size: 5120, Name: "data"}}},
		"gpt4": {gptImage(4096), []Partition{{Number: 2, Begin: 40960, Size: 40960, Name: "data"}}},
	}
	for name, tt := range tests {
		got, err := read(tt.img)
		if err != nil || len(got) != len(tt.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], tt.want[i])
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct {
		img    []byte
		change func(img []byte)
		want   error
	}{
		"empty":        {make([]byte, testSize), func([]byte) {}, ErrNone},
		"nothing":      {nil, func([]byte) {}, ErrNone},
		"boot sector":  {logicalImage(), func(b []byte) { b[mbrTable] = 0x41 }, ErrNone},
		"no entries":   {logicalImage(), func(b []byte) { clear(b[mbrTable:510]) }, ErrNone},
		"beyond":       {logicalImage(), func(b []byte) { mbrEntryAt(b, 0, 0, 0x83, 64, testSize) }, ErrCorrupt},
		"circle":       {logicalImage(), func(b []byte) { mbrEntryAt(b, 300, 1, 5, 0, 10) }, ErrCorrupt},
		"chain beyond": {logicalImage(), func(b []byte) { mbrEntryAt(b, 300, 1, 5, 0xffffffff, 10) }, ErrCorrupt},
		"gpt sum":      {gptImage(512), func(b []byte) { b[512+90]++ }, ErrCorrupt},
		"gpt entries":  {gptImage(512), func(b []byte) { b[1024]++ }, ErrCorrupt},
		"gpt none":     {gptImage(512), func(b []byte) { b[512]++ }, ErrCorrupt},
	}
	for name, tt := range tests {
		tt.change(tt.img)
		if got, err := read(tt.img); !errors.Is(err, tt.want) || got != nil {
			t.Errorf("%s: %+v, %v, want %v", name, got, err, tt.want)
		}
	}
}

// FuzzRead: whatever the first sectors hold, partitions are inside the image,
// or there are none.
func FuzzRead(f *testing.F) {
	f.Add(logicalImage()[:400*512], false)
	f.Add(gptImage(512)[:8192], true)
	f.Add(gptImage(4096)[:16384], true)
	f.Fuzz(func(t *testing.T, img []byte, sums bool) {
		if sums {
			mend(img)
		}
		list, err := read(img)
		if (err == nil) == (list == nil) && err != nil {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, p := range list {
			if p.Begin < 0 || p.Size <= 0 || p.Begin+p.Size > int64(len(img)) {
				t.Errorf("%+v of %d bytes", p, len(img))
			}
		}
	})
}

// mend makes the checksums of a GPT right, as far as it can.
func mend(img []byte) {
	if len(img) < 2048 {
		return
	}
	h := img[512:1024]
	at, n := le.Uint64(h[72:]), uint64(le.Uint32(h[80:]))*uint64(le.Uint32(h[84:]))
	if size := uint64(len(img)); at < size/512 && n <= size-at*512 {
		le.PutUint32(h[88:], crc32.ChecksumIEEE(img[at*512:at*512+n]))
	}
	clear(h[gptCRCAt : gptCRCAt+4])
	if n := le.Uint32(h[12:]); n <= 512 {
		le.PutUint32(h[gptCRCAt:], crc32.ChecksumIEEE(h[:n]))
	}
}
