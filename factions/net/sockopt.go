// setsockopt and getsockopt at level SOL_SOCKET.
package net

import (
	"encoding/binary"

	"github.com/rumpkit/rumpkit/kernel/abi"
	"github.com/rumpkit/rumpkit/kernel/proc"
	"github.com/rumpkit/rumpkit/kernel/usermem"
)

// Int returns the int in an option's value: EINVAL for another size.
func Int(val []byte) (int32, error) {
	if len(val) != 4 {
		return 0, abi.EINVAL
	}
	return int32(binary.LittleEndian.Uint32(val)), nil
}

// Value returns v as an option's value.
func Value(v int32) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

// FromBool returns 1 or 0 as an option's value.
func FromBool(v bool) []byte {
	if v {
		return Value(1)
	}
	return Value(0)
}

// setOption sets an option of any level.
func (s *Socket) setOption(l *proc.LWP, level, name int32, val []byte) error {
	if level != abi.SOL_SOCKET {
		return s.ep.SetOption(l, level, name, val)
	}
	if name == abi.SO_NOHEADER {
		return s.ep.SetOption(l, level, name, val)
	}
	if err := s.setOwn(l, name, val); err != nil {
		return err
	}
	if err := s.ep.SetOption(l, level, name, val); err != nil && err != abi.ENOPROTOOPT {
		return err
	}
	return nil
}

// setOwn sets an option of the socket layer.
func (s *Socket) setOwn(l *proc.LWP, name int32, val []byte) error {
	switch name {
	case abi.SO_LINGER:
		return s.setLinger(val)
	case abi.SO_SNDTIMEO, abi.SO_RCVTIMEO:
		return s.setTimeout(name, val)
	case abi.SO_ACCEPTFILTER:
		return s.setFilter(val)
	case abi.SO_SNDBUF, abi.SO_RCVBUF, abi.SO_SNDLOWAT, abi.SO_RCVLOWAT:
		return s.setSize(l, name, val)
	}
	if name <= 0 || switches&name != name || name&(name-1) != 0 {
		return abi.ENOPROTOOPT
	}
	v, err := Int(val)
	if err == nil {
		s.opts.set(uint32(name), v != 0)
	}
	return err
}

// setFilter takes the name of an accept filter: ENOENT, as there is none of
// any name, and EINVAL for what is no name or a socket that does not listen.
// No name removes the filter.
func (s *Socket) setFilter(val []byte) error {
	switch {
	case len(val) == 0:
		return nil
	case len(val) != len(usermem.BytesOf(&abi.AcceptFilterArg{})), !s.listening.Load():
		return abi.EINVAL
	}
	return abi.ENOENT
}

// maxLinger is the longest SO_LINGER, in seconds.
const maxLinger = 1<<16 - 1

func (s *Socket) setLinger(val []byte) error {
	var v abi.Linger
	if len(val) != 8 {
		return abi.EINVAL
	}
	copy(usermem.BytesOf(&v), val)
	if v.Linger < 0 || v.Linger > maxLinger {
		return abi.EDOM
	}
	s.opts.mu.Lock()
	s.opts.lingerTime = v.Linger
	s.opts.mu.Unlock()
	s.opts.set(abi.SO_LINGER, v.Onoff != 0)
	return nil
}

func (s *Socket) setTimeout(name int32, val []byte) error {
	var tv abi.Timeval
	if len(val) != 16 {
		return abi.EINVAL
	}
	copy(usermem.BytesOf(&tv), val)
	n, err := parseTimeout(tv)
	if err != nil {
		return err
	}
	if name == abi.SO_SNDTIMEO {
		s.opts.sndTime.Store(n)
	} else {
		s.opts.rcvTime.Store(n)
	}
	return nil
}

// MaxBuffer is the largest buffer of a socket, in bytes (kern.sbmax).
const MaxBuffer = 1 << 20

// setSize sets a buffer's size, which is the protocol's affair but for its
// bounds, or a low-water mark, which is never above the buffer's size.
func (s *Socket) setSize(l *proc.LWP, name int32, val []byte) error {
	v, err := Int(val)
	if err != nil {
		return err
	}
	if v < 1 {
		return abi.EINVAL
	}
	recv, send := s.ep.Buffers()
	switch name {
	case abi.SO_SNDBUF, abi.SO_RCVBUF:
		if v > MaxBuffer {
			return abi.ENOBUFS
		}
		if name == abi.SO_SNDBUF {
			send = int(v)
		} else {
			recv = int(v)
		}
		return s.charge(l.Proc(), recv, send)
	case abi.SO_SNDLOWAT:
		s.opts.sndLow.Store(min(v, int32(send)))
	case abi.SO_RCVLOWAT:
		s.opts.rcvLow.Store(min(v, int32(recv)))
	}
	return nil
}

// option returns the value of an option of any level.
func (s *Socket) option(level, name int32) ([]byte, error) {
	if level != abi.SOL_SOCKET {
		return s.ep.Option(level, name)
	}
	recv, send := s.ep.Buffers()
	switch name {
	case abi.SO_LINGER:
		return s.getLinger(), nil
	case abi.SO_TYPE:
		return Value(s.proto.Type), nil
	case abi.SO_ERROR:
		return Value(errnoOf(s.takeError())), nil
	case abi.SO_ACCEPTCONN:
		return FromBool(s.listening.Load()), nil
	case abi.SO_SNDBUF:
		return Value(int32(send)), nil
	case abi.SO_RCVBUF:
		return Value(int32(recv)), nil
	case abi.SO_SNDLOWAT:
		return Value(min(s.opts.sndLow.Load(), int32(send))), nil
	case abi.SO_RCVLOWAT:
		return Value(s.opts.rcvLow.Load()), nil
	case abi.SO_ACCEPTFILTER:
		return nil, abi.EINVAL
	case abi.SO_SNDTIMEO:
		return timeoutBytes(s.opts.sndTime.Load()), nil
	case abi.SO_RCVTIMEO:
		return timeoutBytes(s.opts.rcvTime.Load()), nil
	}
	if name > 0 && switches&name == name && name&(name-1) == 0 {
		return FromBool(s.opts.has(uint32(name))), nil
	}
	return s.ep.Option(level, name)
}

func (s *Socket) getLinger() []byte {
	s.opts.mu.Lock()
	v := abi.Linger{Linger: s.opts.lingerTime}
	s.opts.mu.Unlock()
	if s.opts.has(abi.SO_LINGER) {
		v.Onoff = 1
	}
	return append([]byte(nil), usermem.BytesOf(&v)...)
}

func timeoutBytes(n int64) []byte {
	tv := formatTimeout(n)
	return append([]byte(nil), usermem.BytesOf(&tv)...)
}

func errnoOf(err error) int32 {
	if e, ok := err.(abi.Errno); ok {
		return int32(e)
	}
	return 0
}
