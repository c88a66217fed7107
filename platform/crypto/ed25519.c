/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ed25519 (RFC 8032 5.1), where wolfSSL has it. */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/random.h>

#include "platform/crypto/internal.h"

#ifdef HAVE_ED25519

/* Both little endian: the field's 2^255 - 19, and the order L of the base point. */
static const uint8_t field[] = {
	0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
};
static const uint8_t order[] = {
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
	0xa2, 0xde, 0xf9, 0xde, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
};

/* RFC 8032 5.1.3: the top bit is a sign, the rest a y below the field's prime. */
static bool key_in_range(struct span key)
{
	uint8_t y[ED25519_PUB_KEY_SIZE];

	memcpy(y, key.p, sizeof y);
	y[sizeof y - 1] &= 0x7f;
	return little_endian_below(SPAN(y), SPAN(field));
}

/* RFC 8032 5.1.7: S below L, or one signature makes others; wolfSSL 5.5.4 lets some pass. */
static bool signature_in_range(struct span signature)
{
	if (signature.n != ED25519_SIG_SIZE)
		return false;
	return little_endian_below((struct span){ signature.p + 32, 32 }, SPAN(order));
}

/* wolfCrypt takes no NULL, not even for nothing. */
static const uint8_t *start(struct span message)
{
	return message.n > 0 ? message.p : field;
}

static enum err verify(const struct public_key *key, const struct sig_alg *alg,
                       const struct message *message, struct span signature)
{
	struct call call;
	ed25519_key ed;
	int good = 0, code;

	(void)alg;
	if (!key_in_range(key->key) || !signature_in_range(signature))
		return signature_wrong("Ed25519");
	call = call_begin(CALL_ED25519);
	code = wc_ed25519_init(&ed);
	if (code != 0)
		return call_worked(&call, code);
	code = wc_ed25519_import_public(key->key.p, (word32)key->key.n, &ed);
	if (code == 0)
		code = wc_ed25519_verify_msg(signature.p, (word32)signature.n, start(message->head),
		                             (word32)message->head.n, &good, &ed);
	wc_ed25519_free(&ed);
	return call_verdict(&call, code, good == 1);
}

static int import_seed(ed25519_key *ed, struct span seed, uint8_t *public)
{
	int code = wc_ed25519_import_private_only(seed.p, (word32)seed.n, ed);

	if (code == 0)
		code = wc_ed25519_make_public(ed, public, ED25519_PUB_KEY_SIZE);
	return code;
}

static enum err derive_public(const struct private_key *key, struct derw *w)
{
	const struct call call = call_begin(CALL_EDDSA_PRIVATE);
	uint8_t public[ED25519_PUB_KEY_SIZE];
	ed25519_key ed;
	int code = wc_ed25519_init(&ed);
	enum err e;

	if (code != 0)
		return call_worked(&call, code);
	code = import_seed(&ed, key->secret, public);
	wc_ed25519_free(&ed);
	e = call_worked(&call, code);
	if (e == OK)
		derw_raw(w, SPAN(public));
	return e;
}

static enum err sign(const struct private_key *key, const struct sig_alg *alg, struct span message,
                     struct derw *w)
{
	uint8_t public[ED25519_PUB_KEY_SIZE], signature[ED25519_SIG_SIZE];
	const struct call call = call_begin(CALL_EDDSA_PRIVATE);
	word32 n = sizeof signature;
	ed25519_key ed;
	int code = wc_ed25519_init(&ed);
	enum err e;

	(void)alg;
	if (code != 0)
		return call_worked(&call, code);
	code = import_seed(&ed, key->secret, public);
	if (code == 0)
		code = wc_ed25519_import_private_key(key->secret.p, (word32)key->secret.n, public,
		                                     sizeof public, &ed);
	if (code == 0)
		code = wc_ed25519_sign_msg(start(message), (word32)message.n, signature, &n, &ed);
	wc_ed25519_free(&ed);
	e = call_worked(&call, code);
	if (e == OK)
		derw_raw(w, (struct span){ signature, n });
	return e;
}

/* RFC 8032 5.1.5: the private key is 32 random octets. */
static enum err generate(enum curve curve, unsigned bits, struct derw *w)
{
	uint8_t seed[ED25519_KEY_SIZE];
	enum err e = rng_bytes(seed, sizeof seed);

	(void)curve;
	(void)bits;
	if (e == OK)
		derw_raw(w, SPAN(seed));
	wipe(seed, sizeof seed);
	return e;
}

const struct key_ops ed25519_ops = {
	.name = "Ed25519",
	.whole = true,
	.verify = verify,
	.sign = sign,
	.derive_public = derive_public,
	.generate = generate,
};

#else

const struct key_ops ed25519_ops = { .name = "Ed25519" };

#endif
