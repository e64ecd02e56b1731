/*
 * What a C program does in a rump kernel: files, a pipe between two threads,
 * a TCP exchange, a message, errors, compat calls. It prints nothing and exits
 * with 0 when all of it went as it should.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rumpclient.h"
#include "zrump_syscalls.h"

#define CHECK(what) do {						\
	if (!(what)) {							\
		fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__,	\
		    __LINE__, #what, errno);				\
		exit(1);						\
	}								\
} while (0)

static void
files(void)
{
	struct rump_stat st;
	struct rump_iovec iov[2];
	char buf[32];
	int fd;

	CHECK(rump_sys_mkdir("/d", 0755) == 0);
	fd = rump_sys_open("/d/f", RUMP_O_CREAT | RUMP_O_RDWR, 0644);
	CHECK(fd >= 3);
	CHECK(rump_sys_write(fd, "hello, world", 12) == 12);
	CHECK(rump_sys_pread(fd, buf, sizeof(buf), 7) == 5);
	CHECK(memcmp(buf, "world", 5) == 0);
	CHECK(rump_sys_lseek(fd, 0, RUMP_SEEK_SET) == 0);
	iov[0].base = (uintptr_t)buf;
	iov[0].len = 5;
	iov[1].base = (uintptr_t)(buf + 10);
	iov[1].len = 7;
	CHECK(rump_sys_readv(fd, iov, 2) == 12);
	CHECK(memcmp(buf + 10, ", world", 7) == 0);
	memset(&st, 0, sizeof(st));
	CHECK(rump_sys_fstat(fd, &st) == 0);
	CHECK(st.size == 12 && (st.mode & RUMP_S_IFMT) == RUMP_S_IFREG);
	CHECK(rump_sys_fcntl(fd, RUMP_F_GETFL) == RUMP_O_RDWR);
	CHECK(rump_sys_close(fd) == 0);
	CHECK(rump_sys_symlink("f", "/d/l") == 0);
	CHECK(rump_sys_readlink("/d/l", buf, sizeof(buf)) == 1 && *buf == 'f');
	CHECK(rump_sys_unlink("/d/none") == -1 && errno == RUMP_ENOENT);
	CHECK(rump_sys_open("/d", RUMP_O_WRONLY) == -1 && errno == RUMP_EISDIR);
}

static void *
writer(void *arg)
{
	CHECK(rump_sys_write(*(int *)arg, "through", 7) == 7);
	return NULL;
}

/* The reader blocks; the writer's call goes over the same connection. */
static void
threads(void)
{
	pthread_t t;
	char buf[8];
	int fd[2];

	CHECK(rump_sys_pipe(fd) == 0);
	CHECK(pthread_create(&t, NULL, writer, &fd[1]) == 0);
	CHECK(rump_sys_read(fd[0], buf, sizeof(buf)) == 7);
	CHECK(memcmp(buf, "through", 7) == 0);
	CHECK(pthread_join(t, NULL) == 0);
}

static void
loopback(struct rump_sockaddr_in *sin, int port)
{
	memset(sin, 0, sizeof(*sin));
	sin->len = sizeof(*sin);
	sin->family = RUMP_AF_INET;
	sin->port[0] = (uint8_t)(port >> 8);
	sin->port[1] = (uint8_t)port;
	sin->addr.addr[0] = 127;
	sin->addr.addr[3] = 1;
}

static void
sockets(void)
{
	struct rump_sockaddr_in sin;
	uint32_t len = sizeof(sin);
	char buf[4];
	int l, c, s;

	loopback(&sin, 7777);
	CHECK((l = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0)) >= 0);
	CHECK(rump_sys_bind(l, (struct rump_sockaddr *)&sin, sizeof(sin)) == 0);
	CHECK(rump_sys_listen(l, 5) == 0);
	CHECK((c = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0)) >= 0);
	CHECK(rump_sys_connect(c, (struct rump_sockaddr *)&sin, sizeof(sin)) == 0);
	CHECK((s = rump_sys_accept(l, (struct rump_sockaddr *)&sin, &len)) >= 0);
	CHECK(len == sizeof(sin) && sin.family == RUMP_AF_INET);
	CHECK(rump_sys_sendto(c, "ping", 4, 0, NULL, 0) == 4);
	CHECK(rump_sys_recvfrom(s, buf, 4, RUMP_MSG_WAITALL, NULL, NULL) == 4);
	CHECK(memcmp(buf, "ping", 4) == 0);
}

int
main(void)
{
	CHECK(rumpclient_init("demo") == 0);
	CHECK(rump_sys_getpid() > 1 && rump_sys_getppid() == 1);
	CHECK(rump_sys_getuid() == 0);
	CHECK(rump_sys_umask(022) == 022);
	files();
	threads();
	sockets();
	CHECK(rump_sys_posix_fadvise(99, 0, 0, 0) == RUMP_EBADF);
	rumpclient_close();
	CHECK(rump_sys_getppid() == -1);
	return 0;
}
