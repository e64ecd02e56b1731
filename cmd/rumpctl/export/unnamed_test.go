package export

import (
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// holds checks what is in an open file.
func holds(t *testing.T, f *os.File, want string) {
	t.Helper()
	b := make([]byte, 100)
	if n, _ := f.ReadAt(b, 0); string(b[:n]) != want {
		t.Errorf("%s holds %q, want %q", f.Name(), b[:n], want)
	}
	// What the host keeps is not all that is there.
	if st, err := f.Stat(); err != nil || st.Size() != int64(len(want)) {
		t.Errorf("%s: %v, %v", f.Name(), st, err)
	}
}

// forget has the host forget what is in a file.
func forget(t *testing.T, f *os.File) {
	t.Helper()
	must(t, f.Sync())
	must(t, unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED))
}

// TestOpenWithoutName: what is open stays whole when it has lost its name, by
// unlink or to another file, and when more is open than is held.
func TestOpenWithoutName(t *testing.T) {
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		var files []*os.File
		for i := range maxHeld + 20 {
			name := strconv.Itoa(i)
			must(t, os.WriteFile(name, []byte(name), 0o644))
			f, err := os.OpenFile(name, os.O_RDWR, 0)
			must(t, err)
			defer f.Close()
			files = append(files, f)
			if i%2 == 0 {
				must(t, os.Remove(name))
				continue
			}
			must(t, os.WriteFile("new", []byte("another"), 0o644))
			must(t, os.Rename("new", name))
		}
		for i, f := range files {
			forget(t, f)
			holds(t, f, strconv.Itoa(i))
			if i%10 > 1 {
				continue // the rest takes time, and the others are as these
			}
			_, err := f.WriteAt([]byte("changed"), 0)
			must(t, err)
			forget(t, f)
			holds(t, f, "changed")
			must(t, f.Truncate(3))
			holds(t, f, "cha")
		}
		for i := 1; i < len(files); i += 2 {
			if b, err := os.ReadFile(strconv.Itoa(i)); string(b) != "another" {
				t.Errorf("%d holds %q, %v", i, b, err)
			}
		}
	})
}

// TestRoomComesBack: what has no name and is no longer open takes no room.
func TestRoomComesBack(t *testing.T) {
	both(t, func(t *testing.T, dir string) {
		t.Chdir(dir + "/tmp")
		var st unix.Statfs_t
		must(t, unix.Statfs(".", &st))
		before, free := st.Ffree, uint64(0)
		for range 20 {
			must(t, os.WriteFile("f", []byte("contents"), 0o644))
			must(t, os.Remove("f"))
		}
		for range 1000 { // the host tells of it in its own time
			if must(t, unix.Statfs(".", &st)); st.Ffree >= before {
				return
			}
			free = st.Ffree
			must(t, os.WriteFile("f", nil, 0o644))
			must(t, os.Remove("f"))
		}
		t.Errorf("%d files are free, %d were", free, before)
	})
}
