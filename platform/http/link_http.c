/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP links: one connection each, made again only to the same peer. */
#include <poll.h>
#include <stdio.h>
#include <strings.h>

#include <curl/curl.h>

#include "platform/base/heap.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/http/internal.h"
#include "platform/tls/proxy.h"

/* The chain of the peer, which outlives the connection. */
struct kept {
	size_t n;
	struct span certs[CHAIN_MAX];
	uint8_t octets[TLS_CHAIN_SIZE_MAX];
};

struct link_http {
	struct link link; /* first: a struct link is all that others see */
	bool open;
	struct url at;
	const struct credential *client;
	enum tls_version version;
	bool by_proxy;
	struct proxy proxy;
	struct judge judge; /* accept is NULL: provisional */
	struct stream stream;
	struct kept peer;
	char description[80];
};

static struct link_http links[LINKS_MAX];

static struct link_http *of(struct link *l)
{
	return (struct link_http *)l;
}

static const struct link_http *of_const(const struct link *l)
{
	return (const struct link_http *)l;
}

enum err http_start(void)
{
	enum err e = channel_start();

	if (e == OK && curl_global_init_mem(CURL_GLOBAL_NOTHING, heap_malloc, heap_free,
	                                    heap_realloc, heap_strdup, heap_calloc) != CURLE_OK)
		e = err_because(E_MEMORY, "curl_global_init");
	return e;
}

void http_stop(void)
{
	curl_global_cleanup();
	channel_stop();
}

static void keep_chain(struct kept *k, struct chain chain)
{
	size_t used = 0;

	k->n = 0;
	/* fits: a channel's chain has the same limits */
	for (size_t i = 0; i < chain.n; i++) {
		memcpy(k->octets + used, chain.certs[i].p, chain.certs[i].n);
		k->certs[k->n++] = (struct span){ k->octets + used, chain.certs[i].n };
		used += chain.certs[i].n;
	}
}

static bool is_kept(const struct kept *k, struct chain chain)
{
	if (chain.n != k->n)
		return false;
	for (size_t i = 0; i < chain.n; i++)
		if (!span_equal(chain.certs[i], k->certs[i]))
			return false;
	return true;
}

/*
 * RFC 8995 5: a peer that is connected to again has to be the same, before
 * anything is said to it; once trust is made, another one that is trusted too.
 */
static enum err same_or_accepted(void *context, struct chain chain)
{
	const struct link_http *l = context;

	if (is_kept(&l->peer, chain))
		return OK;
	if (l->judge.accept != NULL)
		return l->judge.accept(l->judge.context, chain);
	return err_because(E_PEER_CHANGED, "%s came back with other certificates than before",
	                   l->link.origin);
}

static enum err connect_tls(struct link_http *l, const struct judge *judge, int64_t deadline)
{
	const struct channel_request r = {
		.proxy = l->by_proxy ? &l->proxy : NULL,
		.host = l->at.host,
		.port = l->at.port,
		.client = l->client,
		.version = l->version,
		.judge = judge,
		.deadline = deadline,
	};
	struct channel *c;
	enum err e = channel_open(&c, &r);

	if (e != OK)
		return e;
	l->stream = STREAM_CLOSED;
	l->stream.tls = c;
	keep_chain(&l->peer, channel_peer_chain(c));
	snprintf(l->description, sizeof l->description, "https, %s, %s, %s", channel_version(c),
	         channel_suite(c), channel_group(c));
	return OK;
}

static enum err connect_plain(struct link_http *l, int64_t deadline)
{
	l->stream = STREAM_CLOSED;
	snprintf(l->description, sizeof l->description, "http");
	return tcp_connect(l->by_proxy ? l->proxy.host : l->at.host,
	                   l->by_proxy ? l->proxy.port : l->at.port,
	                   tcp_deadline(HTTP_CONNECT_MS, deadline), &l->stream.fd);
}

static enum err reconnect(struct link_http *l, int64_t deadline)
{
	const struct judge same = { same_or_accepted, l };

	log_info("%s: connecting again", l->link.origin);
	return l->at.tls ? connect_tls(l, &same, deadline) : connect_plain(l, deadline);
}

static bool has_more(const struct stream *s)
{
	struct pollfd fd = { .fd = stream_fd(s), .events = POLLIN };

	return !clock_stopped() && poll(&fd, 1, 0) == 1;
}

/* TLS gives a peer that floods one turn at a time, and has its limit (TLS_USELESS_MAX). */
static enum channel_io read_idle(struct stream *s)
{
	enum channel_io io;
	uint8_t octet;

	do {
		size_t n = 1;

		io = stream_read(s, &octet, &n);
	} while (io == CHANNEL_WAIT_READ && has_more(s));
	return io;
}

/*
 * A connection on which the server has said something unasked, or goodbye, is
 * of no use.  What it said may be that it does not want our certificate: in
 * TLS 1.3 the handshake is over by then (RFC 8446 4.4.2.4).
 */
static enum err check_idle(struct link_http *l)
{
	enum channel_io io;
	enum err e = OK;

