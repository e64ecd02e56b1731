// Extended attributes: setxattr(2), extattr_set_file(2).

package abi

// Sizes and flags of setxattr(2).
const (
	XATTR_NAME_MAX = 255
	XATTR_SIZE_MAX = 65536
	XATTR_CREATE   = 1
	XATTR_REPLACE  = 2
)

// Name spaces and commands of extattrctl(2).
const (
	EXTATTR_NAMESPACE_USER   = 1
	EXTATTR_NAMESPACE_SYSTEM = 2
	EXTATTR_CMD_START        = 1
	EXTATTR_CMD_STOP         = 2
)
