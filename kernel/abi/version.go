// What the kernel calls itself.

package abi

// NetBSDVersion is __NetBSD_Version__, the value of kern.osrevision: 7.99.34 as MMmmrrpp00.
const NetBSDVersion = 799003400

// OSType, OSRelease, Machine and MachineArch are the values of kern.ostype,
// kern.osrelease, hw.machine and hw.machine_arch, sysctl(7).
const (
	OSType      = "NetBSD"
	OSRelease   = "7.99.34"
	Machine     = "amd64"
	MachineArch = "x86_64"
)

// Versions of standards the system claims, kern.posix1version and user.posix2_version.
const (
	POSIX_VERSION  = 200112
	POSIX2_VERSION = 200112
)

// Byte orders, hw.byteorder.
const (
	LITTLE_ENDIAN = 1234
	BIG_ENDIAN    = 4321
)
