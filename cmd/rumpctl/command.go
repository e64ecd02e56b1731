// What a command is, and the list of them.
package main

import "strings"

// command is one command of rumpctl.
type command struct {
	name string
	// args are the operands as help shows them.
	args string
	// doc is one line; more is told below it by help for one command.
	doc, more string
	examples  []string
	opts      []option
	// min and max bound the number of operands; max -1 is any number.
	min, max int
	// part is what a kernel must be built with to answer, "" for nothing.
	part string
	// local commands need no kernel.
	local bool
	// failed is the exit status of a run that fails, 0 for the usual.
	failed int
	// raw commands take all words as operands.
	raw bool
	// next, if not nil, is what can stand behind the words before.
	next func(k *ctl, before []string) []string
	run  func(k *ctl, o options, args []string) error
}

// option is an option of a command: a letter, and the name of its value if it
// has one.
type option struct {
	letter byte
	value  string
	doc    string
}

// commands are all commands in the order help shows them.
func commands() []*command {
	return []*command{
		lsCommand(), catCommand(), cpCommand(), mvCommand(), lnCommand(), mkdirCommand(), rmCommand(), statCommand(),
		duCommand(), findCommand(), chmodCommand(), chownCommand(), touchCommand(), writeCommand(), diffCommand(),
		mountCommand(), umountCommand(), dfCommand(), imageCommand(), mkfsCommand(),
		ifconfigCommand(), routeCommand(), arpCommand(), netstatCommand(), pingCommand(), ncCommand(), forwardCommand(), tcpdumpCommand(),
		sysctlCommand(), dmesgCommand(), psCommand(), traceCommand(), haltCommand(),
		versionCommand(), completionCommand(), helpCommand(),
	}
}

// find returns a command by name, nil if there is none.
func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

// synopsis is the command as its usage line shows it.
func (c *command) synopsis() string {
	words := []string{"rumpctl", c.name}
	plain := ""
	for _, o := range c.opts {
		if o.value == "" {
			plain += string(o.letter)
		}
	}
	if plain != "" {
		words = append(words, "[-"+plain+"]")
	}
	for _, o := range c.opts {
		if o.value != "" {
			words = append(words, "[-"+string(o.letter)+" "+o.value+"]")
		}
	}
	if c.args != "" {
		words = append(words, c.args)
	}
	return strings.Join(words, " ")
}
