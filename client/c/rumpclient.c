/*
 * A client of a rump kernel behind a socket. All threads share one connection.
 * Of those that wait for an answer one reads; it handles whatever comes, for
 * all of them, until its own answer is there.
 */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rumpclient.h"

enum { REQ, RESP, ERROR };	/* classes */
enum {				/* types */
	HANDSHAKE, SYSCALL, COPYIN, COPYINSTR, COPYOUT, COPYOUTSTR, ANONMMAP,
	PREFORK, RAISE
};

#define LOST 6	/* NetBSD's ENXIO, for calls on a connection that is lost */
#define TRYAGAIN 1	/* error code of a server that has no room just now */

struct header {
	uint64_t len;		/* of the whole frame, bytes */
	uint64_t reqno;
	uint16_t class;
	uint16_t type;
	uint32_t u;		/* call, error code or signal */
};

/* An answer of 24 bytes is the longest there is: the one to a call. */
struct answer {
	int32_t error;
	int32_t pad;
	int64_t ret[2];
};

struct waiter {
	uint64_t reqno;
	int done;		/* 1: answered, -1: answered with an error code */
	uint32_t code;		/* the error code */
	struct answer answer;
	struct waiter *next;
};

static int sock = -1;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;	/* what follows */
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static struct waiter *waiters;
static uint64_t nextreq;
static int reading;	/* a thread reads from the socket */
static int lost;	/* the connection is of no use any more */
static pthread_mutex_t sendmu = PTHREAD_MUTEX_INITIALIZER; /* writing */
static void (*onraise)(int);

