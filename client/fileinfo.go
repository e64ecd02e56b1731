// What is known of a file, as package io/fs has it.

package client

import (
	"io/fs"
	"time"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

// fileInfo is an fs.FileInfo. Its Sys is the *abi.Stat.
type fileInfo struct {
	name string
	st   abi.Stat
}

func (i *fileInfo) Name() string       { return i.name }
func (i *fileInfo) Size() int64        { return i.st.Size }
func (i *fileInfo) Mode() fs.FileMode  { return FileMode(i.st.Mode) }
func (i *fileInfo) ModTime() time.Time { return time.Unix(i.st.Mtim.Sec, i.st.Mtim.Nsec) }
func (i *fileInfo) IsDir() bool        { return i.st.Mode&abi.S_IFMT == abi.S_IFDIR }
func (i *fileInfo) Sys() any           { return &i.st }
func (i *fileInfo) String() string     { return fs.FormatFileInfo(i) }

// modeBits are the bits of a mode that Go has elsewhere.
var modeBits = []struct {
	abi  uint32
	mode fs.FileMode
}{
	{abi.S_ISUID, fs.ModeSetuid}, {abi.S_ISGID, fs.ModeSetgid}, {abi.S_ISTXT, fs.ModeSticky},
}

// modeTypes are the types of files.
var modeTypes = []struct {
	abi  uint32
	mode fs.FileMode
}{
	{abi.S_IFREG, 0}, {abi.S_IFDIR, fs.ModeDir}, {abi.S_IFLNK, fs.ModeSymlink}, {abi.S_IFIFO, fs.ModeNamedPipe},
	{abi.S_IFSOCK, fs.ModeSocket}, {abi.S_IFCHR, fs.ModeDevice | fs.ModeCharDevice}, {abi.S_IFBLK, fs.ModeDevice},
}

// FileMode is a mode of stat(2) as Go has it.
func FileMode(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & abi.ACCESSPERMS)
	for _, b := range modeBits {
		if mode&b.abi != 0 {
			m |= b.mode
		}
	}
	return m | typeMode(mode&abi.S_IFMT)
}

// typeMode is the type of a file as Go has it.
func typeMode(ifmt uint32) fs.FileMode {
	for _, t := range modeTypes {
		if ifmt == t.abi {
			return t.mode
		}
	}
	return fs.ModeIrregular
}

// Mode is a mode of Go's as chmod(2) and open(2) take it: permissions, and the
// bits for set-user-id, set-group-id and sticky.
func Mode(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	for _, b := range modeBits {
		if m&b.mode != 0 {
			mode |= b.abi
		}
	}
	return mode
}
