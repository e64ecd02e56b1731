package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rumpctl runs a command line in this process.
func rumpctl(stdin string, words ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	k := &ctl{in: strings.NewReader(stdin), out: bufio.NewWriter(&out), errw: &errs, getenv: func(string) string { return "" }}
	status = k.main(words)
	return status, out.String(), errs.String()
}

// image makes an ext4 file system.
func image(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ext4.img")
	if status, _, errs := rumpctl("", "mkfs", "-t", "ext4", "-s", "1m", name); status != 0 {
		t.Fatal(errs)
	}
	return name
}

// disk puts an image into partition 2 of a disk.
func disk(t *testing.T, img string) string {
	t.Helper()
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	const begin = 64 // sectors
	head := make([]byte, begin*512)
	e := head[446+16:]
	e[4], e[8] = 0x83, begin
	n := len(data) / 512
	e[12], e[13], e[14] = byte(n), byte(n>>8), byte(n>>16)
	head[510], head[511] = 0x55, 0xaa
	name := filepath.Join(t.TempDir(), "disk.img")
	if err := os.WriteFile(name, append(head, data...), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestImage(t *testing.T) {
	img := image(t)
	part := disk(t, img) + ":2"
	tests := []struct {
		stdin  string
		words  string
		status int
		out    string
		errs   string
	}{
		{"", img, 0, "ext2fs, 1.0M\n", ""},
		{"", part, 0, "ext2fs, 1.0M\n", ""},
		{"", strings.TrimSuffix(part, ":2"), 0, "ext2fs", ""},
		{"", strings.TrimSuffix(part, ":2") + " ls", 1, "", "disk.img:2\n"},
		{"", part[:len(part)-1] + "3 ls", 1, "", "there is no partition 3"},
		{"x", img + " write /new", 1, "", "read-only file system (image -w"},
		{"news", "-w " + img + " write /new", 0, "", ""},
		{"", img + " cat /new", 0, "news", ""},
		{"", "-w " + img + " mkdir /dir", 0, "", ""},
		{"", "-w " + img + " rmm /dir", 2, "", "unknown command"},
		{"", img + " sysctl", 2, "", "no command for files"},
		{"", img + " find / -name new", 0, "/new\n", ""},
		{"", "-t msdos " + img + " ls", 1, "", "mounting it as msdos"},
		{"", "-t tmpfs " + img + " ls", 2, "", "no type"},
		{"", "/nope.img ls", 1, "", "/nope.img: no such file"},
		{"", "files_test.go ls", 1, "", "no file system that is known"},
		{"", img + " cat /nope", 1, "", "/nope: no such file or directory"},
		{"more", "-w " + part + " write /p", 0, "", ""},
		{"", part + " cat /p", 0, "more", ""},
		{"", img + " ls --help", 0, "Usage: rumpctl ls", ""},
	}
	for _, tt := range tests {
		status, out, errs := rumpctl(tt.stdin, append([]string{"image"}, strings.Fields(tt.words)...)...)
		if status != tt.status || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
			t.Errorf("image %s: status %d, %q, %q", tt.words, status, out, errs)
		}
	}
	for line, want := range map[string]string{
		"rumpctl image -": "-w\n-t\n", "rumpctl image -w " + img + " c": "cat\ncp\nchmod\nchown\n",
		"rumpctl image " + img + " ls /d": "/dir/\n", "rumpctl image " + img + " cp :/n": ":/new\n",
		"rumpctl image " + img + " sysctl k": "",
	} {
		if _, out, _ := rumpctl("", completeWord, line); out != want {
			t.Errorf("%s: %q, want %q", line, out, want)
		}
	}
}

// TestImageIsNotChanged: without -w not a byte of an image changes, and one
// that is in use is left alone.
func TestImageIsNotChanged(t *testing.T) {
	img := image(t)
	before, _ := os.ReadFile(img)
	for _, words := range [][]string{{"rm", "-rf", "/lost+found"}, {"touch", "/"}, {"ls", "-laR", "/"}, {"cp", "-", ":/x"}} {
		rumpctl("data", append([]string{"image", img}, words...)...)
	}
	if after, err := os.ReadFile(img); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it changed (%v)", err)
	}
	m, err := openImage(img, options{'w': ""})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, errs := rumpctl("", "image", img, "ls"); !strings.Contains(errs, "in use") {
		t.Errorf("while it is written: %q", errs)
	}
	for range 2 {
		if err := m.leave(); err != nil {
			t.Error(err)
		}
	}
}

func TestSplitImage(t *testing.T) {
	for operand, want := range map[string]struct {
		file string
		part int
	}{
		"a.img": {"a.img", 0}, "a.img:3": {"a.img", 3}, "a:b": {"a:b", 0}, "a:0": {"a:0", 0}, ":1": {":1", 0}, "a:1:2": {"a:1", 2},
	} {
		if file, part := splitImage(operand); file != want.file || part != want.part {
			t.Errorf("%s: %s, %d", operand, file, part)
		}
	}
}
