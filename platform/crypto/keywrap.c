/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys wrapped under keys, opened: AES key wrap and PWRI-KEK. */
#include "platform/crypto/cipher.h"
#include "platform/crypto/internal.h"

enum { HALF = AES_BLOCK / 2, PWRI_MAX = 8 * AES_BLOCK };

static const uint8_t zeros[AES_BLOCK];

/* One step back: B = AES-1(K, (A ^ t) | R), A = MSB(B), R = LSB(B). */
static enum err unwrap_step(struct span kek, size_t t, uint8_t *a, uint8_t *r)
{
	const struct aes_cbc one_block = { kek.n, { zeros, sizeof zeros } };
	uint8_t in[AES_BLOCK], out[AES_BLOCK];
	enum err e;

	memcpy(in, a, HALF);
	memcpy(in + HALF, r, HALF);
	in[HALF - 1] ^= (uint8_t)t;
	in[HALF - 2] ^= (uint8_t)(t >> 8);
	e = aes_cbc_decrypt(&one_block, kek, SPAN(in), out);
	memcpy(a, out, HALF);
	memcpy(r, out + HALF, HALF);
	wipe(in, sizeof in);
	wipe(out, sizeof out);
	return e;
}

/* RFC 3394 2.2.2, the index based form; n octets are the R[1] to R[n]. */
static enum err unwrap_aes(struct span kek, struct span wrapped, uint8_t *key, size_t n)
{
	static const uint8_t initial[HALF] = { 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6 };
	uint8_t a[HALF];
	size_t blocks = n / HALF;
	enum err e = OK;

	if (n < AES_BLOCK || n % HALF != 0 || blocks > UINT16_MAX / 6 || wrapped.n != n + HALF)
		return decryption_failed();
	memcpy(a, wrapped.p, HALF);
	memcpy(key, wrapped.p + HALF, n);
	for (size_t t = 6 * blocks; t > 0 && e == OK; t--)
		e = unwrap_step(kek, t, a, key + (t - 1) % blocks * HALF);
	if (e == OK && !span_equal_secret(SPAN(a), SPAN(initial)))
		e = decryption_failed();
	return e;
}

/*
 * RFC 3211 2.3.2: the last block, under the one before it as its IV, is the IV of all
 * others; what comes out was encrypted with the IV that is in the parameters.
 */
static enum err unwrap_twice(const struct key_wrap *w, struct span kek, struct span wrapped,
                             uint8_t *out)
{
	uint8_t outer[PWRI_MAX];
	size_t last = wrapped.n - AES_BLOCK;
	struct aes_cbc cbc = { w->key_size, { wrapped.p + last - AES_BLOCK, AES_BLOCK } };
	enum err e = aes_cbc_decrypt(&cbc, kek, (struct span){ wrapped.p + last, AES_BLOCK },
	                             outer + last);

	cbc.iv.p = outer + last;
	if (e == OK)
		e = aes_cbc_decrypt(&cbc, kek, (struct span){ wrapped.p, last }, outer);
	if (e == OK)
		e = aes_cbc_decrypt(&w->cbc, kek, (struct span){ outer, wrapped.n }, out);
	wipe(outer, sizeof outer);
	return e;
}

/*
 * CEK byte count || check value || CEK || padding (RFC 3211 2.3.1), where the check
 * value is the complement of the first three octets of the CEK.
 */
static enum err unwrap_pwri(const struct key_wrap *w, struct span kek, struct span wrapped,
                            uint8_t *key, size_t n)
{
	uint8_t block[PWRI_MAX];
	unsigned bad;
	enum err e;

	if (wrapped.n < 2 * AES_BLOCK || wrapped.n > PWRI_MAX || wrapped.n % AES_BLOCK != 0 ||
	    n < 3 || n > wrapped.n - 4)
		return decryption_failed();
	e = unwrap_twice(w, kek, wrapped, block);
	if (e == OK) {
		bad = block[0] ^ (uint8_t)n;
		for (size_t i = 1; i <= 3; i++)
			bad |= (block[i] ^ block[i + 3]) ^ 0xffu;
		memcpy(key, block + 4, n);
		e = bad == 0 ? OK : decryption_failed();
	}
	wipe(block, sizeof block);
	return e;
}

enum err key_unwrap(const struct key_wrap *w, struct span kek, struct span wrapped, uint8_t *key,
                    size_t n)
{
	enum err e = w->scheme == WRAP_AES ? unwrap_aes(kek, wrapped, key, n)
	                                   : unwrap_pwri(w, kek, wrapped, key, n);

	if (e != OK)
		wipe(key, n);
	return e;
}
