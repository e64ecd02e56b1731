// Objects of type T in and out. Each body takes the memory of its T by itself:
// a generic method that calls another generic function drags a dictionary into
// the program for each T, and with it the descriptions of types that nobody
// looks at.
package usermem

import "unsafe"

// Get copies the T in.
func (a In[T]) Get() (T, error) {
	var v T
	err := a.Read(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)))
	return v, err
}

// Put copies v out.
func (a Out[T]) Put(v T) error {
	return a.write(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)))
}

// Get copies the T in.
func (a InOut[T]) Get() (T, error) {
	var v T
	err := a.Read(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)))
	return v, err
}

// Put copies v out.
func (a InOut[T]) Put(v T) error {
	return a.write(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)))
}

// Load returns a copy of the array. More than limit elements are tooMany.
func (a InSlice[T]) Load(limit int, tooMany error) ([]T, error) {
	n, err := count(a.N, limit, tooMany)
	if n == 0 || err != nil {
		return nil, err
	}
	s := make([]T, n)
	return s, a.Mem.CopyIn(unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), n*int(unsafe.Sizeof(s[0]))))
}

// CopyIn fills dst with the first elements, without allocating.
func (a InSlice[T]) CopyIn(dst []T) error {
	if len(dst) == 0 {
		return nil
	}
	return a.Mem.CopyIn(unsafe.Slice((*byte)(unsafe.Pointer(&dst[0])), len(dst)*int(unsafe.Sizeof(dst[0]))))
}

// Store copies v out from element i on.
func (a OutSlice[T]) Store(i int, v []T) error {
	if len(v) == 0 {
		return nil
	}
	size := int(unsafe.Sizeof(v[0]))
	return a.CopyOutAt(i*size, unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*size))
}

// Load returns a copy of the array. More than limit elements are tooMany.
func (a InOutSlice[T]) Load(limit int, tooMany error) ([]T, error) {
	n, err := count(a.N, limit, tooMany)
	if n == 0 || err != nil {
		return nil, err
	}
	s := make([]T, n)
	return s, a.Mem.CopyIn(unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), n*int(unsafe.Sizeof(s[0]))))
}

// CopyIn fills dst with the first elements, without allocating.
func (a InOutSlice[T]) CopyIn(dst []T) error {
	if len(dst) == 0 {
		return nil
	}
	return a.Mem.CopyIn(unsafe.Slice((*byte)(unsafe.Pointer(&dst[0])), len(dst)*int(unsafe.Sizeof(dst[0]))))
}

// Store copies v out from element i on.
func (a InOutSlice[T]) Store(i int, v []T) error {
	if len(v) == 0 {
		return nil
	}
	size := int(unsafe.Sizeof(v[0]))
	return a.CopyOutAt(i*size, unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*size))
}

// count returns how many elements to load of the n that the caller said.
func count(n uint64, limit int, tooMany error) (int, error) {
	if n > uint64(limit) {
		return 0, tooMany
	}
	return int(n), nil
}
