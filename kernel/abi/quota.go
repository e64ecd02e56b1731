// Disk quotas, quotactl(2).

package abi

// Operations of quotactl(2).
const (
	QUOTACTL_STAT             = 0
	QUOTACTL_IDTYPESTAT       = 1
	QUOTACTL_OBJTYPESTAT      = 2
	QUOTACTL_GET              = 3
	QUOTACTL_PUT              = 4
	QUOTACTL_DEL              = 5
	QUOTACTL_CURSOROPEN       = 6
	QUOTACTL_CURSORCLOSE      = 7
	QUOTACTL_CURSORSKIPIDTYPE = 8
	QUOTACTL_CURSORGET        = 9
	QUOTACTL_CURSORATEND      = 10
	QUOTACTL_CURSORREWIND     = 11
	QUOTACTL_QUOTAON          = 12
	QUOTACTL_QUOTAOFF         = 13
)

// Kinds of ids, kinds of objects and special values.
const (
	QUOTA_IDTYPE_USER    = 0
	QUOTA_IDTYPE_GROUP   = 1
	QUOTA_OBJTYPE_BLOCKS = 0
	QUOTA_OBJTYPE_FILES  = 1
	QUOTA_DEFAULTID      = 4294967295
	QUOTA_NOLIMIT        = -1
	QUOTA_NOTIME         = -1
	QUOTA_NAMELEN        = 32
)

// Restrictions of an implementation, Quotastat.
const (
	QUOTA_RESTRICT_NEEDSQUOTACHECK = 0x1
	QUOTA_RESTRICT_UNIFORMGRACE    = 0x2
	QUOTA_RESTRICT_32BIT           = 0x4
	QUOTA_RESTRICT_READONLY        = 0x8
)

// QuotactlArgs is struct quotactl_args. U is a union: up to five words that depend on Op.
type QuotactlArgs struct {
	Op uint32
	_  [4]byte
	U  [5]uint64
}

// Quotakey is struct quotakey: which quota.
type Quotakey struct {
	Idtype  int32
	Id      uint32
	Objtype int32
}

// Quotaval is struct quotaval: limits and usage; times are in seconds.
type Quotaval struct {
	Hardlimit  uint64
	Softlimit  uint64
	Usage      uint64
	Expiretime int64
	Grace      int64
}

// Quotastat is struct quotastat.
type Quotastat struct {
	Implname     [32]byte
	Numidtypes   int32
	Numobjtypes  int32
	Restrictions uint32
}

// Quotaidtypestat is struct quotaidtypestat.
type Quotaidtypestat struct {
	Name [32]byte
}

// Quotaobjtypestat is struct quotaobjtypestat.
type Quotaobjtypestat struct {
	Name    [32]byte
	Isbytes int32
}

// Quotakcursor is struct quotakcursor: opaque to clients.
type Quotakcursor struct {
	Space [64]byte
}
