// Hosts around other hosts.
package hypercall

// Wrapper is implemented by a host that is another one but for a few methods.
type Wrapper interface {
	// Unwrap returns the other host.
	Unwrap() Host
}

// As returns what a host can do beyond the methods of Host, a Network say, be
// it by itself or by a host it wraps.
func As[T any](h Host) (T, bool) {
	for {
		if t, ok := h.(T); ok {
			return t, true
		}
		w, ok := h.(Wrapper)
		if !ok {
			var none T
			return none, false
		}
		h = w.Unwrap()
	}
}
