/*
 * A client of a rump kernel behind a socket: connects, makes system calls, and
 * serves the kernel's requests for this process's memory meanwhile.
 */
#ifndef RUMPCLIENT_H
#define RUMPCLIENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * rumpclient_init connects to the server that RUMP_SERVER names, as a new
 * process called progname. It returns 0, or -1 and the host's errno. It is to
 * be called once, before any other function and any thread that makes calls.
 */
int rumpclient_init(const char *progname);

/* rumpclient_open is rumpclient_init with the server's URL as an argument. */
int rumpclient_open(const char *url, const char *progname);

/*
 * rumpclient_syscall makes call num with n argument slots and stores both
 * result registers. It returns a NetBSD error number, 0 for success; when the
 * connection is lost that is ENXIO (6). Any number of threads may call it at a
 * time.
 */
int rumpclient_syscall(int num, const uint64_t *args, size_t n, int64_t ret[2]);

/*
 * rumpclient_onraise sets what is called with the NetBSD number of each signal
 * that the kernel sends, in a thread that is inside a call; it must not make
 * calls. Without it, signals are raised in this process as the host's.
 */
void rumpclient_onraise(void (*handler)(int signum));

/* rumpclient_close ends the process in the kernel, and the connection. */
void rumpclient_close(void);

#endif
