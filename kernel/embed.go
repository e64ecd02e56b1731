// Small things that programs which embed a kernel ask of it.
package kernel

import (
	"io"
	"strconv"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/file"
	"github.com/rumpkit/rumpkit/kernel/proc"
)

// VersionNumber is kern.osrevision (rump_getversion): MMmmrrpp00.
const VersionNumber = abi.NetBSDVersion

// PrintEvcnts prints the event counters, "group / name: count" each, to w.
func (b *Base) PrintEvcnts(w io.Writer) error {
	for _, e := range b.Evcnt.List() {
		line := e.Group() + " / " + e.Name() + ": " + strconv.FormatUint(e.Count(), 10) + "\n"
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// KernelFile is an open file that the kernel itself reads and writes, from and
// to memory of its own: what rump_pub_uio_ is for in C. Its offsets are its
// own, files keep theirs.
type KernelFile struct {
	b *Base
	f *file.File
}

// File returns an open file of the thread's process for transfers in kernel
// context. The file stays open until its Close.
func (t *HostThread) File(fd int32) (k *KernelFile, err error) {
	err = t.Do(func(l *proc.LWP) error {
		f, err := file.Get(l, fd)
		k = &KernelFile{b: t.b, f: f}
		return err
	})
	if err != nil {
		return nil, err
	}
	return k, nil
}

// do runs fn on a lwp of the kernel's own process.
func (k *KernelFile) do(fn func(l *proc.LWP) (int, error)) (n int, err error) {
	l, err := k.b.boot.Proc().NewLWP(true)
	if err != nil {
		return 0, err
	}
	defer l.Release()
	return fn(l)
}

// Read reads at the file's position; io.EOF at its end.
func (k *KernelFile) Read(p []byte) (int, error) {
	n, err := k.do(func(l *proc.LWP) (int, error) { return k.f.Ops.Read(l, k.f, p) })
	return eof(n, len(p), err)
}

// Write writes at the file's position.
func (k *KernelFile) Write(p []byte) (int, error) {
	return k.do(func(l *proc.LWP) (int, error) { return k.f.Ops.Write(l, k.f, p) })
}

// ReadAt reads at byte off: ESPIPE when the file has no positions.
func (k *KernelFile) ReadAt(p []byte, off int64) (done int, err error) {
	at, ok := k.f.Ops.(file.Positioned)
	if !ok {
		return 0, abi.ESPIPE
	}
	for done < len(p) {
		n, err := k.do(func(l *proc.LWP) (int, error) { return at.ReadAt(l, k.f, p[done:], off+int64(done)) })
		if n, err = eof(n, len(p)-done, err); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// WriteAt writes at byte off: ESPIPE when the file has no positions.
func (k *KernelFile) WriteAt(p []byte, off int64) (int, error) {
	at, ok := k.f.Ops.(file.Positioned)
	if !ok {
		return 0, abi.ESPIPE
	}
	return k.do(func(l *proc.LWP) (int, error) { return at.WriteAt(l, k.f, p, off) })
}

// Close ends the kernel's use of the file.
func (k *KernelFile) Close() error {
	_, err := k.do(func(l *proc.LWP) (int, error) { return 0, k.f.Drop(l) })
	return err
}

// eof turns a read of nothing into io.EOF.
func eof(n, want int, err error) (int, error) {
	if n == 0 && want > 0 && err == nil {
		return 0, io.EOF
	}
	return n, err
}
