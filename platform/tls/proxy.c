/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CONNECT through an HTTP proxy. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/base/log.h"
#include "platform/tls/proxy.h"

static enum err failed(const struct proxy *p, enum err e, const char *why)
{
	struct quoted q;

	return err_because(e, "proxy %s port %u: %s", log_quote(&q, span_str(p->host)),
	                   (unsigned)p->port, why);
}

static enum err send_all(int fd, const char *text, size_t n, int64_t deadline)
{
	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
		enum err e = OK;

		if (sent >= 0) {
			text += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN || errno == EINTR) {
			e = tcp_wait(fd, POLLOUT, deadline);
		} else {
			e = err_because(E_UNREACHABLE, "%s", strerror(errno));
		}
		if (e != OK)
			return e;
	}
	return OK;
}

static enum err receive_octet(int fd, char *c, int64_t deadline)
{
	for (;;) {
		ssize_t got = recv(fd, c, 1, 0);
		enum err e;

		if (got == 1)
			return OK;
		if (got == 0)
			return err_because(E_HTTP, "it closed without an answer to CONNECT");
		if (errno != EAGAIN && errno != EINTR)
			return err_because(E_UNREACHABLE, "%s", strerror(errno));
		e = tcp_wait(fd, POLLIN, deadline);
		if (e != OK)
			return e;
	}
}

/* The head of an answer, up to its empty line. */
static enum err receive_head(int fd, char *head, size_t cap, int64_t deadline)
{
	size_t n = 0, line = 0;
	enum err e = OK;

	while (e == OK && n + 1 < cap) {
		e = receive_octet(fd, &head[n], deadline);
		if (e != OK)
			return e;
		if (head[n] == '\0')
			return err_because(E_HTTP, "a NUL in its answer");
		if (head[n++] != '\n') {
			line += head[n - 1] != '\r';
			continue;
		}
		if (line == 0 && n > 2) {
			head[n] = '\0';
			return OK;
		}
		line = 0;
	}
	return err_because(E_HTTP, "more than %zu octets of header", cap - 1);
}

/* HTTP-version SP 3DIGIT [ SP reason ] CRLF (RFC 9112 4) */
static enum err read_status(const char *head)
{
	static const char version[] = "HTTP/1.";
	size_t n = strcspn(head, "\r\n");
	const char *code = head + sizeof version - 1 + 2;
	struct quoted q;

	if (strncmp(head, version, sizeof version - 1) != 0 || n < sizeof version - 1 + 5 ||
	    code[-1] != ' ' || strspn(code, "0123456789") != 3)
		return err_because(E_HTTP, "it does not answer in HTTP: %s",
		                   log_quote(&q, (struct span){ (const uint8_t *)head, n }));
	if (code[0] == '2')
		return OK;
	return err_because(
		E_UNREACHABLE, "CONNECT refused: %s%s",
		log_quote(&q, (struct span){ (const uint8_t *)code, n - (size_t)(code - head) }),
		strncmp(code, "407", 3) == 0 ? " (a password is not supported)" : "");
}

static enum err tunnel(int fd, const char *host, uint16_t port, int64_t deadline)
{
	char head[PROXY_HEAD_MAX], to[URL_MAX + 16];
	bool literal = strchr(host, ':') != NULL;
	enum err e;
	int n;

	/* no zone: fe80::1%eth0 is a link of ours, not of the proxy's */
	snprintf(to, sizeof to, "%s%.*s%s:%u", literal ? "[" : "", (int)strcspn(host, "%"), host,
	         literal ? "]" : "", (unsigned)port);
	n = snprintf(head, sizeof head, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", to, to);
	e = send_all(fd, head, (size_t)n, deadline);
	if (e == OK)
		e = receive_head(fd, head, sizeof head, deadline);
	return e == OK ? read_status(head) : e;
}

enum err proxy_connect(const struct proxy *p, const char *host, uint16_t port, int64_t deadline,
                       int *fd)
{
	enum err e;

	if (p == NULL)
		return tcp_connect(host, port, deadline, fd);
	e = tcp_connect(p->host, p->port, deadline, fd);
	if (e != OK)
		return err_because(e, "proxy: %s", err_reason(e));
	e = tunnel(*fd, host, port, deadline);
	if (e == OK)
		return OK;
	close(*fd);
	*fd = -1;
	return failed(p, e, err_reason(e));
}
