// Commands that send and receive many messages at once.
package sockets_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/rumpkit/rumpkit/client"
	"github.com/rumpkit/rumpkit/kernel/abi"
)

// sendmmsg SOCKET TEXT,TEXT… [ADDRESS,ADDRESS…] [FLAGS]: prints how many were
// sent, and the length of each.
func (m *machine) sendmmsg(a []string) (string, error) {
	var list []client.Mmsghdr
	to := strings.Split(a[2], ",")
	for i, s := range strings.Split(a[1], ",") {
		h := client.Mmsghdr{Msghdr: client.Msghdr{Iov: [][]byte{text(s)}}}
		if i < len(to) && to[i] != "" && to[i] != "-" {
			h.Name = m.addr(to[i])
		}
		list = append(list, h)
	}
	if a[1] == "none" {
		list = nil
	}
	n, err := m.c.Sendmmsg(m.fd(a[0]), list, uint32(flags(a[3])))
	if err != nil {
		return "", err
	}
	return fmt.Sprint(n, lengths(list)), nil
}

func lengths(list []client.Mmsghdr) (l []uint32) {
	for _, h := range list {
		l = append(l, h.Len)
	}
	return l
}

// recvmmsg SOCKET SIZE,SIZE… [FLAGS] [MILLISECONDS]: prints how many came, and
// what each brought; the time is not given when it is left out.
func (m *machine) recvmmsg(a []string) (string, error) {
	var list []client.Mmsghdr
	if a[1] != "none" {
		for _, s := range strings.Split(a[1], ",") {
			list = append(list, client.Mmsghdr{Msghdr: client.Msghdr{Iov: [][]byte{make([]byte, atoi(s))}}})
		}
	}
	var limit *abi.Timespec
	if a[3] != "" {
		d := time.Duration(atoi(a[3])) * time.Millisecond
		limit = &abi.Timespec{Sec: int64(d / time.Second), Nsec: int64(d % time.Second)}
	}
	n, err := m.c.Recvmmsg(m.fd(a[0]), list, uint32(flags(a[2])), limit)
	if err != nil {
		return "", err
	}
	s := fmt.Sprint(n)
	for _, h := range list[:min(n, len(list))] {
		s += " " + show(h.Iov[0][:min(int(h.Len), len(h.Iov[0]))])
		if f := names(int(h.Flags), "MSG_PEEK", "MSG_EOR", "MSG_TRUNC", "MSG_CTRUNC", "MSG_DONTWAIT", "MSG_WAITFORONE"); f != "0" {
			s += "|" + f
		}
	}
	return s, nil
}
