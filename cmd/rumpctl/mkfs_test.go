package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// check has the tool of the format's makers look at an image, if it is there.
func check(t *testing.T, img, fstype string) {
	t.Helper()
	tool, arg := "e2fsck", "-fn"
	if strings.HasPrefix(fstype, "fat") {
		tool, arg = "fsck.vfat", "-n"
	}
	if path, err := exec.LookPath(tool); err != nil {
		t.Logf("%s is not installed", tool)
	} else if out, err := exec.Command(path, arg, img).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", tool, err, out)
	}
}

// TestMkfs: each file system is clean, and rumpctl image works on it.
func TestMkfs(t *testing.T) {
	for _, c := range []struct{ fstype, size string }{
		{"ext2", "64k"}, {"ext2", "20m"}, {"ext4", "300k"}, {"ext4", "20m"}, {"ext4", "600m"},
		{"fat12", "20k"}, {"fat12", "255m"}, {"fat16", "2200k"}, {"fat32", "34m"}, {"fat", "1440k"}, {"fat", "100m"},
	} {
		t.Run(c.fstype+" "+c.size, func(t *testing.T) {
			img := filepath.Join(t.TempDir(), "img")
			if status, out, errs := rumpctl("", "mkfs", "-t", c.fstype, "-L", "a label", "-s", c.size, img); status != 0 || out != "" {
				t.Fatal(status, out, errs)
			}
			check(t, img, c.fstype)
			if status, _, errs := rumpctl("contents", "image", "-w", img, "write", "/file"); status != 0 {
				t.Fatal(errs)
			}
			if _, out, errs := rumpctl("", "image", img, "cat", "/file"); out != "contents" {
				t.Errorf("%q, %s", out, errs)
			}
			check(t, img, c.fstype)
		})
	}
}

// TestMkfsRefuses: what cannot be made, or would be lost.
func TestMkfsRefuses(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	img := image(t)
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in("letter"), []byte("Dear all,"), 0o600); err != nil {
		t.Fatal(err)
	}
	part := disk(t, img)
	for _, c := range []struct {
		words  string
		status int
		errs   string
	}{
		{in("new"), 2, "how large shall "},
		{"-s 0 " + in("new"), 2, "is no size"},
		{"-s x " + in("new"), 2, "is no size"},
		{"-s 1k " + in("new"), 1, "new: too small"},
		{"-t fat16 -s 1m " + in("new"), 1, "new: 1.0M is no size for that type"},
		{"-t ext3 -s 1m " + in("new"), 2, "is no type"},
		{"-L seventeen-letters -s 1m " + in("new"), 1, "at most 16"},
		{"-t fat -L a:b -s 1m " + in("new"), 2, "is no label"},
		{"-s 1m " + in("none/new"), 1, "no such file"},
		{dir, 1, "neither a file nor a disk"},
		{img, 1, "it holds a file system, ext2fs; -f makes"},
		{"-s 2m " + img, 1, "it has 1.0M, not 2.0M: leave out -s"},
		{"-f -s 1k " + img, 1, "too small"},
		{in("letter"), 1, "it is not empty; -f makes"},
		{part, 1, "it holds partitions; name one, such as "},
		{part + ":2", 1, "it holds a file system, ext2fs"},
		{part + ":3", 1, "there is no partition 3"},
		{"-f -s 2m " + part + ":2", 1, "1.0M is all there is"},
	} {
		status, _, errs := rumpctl("", append([]string{"mkfs"}, strings.Fields(c.words)...)...)
		if status != c.status || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: status %d, %s", c.words, status, errs)
		}
	}
	if now, err := os.ReadFile(img); err != nil || string(now) != string(data) {
		t.Errorf("the image has changed (%v)", err)
	}
	if _, err := os.Stat(in("new")); err == nil {
		t.Error("a file that could not be made is there")
	}
}

// TestMkfsOver: by force over what is there, and in a partition only there.
func TestMkfsOver(t *testing.T) {
	img := image(t)
	part := disk(t, img)
	before, _ := os.ReadFile(part)
	for _, words := range []string{"-f -t fat " + img, "-f -t ext2 -s 3m " + img, "-f -t fat " + part + ":2", "-f -t ext4 " + part + ":2"} {
		f := strings.Fields(words)
		if status, _, errs := rumpctl("", append([]string{"mkfs"}, f...)...); status != 0 {
			t.Fatalf("%s: %s", words, errs)
		}
		if _, _, errs := rumpctl("x", "image", "-w", f[len(f)-1], "write", "/x"); errs != "" {
			t.Errorf("%s: %s", words, errs)
		}
	}
	check(t, img, "ext2")
	after, _ := os.ReadFile(part)
	const begin = 64 * 512
	if len(after) != len(before) || string(after[:begin]) != string(before[:begin]) {
		t.Error("bytes outside the partition have changed")
	}
	if err := os.WriteFile(img, after[begin:], 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, img, "ext4")
}
