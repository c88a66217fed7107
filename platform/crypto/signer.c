/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signers: a fixed set of private keys, held as PKCS#8, and what they do. */
#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "platform/crypto/internal.h"
#include "platform/crypto/signer_tls.h"

/* private and public point into pkcs8 and spki: a signer is not moved or copied. */
struct signer {
	bool open;
	struct private_key private;
	struct public_key public;
	struct sig_alg alg;
	size_t pkcs8_n;
	uint8_t pkcs8[KEY_DER_MAX];
	uint8_t spki[SPKI_MAX];
};

static struct signer signers[SIGNERS_MAX];

static struct signer *unused(void)
{
	for (size_t i = 0; i < SIGNERS_MAX; i++)
		if (!signers[i].open)
			return &signers[i];
	return NULL;
}

void signer_close(struct signer *s)
{
	if (s != NULL)
		wipe(s, sizeof *s);
}

struct span signer_spki(const struct signer *s)
{
	return s->public.spki;
}

const struct private_key *signer_private(const struct signer *s)
{
	return &s->private;
}

const struct sig_alg *signer_alg(const struct signer *s)
{
	return &s->alg;
}

/* RFC 5754 3.3: a hash as strong as the curve. RSASSA-PSS as the key demands (RFC 4055 3.1). */
static struct sig_alg choose(const struct public_key *k)
{
	enum hash pss = k->pss_hash == HASH_NONE ? HASH_SHA256 : k->pss_hash;
	unsigned salt = (unsigned)hash_size(pss);

	switch (k->family) {
	case KEY_RSA:
		if (k->pss_only)
			return (struct sig_alg){ SIG_RSA_PSS, pss,
				                 salt > k->pss_salt ? salt : k->pss_salt };
		return (struct sig_alg){ SIG_RSA_PKCS1, HASH_SHA256, 0 };
	case KEY_EC:
		return (struct sig_alg){ SIG_ECDSA,
			                 k->curve == CURVE_P256   ? HASH_SHA256
			                 : k->curve == CURVE_P384 ? HASH_SHA384
			                                          : HASH_SHA512,
			                 0 };
	case KEY_ED25519:
		return (struct sig_alg){ SIG_ED25519, HASH_NONE, 0 };
	case KEY_ED448:
		break;
	}
	return (struct sig_alg){ SIG_ED448, HASH_NONE, 0 };
}

static enum err write_spki(struct signer *s, const struct private_key *k, struct span public)
{
	struct derw w = DERW_ON(s->spki);
	struct span spki;
	enum err e;

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, k->algorithm);
		derw_bits(&w, public);
	}
	e = derw_end(&w, &spki);
	return e == OK ? public_key_read(spki, &s->public) : e;
}

static enum err write_pkcs8(struct signer *s, const struct private_key *k, struct span public)
{
	struct derw w = DERW_ON(s->pkcs8);
	struct span pkcs8;
	enum err e;

	private_key_write(&w, k, public);
	e = derw_end(&w, &pkcs8);
	s->pkcs8_n = pkcs8.n;
	return e == OK ? private_key_from_pkcs8(pkcs8, &s->private) : e;
}

/* E_RANGE: the numbers make no key. */
static enum err sign(const struct signer *s, struct span message, struct arena *a,
                     struct span *signature)
{
	struct derw w = derw_in(a, SIGNATURE_MAX);
	enum err e = key_ops_of(s->private.kind.family)->sign(&s->private, &s->alg, message, &w);

	*signature = NO_BYTES;
	return e == OK ? derw_end(&w, signature) : e;
}

/* The key was tried out: what goes wrong now are not its numbers. */
enum err signer_sign(const struct signer *s, struct span message, struct arena *a,
                     struct span *signature)
{
	enum err e = sign(s, message, a, signature);

	return e == E_RANGE ? err_because(E_CRYPTO, "%s", err_reason(e)) : e;
}

/* The key works, and its halves belong together: what one signs, the other verifies. */
static enum err try_out(const struct signer *s)
{
	static const uint8_t message[] = { 'o', 'n', 'r', 'a', 'm', 'p' };
	uint8_t room[SIGNATURE_MAX + 64];
	struct arena a = ARENA_ON(room);
	struct span signature;
	enum err e = sign(s, SPAN(message), &a, &signature);

	if (e == OK)
		e = sig_verify(&s->public, &s->alg, SPAN(message), signature);
	if (e == E_SIGNATURE)
		e = err_because(E_RANGE, "what the private key signs its public key refuses");
	return e;
}

/*
 * Takes over a key, wherever it came from: its public half is computed, never
 * believed, and both are kept in the encodings of our own.
 */
static enum err adopt(struct signer *s, const struct private_key *k)
{
	const struct key_ops *ops = key_ops_of(k->kind.family);
	uint8_t room[SPKI_MAX];
	struct derw w = DERW_ON(room);
	struct span public = NO_BYTES;
	enum err e;

	if (ops->sign == NULL)
		return err_because(E_ALGORITHM, "%s is not in this build of wolfSSL", ops->name);
	e = ops->derive_public(k, &w);
	if (e == OK)
		e = derw_end(&w, &public);
	if (e == OK && k->stated.n > 0 && !span_equal(k->stated, public))
		e = err_because(E_IDENTITY, "the public key beside the private key is another's");
	if (e == OK)
		e = write_spki(s, k, public);
	if (e == OK)
		e = write_pkcs8(s, k, public);
	if (e != OK)
		return e;
	s->alg = choose(&s->public);
	s->open = true;
	return try_out(s);
}

enum err signer_adopt(struct signer **out, const struct private_key *k)
{
	struct signer *s = unused();
	enum err e;

	*out = NULL;
	if (s == NULL)
		return err_because(E_BUG, "more than %d private keys at once", SIGNERS_MAX);
	e = adopt(s, k);
	if (e == OK)
		*out = s;
	else
		signer_close(s);
	return e;
}

enum err signer_from_pkcs8(struct signer **out, struct span der)
{
	struct private_key key;
	enum err e = private_key_from_pkcs8(der, &key);

	*out = NULL;
	if (e == OK)
		e = signer_adopt(out, &key);
	/* it is not the device's identity that is to blame for these numbers */
	if (e == E_IDENTITY)
		e = err_because(E_RANGE, "%s", err_reason(e));
	return e;
}

enum err signer_to_pem(const struct signer *s, struct arena *a, struct span *pem)
{
	static const char label[] = "PRIVATE KEY";
	/* its text, a newline for each 48 octets, the two lines around */
	size_t cap = B64_SIZE(s->pkcs8_n) + s->pkcs8_n / 48 + 1 + 2 * (sizeof label + 20), n = 0;
	char *text = arena_take(a, cap);
	enum err e;

	*pem = NO_BYTES;
	if (text == NULL)
		return err_because(E_SPACE, "no room for a key of %zu octets as PEM", s->pkcs8_n);
	e = pem_write(text, cap, &n, label, (struct span){ s->pkcs8, s->pkcs8_n });
	if (e == OK)
		*pem = (struct span){ (const uint8_t *)text, n };
	return e;
}

enum err signer_lend_private(const struct signer *s,
                             enum err (*use)(void *context, struct span pkcs8), void *context)
{
	return use(context, (struct span){ s->pkcs8, s->pkcs8_n });
}
