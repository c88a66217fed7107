/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket that libcurl takes for an HTTP server.
 *
 * A socketpair given to libcurl does not work before its version 8.0; a
 * listener in the abstract namespace, which the kernel names, does everywhere.
 * Any local process could connect to it, so the first that is us is taken.
 */
#define _GNU_SOURCE /* struct ucred */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "platform/base/log.h"
#include "platform/http/internal.h"

static enum err failed(const char *what)
{
	return err_because(E_BUG, "local socket: %s: %s", what, strerror(errno));
}

/* unix(7): bound without a name it gets five hex digits behind a NUL. */
static enum err bind_anywhere(struct local *l)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t n = sizeof address;
	size_t name;

	if (bind(l->listener, (struct sockaddr *)&address, sizeof address.sun_family) != 0)
		return failed("bind");
	if (getsockname(l->listener, (struct sockaddr *)&address, &n) != 0)
		return failed("getsockname");
	if (n <= offsetof(struct sockaddr_un, sun_path) + 1)
		return err_because(E_BUG, "local socket: no name");
	name = n - offsetof(struct sockaddr_un, sun_path) - 1;
	if (name >= sizeof l->name)
		return err_because(E_BUG, "local socket: a name of %zu octets", name);
	memcpy(l->name, address.sun_path + 1, name);
	l->name[name] = '\0';
	return OK;
}

enum err local_listen(struct local *l)
{
	enum err e;

	*l = (struct local){ .listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		                                0) };
	if (l->listener < 0)
		return failed("socket");
	e = bind_anywhere(l);
	if (e == OK && listen(l->listener, 1) != 0)
		e = failed("listen");
	if (e != OK)
		local_close(l);
	return e;
}

static bool is_us(int fd)
{
	struct ucred peer = { .pid = -1 };
	socklen_t n = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
		return false;
	return peer.pid == getpid() && peer.uid == getuid();
}

int local_accept(const struct local *l)
{
	int fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return -1;
	if (is_us(fd))
		return fd;
	log_warning("another process connected to our local socket; it is shut out");
	close(fd);
	return -1;
}

void local_close(struct local *l)
{
	if (l->listener >= 0)
		close(l->listener);
	l->listener = -1;
}
