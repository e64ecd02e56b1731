// Files of the real host.
package hypercall

import "golang.org/x/sys/unix"

// realFile is an open file of the host, by its descriptor there.
type realFile struct{ fd int }

func (h *real) Open(name string, mode OpenMode) (File, error) {
	flags, err := openFlags(mode)
	if err != nil {
		return nil, err
	}
	for {
		fd, err := unix.Open(name, flags, 0o644)
		if err == nil {
			return &realFile{fd: fd}, nil
		}
		if err != unix.EINTR {
			return nil, hostError(err)
		}
	}
}

func (f *realFile) ReadAt(b []byte, off int64) (int, error) {
	done := 0
	for done < len(b) {
		n, err := unix.Pread(f.fd, b[done:], off+int64(done))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return done, hostError(err)
		}
		if n == 0 {
			break
		}
		done += n
	}
	return done, nil
}

func (f *realFile) WriteAt(b []byte, off int64) (int, error) {
	done := 0
	for done < len(b) {
		n, err := unix.Pwrite(f.fd, b[done:], off+int64(done))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return done, hostError(err)
		}
		done += n
	}
	return done, nil
}

// Size returns the size of a regular file, or of a block device by its end.
func (f *realFile) Size() (int64, error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return 0, hostError(err)
	}
	if kindOf(uint32(st.Mode)) != KindBlock {
		return st.Size, nil
	}
	end, err := unix.Seek(f.fd, 0, unix.SEEK_END)
	if err != nil {
		return 0, hostError(err)
	}
	return end, nil
}

func (f *realFile) Sync() error {
	if err := unix.Fsync(f.fd); err != nil && err != unix.EINVAL {
		return hostError(err)
	}
	return nil
}

func (f *realFile) Close() error {
	if err := unix.Close(f.fd); err != nil {
		return hostError(err)
	}
	return nil
}
