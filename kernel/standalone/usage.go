// What -h says.
package standalone

// usage explains the program in a screen.
func usage(name string) string {
	return `usage: ` + name + ` [-v] [-d] [--ncpu N] [--memlimit SIZE] [--etfs SPEC] [--allow-remote] URL

Runs a rump kernel and serves it to clients at URL:
  unix:///path/of/socket    only its owner can connect
  tcp://127.0.0.1:port      every user of this host can

  -v               print what the kernel finds while it boots (RUMP_VERBOSE)
  -d               return when the kernel is ready; it goes on in the background
  --ncpu N         how many virtual processors run at once; host: as many as
                   the host has (RUMP_NCPU)
  --memlimit SIZE  bound the kernel's own memory: 64m, 1g (RUMP_MEMLIMIT)
  --etfs SPEC      show a host file in the kernel's root file system; may be
                   repeated. SPEC is key=/k,hostpath=/f,type=blk[,offset=N][,size=N]
                   and type one of blk, chr, reg, dir, dirs
  --allow-remote   allow a tcp address that other hosts can reach

It ends on SIGTERM or SIGINT, or when a client calls reboot(2). When the kernel
panics, or reboot(2) asks for it with RB_DUMP, it leaves a file ` + name + `.PID.dump in
its working directory, with the message buffer, what each lwp did, the locks and
all stacks, and exits with status 134.

examples:
  ` + name + ` unix:///tmp/k.sock
  ` + name + ` -d --etfs key=/disk,hostpath=disk.img,type=blk unix:///tmp/k.sock
  RUMP_SERVER=unix:///tmp/k.sock rumpctl sysctl kern.version
`
}
