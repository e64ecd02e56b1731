// What the kernel says of itself.
package kernel

import "github.com/rumpkit/rumpkit/kernel/abi"

// Version is kern.version without its newline.
const Version = abi.OSType + " " + abi.OSRelease + " (RUMPKIT)"

const copyright = "rumpkit: rump kernels in Go, with the system calls of " + abi.OSType + "."
