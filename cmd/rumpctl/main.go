// Rumpctl looks into a running rump kernel: its files and mounts, its sysctl
// tree, its processes and the calls they make.
//
// The kernel is named by -s URL or by the variable RUMP_SERVER. It may be one
// of rumpkit's or NetBSD's own rump_server. For a file system image no kernel
// need run: one is booted in this process.
package main

import "os"

func main() {
	k := &ctl{in: os.Stdin, errw: os.Stderr, errTerm: width(os.Stderr), getenv: os.Getenv}
	k.setOut(os.Stdout)
	os.Exit(k.main(os.Args[1:]))
}
