/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of keys, as CMP names them. */
#include "cmp/internal.h"

/* Public keys by AlgorithmIdentifier, DER: what algId may name (RFC 9481 3, RFC 5480 2.1.1). */
static const uint8_t p256[] = { 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	                        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static const uint8_t p384[] = { 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	                        0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t p521[] = { 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	                        0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 };
static const uint8_t ed25519[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };
static const uint8_t ed448[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71 };

static const uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	                       0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };

static const struct {
	struct span alg_id;
	uint32_t rsa_bits;
	enum key_kind kind;
} kinds[] = {
	{ { p256, sizeof p256 }, 0, KEY_KIND_EC256 },
	{ { p384, sizeof p384 }, 0, KEY_KIND_EC384 },
	{ { p521, sizeof p521 }, 0, KEY_KIND_EC521 },
	{ { ed25519, sizeof ed25519 }, 0, KEY_KIND_ED25519 },
	{ { ed448, sizeof ed448 }, 0, KEY_KIND_ED448 },
	{ { NULL, 0 }, 2048, KEY_KIND_RSA2048 },
	{ { NULL, 0 }, 3072, KEY_KIND_RSA3072 },
	{ { NULL, 0 }, 4096, KEY_KIND_RSA4096 },
};

bool cmp_key_kind_find(struct span alg_id, uint32_t rsa_bits, enum key_kind *out)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (kinds[i].rsa_bits != rsa_bits || !span_equal(kinds[i].alg_id, alg_id))
			continue;
		*out = kinds[i].kind;
		return key_kind_available(kinds[i].kind);
	}
	return false;
}

/* What a template names the kind by when the CA is to make the key. */
struct span cmp_key_alg(enum key_kind kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind && kinds[i].alg_id.n > 0)
			return kinds[i].alg_id;
	return (struct span){ rsa, sizeof rsa };
}

uint32_t cmp_key_rsa_bits(enum key_kind kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return kinds[i].rsa_bits;
	return 0;
}

/* An RSA key may be longer than asked for, and never shorter. */
bool cmp_key_is(struct span spki, enum key_kind kind)
{
	enum err e;
	struct der c = der_open(spki, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct public_key key;

	return span_equal(der_element_of(&in, DER_SEQUENCE), cmp_key_alg(kind)) &&
	       public_key_read(spki, &key) == OK && key.bits >= cmp_key_rsa_bits(kind);
}
