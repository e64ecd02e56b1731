// Where mkfs makes a file system: a new file, one that is there, a partition of
// it, or a disk.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/cmd/rumpctl/partition"
)

// target is a part of a host file to write to, in bytes.
type target struct {
	file        *os.File
	begin, size int64
	// renew says that the file is emptied first; zeroed, that it reads as zeros
	// then; made, that this run made it.
	renew, zeroed, made bool
	// trial is set while nothing is written yet.
	trial, failed bool
}

// fill makes the file system, after a trial that writes nothing: what is there
// is not lost to one that cannot be made.
func (t *target) fill(make func(*target) error) error {
	t.trial = true
	err := make(t)
	t.trial = false
	if err == nil && t.renew {
		err = errors.Join(bare(t.file.Truncate(0)), bare(t.file.Truncate(t.size)))
	}
	if err == nil {
		err = make(t)
	}
	t.failed = err != nil
	return err
}

// openTarget finds and checks the place; what is not empty needs -f.
func openTarget(operand string, o options) (*target, error) {
	size, err := targetSize(o)
	if err != nil {
		return nil, err
	}
	name, part := splitImage(operand)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && part == 0 {
		return newTarget(name, size)
	}
	f, err := openForMkfs(name)
	if err != nil {
		return nil, bare(err)
	}
	t := &target{file: f}
	if err = t.locate(part, size, o.has('f')); err == nil && !o.has('f') {
		err = t.vacant(part)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return t, nil
}

// targetSize is what -s says, 0 without it.
func targetSize(o options) (int64, error) {
	if !o.has('s') {
		return 0, nil
	}
	n, err := parseSize(o['s'])
	if err != nil || n == 0 {
		return 0, usagef("-s %s: %q is no size; say 16m, for instance", o['s'], o['s'])
	}
	return int64(n), nil
}

// newTarget makes a file.
func newTarget(name string, size int64) (*target, error) {
	if size == 0 {
		return nil, usagef("how large shall %s be? Say -s, for instance -s 16m", name)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, bare(err)
	}
	t := &target{file: f, size: size, zeroed: true, made: true}
	if err := errors.Join(lockFile(f, unix.LOCK_EX), f.Truncate(size)); err != nil {
		t.failed = true
		return nil, errors.Join(bare(err), t.close())
	}
	return t, nil
}

// openForMkfs opens and locks a file or a disk; a disk that is mounted is busy.
func openForMkfs(name string) (*os.File, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	flags := os.O_RDWR
	switch st.Mode().Type() {
	case 0:
	case fs.ModeDevice:
		flags |= os.O_EXCL
	default:
		return nil, errors.New("neither a file nor a disk")
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f, unix.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// locate finds the bytes of the partition, or of the whole file. Only a whole
// file can be given another size, and only by force.
func (t *target) locate(part int, want int64, force bool) error {
	whole, err := t.file.Seek(0, io.SeekEnd)
	if err != nil {
		return bare(err)
	}
	t.size = whole
	if part > 0 {
		w, _, err := (&hostImage{File: t.file, size: whole}).find(part)
		if err != nil {
			return err
		}
		t.begin, t.size = w.begin, w.size
	}
	st, err := t.file.Stat()
	switch resizable := err == nil && part == 0 && st.Mode().IsRegular(); {
	case err != nil:
		return bare(err)
	case resizable && (force || t.size == 0):
		t.renew, t.zeroed = true, true
		if want > 0 {
			t.size = want
		}
		return nil
	case want == 0 || want == t.size:
		return nil
	case resizable:
		return fmt.Errorf("it has %s, not %s: leave out -s, or make it anew with -f", human(uint64(t.size)), human(uint64(want)))
	case want > t.size:
		return fmt.Errorf("%s is all there is: leave out -s", human(uint64(t.size)))
	}
	t.size = want
	return nil
}

// vacant fails for a place that holds something.
func (t *target) vacant(part int) error {
	const mend = "; -f makes a file system over it"
	if fstype := detect(t.file, t.begin); fstype != "" {
		return errors.New("it holds a file system, " + fstype + mend)
	}
	if part == 0 {
		if _, err := partition.Read(t.file, t.size); err == nil {
			return errors.New("it holds partitions; name one, such as " + t.file.Name() + ":1, or" + mend[1:])
		}
	}
	if !empty(io.NewSectionReader(t.file, t.begin, t.size)) {
		return errors.New("it is not empty" + mend)
	}
	return nil
}

// WriteAt writes inside the target.
func (t *target) WriteAt(b []byte, off int64) (int, error) {
	if off < 0 || off > t.size-int64(len(b)) {
		return 0, io.ErrShortWrite
	}
	if t.trial {
		return len(b), nil
	}
	n, err := t.file.WriteAt(b, t.begin+off)
	return n, bare(err)
}

// close closes the file; a new one that has no file system goes.
func (t *target) close() error {
	if t.made && t.failed {
		return errors.Join(bare(os.Remove(t.file.Name())), bare(t.file.Close()))
	}
	return bare(t.file.Close())
}