/* readall reads exactly n bytes. */
static int
readall(void *buf, size_t n)
{
	char *p = buf;

	while (n > 0) {
		ssize_t got = read(sock, p, n);
		if (got == 0 || (got < 0 && errno != EINTR))
			return -1;
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

/* skip reads n bytes that nobody wants. */
static int
skip(uint64_t n)
{
	char buf[512];

	while (n > 0) {
		size_t part = n < sizeof(buf) ? (size_t)n : sizeof(buf);
		if (readall(buf, part) != 0)
			return -1;
		n -= part;
	}
	return 0;
}

/* sendframe sends one frame. */
static int
sendframe(uint64_t reqno, int class, int type, uint32_t u, const void *data,
    size_t n)
{
	struct header h;
	struct iovec iov[2];
	struct msghdr m;
	int error = 0;

	memset(&h, 0, sizeof(h));
	h.len = sizeof(h) + n;
	h.reqno = reqno;
	h.class = (uint16_t)class;
	h.type = (uint16_t)type;
	h.u = u;
	iov[0].iov_base = &h;
	iov[0].iov_len = sizeof(h);
	iov[1].iov_base = (void *)(uintptr_t)data;
	iov[1].iov_len = n;
	memset(&m, 0, sizeof(m));
	m.msg_iov = iov;
	m.msg_iovlen = 2;

	pthread_mutex_lock(&sendmu);
	while (iov[0].iov_len + iov[1].iov_len > 0) {
		ssize_t sent = sendmsg(sock, &m, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			error = -1;
			break;
		}
		for (int i = 0; i < 2; i++) {
			size_t part = (size_t)sent < iov[i].iov_len ?
			    (size_t)sent : iov[i].iov_len;
			iov[i].iov_base = (char *)iov[i].iov_base + part;
			iov[i].iov_len -= part;
			sent -= (ssize_t)part;
		}
	}
	pthread_mutex_unlock(&sendmu);
	return error;
}

/* hostsignal is the host's number of a NetBSD signal, 0 if it has none. */
static int
hostsignal(uint32_t signum)
{
	static const int host[] = {
		0, SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, 0, SIGFPE,
		SIGKILL, SIGBUS, SIGSEGV, SIGSYS, SIGPIPE, SIGALRM, SIGTERM,
		SIGURG, SIGSTOP, SIGTSTP, SIGCONT, SIGCHLD, SIGTTIN, SIGTTOU,
		SIGIO, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, 0,
		SIGUSR1, SIGUSR2, 0
	};

	return signum < sizeof(host) / sizeof(host[0]) ? host[signum] : 0;
}

static int
serve_raise(const struct header *h)
{
	int sig = hostsignal(h->u);

	if (onraise != NULL)
		onraise((int)h->u);
	else if (sig != 0)
		raise(sig);
	return skip(h->len - sizeof(*h));
}

static int
serve_anonmmap(const struct header *h, uint64_t size)
{
	uint64_t addr = 0;
	void *p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		addr = (uintptr_t)p;
	return sendframe(h->reqno, RESP, ANONMMAP, 0, &addr, sizeof(addr));
}

/* serve answers a request of the kernel for this process's memory. */
static int
serve(const struct header *h)
{
	uint64_t arg[2] = { 0, 0 };	/* length and address */
	uint64_t n = h->len - sizeof(*h);
	size_t want = h->type == ANONMMAP ? 8 : 16;
	const char *p;

	if (h->type == RAISE)
		return serve_raise(h);
	if (n < want || readall(arg, want) != 0)
		return -1;
	n -= want;
	p = (const char *)(uintptr_t)arg[1];
	switch (h->type) {
	case COPYIN:
		if (skip(n) != 0)
			return -1;
		return sendframe(h->reqno, RESP, COPYIN, 0, p, (size_t)arg[0]);
	case COPYINSTR:
		if (skip(n) != 0)
			return -1;
		n = strnlen(p, (size_t)arg[0]);
		if (n < arg[0])
			n++;
		return sendframe(h->reqno, RESP, COPYIN, 0, p, (size_t)n);
	case COPYOUT:
	case COPYOUTSTR:
		if (n < arg[0] ||
		    readall((void *)(uintptr_t)arg[1], (size_t)arg[0]) != 0)
			return -1;
		return skip(n - arg[0]);
	case ANONMMAP:
		if (skip(n) != 0)
			return -1;
		return serve_anonmmap(h, arg[0]);
	}
	return -1;
}

/* answered gives the answer that follows to whoever waits for it. */
static int
answered(const struct header *h)
{
	struct answer a;
	struct waiter *w;
	uint64_t n = h->len - sizeof(*h);
	size_t part = n < sizeof(a) ? (size_t)n : sizeof(a);

	memset(&a, 0, sizeof(a));
	if (readall(&a, part) != 0 || skip(n - part) != 0)
		return -1;
	pthread_mutex_lock(&mu);
	for (w = waiters; w != NULL; w = w->next) {
		if (w->reqno == h->reqno) {
			w->answer = a;
			w->code = h->u;
			w->done = h->class == RESP ? 1 : -1;
			break;
		}
	}
	pthread_mutex_unlock(&mu);
	return 0;
}

/* readframe reads one frame and handles it. */
static int
readframe(void)
{
	struct header h;

	if (readall(&h, sizeof(h)) != 0 || h.len < sizeof(h))
		return -1;
	if (h.class == REQ)
		return serve(&h);
	return answered(&h);
}

/* await waits for w's answer, reading when no other thread does. */
static void
await(struct waiter *w)
{
	while (w->done == 0 && !lost) {
		int error;

		if (reading) {
			pthread_cond_wait(&cv, &mu);
			continue;
		}
		reading = 1;
		pthread_mutex_unlock(&mu);
		error = readframe();
		pthread_mutex_lock(&mu);
		reading = 0;
		lost |= error != 0;
		pthread_cond_broadcast(&cv);
	}
}

/*
 * once sends a request and waits for the answer: 0, an error code of the
 * server, or -1 when the connection is lost.
 */
static int
once(int type, uint32_t u, const void *data, size_t n, struct answer *a)
{
	struct waiter w, **pp;
	int error;

	memset(&w, 0, sizeof(w));
	pthread_mutex_lock(&mu);
	w.reqno = ++nextreq;
	w.next = waiters;
	waiters = &w;
	error = lost;
	pthread_mutex_unlock(&mu);

	if (!error)
		error = sendframe(w.reqno, REQ, type, u, data, n);

	pthread_mutex_lock(&mu);
	if (!error)
		await(&w);
	for (pp = &waiters; *pp != &w; pp = &(*pp)->next)
		continue;
	*pp = w.next;
	pthread_mutex_unlock(&mu);
	*a = w.answer;
	return w.done == 0 ? -1 : w.done == 1 ? 0 : (int)w.code;
}

/* request is once, again and again as long as the server has no room. */
static int
request(int type, uint32_t u, const void *data, size_t n, struct answer *a)
{
	const struct timespec pause = { 0, 1000000 };
	int error;

	while ((error = once(type, u, data, n, a)) == TRYAGAIN)
		(void)nanosleep(&pause, NULL);
	return error;
}

int
rumpclient_syscall(int num, const uint64_t *args, size_t n, int64_t ret[2])
{
	struct answer a;
	int host = errno;

	if (request(SYSCALL, (uint32_t)num, args, n * sizeof(*args), &a) != 0) {
		ret[0] = ret[1] = -1;
		return LOST;
	}
	errno = host;
	ret[0] = a.ret[0];
	ret[1] = a.ret[1];
	return a.error;
}

void
rumpclient_onraise(void (*handler)(int))
{
	onraise = handler;
}

/* dialunix connects to a socket in the host's file system. */
static int
dialunix(const char *path)
{
	struct sockaddr_un sun;
	int s;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(sun.sun_path, path);
	if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) == -1)
		return -1;
	if (connect(s, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return s;
	close(s);
	return -1;
}

/* dialtcp connects to a.b.c.d:port. */
static int
dialtcp(const char *where)
{
	struct sockaddr_in sin;
	char host[64];
	const char *colon = strchr(where, ':');
	char *end;
	long port;
	int s, one = 1;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	errno = EINVAL;
	if (colon == NULL || (size_t)(colon - where) >= sizeof(host))
		return -1;
	memcpy(host, where, (size_t)(colon - where));
	host[colon - where] = '\0';
	port = strtol(colon + 1, &end, 10);
	if (end == colon + 1 || (*end != '\0' && *end != '/') || port < 0 ||
	    port > 65535 || inet_pton(AF_INET, host, &sin.sin_addr) != 1) {
		errno = EINVAL;
		return -1;
	}
	sin.sin_port = htons((uint16_t)port);
	if ((s = socket(AF_INET, SOCK_STREAM, 0)) == -1)
		return -1;
	(void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(s, (struct sockaddr *)&sin, sizeof(sin)) == 0)
		return s;
	close(s);
	return -1;
}

/* banner reads the line that a server greets with. */
static int
banner(void)
{
	static const char want[] = "RUMPSP-0.";
	char line[96];
	size_t n = 0;

	do {
		if (n == sizeof(line) || readall(&line[n], 1) != 0)
			return -1;
	} while (line[n++] != '\n');
	return n >= sizeof(want) &&
	    memcmp(line, want, sizeof(want) - 1) == 0 ? 0 : -1;
}

int
rumpclient_open(const char *url, const char *progname)
{
	struct answer a;

	if (strncmp(url, "unix://", 7) == 0) {
		sock = dialunix(url + 7);
	} else if (strncmp(url, "tcp://", 6) == 0) {
		sock = dialtcp(url + 6);
	} else {
		errno = EINVAL;
		return -1;
	}
	if (sock == -1)
		return -1;
	if (banner() == 0 && request(HANDSHAKE, 0, progname,
	    strlen(progname) + 1, &a) == 0 && a.error == 0)
		return 0;
	rumpclient_close();
	errno = EPROTO;
	return -1;
}

int
rumpclient_init(const char *progname)
{
	const char *url = getenv("RUMP_SERVER");

	if (url == NULL) {
		errno = ENOENT;
		return -1;
	}
	return rumpclient_open(url, progname);
}

void
rumpclient_close(void)
{
	pthread_mutex_lock(&mu);
	if (!lost && sock != -1)
		(void)shutdown(sock, SHUT_RDWR);
	lost = 1;
	pthread_cond_broadcast(&cv);
	pthread_mutex_unlock(&mu);
}
