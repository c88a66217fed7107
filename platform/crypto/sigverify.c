/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place where a signature is found good. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <sys/mman.h>

#include "platform/crypto/internal.h"

const struct key_ops *key_ops_of(enum key_family family)
{
	static const struct key_ops *const families[] = {
		[KEY_RSA] = &rsa_ops,
		[KEY_EC] = &ec_ops,
		[KEY_ED25519] = &ed25519_ops,
		[KEY_ED448] = &ed448_ops,
	};

	return families[family];
}

enum err signature_wrong(const char *name)
{
	return err_because(E_SIGNATURE, "%s signature invalid for this message and key", name);
}

enum err verdict(bool good, const char *name)
{
	return good ? OK : signature_wrong(name);
}

bool little_endian_below(struct span a, struct span b)
{
	for (size_t i = a.n; i > 0; i--)
		if (a.p[i - 1] != b.p[i - 1])
			return a.p[i - 1] < b.p[i - 1];
	return false;
}

/* RFC 4055 3.3: the hash is the key's, the salt at least as long. */
static bool pss_fits(const struct public_key *key, const struct sig_alg *alg)
{
	return key->pss_hash == HASH_NONE ||
	       (alg->hash == key->pss_hash && alg->salt >= key->pss_salt);
}

static bool fits(const struct public_key *key, const struct sig_alg *alg)
{
	switch (alg->scheme) {
	case SIG_RSA_PKCS1:
		return key->family == KEY_RSA && !key->pss_only && hash_signs(alg->hash);
	case SIG_RSA_PSS:
		return key->family == KEY_RSA && hash_signs(alg->hash) && pss_fits(key, alg);
	case SIG_ECDSA:
		return key->family == KEY_EC && hash_signs(alg->hash);
	case SIG_ED25519:
		return key->family == KEY_ED25519;
	case SIG_ED448:
		return key->family == KEY_ED448;
	}
	return false;
}

/*
 * EdDSA hashes a message behind what depends on it (RFC 8032 5.1.7): all of it has to be
 * in memory.  Nobody signs large things so; who does costs us their size for a moment.
 */
static enum err verify_whole(const struct key_ops *ops, const struct public_key *key,
                             const struct sig_alg *alg, const struct message *m,
                             struct span signature)
{
	struct message whole = message_of(NO_BYTES);
	size_t n = m->head.n + m->rest.n;
	struct span rest;
	uint8_t *room;
	enum err e;

	if (m->rest.n == 0)
		return ops->verify(key, alg, m, signature);
	room = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return err_because(E_MEMORY, "no memory for the %zu octets that %s signs", n,
		                   ops->name);
	memcpy(room, m->head.p != NULL ? m->head.p : room, m->head.n);
	e = octets_hold(&m->rest, room + m->head.n, m->rest.n, &rest);
	if (e == OK && rest.p != room + m->head.n)
		memcpy(room + m->head.n, rest.p, rest.n);
	whole.head = (struct span){ room, n };
	if (e == OK)
		e = ops->verify(key, alg, &whole, signature);
	munmap(room, n);
	return e;
}

enum err sig_verify_message(const struct public_key *key, const struct sig_alg *alg,
                            const struct message *message, struct span signature)
{
	const struct key_ops *ops = key_ops_of(key->family);

	if (!fits(key, alg))
		return err_because(E_ALGORITHM, "%s does not go with this %s key",
		                   sig_alg_name(alg), ops->name);
	if (ops->verify == NULL)
		return err_because(E_ALGORITHM, "%s is not in this build of wolfSSL", ops->name);
	if (ops->whole)
		return verify_whole(ops, key, alg, message, signature);
	return ops->verify(key, alg, message, signature);
}

enum err sig_verify(const struct public_key *key, const struct sig_alg *alg, struct span message,
                    struct span signature)
{
	const struct message m = message_of(message);

	return sig_verify_message(key, alg, &m, signature);
}
