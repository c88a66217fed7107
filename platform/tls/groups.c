/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The groups of key agreement: which we offer, and for which a key share is sent.
 *
 * wolfSSL's own choice of key shares changes with its version and build: 5.9 sent one
 * for a group that was not in supported_groups, which servers must refuse (RFC 8446
 * 4.2.8).  Hence both are set here, of one table.  What a build of wolfSSL lacks
 * (OpenWrt's had no X25519) it refuses by BAD_FUNC_ARG, and it is left out.
 */
#include "platform/tls/internal.h"

/* Key shares: the first of each kind that wolfSSL has.  Two spare nearly every server a
   HelloRetryRequest; a third would cost each device a key that is seldom used. */
enum share { NO_SHARE, SHARE_HYBRID, SHARE_CLASSIC, SHARES };

/* In the order of our preference (RFC 8446 4.2.7, 9.1). */
static const struct group {
	word16 id; /* of IANA's registry */
	enum share share;
	bool only_1_3;
	const char *name;
	const char *library; /* wolfSSL's name */
} groups[] = {
	{ 4588, SHARE_HYBRID, true, "X25519MLKEM768", "X25519MLKEM768" },
	{ 29, SHARE_CLASSIC, false, "X25519", "X25519" },
	{ 23, SHARE_CLASSIC, false, "P-256", "SECP256R1" },
	{ 24, NO_SHARE, false, "P-384", "SECP384R1" },
	{ 25, NO_SHARE, false, "P-521", "SECP521R1" },
};
enum { GROUPS = sizeof groups / sizeof *groups };

static bool is_offered(const struct offer *o, size_t i)
{
	return (o->groups >> i & 1) != 0;
}

enum err groups_offer(WOLFSSL_CTX *ctx, enum tls_version v, struct offer *o)
{
	*o = (struct offer){ .version = v };
	for (unsigned i = 0; i < GROUPS; i++) {
		int code = BAD_FUNC_ARG;

		if (v != TLS_1_2 || !groups[i].only_1_3)
			code = wolfSSL_CTX_UseSupportedCurve(ctx, groups[i].id);
		if (code == WOLFSSL_SUCCESS)
			o->groups |= 1U << i;
		else if (code != BAD_FUNC_ARG)
			return err_because(E_CRYPTO, "wolfSSL refuses the group %s (%d)",
			                   groups[i].name, code);
	}
	return o->groups != 0 ? OK : err_because(E_CRYPTO, "wolfSSL has none of our groups");
}

enum err groups_share(WOLFSSL *ssl, const struct offer *o)
{
	bool made[SHARES] = { [NO_SHARE] = true };

	if (o->version == TLS_1_2)
		return OK;
	for (size_t i = 0; i < GROUPS; i++) {
		int code;

		if (made[groups[i].share] || !is_offered(o, i))
			continue;
		code = wolfSSL_UseKeyShare(ssl, groups[i].id);
		if (code != WOLFSSL_SUCCESS)
			return err_because(E_CRYPTO, "wolfSSL makes no key share for %s (%d)",
			                   groups[i].name, code);
		made[groups[i].share] = true;
	}
	return OK;
}

const char *groups_agreed(WOLFSSL *ssl, const struct offer *o)
{
	const char *agreed = wolfSSL_get_curve_name(ssl);
	bool is_1_3 = wolfSSL_GetVersion(ssl) == WOLFSSL_TLSV1_3;

	for (size_t i = 0; agreed != NULL && i < GROUPS; i++)
		if (strcmp(agreed, groups[i].library) == 0)
			return is_offered(o, i) && (is_1_3 || !groups[i].only_1_3) ? groups[i].name
			                                                           : NULL;
	return NULL;
}

const char *groups_name(const struct offer *o, size_t i)
{
	for (size_t k = 0; k < GROUPS; k++)
		if (is_offered(o, k) && i-- == 0)
			return groups[k].name;
	return NULL;
}
