// Calls on resource limits.
package kernel

import (
	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// SysGetrlimit is getrlimit(2), row 194: EINVAL for a limit that does not exist.
func (b *Base) SysGetrlimit(l *proc.LWP, which int32, rlp usermem.Out[abi.Rlimit]) error {
	if which < 0 || which >= abi.RLIM_NLIMITS {
		return abi.EINVAL
	}
	return rlp.Put(l.Proc().Limit(int(which)))
}

// SysSetrlimit is setrlimit(2), row 195: EPERM for who is not root and raises
// the hard limit.
func (b *Base) SysSetrlimit(l *proc.LWP, which int32, rlp usermem.In[abi.Rlimit]) error {
	v, err := rlp.Get()
	if err != nil {
		return err
	}
	return l.Proc().SetLimit(int(which), v)
}
