/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private keys in their three encodings, read; and written in the one we keep. */
#include "platform/crypto/internal.h"

/* INTEGER that is a number of an RSA key: above zero. */
static void number(struct der *c)
{
	struct span s = der_integer(c);

	if (der_ok(c) && (s.p[0] >= 0x80 || (s.n == 1 && s.p[0] == 0)))
		der_fail(c, err_because(E_RANGE, "a number of the RSA key is not above zero"));
}

/*
 * RSAPrivateKey ::= SEQUENCE {				(RFC 8017 A.1.2)
 *	version INTEGER { two-prime(0), multi(1) }, modulus, publicExponent,
 *	privateExponent, prime1, prime2, exponent1, exponent2, coefficient INTEGER,
 *	otherPrimeInfos OtherPrimeInfos OPTIONAL }
 */
static enum err rsa_key(struct span der)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);

	if (der_uint(&k) != 0)
		der_fail(&k, err_because(E_ALGORITHM, "an RSA key of more than two primes"));
	for (int i = 0; i < 8; i++)
		number(&k);
	der_end(&k);
	der_end(&c);
	return e;
}

struct ec_key {
	struct span scalar, curve, public; /* the last two may be empty */
};

/*
 * ECPrivateKey ::= SEQUENCE {				(RFC 5915 3)
 *	version INTEGER { ecPrivkeyVer1(1) }, privateKey OCTET STRING,
 *	parameters [0] ECParameters OPTIONAL, publicKey [1] BIT STRING OPTIONAL }
 */
static enum err ec_key(struct span der, struct ec_key *out)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);

	*out = (struct ec_key){ NO_BYTES, NO_BYTES, NO_BYTES };
	if (der_uint(&k) != 1)
		der_fail(&k, err_because(E_RANGE, "an ECPrivateKey of another version than 1"));
	out->scalar = der_get(&k, DER_OCTET_STRING);
	if (der_at(&k, DER_CONTEXT(0))) {
		struct der p = der_enter(&k, DER_CONTEXT(0));

		out->curve = der_element(&p);
		der_end(&p);
	}
	if (der_at(&k, DER_CONTEXT(1))) {
		struct der p = der_enter(&k, DER_CONTEXT(1));

		out->public = der_bit_octets(&p);
		der_end(&p);
	}
	der_end(&k);
	der_end(&c);
	return e;
}

/* The namedCurve ends the AlgorithmIdentifier (RFC 5480 2.1.1). */
static bool curve_is(struct span named_curve, struct span algorithm)
{
	return named_curve.n < algorithm.n &&
	       memcmp(algorithm.p + algorithm.n - named_curve.n, named_curve.p, named_curve.n) == 0;
}

/* The scalar is as long as the order (RFC 5915 3); a curve named twice is the same. */
static enum err take_ec(const struct ec_key *ec, struct private_key *k)
{
	if (ec->curve.n > 0 && !curve_is(ec->curve, k->algorithm))
		return err_because(E_RANGE, "an EC key that names two curves");
	if (ec->scalar.n != curve_octets(k->kind.curve))
		return err_because(E_RANGE, "an EC private value of %zu octets, its curve has %zu",
		                   ec->scalar.n, curve_octets(k->kind.curve));
	k->secret = ec->scalar;
	k->stated = ec->public;
	return OK;
}

/* CurvePrivateKey ::= OCTET STRING (RFC 8410 7) */
static enum err seed(struct span der, struct private_key *k)
{
	enum err e;
	struct der c = der_open(der, &e);

	k->secret = der_get(&c, DER_OCTET_STRING);
	der_end(&c);
	if (e == OK && k->secret.n != (k->kind.family == KEY_ED25519 ? 32 : 57))
		return err_because(E_RANGE, "an EdDSA private key of %zu octets", k->secret.n);
	return e;
}

/* privateKey OCTET STRING, as privateKeyAlgorithm has it. */
static enum err inner(struct span octets, struct private_key *k)
{
	struct ec_key ec;
	enum err e;

