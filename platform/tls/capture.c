/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The peer's chain, taken from the handshake.
 *
 * wolfSSL has no CA, so what it thinks of the chain means nothing (`ok` is even
 * 1 for some); it does prove that the peer holds the key.  The judge is asked in
 * here, while the client certificate has not been sent: a wrong server learns
 * nothing of the device.
 */
#include "platform/tls/internal.h"

static enum err copy_chain(struct capture *c, const WOLFSSL_X509_STORE_CTX *store)
{
	size_t used = 0;

	/* more than once per handshake is possible: the last one counts */
	c->n = 0;
	if (store->certs == NULL || store->totalCerts < 1)
		return err_because(E_TLS, "the server sent no certificate");
	if (store->totalCerts > CHAIN_MAX)
		return err_because(E_TLS, "the server sent %d certificates, at most %d are taken",
		                   store->totalCerts, (int)CHAIN_MAX);
	for (int i = 0; i < store->totalCerts; i++) {
		size_t n = store->certs[i].length;

		if (n == 0 || n > CERT_SIZE_MAX || n > sizeof c->bytes - used)
			return err_because(E_TLS,
			                   "the server's certificate %d has %zu bytes, after %zu",
			                   i, n, used);
		memcpy(c->bytes + used, store->certs[i].buffer, n);
		c->certs[c->n++] = (struct span){ c->bytes + used, n };
		used += n;
	}
	return OK;
}

/* wolfSSL 5.9 calls for the leaf more than once (TLS 1.3): the judge has spoken already. */
static bool is_captured(const struct capture *c, const WOLFSSL_X509_STORE_CTX *store)
{
	if (c->n == 0 || store->totalCerts != (int)c->n)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		struct span again = { store->certs[i].buffer, store->certs[i].length };

		if (!span_equal(again, c->certs[i]))
			return false;
	}
	return true;
}

int capture_chain(int ok, WOLFSSL_X509_STORE_CTX *store)
{
	struct capture *c = store->userCtx;

	(void)ok;
	/* issuers come first; at the leaf all of them are listed */
	if (store->error_depth > 0)
		return 1;
	if (is_captured(c, store))
		return c->verdict == OK;
	c->verdict = copy_chain(c, store);
	if (c->verdict == OK && c->judge != NULL)
		c->verdict = c->judge->accept(c->judge->context, capture_list(c));
	return c->verdict == OK;
}

struct chain capture_list(const struct capture *c)
{
	return (struct chain){ c->certs, c->n };
}
