/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TLS connection: opened within its time, then read and written without blocking. */
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "platform/base/heap.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/crypto/hash.h"
#include "platform/tls/internal.h"
#include "platform/tls/proxy.h"

struct channel {
	bool open;
	bool answered; /* the peer has sent data after the handshake */
	bool over;     /* CLOSED or CUT was said */
	int error;     /* wolfSSL's, with which it was CUT */
	struct wire wire;
	WOLFSSL_CTX *ctx;
	WOLFSSL *ssl;
	struct offer offer;
	struct capture peer;
};

static struct channel channels[CHANNELS_MAX];

enum err channel_start(void)
{
	if (wolfSSL_Init() != WOLFSSL_SUCCESS)
		return err_because(E_CRYPTO, "wolfSSL_Init");
	return OK;
}

void channel_stop(void)
{
	wolfSSL_Cleanup();
}

static bool is_address(const char *host)
{
	struct in_addr v4;

	return strchr(host, ':') != NULL || inet_pton(AF_INET, host, &v4) == 1;
}

/* RFC 6066 3: names, no literals. Whose word the name is makes no difference to a front
   with many servers behind it; it does to who may prove his role by it (voucher/pin.c). */
static enum err name_server(WOLFSSL *ssl, const struct channel_request *r)
{
	size_t n = strlen(r->host);

	if (is_address(r->host))
		return OK;
	if (wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, r->host, (word16)n) == WOLFSSL_SUCCESS)
		return OK;
	return err_because(E_CRYPTO, "wolfSSL takes no server name");
}

static enum err make_session(struct channel *c, const struct channel_request *r)
{
	uint8_t octet;
	enum err e = rng_bytes(&octet, 1); /* waits until the kernel's pool is seeded */

	if (e == OK)
		e = context_make(&c->ctx, r, &c->offer);
	if (e != OK)
		return e;
	wolfSSL_CTX_SetIORecv(c->ctx, wire_receive);
	wolfSSL_CTX_SetIOSend(c->ctx, wire_send);
	c->ssl = wolfSSL_new(c->ctx);
	if (c->ssl == NULL)
		return err_because(E_CRYPTO, "wolfSSL makes no session");
	wolfSSL_SetIOReadCtx(c->ssl, &c->wire);
	wolfSSL_SetIOWriteCtx(c->ssl, &c->wire);
	wolfSSL_SetCertCbCtx(c->ssl, &c->peer);
	wolfSSL_set_using_nonblock(c->ssl, 1);
	e = groups_share(c->ssl, &c->offer);
	return e == OK ? name_server(c->ssl, r) : e;
}

static enum err flooded(enum err code)
{
	return err_because(code, "the server sent %d octets of TLS without any data",
	                   (int)TLS_USELESS_MAX);
}

static enum err handshake_failed(struct channel *c, int code)
{
	enum err e;

	c->over = true;
	if (c->peer.verdict != OK)
		return c->peer.verdict;
	/* a server that has not shown its own has not looked at ours */
	e = alert_received(c->ssl, c->peer.n > 0, E_TLS);
	if (e != OK)
		return e;
	if (c->wire.flooded)
		return flooded(E_TLS);
	return err_because(E_TLS, "%s (%d)", wolfSSL_ERR_reason_error_string((unsigned long)code),
	                   code);
}

static enum err shake_hands(struct channel *c, int64_t deadline)
{
	for (;;) {
		int code;
		enum err e;

		wire_turn(&c->wire);
		code = wolfSSL_connect(c->ssl);
		if (code == WOLFSSL_SUCCESS)
			return OK;
		code = wolfSSL_get_error(c->ssl, code);
		if (code != WOLFSSL_ERROR_WANT_READ && code != WOLFSSL_ERROR_WANT_WRITE)
			return handshake_failed(c, code);
		e = tcp_wait(c->wire.fd, code == WOLFSSL_ERROR_WANT_READ ? POLLIN : POLLOUT,
		             deadline);
		if (e != OK)
			return e;
	}
}

/*
 * That the peer holds a key says something only of a key whose signatures we
 * would take; wolfSSL's own lower limits give way to our verify callback.
 */
static enum err check_key(struct span leaf)
{
	struct cert cert;
	struct public_key key;
	enum err e = cert_read(leaf, &cert);

	if (e == OK)
		e = public_key_read(cert.spki, &key);
	return err_within(E_TLS, e, "the server's certificate");
}

/* A suite without certificates would leave nobody to judge. */
static enum err check_outcome(const struct channel *c)
{
	enum err e;

	if (c->peer.n == 0)
		return err_because(E_TLS, "the server showed no certificate");
	e = context_check(c->ssl, &c->offer);
	if (e == OK)
		e = check_key(c->peer.certs[0]);
	return e == OK ? shown_check(capture_list(&c->peer)) : e;
}

static enum err start(struct channel *c, const struct channel_request *r)
{
	int64_t ms = r->connect_ms != 0 ? r->connect_ms : HTTP_CONNECT_MS;
	struct quoted q;
	enum err e = proxy_connect(r->proxy, r->host, r->port, tcp_deadline(ms, r->deadline),
	                           &c->wire.fd);

