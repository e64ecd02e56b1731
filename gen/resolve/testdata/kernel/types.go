package kernel

import "github.com/rumpkit/rumpkit/kernel/usermem"

type usermemString = usermem.String
