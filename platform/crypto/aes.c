/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AES-CBC on wolfCrypt, and AES's AlgorithmIdentifiers (RFC 9481 4.3.1, 5.1). */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/aes.h>

#include "platform/crypto/cipher.h"
#include "platform/crypto/internal.h"

#define AES "\x60\x86\x48\x01\x65\x03\x04\x01" /* 2.16.840.1.101.3.4.1 */
static const struct aes_row {
	struct span cbc, wrap;
	size_t key_size;
} rows[] = {
	{ OCTETS(AES "\x02"), OCTETS(AES "\x05"), 16 },
	{ OCTETS(AES "\x16"), OCTETS(AES "\x19"), 24 },
	{ OCTETS(AES "\x2a"), OCTETS(AES "\x2d"), 32 },
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct span id_alg_pwri_kek = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x09");

enum err decryption_failed(void)
{
	return err_because(E_SIGNATURE, "it was not encrypted for our key, or was altered");
}

/* parameters AES-IV ::= OCTET STRING (SIZE(16)) */
enum err aes_cbc_read(struct span algorithm_identifier, struct aes_cbc *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = (struct aes_cbc){ 0 };
	for (size_t i = 0; e == OK && i < ROWS; i++)
		if (span_equal(rows[i].cbc, oid))
			out->key_size = rows[i].key_size;
	if (e == OK && out->key_size == 0)
		return algorithm_unknown("encryption algorithm", oid);
	out->iv = der_get(&a, DER_OCTET_STRING);
	der_end(&a);
	der_end(&c);
	if (e == OK && out->iv.n != AES_BLOCK)
		return err_because(E_RANGE, "an AES-IV of %zu octets", out->iv.n);
	return e;
}

/* Key wrap: parameters absent; PWRI-KEK: the AlgorithmIdentifier of the cipher. */
enum err key_wrap_read(struct span algorithm_identifier, struct key_wrap *out)
{
	enum err e, cipher = OK;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = (struct key_wrap){ .scheme = WRAP_AES };
	if (span_equal(oid, id_alg_pwri_kek)) {
		struct span params = der_element(&a);

		out->scheme = WRAP_PWRI_KEK;
		if (e == OK)
			cipher = aes_cbc_read(params, &out->cbc);
		out->key_size = out->cbc.key_size;
	}
	for (size_t i = 0; e == OK && i < ROWS; i++)
		if (span_equal(rows[i].wrap, oid))
			out->key_size = rows[i].key_size;
	if (e == OK && cipher == OK && out->key_size == 0)
		return algorithm_unknown("key wrap", oid);
	der_end(&a);
	der_end(&c);
	return e != OK ? e : cipher;
}

enum err aes_cbc_decrypt(const struct aes_cbc *c, struct span key, struct span in, uint8_t *out)
{
	struct call call;
	Aes aes;
	int code;

	if (key.n != c->key_size || c->iv.n != AES_BLOCK)
		return err_because(E_BUG, "AES with a key of %zu octets", key.n);
	if (in.n == 0 || in.n % AES_BLOCK != 0)
		return decryption_failed();
	call = call_begin(CALL_AES);
	code = wc_AesInit(&aes, NULL, INVALID_DEVID);
	if (code == 0)
		code = wc_AesSetKey(&aes, key.p, (word32)key.n, c->iv.p, AES_DECRYPTION);
	if (code == 0)
		code = wc_AesCbcDecrypt(&aes, out, in.p, (word32)in.n);
	wc_AesFree(&aes);
	wipe(&aes, sizeof aes);
	return call_worked(&call, code);
}

/* 1 to 16 octets, each the count of all: looked at alike, however many there are.  0: none. */
static size_t padding_of(const uint8_t *block)
{
	uint8_t count = block[AES_BLOCK - 1];
	unsigned bad = count > AES_BLOCK;

	for (unsigned i = 1; i <= AES_BLOCK; i++)
		bad |= (i <= count) & (block[AES_BLOCK - i] != count);
	return bad ? 0 : count;
}

enum err aes_cbc_open(const struct aes_cbc *c, struct span key, struct span in, uint8_t *out,
                      size_t *n)
{
	enum err e = aes_cbc_decrypt(c, key, in, out);
	size_t padding;

	*n = 0;
	if (e != OK)
		return e;
	padding = padding_of(out + in.n - AES_BLOCK);
	if (padding == 0) {
		wipe(out, in.n);
		return decryption_failed();
	}
	*n = in.n - padding;
	return OK;
}
