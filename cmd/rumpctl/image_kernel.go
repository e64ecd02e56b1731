// The kernel that is booted for an image, and its end.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/cmd/rumpctl/imagekernel"
	"github.com/rumpkit/rumpkit/kernel"
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/hypercall"
)

// Where the image is in the kernel.
const (
	imageDevice = "/image.disk"
	imageDir    = "/image"
)

// quietHost is the host without its console: the kernel has nothing to say
// between what the command prints.
type quietHost struct{ hypercall.Host }

func (quietHost) ConsoleWrite([]byte) {}

// mountedImage is an image in a kernel of its own.
type mountedImage struct {
	host     *hostImage
	writable bool
	k        *imagekernel.Kernel
	// keeper mounts and unmounts; inside is the command's process.
	keeper, inside *client.Client
	mounted        bool
	ended          sync.Once
	err            error
}

// openImage boots a kernel with the image mounted. The image is locked on the
// host, so that two that write do not meet.
func openImage(operand string, o options) (*mountedImage, error) {
	file, part := splitImage(operand)
	h, err := openHost(file)
	if err != nil {
		return nil, err
	}
	m := &mountedImage{host: h, writable: o.has('w')}
	w, fstype, err := h.find(part)
	if err == nil {
		fstype, err = chooseType(fstype, o)
	}
	if err == nil {
		err = m.lock()
	}
	if err == nil {
		err = m.boot(w, fstype)
	}
	if err != nil {
		return nil, errors.Join(err, m.leave())
	}
	return m, nil
}

// chooseType is the type to mount: that of -t, or what was found.
func chooseType(found string, o options) (string, error) {
	switch t := o['t']; {
	case t == "" && found == "":
		return "", errors.New("no file system that is known: neither ext2, ext3, ext4 nor FAT")
	case t == "":
		return found, nil
	case t != typeExt && t != typeFAT:
		return "", usagef("%q is no type: it is ext2fs or msdos", t)
	default:
		return t, nil
	}
}

// lock locks the host's file: for all, or for those that write.
func (m *mountedImage) lock() error {
	how := unix.LOCK_SH
	if m.writable {
		how = unix.LOCK_EX
	}
	return lockFile(m.host.File, how)
}

// lockFile locks a file of the host, or says that somebody else has.
func lockFile(f *os.File, how int) error {
	err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return errors.New("in use by another program")
	}
	return err
}

// boot boots the kernel and mounts the image.
func (m *mountedImage) boot(w window, fstype string) error {
	k, err := imagekernel.Boot(kernel.Config{
		Host: quietHost{hypercall.Real()},
		Etfs: []kernel.Etfs{{Key: imageDevice, HostPath: w.file, Type: kernel.EtfsBlk, Begin: w.begin, Size: w.size}},
	})
	if err != nil {
		return err
	}
	m.k = k
	if m.keeper, err = client.New(k, "image"); err != nil {
		return err
	}
	if err := m.keeper.Mkdir(imageDir, 0o755); err != nil {
		return err
	}
	data, err := mountData(fstype, imageDevice, nil)
	if err != nil {
		return err
	}
	flags := abi.MNT_RDONLY
	if m.writable {
		flags = 0
	}
	if err := m.keeper.Mount(fstype, imageDir, flags, data); err != nil {
		return fmt.Errorf("mounting it as %s: %w", fstype, err)
	}
	m.mounted = true
	return nil
}

// enter makes a process whose root is the image's.
func (m *mountedImage) enter() (*client.Client, error) {
	c, err := client.New(m.k, "rumpctl")
	if err != nil {
		return nil, err
	}
	m.inside = c
	_, _ = c.Umask(0o022)
	if err := c.Chroot(imageDir); err != nil {
		return nil, err
	}
	return c, c.Chdir("/")
}

// leave ends the command's process, unmounts the image and halts the kernel.
// It may be called again, and from two goroutines; all get the same error.
func (m *mountedImage) leave() error {
	m.ended.Do(func() {
		var errs []error
		if m.inside != nil {
			errs = append(errs, m.inside.Exit())
		}
		if m.mounted {
			m.keeper.Sync()
			errs = append(errs, m.keeper.Unmount(imageDir, 0))
		}
		if m.keeper != nil {
			errs = append(errs, m.keeper.Exit())
		}
		if m.k != nil {
			errs = append(errs, m.k.Close())
		}
		m.err = errors.Join(append(errs, m.host.Close())...)
	})
	return m.err
}

// endSignals are the signals that end the program, but for those that who
// started it had it ignore.
func endSignals() []os.Signal {
	var list []os.Signal
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGPIPE} {
		if !signal.Ignored(s) {
			list = append(list, s)
		}
	}
	return list
}

// catchSignals holds the signals that end the program, from before the image is
// mounted. signal.Stop ends it.
func catchSignals() chan os.Signal {
	signals := make(chan os.Signal, 1)
	if list := endSignals(); len(list) > 0 { // none would mean all
		signal.Notify(signals, list...)
	}
	return signals
}

// leaveOnSignal makes a signal call first and leave the image before it ends
// the program, until stop is called. A second one does not wait.
func (m *mountedImage) leaveOnSignal(signals chan os.Signal, first func()) (stop func()) {
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			first()
			_ = m.leave()
			os.Exit(exitSignal + int(s.(unix.Signal)))
		case <-done:
		}
	})
	return func() {
		close(done)
		watch.Wait()
	}
}

// exitSignal is added to a signal's number to make an exit status.
const exitSignal = 128
