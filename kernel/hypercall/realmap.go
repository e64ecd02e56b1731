// Mappings of files of the real host: mmap(2), and inotify(7) to hear of
// changes.
package hypercall

import (
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// realMapping implements Mapping.
type realMapping struct {
	file realFile
	mem  []byte
	// watch is the inotify descriptor, nil when nobody watches; done ends
	// with its goroutine.
	watch *os.File
	done  sync.WaitGroup
}

// Map implements Host.
func (h *real) Map(name string, size int) (Mapping, error) {
	f, err := h.Open(name, ReadWrite|Create)
	if err != nil {
		return nil, err
	}
	m := &realMapping{file: *f.(*realFile)}
	if m.mem, err = m.file.mmap(size); err != nil {
		_ = f.Close()
		return nil, err
	}
	return m, nil
}

// mmap makes the file long enough and maps it.
func (f *realFile) mmap(size int) ([]byte, error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return nil, hostError(err)
	}
	if kindOf(uint32(st.Mode)) != KindRegular {
		return nil, abi.ENODEV
	}
	if st.Size < int64(size) {
		if err := unix.Ftruncate(f.fd, int64(size)); err != nil {
			return nil, hostError(err)
		}
	}
	mem, err := unix.Mmap(f.fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, hostError(err)
	}
	return mem, nil
}

// Mem implements Mapping.
func (m *realMapping) Mem() []byte { return m.mem }

// WriteAt implements Mapping.
func (m *realMapping) WriteAt(b []byte, off int64) (int, error) { return m.file.WriteAt(b, off) }

// Watch implements Mapping.
func (m *realMapping) Watch(fn func()) error {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return hostError(err)
	}
	// The file is named by its descriptor: another may have its name by now.
	name := "/proc/self/fd/" + strconv.Itoa(m.file.fd)
	if _, err := unix.InotifyAddWatch(fd, name, unix.IN_MODIFY); err != nil {
		_ = unix.Close(fd)
		return hostError(err)
	}
	m.watch = os.NewFile(uintptr(fd), "inotify")
	m.done.Go(func() {
		var events [1024]byte
		for {
			if _, err := m.watch.Read(events[:]); err != nil {
				return
			}
			fn()
		}
	})
	return nil
}

// Close implements Mapping.
func (m *realMapping) Close() error {
	if m.mem == nil {
		return abi.EBADF
	}
	if m.watch != nil {
		_ = m.watch.Close()
		m.done.Wait()
	}
	err := unix.Munmap(m.mem)
	m.mem = nil
	if cerr := m.file.Close(); err == nil && cerr != nil {
		return cerr
	}
	if err != nil {
		return hostError(err)
	}
	return nil
}
