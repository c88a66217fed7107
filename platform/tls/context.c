/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS policy: versions, suites, verification, the client's certificate; groups: groups.c.
 *
 * Debian's and OpenWrt's wolfSSL begin with SSLv3, anonymous suites and no
 * verification at all (OPENSSL_COMPATIBLE_DEFAULTS); a CA that is loaded trusts
 * its own clone (CVE-2026-93302).  Hence a new context for each channel, made
 * here and nowhere else, and no CA in it.
 */
#include "platform/codec/pem.h"
#include "platform/crypto/signer_tls.h"
#include "platform/tls/internal.h"

/* RFC 9325 4.2: forward secrecy and AEAD only. */
static const char suites[] = "TLS13-AES128-GCM-SHA256:TLS13-AES256-GCM-SHA384:"
			     "TLS13-CHACHA20-POLY1305-SHA256:"
			     "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
			     "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";

static WOLFSSL_METHOD *method(enum tls_version v)
{
	return v == TLS_1_2   ? wolfTLSv1_2_client_method()
	       : v == TLS_1_3 ? wolfTLSv1_3_client_method()
	                      : wolfTLS_client_method();
}

static enum err set_policy(WOLFSSL_CTX *ctx, enum tls_version v)
{
	const int floor = v == TLS_1_3 ? WOLFSSL_TLSV1_3 : WOLFSSL_TLSV1_2;
	const int done[] = {
		wolfSSL_CTX_SetMinVersion(ctx, floor),
		wolfSSL_CTX_set_cipher_list(ctx, suites),
	};

	/* the return value is the old mode */
	wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_OFF);
	wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, capture_chain);
	for (size_t i = 0; i < sizeof done / sizeof *done; i++)
		if (done[i] != WOLFSSL_SUCCESS)
			return err_because(E_CRYPTO, "wolfSSL refuses our TLS policy, setting %zu",
			                   i);
	return OK;
}

/* As PEM: with DER wolfSSL 5.5.4 writes to a buffer that it got no memory for. */
static enum err use_key(void *context, struct span pkcs8)
{
	char pem[KEY_PEM_MAX];
	size_t n = 0;
	int code = WOLFSSL_FAILURE;
	enum err e = pem_write(pem, sizeof pem, &n, "PRIVATE KEY", pkcs8);

	if (e == OK)
		code = wolfSSL_CTX_use_PrivateKey_buffer(context, (const uint8_t *)pem, (long)n,
		                                         WOLFSSL_FILETYPE_PEM);
	wipe(pem, sizeof pem);
	if (e != OK || code == WOLFSSL_SUCCESS)
		return e;
	return err_because(E_IDENTITY, "wolfSSL does not take the device's key for TLS (%d)", code);
}

/* Leaf first, as RFC 8446 4.4.2 and RFC 5246 7.4.2 want it sent. */
static enum err use_chain(WOLFSSL_CTX *ctx, const struct credential *credential)
{
	static uint8_t all[TLS_CHAIN_SIZE_MAX];
	size_t used = 0;
	int code;

	for (size_t i = 0; i < credential->count; i++) {
		struct span cert = credential->chain[i];

		if (cert.n > sizeof all - used)
			return err_because(E_IDENTITY, "the device's chain has more than %zu bytes",
			                   sizeof all);
		memcpy(all + used, cert.p, cert.n);
		used += cert.n;
	}
	code = wolfSSL_CTX_use_certificate_chain_buffer_format(ctx, all, (long)used,
	                                                       WOLFSSL_FILETYPE_ASN1);
	if (code == WOLFSSL_SUCCESS)
		return OK;
	return err_because(E_IDENTITY, "wolfSSL does not take the device's chain for TLS (%d)",
	                   code);
}

static enum err use_credential(WOLFSSL_CTX *ctx, const struct credential *credential)
{
	enum err e = use_chain(ctx, credential);

	return e == OK ? signer_lend_private(credential->key, use_key, ctx) : e;
}

enum err context_make(WOLFSSL_CTX **out, const struct channel_request *r, struct offer *o)
{
	WOLFSSL_CTX *ctx = wolfSSL_CTX_new(method(r->version));
	enum err e;

	*out = NULL;
	if (ctx == NULL)
		return err_because(E_CRYPTO, "wolfSSL makes no context");
	e = set_policy(ctx, r->version);
	if (e == OK)
		e = groups_offer(ctx, r->version, o);
	if (e == OK && r->client != NULL)
		e = use_credential(ctx, r->client);
	if (e == OK)
		*out = ctx;
	else
		wolfSSL_CTX_free(ctx);
	return e;
}

static bool offered(const char *list, const char *name)
{
	size_t n = strlen(name);

	while (list != NULL) {
		if (strncmp(list, name, n) == 0 && (list[n] == ':' || list[n] == '\0'))
			return true;
		list = strchr(list, ':');
		list += list != NULL;
	}
	return false;
}

/* wolfSSL took suites and groups that were never offered (CVE-2024-5814, CVE-2026-3230). */
enum err context_check(WOLFSSL *ssl, const struct offer *o)
{
	const char *suite = wolfSSL_get_cipher_name(ssl), *group = wolfSSL_get_curve_name(ssl);
	enum tls_version wanted = o->version;
	int version = wolfSSL_GetVersion(ssl);

	if (version != WOLFSSL_TLSV1_3 && (version != WOLFSSL_TLSV1_2 || wanted == TLS_1_3))
		return err_because(E_TLS, "a version of TLS that was not offered, %s",
		                   wolfSSL_get_version(ssl));
	if (version == WOLFSSL_TLSV1_3 && wanted == TLS_1_2)
		return err_because(E_TLS, "TLS 1.3, which was not offered");
	if (suite == NULL || !offered(suites, suite))
		return err_because(E_TLS, "a cipher suite that was not offered, %s",
		                   suite != NULL ? suite : "unnamed");
	if (groups_agreed(ssl, o) == NULL)
		return err_because(E_TLS, "a group that was not offered, %s",
		                   group != NULL ? group : "unnamed");
	return OK;
}
