package master

// What makesyscalls.sh reads from its configuration file, as far as it decides
// what a table may hold.

// Options say how a table is to be read.
type Options struct {
	// Defines are the preprocessor symbols that conditionals see, with their
	// values.
	Defines map[string]int64
	// AllBranches keeps the entries of every branch of a conditional, chosen
	// or not. Numbers then repeat.
	AllBranches bool
	// CompatOpts are the compat options in lower case (compat_50); each makes
	// its upper-case form an entry type.
	CompatOpts []string
	// SysAlign demands that 64-bit arguments begin at an even slot.
	SysAlign bool
	// NSysent is the size of the switch table, or 0 for as many as there are.
	NSysent int
	// MaxSysArgs is the most slots a call may have; 0 means 8.
	MaxSysArgs int
}

// Native returns the options of NetBSD's own table on an LP64 machine, as a
// rump kernel sees it: NTP's calls are there, the 1.0 System V ones are not.
func Native() Options {
	return Options{
		Defines: map[string]int64{"_LP64": 1, "_KERNEL": 1},
		CompatOpts: []string{
			"compat_43", "compat_09", "compat_10", "compat_11", "compat_12",
			"compat_13", "compat_14", "compat_15", "compat_16", "compat_20",
			"compat_30", "compat_40", "compat_50", "compat_60", "compat_70",
		},
		SysAlign: true,
		NSysent:  512,
	}
}

// maxSysArgs is MaxSysArgs or its default.
func (o *Options) maxSysArgs() int {
	if o.MaxSysArgs == 0 {
		return 8
	}
	return o.MaxSysArgs
}

// Bounds on input, far above any real table: they keep hostile files cheap.
const (
	maxFile  = 4 << 20 // bytes
	maxDepth = 64      // nested conditionals, nested parentheses
	maxRows  = 1 << 16 // entries, in all branches
)
