// Host files: which part shows them, and why one could not be shown.
package kernel

import "errors"

// TakeEtfs returns the host files of the configuration to the part that shows
// them. When there are some and no part takes them, the boot fails.
func (b *Base) TakeEtfs() []Etfs {
	b.etfsTaken = true
	return b.Config.Etfs
}

// etfsShown checks that the host files of the configuration were taken.
func (b *Base) etfsShown() error {
	if len(b.Config.Etfs) == 0 || b.etfsTaken {
		return nil
	}
	e := b.Config.Etfs[0]
	return &EtfsError{Etfs: e, Err: errors.New("no part of this kernel shows host files"),
		Mend: "this needs vfs: add it to the selection the kernel is made of"}
}

// EtfsError says which host file could not be shown, why, and what would help.
type EtfsError struct {
	Etfs Etfs
	Err  error
	Mend string
}

func (e *EtfsError) Error() string {
	return "showing host file " + e.Etfs.HostPath + " as " + e.Etfs.Key + ": " + e.Err.Error() + "; " + e.Mend
}

// Unwrap returns what was wrong.
func (e *EtfsError) Unwrap() error { return e.Err }
