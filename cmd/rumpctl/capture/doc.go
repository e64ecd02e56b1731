// Package capture is what rumpctl tcpdump is made of: a small language for
// filters, compiled to programs of bpf(4); packets in a line of text; and files
// in the pcapng format.
package capture