	switch (k->kind.family) {
	case KEY_RSA:
		k->secret = octets;
		return rsa_key(octets);
	case KEY_EC:
		e = ec_key(octets, &ec);
		return e == OK ? take_ec(&ec, k) : e;
	case KEY_ED25519:
	case KEY_ED448:
		return seed(octets, k);
	}
	return E_BUG;
}

/*
 * OneAsymmetricKey ::= SEQUENCE {			(RFC 5958 2)
 *	version			INTEGER { v1(0), v2(1) },
 *	privateKeyAlgorithm	AlgorithmIdentifier,
 *	privateKey		OCTET STRING,
 *	attributes		[0] Attributes OPTIONAL,
 *	publicKey		[1] BIT STRING OPTIONAL }	-- v2
 */
enum err private_key_from_pkcs8(struct span der, struct private_key *out)
{
	enum err e, in;
	struct der c = der_open(der, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);
	uint32_t version = der_uint(&k);
	struct span algorithm = der_element_of(&k, DER_SEQUENCE);
	struct span octets = der_get(&k, DER_OCTET_STRING), point = NO_BYTES;

	*out = (struct private_key){ .algorithm = algorithm };
	der_skip(&k, DER_CONTEXT(0));
	if (der_at(&k, DER_CONTEXT_PRIMITIVE(1)))
		point = der_get(&k, DER_CONTEXT_PRIMITIVE(1));
	der_end(&k);
	der_end(&c);
	if (e == OK && (version > 1 || (point.n > 0 && (version == 0 || point.p[0] != 0))))
		e = err_because(E_RANGE, "a PKCS#8 of version %u", (unsigned)version);
	if (e == OK)
		e = key_algorithm_read(algorithm, &out->kind);
	in = e == OK ? inner(octets, out) : e;
	if (in == OK && point.n > 0)
		out->stated = (struct span){ point.p + 1, point.n - 1 };
	return in;
}

static enum err curve_of(struct span parameters, struct private_key *k)
{
	static const enum curve curves[] = { CURVE_P256, CURVE_P384, CURVE_P521 };

	for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
		struct span a = key_algorithm_of(KEY_EC, curves[i]);

		if (parameters.n == 0 || !curve_is(parameters, a))
			continue;
		k->algorithm = a;
		return key_algorithm_read(a, &k->kind);
	}
	return err_because(E_ALGORITHM, "an EC key that names none of P-256, P-384, P-521");
}

enum err private_key_from_sec1(struct span der, struct private_key *out)
{
	struct ec_key ec;
	enum err e = ec_key(der, &ec);

	*out = (struct private_key){ .kind.family = KEY_EC };
	if (e == OK)
		e = curve_of(ec.curve, out);
	return e == OK ? take_ec(&ec, out) : e;
}

enum err private_key_from_pkcs1(struct span der, struct private_key *out)
{
	*out = (struct private_key){
		.kind.family = KEY_RSA,
		.algorithm = key_algorithm_of(KEY_RSA, CURVE_NONE),
		.secret = der,
	};
	return rsa_key(der);
}

static void put_inner(struct derw *w, const struct private_key *k, struct span public)
{
	switch (k->kind.family) {
	case KEY_RSA:
		derw_raw(w, k->secret);
		break;
	case KEY_EC:
		IN (w, DER_SEQUENCE) {
			derw_uint(w, 1);
			derw_put(w, DER_OCTET_STRING, k->secret);
			IN (w, DER_CONTEXT(1))
				derw_bits(w, public);
		}
		break;
	case KEY_ED25519:
	case KEY_ED448:
		derw_put(w, DER_OCTET_STRING, k->secret);
		break;
	}
}

/* v1: readers exist that do not take v2 (RFC 8410 7, the note at its end). */
void private_key_write(struct derw *w, const struct private_key *k, struct span public)
{
	IN (w, DER_SEQUENCE) {
		derw_uint(w, 0);
		derw_raw(w, k->algorithm);
		IN (w, DER_OCTET_STRING)
			put_inner(w, k, public);
	}
}
