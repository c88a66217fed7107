/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SubjectPublicKeyInfo and its keys, read. */
#include "platform/base/log.h"
#include "platform/crypto/features.h"
#include "platform/crypto/internal.h"

/*
 * Whole AlgorithmIdentifiers: each of these keys has exactly one encoding.
 * rsaEncryption has NULL (RFC 4055 1.2), id-ecPublicKey a namedCurve (RFC 5480
 * 2.1.1), EdDSA nothing (RFC 8410 3), id-RSASSA-PSS-SHAKE256 nothing (RFC 8692
 * 4.2).
 */
#define EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
static const struct row {
	struct span encoding;
	struct key_algorithm means;
} rows[] = {
	{ OCTETS("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"),
	  { .family = KEY_RSA } },
	{ OCTETS("\x30\x13" EC "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"),
	  { .family = KEY_EC, .curve = CURVE_P256, .bits = 256 } },
	{ OCTETS("\x30\x10" EC "\x06\x05\x2b\x81\x04\x00\x22"),
	  { .family = KEY_EC, .curve = CURVE_P384, .bits = 384 } },
	{ OCTETS("\x30\x10" EC "\x06\x05\x2b\x81\x04\x00\x23"),
	  { .family = KEY_EC, .curve = CURVE_P521, .bits = 521 } },
	{ OCTETS("\x30\x05\x06\x03\x2b\x65\x70"), { .family = KEY_ED25519, .bits = 256 } },
	{ OCTETS("\x30\x05\x06\x03\x2b\x65\x71"), { .family = KEY_ED448, .bits = 448 } },
	{ OCTETS("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x06\x1f"),
	  { .family = KEY_RSA, .pss_only = true, .pss_hash = HASH_SHAKE256, .pss_salt = 64 } },
};

static const struct span id_rsassa_pss = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a");

struct span key_algorithm_of(enum key_family family, enum curve curve)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].means.family == family && rows[i].means.curve == curve)
			return rows[i].encoding;
	return NO_BYTES;
}

size_t curve_octets(enum curve c)
{
	return c == CURVE_P256 ? 32 : c == CURVE_P384 ? 48 : c == CURVE_P521 ? 66 : 0;
}

static const struct span id_ec_public_key = OCTETS("\x2a\x86\x48\xce\x3d\x02\x01");

/*
 * ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER }		(RFC 5480 2.1.1)
 * "implicitCurve and specifiedCurve MUST NOT be used".
 */
static enum err unknown_curve(struct span parameters)
{
	char dotted[80];
	enum err e;
	struct der c = der_open(parameters, &e);
	struct span oid = der_at(&c, DER_OID) ? der_oid(&c) : NO_BYTES;

	if (e != OK || oid.n == 0)
		return err_because(E_ALGORITHM, "an EC key without a named curve");
	return err_because(E_ALGORITHM, "EC curve %s, taken are P-256, P-384 and P-521",
	                   der_oid_text(oid, dotted, sizeof dotted));
}

static enum err unknown(struct span oid, struct span parameters)
{
	char dotted[80];

	if (span_equal(oid, id_ec_public_key))
		return unknown_curve(parameters);
	return err_because(E_ALGORITHM, "key algorithm %s with parameters %s",
	                   der_oid_text(oid, dotted, sizeof dotted),
	                   log_hex(&(struct quoted){ 0 }, parameters));
}

/* RFC 4055 3.1: the parameters of an id-RSASSA-PSS key may be absent. */
static enum err pss_key(struct span parameters, struct key_algorithm *out)
{
	*out = (struct key_algorithm){ .family = KEY_RSA, .pss_only = true };
	if (parameters.n == 0)
		return OK;
	return pss_params_read(parameters, RULES_DER, &out->pss_hash, &out->pss_salt);
}

enum err key_algorithm_read(struct span algorithm_identifier, struct key_algorithm *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);
	struct span parameters = der_more(&a) ? der_element(&a) : NO_BYTES;

	*out = (struct key_algorithm){ 0 };
	der_end(&a);
	der_end(&c);
	if (e != OK)
		return e;
	if (span_equal(oid, id_rsassa_pss))
		return pss_key(parameters, out);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_equal(rows[i].encoding, algorithm_identifier)) {
			*out = rows[i].means;
			return OK;
		}
	return unknown(oid, parameters);
}

/* INTEGER above zero; without the octet that keeps it positive. */
static struct span positive(struct der *c)
{
	struct span s = der_integer(c);

	if (!der_ok(c))
		return s;
	if (s.p[0] >= 0x80 || (s.n == 1 && s.p[0] == 0))
		der_fail(c, err_because(E_RANGE, "an INTEGER is not above zero"));
	return s.p[0] == 0 ? (struct span){ s.p + 1, s.n - 1 } : s;
}

