// Stub parameters: what a Go program gives for each shape of argument.
package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rumpkit/rumpkit/gen/master"
)

// stubSpecial are arguments that point to more memory: by what they point at,
// the Go type and the method of package client's call that lays them out.
var stubSpecial = map[string]struct {
	typ    func() *jen.Statement
	method string
	// take is the method that completes what was received.
	take string
}{
	"struct iovec":         {func() *jen.Statement { return jen.Index().Index().Byte() }, "iovecs", ""},
	"struct msghdr":        {func() *jen.Statement { return jen.Op("*").Id("Msghdr") }, "msghdr", "gotMsghdr"},
	"struct mmsghdr":       {func() *jen.Statement { return jen.Index().Id("Mmsghdr") }, "mmsghdrs", "gotMmsghdrs"},
	"struct aiocb":         {func() *jen.Statement { return jen.Op("*").Id("Aiocb") }, "aiocb", ""},
	"struct aiocb *":       {func() *jen.Statement { return jen.Index().Op("*").Id("Aiocb") }, "aiocbs", ""},
	"struct quotactl_args": {func() *jen.Statement { return jen.Id("Arg") }, "arg", ""},
}

// stubArgs are buffers of structures that hold pointers, and whose layout
// another argument decides: by handler and argument.
var stubArgs = map[[2]string]bool{
	{"sys___mount50", "data"}: true,
}

// param adds a parameter.
func (s *stub) param(p *Param) error {
	switch name := p.Type.Name; {
	case p.Type.Pkg == "":
		s.number(p)
	case name == "Addr":
		s.arg(p)
	case stubArgs[[2]string{s.e.Handler, p.Arg.Name}]:
		s.arg(p)
		s.call("num", p.LenSlot, jen.Uint64().Call(jen.Len(jen.Id(p.Name).Dot("buf"))))
	case name == "String" && p.Arg.Null:
		s.memory(p, "optStr", jen.String(), jen.Id(p.Name))
	case name == "String":
		s.memory(p, "str", jen.String(), jen.Id(p.Name))
	case strings.HasSuffix(name, "Buf"):
		s.buffer(p)
	case strings.HasPrefix(name, "OutSized"):
		return s.sized(p)
	default:
		s.object(p)
	}
	return nil
}

// number adds a number. Narrow ones are ints, as Go likes them, but bits stay
// unsigned.
func (s *stub) number(p *Param) {
	goType, v := stubScalar(bare(p.Arg.Type), p.Type), jen.Id(p.Name)
	if strings.HasSuffix(p.Type.Name, "32") && goType == "int" {
		v = jen.Uint32().Call(v)
	}
	if goType != "uint64" {
		v = jen.Uint64().Call(v)
	}
	s.params = append(s.params, stubVar{name: p.Name, typ: jen.Id(goType)})
	s.call("num", p.Slot, v)
}

// stubScalar is the type in a stub's signature of a number of C type c.
func stubScalar(c string, t Type) string {
	switch {
	case t.Name == "int32", c == "uid_t", c == "gid_t":
		return "int"
	}
	return t.Name
}

// memory adds a parameter that is memory of the caller's.
func (s *stub) memory(p *Param, method string, typ *jen.Statement, value jen.Code) {
	s.params = append(s.params, stubVar{name: p.Name, typ: typ})
	s.call(method, p.Slot, value)
	s.mem = append(s.mem, p.Slot)
}

// arg adds an Arg.
func (s *stub) arg(p *Param) {
	s.memory(p, "arg", jen.Id("Arg"), jen.Op("&").Id(p.Name))
	s.pins = true
}

// buffer adds a buffer of bytes, or of the structures that fill it.
func (s *stub) buffer(p *Param) {
	switch elem, err := Element(p.Arg); {
	case p.Count > 0:
		s.memory(p, "mem", jen.Op("*").Index(jen.Lit(int(p.Count))).Byte(), bytesOf("BytesOf", p.Name))
		return
	case err == nil && elem.Pkg != "" && elem.Name != "Sockaddr":
		s.memory(p, "mem", jen.Index().Add(elem.Code()), bytesOf("BytesOfSlice", p.Name))
	default:
		s.memory(p, "mem", jen.Index().Byte(), jen.Id(p.Name))
	}
	s.call("num", p.LenSlot, jen.Uint64().Call(jen.Len(jen.Id("t").Dot("Mem").Index(jen.Lit(p.Slot)))))
}

// sized adds a buffer and a pointer to its length.
func (s *stub) sized(p *Param) error {
	elem, err := Element(p.LenArg)
	if err != nil {
		return err
	}
	s.memory(p, "mem", jen.Index().Byte(), jen.Id(p.Name))
	name := ArgName(p.LenArg.Name)
	s.params = append(s.params, stubVar{name: name, typ: jen.Op("*").Add(elem.Code())})
	s.call("mem", p.LenSlot, bytesOf("BytesOf", name))
	s.mem = append(s.mem, p.LenSlot)
	return nil
}

// object adds one object or an array of them.
func (s *stub) object(p *Param) {
	elem := *p.Type.Of
	switch special, ok := stubSpecial[pointee(p.Arg)]; {
	case ok:
		value := jen.Id(p.Name)
		if special.method == "arg" {
			value = jen.Op("&").Add(value)
		}
		s.memory(p, special.method, special.typ(), value)
		s.pins = true
		if special.take != "" && p.Arg.Direction == master.InOut {
			s.take = append(s.take, jen.Id("t").Dot(special.take).Call(jen.Id(p.Name), jen.Id("err")))
		}
	case elem.Pkg == "" && p.Arg.Direction == master.Out && !p.Arg.Null && p.LenSlot < 0:
		s.outScalar(p, elem)
	case p.Arg.Shape == master.One:
		s.memory(p, "mem", jen.Op("*").Add(elem.Code()), bytesOf("BytesOf", p.Name))
	case p.Count > 0:
		s.memory(p, "mem", jen.Op("*").Index(jen.Lit(int(p.Count))).Add(elem.Code()), bytesOf("BytesOf", p.Name))
	default:
		s.memory(p, "mem", jen.Index().Add(elem.Code()), bytesOf("BytesOfSlice", p.Name))
	}
	if p.LenSlot >= 0 {
		s.call("num", p.LenSlot, jen.Uint64().Call(jen.Len(jen.Id(p.Name))))
	}
}

// pointee is the C type that a pointer argument points at.
func pointee(a *master.Arg) string {
	return strings.TrimSpace(strings.TrimSuffix(bare(a.Type), "*"))
}

// bytesOf is a call of a function of usermem that gives a value's memory.
func bytesOf(function, name string) *jen.Statement {
	return jen.Qual(UsermemPath, function).Call(jen.Id(name))
}
