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

/* Where pieces of a message go. */
struct intake {
	int (*update)(void *state, struct span piece);
	void *state;
	const char *name;
};

static enum err take_piece(const struct intake *to, struct span piece)
{
	int code = piece.n > 0 ? to->update(to->state, piece) : 0;

	return code == 0 ? OK : library_failed(to->name, code);
}

static enum err take_in(const struct intake *to, const struct message *m)
{
	struct window w = NO_WINDOW;
	size_t at = 0;
	enum err e = take_piece(to, m->head);

	while (e == OK && at < m->rest.n) {
		struct span piece;

		e = octets_next(&m->rest, &w, &at, &piece);
		if (e == OK)
			e = take_piece(to, piece);
	}
	return e;
}

struct fixed {
	wc_HashAlg alg;
	enum wc_HashType type;
};

static int update_fixed(void *state, struct span piece)
{
	struct fixed *f = state;

	return wc_HashUpdate(&f->alg, f->type, piece.p, (word32)piece.n);
}

static enum err fixed_length(const struct row *r, const struct message *m, uint8_t *out)
{
	struct fixed f = { .type = r->type };
	const struct intake to = { update_fixed, &f, r->name };
	int code = wc_HashInit(&f.alg, f.type);
	enum err e;

	if (code != 0)
		return library_failed(r->name, code);
	e = take_in(&to, m);
	if (e == OK)
		code = wc_HashFinal(&f.alg, f.type, out);
	wc_HashFree(&f.alg, f.type);
	return code == 0 ? e : library_failed(r->name, code);
}

static int update_shake(void *state, struct span piece)
{
	return shake256_update(state, piece);
}

static enum err extendable(const struct message *m, uint8_t *out, size_t n)
{
	struct shake256 s;
	const struct intake to = { update_shake, &s, "SHAKE256" };
	enum err e = shake256_begin(&s);

	if (e != OK)
		return e;
	e = take_in(&to, m);
	return shake256_end(&s, e, out, n);
}

enum err hash_of_message(enum hash h, const struct message *m, struct digest *out)
{
	const struct row *r = row(h);
	enum err e = sized(m->head, (struct span){ NULL, m->rest.n });
	struct call call;

	*out = (struct digest){ { 0 }, 0 };
	if (e != OK)
		return e;
	call = call_begin(CALL_HASH);
	if (h == HASH_SHAKE256)
		e = extendable(m, out->b, r->size);
	else if (r->size == 0 || wc_HashGetDigestSize(r->type) != (int)r->size)
		e = lacking(h);
	else
		e = fixed_length(r, m, out->b);
	e = call_ended(&call, e);
	if (e != OK)
		*out = (struct digest){ { 0 }, 0 };
	out->n = e == OK ? r->size : 0;
	return e;
}

enum err hash_of_two(enum hash h, struct span a, struct span b, struct digest *out)
{
	const struct message m = { a, octets_of(b) };

	return hash_of_message(h, &m, out);
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

static int update_hmac(void *state, struct span piece)
{
	return wc_HmacUpdate(state, piece.p, (word32)piece.n);
}

static enum err keyed(const struct row *r, struct span key, const struct message *m, uint8_t *out)
{
	static const uint8_t no_key[1];
	Hmac mac;
	const struct intake to = { update_hmac, &mac, "HMAC" };
	int code = wc_HmacInit(&mac, NULL, INVALID_DEVID);
	enum err e = OK;

	if (code != 0)
		return library_failed("HMAC", code);
	code = wc_HmacSetKey(&mac, (int)r->type, key.n > 0 ? key.p : no_key, (word32)key.n);
	if (code == 0)
		e = take_in(&to, m);
	if (code == 0 && e == OK)
		code = wc_HmacFinal(&mac, out);
	wc_HmacFree(&mac);
	wipe(&mac, sizeof mac);
	return code == 0 ? e : library_failed("HMAC", code);
}

enum err hmac_of_message(enum hash h, struct span key, const struct message *m, struct digest *out)
{
	const struct row *r = row(h);
	enum err e = sized(key, (struct span){ NULL, m->rest.n });
	struct call call;

	*out = (struct digest){ { 0 }, 0 };
	if (e == OK)
		e = sized(m->head, NO_BYTES);
	if (e != OK)
		return e;
	if (!has_hmac(r))
		return lacking(h);
	call = call_begin(CALL_HMAC);
	e = call_ended(&call, keyed(r, key, m, out->b));
	if (e != OK)
		return e;
	out->n = r->size;
	return OK;
}

enum err hmac_of(enum hash h, struct span key, struct span data, struct digest *out)
{
	const struct message m = message_of(data);

	return hmac_of_message(h, key, &m, out);
}

enum err pbkdf2(enum hash prf, struct span password, struct span salt, uint32_t iterations,
                uint8_t *out, size_t n)
{
	const struct row *r = row(prf);
	enum err e = sized(password, salt);
	struct call call;

	if (e != OK)
		return e;
	if (!has_hmac(r))
		return lacking(prf);
	/* RFC 8018 5.2: a positive integer; wolfCrypt would take 0 for 1 */
	if (iterations == 0 || iterations > INT_MAX || n == 0 || n > INT_MAX)
		return err_because(E_RANGE, "PBKDF2 with %u iterations for %zu octets",
		                   (unsigned)iterations, n);
	call = call_begin(CALL_PBKDF2);
	return call_worked(&call, wc_PBKDF2(out, password.p, (int)password.n, salt.p, (int)salt.n,
	                                    (int)iterations, (int)n, (int)r->type));
}