	if (!stream_is_open(&l->stream))
		return OK;
	io = read_idle(&l->stream);
	if (io == CHANNEL_WAIT_READ || io == CHANNEL_WAIT_WRITE)
		return OK;
	if (io == CHANNEL_MOVED)
		log_warning("%s sent something unasked", l->link.origin);
	else if (io == CHANNEL_CUT && stream_fault(&l->stream) == E_TLS_REFUSED)
		e = E_TLS_REFUSED;
	stream_close(&l->stream);
	return e;
}

static enum err check_request(const struct exchange *x)
{
	return url_check_path(x->path);
}

/* A proxy is told all of the URL (RFC 9112 3.2.2), unless TLS goes through it. */
static enum err transfer(struct link_http *l, struct exchange *x, struct arena *a, int64_t deadline,
                         bool *reusable)
{
	const char *path = x->path;
	char url[3 * URL_MAX];
	enum err e;

	if (l->by_proxy && !l->at.tls) {
		if ((size_t)snprintf(url, sizeof url, "%s%s", l->link.origin, path) >= sizeof url)
			return err_because(E_RANGE, "the path is too long");
		x->path = url;
	}
	e = transfer_run(&l->stream, &l->at, x, a, deadline, reusable);
	x->path = path;
	return e;
}

static enum err exchange(struct link *link, struct exchange *x, struct arena *a)
{
	struct link_http *l = of(link);
	int64_t deadline = tcp_deadline(x->total_ms != 0 ? x->total_ms : HTTP_TOTAL_MS, 0);
	bool reusable = false;
	enum err e = check_request(x);

	answer_clear(x);
	if (e != OK)
		return e;
	e = check_idle(l);
	if (e == OK && !stream_is_open(&l->stream))
		e = reconnect(l, deadline);
	if (e == OK)
		e = transfer(l, x, a, deadline, &reusable);
	if (e != OK || !reusable)
		stream_close(&l->stream);
	return e;
}

static struct chain peer_chain(const struct link *link)
{
	const struct link_http *l = of_const(link);

	return (struct chain){ l->peer.certs, l->peer.n };
}

static void set_judge(struct link *link, const struct judge *j)
{
	of(link)->judge = *j;
}

static void close_link(struct link *link)
{
	struct link_http *l = of(link);

	stream_close(&l->stream);
	wipe(l, sizeof *l);
}

static const struct link_ops ops = { exchange, peer_chain, set_judge, close_link };

static enum err read_proxy(const char *text, struct proxy *out)
{
	struct url u;
	enum err e = url_read(text, &u);

	if (e == OK && (u.tls || (u.path[0] != '\0' && strcmp(u.path, "/") != 0)))
		e = err_because(E_RANGE, "a proxy is http://HOST:PORT");
	snprintf(out->host, sizeof out->host, "%s", u.host);
	out->port = u.port;
	return e;
}

enum err proxy_check(const char *url)
{
	return read_proxy(url, &(struct proxy){ 0 });
}

/* The name itself, or one below it; a leading dot makes no difference. */
static bool is_below(const char *host, const char *name)
{
	size_t n, h = strlen(host);

	name += *name == '.';
	n = strlen(name);
	if (strcmp(name, "*") == 0)
		return true;
	return n > 0 && h >= n && strcasecmp(host + h - n, name) == 0 &&
	       (h == n || host[h - n - 1] == '.');
}

static enum err choose_proxy(struct link_http *l, const struct link_request *r)
{
	if (r->proxy == NULL || r->proxy[0] == '\0')
		return OK;
	for (size_t i = 0; i < r->no_proxy_count; i++)
		if (is_below(l->at.host, r->no_proxy[i]))
			return OK;
	l->by_proxy = true;
	return read_proxy(r->proxy, &l->proxy);
}

static enum err begin(struct link_http *l, const struct link_request *r)
{
	enum err e = url_read(r->url, &l->at);

	if (e == OK)
		e = choose_proxy(l, r);
	if (e == OK)
		e = url_origin(&l->at, l->link.origin, sizeof l->link.origin);
	if (e != OK)
		return e;
	if (!l->at.tls && r->judge != NULL)
		return err_because(E_CONFIG, "%s: over plain http no server can be judged",
		                   l->link.origin);
	return l->at.tls ? connect_tls(l, r->judge, r->deadline) : connect_plain(l, r->deadline);
}

enum err link_http_open(struct link **out, const struct link_request *r)
{
	struct link_http *l = links;
	enum err e;

	*out = NULL;
	while (l < links + LINKS_MAX && l->open)
		l++;
	if (l == links + LINKS_MAX)
		return err_because(E_BUG, "more than %d links at once", LINKS_MAX);
	*l = (struct link_http){ .link.ops = &ops,
		                 .open = true,
		                 .client = r->client,
		                 .version = r->version,
		                 .stream = STREAM_CLOSED };
	if (r->judge != NULL)
		l->judge = *r->judge;
	e = begin(l, r);
	if (e == OK)
		*out = &l->link;
	else
		close_link(&l->link);
	return e;
}

const char *link_http_describe(const struct link *l)
{
	return of_const(l)->description;
}
