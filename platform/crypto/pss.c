/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EMSA-PSS (RFC 8017 9.1): the encoding around the modular exponentiation. */
#include "platform/crypto/internal.h"

enum { TRAILER = 0xbc };

/* maskedDB || H || bc, with the octets' count of the first two. */
struct layout {
	uint8_t *db, *h;
	size_t db_n, h_n;
	uint8_t top; /* the bits of the first octet that belong to em_bits */
};

/* emLen >= hLen + sLen + 2 (9.1.1 step 3), or there is no such encoding. */
static enum err lay_out(const struct pss *p, struct layout *l)
{
	size_t em_n = (p->em_bits + 7) / 8, h_n = hash_size(p->hash);

	if (h_n == 0 || em_n < h_n + p->salt + 2)
		return err_because(E_ALGORITHM, "RSASSA-PSS: %s and a salt of %u octets do not fit",
		                   hash_name(p->hash), p->salt);
	*l = (struct layout){
		.db = p->em,
		.db_n = em_n - h_n - 1,
		.h = p->em + em_n - h_n - 1,
		.h_n = h_n,
		.top = (uint8_t)(0xff >> (8 * em_n - p->em_bits)),
	};
	return OK;
}

enum err mgf_mask(enum hash hash, struct span seed, uint8_t *out, size_t n)
{
	uint8_t stretched[RSA_BITS_MAX / 8];
	enum err e = OK;

	if (hash == HASH_SHAKE256) {
		e = shake256(seed, NO_BYTES, stretched, n);
		for (size_t i = 0; e == OK && i < n; i++)
			out[i] ^= stretched[i];
		return e;
	}
	for (size_t done = 0; e == OK && done < n; done += hash_size(hash)) {
		uint8_t counter[4] = { 0, 0, 0, (uint8_t)(done / hash_size(hash)) };
		struct digest d;

		e = hash_of_two(hash, seed, SPAN(counter), &d);
		for (size_t i = 0; e == OK && i < d.n && done + i < n; i++)
			out[done + i] ^= d.b[i];
	}
	return e;
}

/* H = Hash(eight zeros || Hash(message) || salt) */
static enum err hash_salted(enum hash hash, const struct message *message, struct span salt,
                            struct digest *out)
{
	uint8_t head[8 + HASH_SIZE_MAX] = { 0 };
	struct digest m;
	enum err e = hash_of_message(hash, message, &m);

	if (e != OK)
		return e;
	memcpy(head + 8, m.b, m.n);
	return hash_of_two(hash, (struct span){ head, 8 + m.n }, salt, out);
}

enum err pss_encode(const struct pss *p, struct span message)
{
	const struct message whole = message_of(message);
	struct layout l;
	struct digest h;
	struct span salt;
	enum err e = lay_out(p, &l);

	if (e != OK)
		return e;
	/* DB = zeros || 01 || salt */
	memset(l.db, 0, l.db_n - p->salt - 1);
	l.db[l.db_n - p->salt - 1] = 0x01;
	salt = (struct span){ l.db + l.db_n - p->salt, p->salt };
	e = rng_bytes(l.db + l.db_n - p->salt, p->salt);
	if (e == OK)
		e = hash_salted(p->hash, &whole, salt, &h);
	if (e != OK)
		return e;
	memcpy(l.h, h.b, l.h_n);
	l.h[l.h_n] = TRAILER;
	e = mgf_mask(p->hash, digest_span(&h), l.db, l.db_n);
	l.db[0] &= l.top;
	return e;
}

/* RFC 8017 9.1.2, in its order. */
enum err pss_verify(const struct pss *p, const struct message *message)
{
	struct layout l;
	struct digest h;
	size_t zeros;
	enum err e = lay_out(p, &l);

	if (e != OK)
		return e;
	if (l.h[l.h_n] != TRAILER || (l.db[0] & ~l.top) != 0)
		return verdict(false, "RSASSA-PSS");
	e = mgf_mask(p->hash, (struct span){ l.h, l.h_n }, l.db, l.db_n);
	if (e != OK)
		return e;
	l.db[0] &= l.top;
	zeros = l.db_n - p->salt - 1;
	for (size_t i = 0; i < zeros; i++)
		if (l.db[i] != 0)
			return verdict(false, "RSASSA-PSS");
	if (l.db[zeros] != 0x01)
		return verdict(false, "RSASSA-PSS");
	e = hash_salted(p->hash, message, (struct span){ l.db + zeros + 1, p->salt }, &h);
	if (e != OK)
		return e;
	return verdict(span_equal(digest_span(&h), (struct span){ l.h, l.h_n }), "RSASSA-PSS");
}
