// Counters of virtual memory, vm.uvmexp2 of sysctl(7).

package abi

// UvmexpSysctl is struct uvmexp_sysctl.
type UvmexpSysctl struct {
	Pagesize          int64
	Pagemask          int64
	Pageshift         int64
	Npages            int64
	Free              int64
	Active            int64
	Inactive          int64
	Paging            int64
	Wired             int64
	Zeropages         int64
	ReservePagedaemon int64
	ReserveKernel     int64
	Freemin           int64
	Freetarg          int64
	Inactarg          int64
	Wiredmax          int64
	Nswapdev          int64
	Swpages           int64
	Swpginuse         int64
	Swpgonly          int64
	Nswget            int64
	Unused1           int64
	Cpuhit            int64
	Cpumiss           int64
	Faults            int64
	Traps             int64
	Intrs             int64
	Swtch             int64
	Softs             int64
	Syscalls          int64
	Pageins           int64
	Swapins           int64
	Swapouts          int64
	Pgswapin          int64
	Pgswapout         int64
	Forks             int64
	ForksPpwait       int64
	ForksSharevm      int64
	PgaZerohit        int64
	PgaZeromiss       int64
	Zeroaborts        int64
	Fltnoram          int64
	Fltnoanon         int64
	Fltpgwait         int64
	Fltpgrele         int64
	Fltrelck          int64
	Fltrelckok        int64
	Fltanget          int64
	Fltanretry        int64
	Fltamcopy         int64
	Fltnamap          int64
	Fltnomap          int64
	Fltlget           int64
	Fltget            int64
	FltAnon           int64
	FltAcow           int64
	FltObj            int64
	FltPrcopy         int64
	FltPrzero         int64
	Pdwoke            int64
	Pdrevs            int64
	Unused4           int64
	Pdfreed           int64
	Pdscans           int64
	Pdanscan          int64
	Pdobscan          int64
	Pdreact           int64
	Pdbusy            int64
	Pdpageouts        int64
	Pdpending         int64
	Pddeact           int64
	Anonpages         int64
	Filepages         int64
	Execpages         int64
	Colorhit          int64
	Colormiss         int64
	Ncolors           int64
}

// Uvmexp is struct uvmexp, vm.uvmexp: what of it has a value here, at its
// place among its 78 words.
type Uvmexp struct {
	Pagesize  int32
	Pagemask  int32
	Pageshift int32
	Npages    int32
	Free      int32
	Paging    int32
	Wired     int32
	Ncolors   int32
	_         [27]int32
	Forks     int32
	_         [42]int32
}

// PoolSysctl is struct pool_sysctl, kern.pool.
type PoolSysctl struct {
	Wchan            [16]byte
	Flags            uint64
	Size             uint64
	Pagesize         uint64
	Itemsperpage     uint64
	Nitems           uint64
	Nout             uint64
	Hardlimit        uint64
	Npages           uint64
	Minpages         uint64
	Maxpages         uint64
	Nget             uint64
	Nfail            uint64
	Nput             uint64
	Npagealloc       uint64
	Npagefree        uint64
	Hiwat            uint64
	Nidle            uint64
	CacheMetaSize    uint64
	CacheNfull       uint64
	CacheNpartial    uint64
	CacheNempty      uint64
	CacheNcontended  uint64
	CacheNmissGlobal uint64
	CacheNhitGlobal  uint64
	CacheNmissPcpu   uint64
	CacheNhitPcpu    uint64
}
