// The command sysctl: show and set the kernel's variables.
package main

import (
	"strings"

	"github.com/rumpkit/rumpkit/kernel/abi"
)

func sysctlCommand() *command {
	return &command{
		name: "sysctl", args: "[NAME[=VALUE]...]", max: -1,
		doc:  "show and set the kernel's variables",
		more: "NAME is one variable, or all below a name: kern, net.inet.",
		opts: []option{
			{'a', "", "all variables, as without NAME"},
			{'d', "", "what each variable is, not its value"},
			{'n', "", "the value only"},
			{'w', "", "set: may be left out"},
		},
		examples: []string{"rumpctl sysctl kern.version", "rumpctl sysctl -d hw", "rumpctl sysctl kern.hostname=moon"},
		run: func(k *ctl, o options, args []string) error {
			s := &sysctls{ctl: k, o: o}
			if len(args) == 0 || o.has('a') {
				return s.below(&node{}, true)
			}
			for _, a := range args {
				name, value, set := strings.Cut(a, "=")
				if err := s.operand(name, value, set); err != nil {
					k.fail(at(name, err))
				}
			}
			return nil
		},
	}
}

// sysctls is one run of the command.
type sysctls struct {
	*ctl
	o options
}

// operand shows or sets one variable, or shows all below a node.
func (s *sysctls) operand(name, value string, set bool) error {
	n, err := s.node(name)
	switch {
	case err != nil:
		return err
	case set:
		return s.set(n, value)
	case s.o.has('d'):
		return s.descriptions(n)
	case n.isDir():
		return s.below(n, false)
	}
	return s.show(n)
}

// below shows all variables below a node. What can't be read or shown is left
// out when nobody asked for it by name.
func (s *sysctls) below(n *node, all bool) error {
	if s.o.has('d') {
		return s.descriptions(n)
	}
	kids, err := s.children(n)
	if err != nil {
		if all || len(n.mib) > 0 && n.asked {
			return err
		}
		return nil
	}
	if len(kids) == 0 && n.asked {
		return errNoKids
	}
	for _, kid := range kids {
		switch {
		case kid.info.Flags&abi.CTLFLAG_HIDDEN != 0:
		case kid.isDir():
			if err := s.below(kid, false); err != nil {
				return err
			}
		default:
			_ = s.show(kid) // not readable by value: NAME on its own says why
		}
	}
	return nil
}

// show prints a variable: name = value.
func (s *sysctls) show(n *node) error {
	b, err := s.value(n)
	if err != nil {
		return err
	}
	text, err := format(n, b)
	if err != nil {
		return err
	}
	s.print(n, text)
	return nil
}

func (s *sysctls) print(n *node, text string) {
	if s.o.has('n') {
		s.printf("%s\n", text)
		return
	}
	s.printf("%s = %s\n", n.name, text)
}

// set changes a variable and prints the old value and the new one.
func (s *sysctls) set(n *node, value string) error {
	b, err := parseValue(n, value)
	if err != nil {
		return err
	}
	before := ""
	if old, err := s.value(n); err == nil {
		before, _ = format(n, old)
	}
	if err := s.c.Sysctl(n.mib, nil, nil, b); err != nil {
		if err == abi.EPERM && n.info.Flags&abi.CTLFLAG_READWRITE == 0 {
			return errReadOnly
		}
		return err
	}
	after := value
	if now, err := s.value(n); err == nil {
		after, _ = format(n, now)
	}
	if s.o.has('n') {
		s.printf("%s\n", after)
		return nil
	}
	s.printf("%s: %s -> %s\n", n.name, before, after)
	return nil
}

// descriptions prints what a variable is, or all below a node are.
func (s *sysctls) descriptions(n *node) error {
	if !n.isDir() {
		texts, err := s.descriptionsOf(n.parent())
		if err == nil {
			s.print(n, texts[n.info.Num])
		}
		return err
	}
	kids, err := s.children(n)
	if err != nil {
		return err
	}
	texts, err := s.descriptionsOf(n.mib)
	if err != nil {
		return err
	}
	for _, kid := range kids {
		if t := texts[kid.info.Num]; t != "" {
			s.print(kid, t)
		}
		if kid.isDir() && kid.info.Flags&abi.CTLFLAG_HIDDEN == 0 {
			_ = s.descriptions(kid) // a node that lists nothing has nothing to tell
		}
	}
	return nil
}
