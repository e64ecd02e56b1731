package main

// The kernel that rumpctl boots in its own process for file system images.

import (
	"path"

	"github.com/rumpkit/rumpkit/gen/emit"
	"github.com/rumpkit/rumpkit/gen/resolve"
)

const (
	// Sockets are there for their names, which bind(2) makes.
	imageSelection = "vfs,vfs/ext2fs,vfs/msdos,net,net/local,net/local/names"
	imageDir       = "cmd/rumpctl/imagekernel"
)

// selectImageKernel returns the kernel; nil with an error when its parts do not
// make one.
func selectImageKernel(tree *resolve.Tree) (*emit.Kernel, error) {
	k, err := tree.Select(imageSelection)
	if err != nil {
		return nil, err
	}
	place(k, imageDir, emit.Module+"/"+imageDir, path.Base(imageDir))
	return k, nil
}

// imageKernel handles the kernel's package. It is a library: no program.
func (g *generator) imageKernel() error {
	made, err := emit.KernelFiles(g.library)
	if err != nil {
		return err
	}
	var files []emit.File
	for _, f := range made {
		if path.Dir(f.Path) == imageDir {
			files = append(files, f)
		}
	}
	return g.output("rumpctl's kernel", files)
}
