/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes, HMAC and PBKDF2 on wolfCrypt. */
#include <limits.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "platform/crypto/internal.h"

static const struct row {
	const char *name;
	size_t size;
	enum wc_HashType type;
} rows[] = {
	[HASH_NONE] = { "none", 0, WC_HASH_TYPE_NONE },
	[HASH_SHA1] = { "SHA-1", 20, WC_HASH_TYPE_SHA },
	[HASH_SHA224] = { "SHA-224", 28, WC_HASH_TYPE_SHA224 },
	[HASH_SHA256] = { "SHA-256", 32, WC_HASH_TYPE_SHA256 },
	[HASH_SHA384] = { "SHA-384", 48, WC_HASH_TYPE_SHA384 },
	[HASH_SHA512] = { "SHA-512", 64, WC_HASH_TYPE_SHA512 },
	/* an XOF, not one of the library's fixed-length types: shake.c */
	[HASH_SHAKE256] = { "SHAKE256", 64, WC_HASH_TYPE_NONE },
};

static const struct row *row(enum hash h)
{
	return &rows[(unsigned)h < sizeof rows / sizeof *rows ? h : HASH_NONE];
}

size_t hash_size(enum hash h)
{
	return row(h)->size;
}

const char *hash_name(enum hash h)
{
	return row(h)->name;
}

bool hash_signs(enum hash h)
{
	return row(h)->size > 0 && h != HASH_SHA1;
}

enum err library_failed(const char *what, int code)
{
	return err_because(E_CRYPTO, "%s: wolfCrypt says %d", what, code);
}

/* Also what wolfCrypt was built without: it knows the type's number, not the hash. */
static enum err lacking(enum hash h)
{
	return err_because(E_ALGORITHM, "%s is not in this build of wolfSSL", hash_name(h));
}

static enum err sized(struct span a, struct span b)
{
	if (a.n > INT_MAX || b.n > INT_MAX)
		return err_because(E_BUG, "more octets to hash than wolfCrypt can count");
	return OK;
}

static int update(wc_HashAlg *state, enum wc_HashType type, struct span s)
{
	return s.n > 0 ? wc_HashUpdate(state, type, s.p, (word32)s.n) : 0;
}

static int fixed_length(enum wc_HashType type, struct span a, struct span b, uint8_t *out)
{
	wc_HashAlg state;
	int code = wc_HashInit(&state, type);

	if (code != 0)
		return code;
	code = update(&state, type, a);
	if (code == 0)
		code = update(&state, type, b);
	if (code == 0)
		code = wc_HashFinal(&state, type, out);
	wc_HashFree(&state, type);
	return code;
}

enum err hash_of_two(enum hash h, struct span a, struct span b, struct digest *out)
{
	const struct row *r = row(h);
	enum err e = sized(a, b);
	int code;

	*out = (struct digest){ { 0 }, 0 };
	if (e != OK)
		return e;
	if (h == HASH_SHAKE256) {
		e = shake256(a, b, out->b, r->size);
		out->n = e == OK ? r->size : 0;
		return e;
	}
	if (r->size == 0 || wc_HashGetDigestSize(r->type) != (int)r->size)
		return lacking(h);
	code = fixed_length(r->type, a, b, out->b);
	if (code != 0)
		return library_failed(r->name, code);
	out->n = r->size;
	return OK;
}

enum err hash_of(enum hash h, struct span data, struct digest *out)
{
	return hash_of_two(h, data, NO_BYTES, out);
}

/* HMAC is defined for hashes with blocks; SHAKE256's MAC is KMAC, another function. */
static bool has_hmac(const struct row *r)
{
	return r->type != WC_HASH_TYPE_NONE && wc_HashGetDigestSize(r->type) == (int)r->size;
}

static int keyed(const struct row *r, struct span key, struct span data, uint8_t *out)
{
	static const uint8_t no_key[1];
	Hmac mac;
	int code = wc_HmacInit(&mac, NULL, INVALID_DEVID);

	if (code != 0)
		return code;
	code = wc_HmacSetKey(&mac, (int)r->type, key.n > 0 ? key.p : no_key, (word32)key.n);
	if (code == 0 && data.n > 0)
		code = wc_HmacUpdate(&mac, data.p, (word32)data.n);
	if (code == 0)
		code = wc_HmacFinal(&mac, out);
	wc_HmacFree(&mac);
	wipe(&mac, sizeof mac);
	return code;
}

enum err hmac_of(enum hash h, struct span key, struct span data, struct digest *out)
{
	const struct row *r = row(h);
	enum err e = sized(key, data);
	int code;

	*out = (struct digest){ { 0 }, 0 };
	if (e != OK)
		return e;
	if (!has_hmac(r))
		return lacking(h);
	code = keyed(r, key, data, out->b);
	if (code != 0)
		return library_failed("HMAC", code);
	out->n = r->size;
	return OK;
}

enum err pbkdf2(enum hash prf, struct span password, struct span salt, uint32_t iterations,
                uint8_t *out, size_t n)
{
	const struct row *r = row(prf);
	enum err e = sized(password, salt);
	int code;

	if (e != OK)
		return e;
	if (!has_hmac(r))
		return lacking(prf);
	/* RFC 8018 5.2: a positive integer; wolfCrypt would take 0 for 1 */
	if (iterations == 0 || iterations > INT_MAX || n == 0 || n > INT_MAX)
		return err_because(E_RANGE, "PBKDF2 with %u iterations for %zu octets",
		                   (unsigned)iterations, n);
	code = wc_PBKDF2(out, password.p, (int)password.n, salt.p, (int)salt.n, (int)iterations,
	                 (int)n, (int)r->type);
	return code == 0 ? OK : library_failed("PBKDF2", code);
}