static unsigned bit_length(struct span v)
{
	unsigned bits = 8 * (unsigned)v.n;

	for (uint8_t top = v.p[0]; top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static bool odd(struct span v)
{
	return (v.p[v.n - 1] & 1) != 0;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017 A.1.1) */
enum err rsa_public_read(struct span key, struct rsa_public *out)
{
	enum err e;
	struct der c = der_open(key, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);

	*out = (struct rsa_public){ .n = positive(&k) };
	out->e = positive(&k);
	der_end(&k);
	der_end(&c);
	if (e != OK)
		return e;
	out->bits = bit_length(out->n);
	if (out->bits < RSA_BITS_MIN || out->bits > RSA_BITS_MAX)
		return err_because(E_ALGORITHM, "an RSA key of %u bits, taken are %d to %d",
		                   out->bits, RSA_BITS_MIN, RSA_BITS_MAX);
	/* RFC 8017 3.1: n a product of odd primes, e odd and from 3 */
	if (!odd(out->n) || !odd(out->e) || (out->e.n == 1 && out->e.p[0] < 3))
		return err_because(E_CERT_SYNTAX,
		                   "RSA with an even modulus, or an exponent even or 1");
	if (out->e.n > RSA_EXPONENT_MAX)
		return err_because(E_ALGORITHM, "an RSA exponent of %zu octets, taken are %d",
		                   out->e.n, RSA_EXPONENT_MAX);
	return OK;
}

static bool is_compressed(struct span point)
{
	return point.n > 0 && (point.p[0] == 0x02 || point.p[0] == 0x03);
}

/* RFC 5480 2.2: 04 X Y, or 02 X, 03 X by the last bit of Y; never 06 or 07. */
static enum err ec_point(struct span key, enum curve curve)
{
	if (is_compressed(key) && !compressed_points_available())
		return err_because(E_ALGORITHM,
		                   "a compressed EC point; this wolfSSL decompresses none");
	if (is_compressed(key) && key.n == 1 + curve_octets(curve))
		return OK;
	if (key.n != 1 + 2 * curve_octets(curve) || key.p[0] != 0x04)
		return err_because(E_CERT_SYNTAX,
		                   "an EC point of %zu octets, not 04 X Y of its curve", key.n);
	return OK;
}

static enum err content(struct public_key *k)
{
	struct rsa_public rsa;
	enum err e;

	switch (k->family) {
	case KEY_RSA:
		e = rsa_public_read(k->key, &rsa);
		k->bits = rsa.bits;
		return e;
	case KEY_EC:
		return ec_point(k->key, k->curve);
	case KEY_ED25519:
	case KEY_ED448:
		/* RFC 8032 5.1.5, 5.2.5 */
		if (k->key.n == (k->family == KEY_ED25519 ? 32 : 57))
			return OK;
		return err_because(E_CERT_SYNTAX, "an EdDSA key of %zu octets", k->key.n);
	}
	return E_BUG;
}

/*
 * RFC 4055 1.2: rsaEncryption "MUST" come with NULL.  Some certificates leave it out, as
 * their signatures' AlgorithmIdentifiers may; it says nothing either way.
 */
static struct span with_null(struct span algorithm)
{
	static const struct span bare = OCTETS(
		"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");

	return span_equal(algorithm, bare) ? key_algorithm_of(KEY_RSA, CURVE_NONE) : algorithm;
}

/*
 * SubjectPublicKeyInfo ::= SEQUENCE {
 *	algorithm		AlgorithmIdentifier,
 *	subjectPublicKey	BIT STRING }		(RFC 5280 4.1.2.7)
 */
static enum err read(struct span spki, struct public_key *out)
{
	enum err e, kind;
	struct der c = der_open(spki, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);
	struct span algorithm = der_element_of(&k, DER_SEQUENCE);
	struct span key = der_bit_octets(&k);
	struct key_algorithm a;

	der_end(&k);
	der_end(&c);
	if (e != OK)
		return e;
	kind = key_algorithm_read(with_null(algorithm), &a);
	if (kind != OK)
		return kind;
	*out = (struct public_key){
		.family = a.family,
		.curve = a.curve,
		.bits = a.bits,
		.pss_only = a.pss_only,
		.spki = spki,
		.key = key,
		.pss_hash = a.pss_hash,
		.pss_salt = a.pss_salt,
	};
	return content(out);
}

enum err public_key_read(struct span spki, struct public_key *out)
{
	enum err e;

	*out = (struct public_key){ 0 };
	e = read(spki, out);
	return e == E_ALGORITHM ? e : err_within(E_CERT_SYNTAX, e, "subjectPublicKeyInfo");
}

/* Points of one X: the last bit of Y, or the form that stands for it, tells them apart. */
static bool same_point(struct span a, struct span b)
{
	uint8_t a_odd = is_compressed(a) ? a.p[0] & 1 : a.p[a.n - 1] & 1;
	uint8_t b_odd = is_compressed(b) ? b.p[0] & 1 : b.p[b.n - 1] & 1;

	if (a.n == b.n)
		return span_equal(a, b);
	return a_odd == b_odd && memcmp(a.p + 1, b.p + 1, (a.n < b.n ? a.n : b.n) - 1) == 0;
}

static bool same_material(const struct public_key *a, const struct public_key *b)
{
	if (a->family != b->family || a->curve != b->curve)
		return false;
	return a->family == KEY_EC ? same_point(a->key, b->key) : span_equal(a->key, b->key);
}

bool public_key_equal(struct span spki_a, struct span spki_b)
{
	struct public_key a, b;

	if (span_equal(spki_a, spki_b))
		return spki_a.n > 0;
	return public_key_read(spki_a, &a) == OK && public_key_read(spki_b, &b) == OK &&
	       a.pss_only == b.pss_only && a.pss_hash == b.pss_hash && a.pss_salt == b.pss_salt &&
	       same_material(&a, &b);
}

bool public_key_same_secret(struct span spki_a, struct span spki_b)
{
	struct public_key a, b;

	if (span_equal(spki_a, spki_b))
		return spki_a.n > 0;
	return public_key_read(spki_a, &a) == OK && public_key_read(spki_b, &b) == OK &&
	       same_material(&a, &b);
}

unsigned public_key_strength(const struct public_key *key)
{
	switch (key->family) {
	case KEY_RSA:
		return key->bits < 3072 ? 112 : 128;
	case KEY_EC:
		return key->curve == CURVE_P256 ? 128 : key->curve == CURVE_P384 ? 192 : 256;
	case KEY_ED25519:
		return 128;
	case KEY_ED448:
		return 224;
	}
	return 0;
}
