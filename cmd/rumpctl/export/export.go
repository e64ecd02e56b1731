// Package export shows the files of a kernel to the programs of the host,
// through FUSE.
//
// All calls are made by one process of the kernel, several at a time. Nothing in
// this package looks at the mounted directory: that would wait for itself.
//
// A file is found again by the directory it is in, which is held open, and its
// name; what is found there must be the same file, or the host is told to look
// again (ESTALE). Open files are open files of the kernel, so that they outlive
// their names.
package export

import (
	"errors"
	"io"
	"log"
	"os"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/export/device"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// Options says how to show the files.
type Options struct {
	// Source is what mount(8) shows as the source.
	Source string
	// Root is the directory of the kernel that is shown; / if empty.
	Root string
	// ReadOnly lets nothing be changed.
	ReadOnly bool
	// Private keeps all users out but who mounts, and asks no rights of them. It is
	// how everybody but root mounts anyway.
	Private bool
	// Alone says that no other process changes the files. The host then keeps
	// what it has seen; otherwise it asks each time, and keeps no contents.
	Alone bool
}

// ErrNoTool says that a program is missing that mounting needs, without root.
var ErrNoTool = errors.New("fusermount3 is missing: install it (Debian: apt-get install fuse3), or be root")

// ErrNoDevice says that the host has no FUSE.
var ErrNoDevice = errors.New("/dev/fuse is missing: the host's kernel has no FUSE (modprobe fuse)")

// Mount is a mounted directory.
type Mount struct {
	x      *export
	server server
	dir    string
}

// export is the state that all nodes share.
type export struct {
	c       *client.Client
	o       Options
	held    heldCache
	devices devices
	lockers lockers
	// shared says that users other than the one who mounts may come, each with
	// their own rights: the host checks them, and files belong to their makers.
	shared bool
}

// aloneTime is how long the host keeps what nobody else changes.
const aloneTime = time.Hour

// maxTransfer is the most bytes of a read or write.
const maxTransfer = 1 << 20

// New mounts the files that c sees on dir and serves them until the mount ends.
// The process of c must have root's rights, and do nothing else.
func New(c *client.Client, dir string, o Options) (*Mount, error) {
	if err := possible(); err != nil {
		return nil, err
	}
	if o.Root == "" {
		o.Root = "/"
	}
	x := &export{c: c, o: o, shared: os.Geteuid() == 0 && !o.Private}
	_, _ = c.Umask(0) // the host has applied the one that counts
	_ = c.Setrlimit(abi.RLIMIT_NOFILE, &abi.Rlimit{Cur: 1 << 17, Max: 1 << 17})
	root, err := x.open()
	if err != nil {
		return nil, err
	}
	server, err := x.mount(dir, root)
	if err != nil {
		x.held.close(c)
		return nil, err
	}
	return &Mount{x: x, server: server, dir: dir}, nil
}

// server answers the host's requests.
type server interface {
	Wait()
	Unmount() error
}

// mount mounts the tree of root and serves it: what nobody else uses is in a
// kernel in this process, whose calls do not wait for others.
func (x *export) mount(dir string, root *node) (server, error) {
	o := x.options(root.id)
	if x.o.Alone {
		s, err := device.Mount(dir, tool(), &o.MountOptions, func(s *device.Server) fuse.RawFileSystem {
			o.ServerCallbacks = s
			return &protocol{fs.NewNodeFS(root, o), x}
		})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	s, err := fuse.NewServer(&protocol{fs.NewNodeFS(root, o), x}, dir, &o.MountOptions)
	if err != nil {
		return nil, err
	}
	go s.Serve()
	return s, s.WaitMount()
}

// possible tells what is missing.
func possible() error {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return ErrNoDevice
	}
	if os.Geteuid() != 0 && !haveTool() {
		return ErrNoTool
	}
	return nil
}

func (x *export) options(root fs.StableAttr) *fs.Options {
	o := &fs.Options{
		MountOptions: fuse.MountOptions{
			FsName: x.o.Source, Name: "rumpkit", MaxWrite: maxTransfer, DirectMount: os.Geteuid() == 0, AllowOther: x.shared,
			EnableLocks: !x.o.Alone,
			// What the host would not keep is not worth asking for.
			DisableReadDirPlus: !x.o.Alone,
			ExtraCapabilities: fuse.CAP_DIRECT_IO_ALLOW_MMAP | fuse.CAP_READDIRPLUS_AUTO | fuse.CAP_ASYNC_DIO |
				fuse.CAP_HANDLE_KILLPRIV_V2,
			Logger: log.New(io.Discard, "", 0),
		},
		NullPermissions: true,
		RootStableAttr:  &root,
	}
	if x.shared {
		o.Options = append(o.Options, "default_permissions")
	}
	if x.o.ReadOnly {
		o.Options = append(o.Options, "ro")
		o.DirectMountFlags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_RDONLY
	}
	if x.o.Alone {
		o.EntryTimeout, o.AttrTimeout, o.NegativeTimeout = new(aloneTime), new(aloneTime), new(aloneTime)
	}
	return o
}