	if (e == OK)
		e = make_session(c, r);
	if (e != OK)
		return e;
	ms = r->handshake_ms != 0 ? r->handshake_ms : HTTP_CONNECT_MS;
	e = shake_hands(c, tcp_deadline(ms, r->deadline));
	wire_begin(&c->wire);
	if (e == OK)
		e = check_outcome(c);
	if (e == OK || e == c->peer.verdict)
		return e;
	return err_because(e, "TLS with %s port %u: %s", log_quote(&q, span_str(r->host)),
	                   (unsigned)r->port, err_reason(e));
}

enum err channel_open(struct channel **out, const struct channel_request *r)
{
	struct channel *c = channels;
	unsigned long heap = heap_failures();
	enum err e;

	*out = NULL;
	while (c < channels + CHANNELS_MAX && c->open)
		c++;
	if (c == channels + CHANNELS_MAX)
		return err_because(E_BUG, "more than %d TLS channels at once", CHANNELS_MAX);
	*c = (struct channel){ .open = true, .wire.fd = -1, .peer.judge = r->judge };
	e = heap_judge(heap, start(c, r), "TLS");
	c->peer.judge = NULL; /* the caller's; asked once */
	if (e == OK)
		*out = c;
	else
		channel_close(c);
	return e;
}

struct chain channel_peer_chain(const struct channel *c)
{
	return capture_list(&c->peer);
}

const char *channel_version(const struct channel *c)
{
	return wolfSSL_get_version(c->ssl);
}

const char *channel_suite(const struct channel *c)
{
	return wolfSSL_get_cipher_name(c->ssl);
}

const char *channel_group(const struct channel *c)
{
	return groups_agreed(c->ssl, &c->offer);
}

const char *channel_groups(size_t i)
{
	WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfTLS_client_method());
	struct offer o;
	const char *name = NULL;

	if (ctx != NULL && groups_offer(ctx, TLS_ANY, &o) == OK)
		name = groups_name(&o, i);
	wolfSSL_CTX_free(ctx);
	return name;
}

int channel_fd(const struct channel *c)
{
	return c->wire.fd;
}

static enum channel_io stopped_at(struct channel *c, int code)
{
	c->error = wolfSSL_get_error(c->ssl, code);
	switch (c->error) {
	case WOLFSSL_ERROR_WANT_READ:
		return CHANNEL_WAIT_READ;
	case WOLFSSL_ERROR_WANT_WRITE:
		return CHANNEL_WAIT_WRITE;
	case WOLFSSL_ERROR_ZERO_RETURN:
		c->over = true;
		return CHANNEL_CLOSED;
	default:
		c->over = true;
		return CHANNEL_CUT;
	}
}

enum channel_io channel_read(struct channel *c, uint8_t *buf, size_t *n)
{
	int cap = *n < TLS_RECORD_MAX ? (int)*n : TLS_RECORD_MAX, got;

	*n = 0;
	if (c->over)
		return CHANNEL_CUT;
	wire_turn(&c->wire);
	got = wolfSSL_read(c->ssl, buf, cap);
	if (got <= 0)
		return stopped_at(c, got);
	wire_useful(&c->wire);
	*n = (size_t)got;
	c->answered = true;
	return CHANNEL_MOVED;
}

/* wolfSSL keeps what it could not send: the same octets come again after a wait. */
enum channel_io channel_write(struct channel *c, const uint8_t *buf, size_t *n)
{
	int want = *n < TLS_RECORD_MAX ? (int)*n : TLS_RECORD_MAX, sent;

	*n = 0;
	if (c->over)
		return CHANNEL_CUT;
	wire_turn(&c->wire);
	sent = wolfSSL_write(c->ssl, buf, want);
	if (sent <= 0)
		return stopped_at(c, sent);
	*n = (size_t)sent;
	return CHANNEL_MOVED;
}

/* What came was wrong, rather than that nothing came any more. */
static bool is_of_tls(int error)
{
	return error < 0 && error != SOCKET_ERROR_E && error != SOCKET_PEER_CLOSED_E;
}

/* In TLS 1.3 our handshake is over before the server has looked at our certificate. */
enum err channel_fault(const struct channel *c)
{
	bool looking = !c->answered && wolfSSL_GetVersion(c->ssl) == WOLFSSL_TLSV1_3;
	enum err e = alert_received(c->ssl, looking, E_HTTP);

	if (e != OK)
		return e;
	if (c->wire.flooded)
		return flooded(E_HTTP);
	if (is_of_tls(c->error))
		return err_because(E_HTTP, "TLS error: %s (%d)",
		                   wolfSSL_ERR_reason_error_string((unsigned long)c->error),
		                   c->error);
	return err_because(E_HTTP, "the server broke the TLS connection off");
}

void channel_close(struct channel *c)
{
	if (c == NULL)
		return;
	/* close_notify, if the peer still listens; its answer is not waited for, and
	   nothing is read any more */
	c->wire.turn = 0;
	if (c->ssl != NULL && !c->over)
		wolfSSL_shutdown(c->ssl);
	wolfSSL_free(c->ssl);
	wolfSSL_CTX_free(c->ctx);
	if (c->wire.fd >= 0)
		close(c->wire.fd);
	wipe(c, sizeof *c);
}
