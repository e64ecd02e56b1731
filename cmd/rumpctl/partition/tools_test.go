package partition

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a program on an image, with the script on its standard input.
func run(t *testing.T, script, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			t.Skipf("%s is not installed (Debian: apt-get install fdisk gdisk)", name)
		}
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin = strings.NewReader(script)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

const mb = 1 << 20

// disk makes an empty disk.
func disk(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 64*mb); err != nil {
		t.Fatal(err)
	}
	return name
}

// readDisk reads the table of a disk as a list of number, begin and size in MB,
// and name.
func readDisk(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := Read(f, 64*mb)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range list {
		got = append(got, fmt.Sprintf("%d %d+%d %s", p.Number, p.Begin/mb, p.Size/mb, p.Name))
	}
	return got
}

// sfdiskList asks sfdisk for the same list; extended partitions are left out.
func sfdiskList(t *testing.T, name string, unit int64, args ...string) []string {
	t.Helper()
	var v struct {
		Table struct {
			Partitions []struct {
				Node, Type, Name string
				Start, Size      int64
			}
		} `json:"partitiontable"`
	}
	if err := json.Unmarshal(run(t, "", "sfdisk", append(args, "-J", name)...), &v); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, p := range v.Table.Partitions {
		if p.Type != "5" && p.Type != "f" {
			want = append(want, fmt.Sprintf("%s %d+%d %s", strings.TrimPrefix(p.Node, name), p.Start*unit/mb, p.Size*unit/mb, p.Name))
		}
	}
	return want
}

func same(t *testing.T, got, want []string, count int) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) || len(got) != count {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSfdisk: what sfdisk makes is read as sfdisk reads it.
func TestSfdisk(t *testing.T) {
	for _, c := range []struct {
		name, script string
		count        int
	}{
		{"mbr", "label: dos\nsize=4M, type=83\nsize=5M, type=c\n", 2},
		{"gap", "label: dos\n2: start=20M, size=4M, type=83\n4: start=30M, size=5M, type=83\n", 2},
		{"logical", "label: dos\nsize=4M\nsize=40M, type=5\nsize=4M\nsize=5M\nsize=6M, type=b\n", 4},
		{"logical, lba", "label: dos\nsize=40M, type=f\nsize=4M\nsize=5M\nsize=6M, type=b\n", 3},
		{"gpt", "label: gpt\nsize=4M, name=\"one\"\nsize=5M, name=\"zwei – δύο\", attrs=\"LegacyBIOSBootable\"\n", 2},
		{"gpt, few entries", "label: gpt\ntable-length: 4\nsize=4M\nsize=5M\n", 2},
		{"gpt, many entries", "label: gpt\ntable-length: 512\n300: size=4M\n512: size=5M\n", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // sfdisk waits for the disk, not for the processor
			img := disk(t)
			run(t, c.script, "sfdisk", "-q", img)
			same(t, readDisk(t, img), sfdiskList(t, img, 512), c.count)
		})
	}
}

// TestSgdisk: what sgdisk makes, and what is left when the first table or its
// header is lost.
func TestSgdisk(t *testing.T) {
	t.Parallel()
	img := disk(t)
	run(t, "", "sgdisk", "-n", "1:0:+4M", "-c", "1:first", "-n", "5:0:+5M", "-t", "5:8300", "-c", "5:fifth", "-n", "128:0:+6M", img)
	want := sfdiskList(t, img, 512)
	same(t, readDisk(t, img), want, 3)
	for _, off := range []int64{512, 1024 + 10} {
		f, err := os.OpenFile(img, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte("lost"), off); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		same(t, readDisk(t, img), want, 3)
	}
	run(t, "", "sgdisk", "-Z", img)
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := read(data); err != ErrNone {
		t.Errorf("after zapping: %+v, %v", list, err)
	}
}
