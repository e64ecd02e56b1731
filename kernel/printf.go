// What the kernel prints.
package kernel

import "github.com/rumpkit/rumpkit/kernel/usermem"

// Printf prints a message of the kernel: on the console, and in the message
// buffer. It formats nothing.
func (b *Base) Printf(s string) {
	p := usermem.BytesOfString(s)
	b.Msgbuf.Write(p)
	b.Host.ConsoleWrite(p)
}
