// Why a boot failed.
package kernel

// AttachError is the error of a boot that a part's Attach ended.
type AttachError struct {
	// Part is the part's name, as selections have it.
	Part string
	// Err is what Attach returned.
	Err error
}

func (e *AttachError) Error() string { return "attaching " + e.Part + ": " + e.Err.Error() }

// Unwrap returns what Attach returned.
func (e *AttachError) Unwrap() error { return e.Err }
