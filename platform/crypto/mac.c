/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The AlgorithmIdentifiers of PBMAC1 and PasswordBasedMac, read and written. */
#include "platform/crypto/internal.h"
#include "platform/crypto/mac.h"
#include "platform/crypto/pbkdf2.h"

static const struct span id_pbmac1 = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e");
static const struct span id_password_based_mac = OCTETS("\x2a\x86\x48\x86\xf6\x7d\x07\x42\x0d");

const char *mac_scheme_name(enum mac_scheme s)
{
	return s == MAC_PBMAC1 ? "PBMAC1" : "PasswordBasedMac";
}

static enum err keep_salt(struct mac_params *p, struct span salt)
{
	if (salt.n > sizeof p->salt)
		return err_because(E_BUG, "a salt that no limit was put to");
	if (salt.n > 0)
		memcpy(p->salt, salt.p, salt.n);
	p->salt_size = salt.n;
	return OK;
}

enum err mac_params_new(enum mac_scheme scheme, struct mac_params *out)
{
	*out = (struct mac_params){
		.scheme = scheme,
		.kdf = HASH_SHA256,
		.hmac = HASH_SHA256,
		.salt_size = MAC_SALT_SIZE,
		.iterations = MAC_ITERATIONS,
		.key_size = scheme == MAC_PBMAC1 ? hash_size(HASH_SHA256) : 0,
	};
	return rng_bytes(out->salt, out->salt_size);
}

/*
 * PBMAC1-params ::= SEQUENCE {				(RFC 8018 A.5)
 *	keyDerivationFunc AlgorithmIdentifier,	-- PBKDF2
 *	messageAuthScheme AlgorithmIdentifier }
 */
static enum err read_pbmac1(struct der *a, struct mac_params *out)
{
	struct der c = der_enter(a, DER_SEQUENCE);
	struct span kdf = der_element_of(&c, DER_SEQUENCE);
	struct span mac = der_element_of(&c, DER_SEQUENCE);
	struct pbkdf2_params p;
	enum err e;

	der_end(&c);
	if (!der_ok(&c))
		return OK;
	e = pbkdf2_params_read(kdf, &p);
	if (e == OK)
		e = hmac_alg_read(mac, &out->hmac);
	if (e != OK)
		return e;
	if (!hash_signs(out->hmac))
		return err_because(E_ALGORITHM, "PBMAC1 with HMAC-%s", hash_name(out->hmac));
	if (p.key_size != 0 && p.key_size < MAC_KEY_MIN)
		return err_because(E_ALGORITHM, "a MAC key of %zu octets, at least %d are taken",
		                   p.key_size, MAC_KEY_MIN);
	out->kdf = p.prf;
	out->iterations = p.iterations;
	out->key_size = p.key_size;
	return keep_salt(out, p.salt);
}

/*
 * PBMParameter ::= SEQUENCE {				(RFC 4210 5.1.3.1)
 *	salt		OCTET STRING,
 *	owf		AlgorithmIdentifier,
 *	iterationCount	INTEGER,
 *	mac		AlgorithmIdentifier }
 *
 * HMAC-SHA1 is taken: servers in use answer with it, whatever they were asked with,
 * and nobody has broken it.  SHA-1 as the one-way function is not.
 */
static enum err read_password_based(struct der *a, struct mac_params *out)
{
	struct der c = der_enter(a, DER_SEQUENCE);
	struct span salt = der_get(&c, DER_OCTET_STRING);
	struct span owf = der_element_of(&c, DER_SEQUENCE);
	uint32_t iterations = der_uint(&c);
	struct span mac = der_element_of(&c, DER_SEQUENCE);
	enum err e;

	der_end(&c);
	if (!der_ok(&c))
		return OK;
	e = hash_alg_read(owf, &out->kdf);
	if (e == OK)
		e = hmac_alg_read(mac, &out->hmac);
	if (e == OK && out->kdf == HASH_SHAKE256)
		e = err_because(E_ALGORITHM, "PasswordBasedMac with %s", hash_name(out->kdf));
	if (e == OK)
		e = stretching_check(salt, iterations);
	if (e != OK)
		return e;
	out->iterations = iterations;
	return keep_salt(out, salt);
}

bool mac_scheme_of(struct span algorithm_identifier, enum mac_scheme *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = span_equal(oid, id_pbmac1) ? MAC_PBMAC1 : MAC_PASSWORD_BASED;
	return e == OK && (span_equal(oid, id_pbmac1) || span_equal(oid, id_password_based_mac));
}

static enum err read_scheme(struct der *a, struct mac_params *out)
{
	struct span oid = der_oid(a);

	if (!der_ok(a))
		return OK;
	if (span_equal(oid, id_pbmac1)) {
		out->scheme = MAC_PBMAC1;
		return read_pbmac1(a, out);
	}
	if (span_equal(oid, id_password_based_mac)) {
		out->scheme = MAC_PASSWORD_BASED;
		return read_password_based(a, out);
	}
	return algorithm_unknown("MAC by a shared secret", oid);
}

/* A fault of the syntax comes before one of the values. */
enum err mac_params_read(struct span algorithm_identifier, struct mac_params *out)
{
	enum err e, values;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);

	*out = (struct mac_params){ 0 };
	values = read_scheme(&a, out);
	if (values == OK) {
		der_end(&a);
		der_end(&c);
	}
	if (e == OK)
		e = values;
	if (e != OK)
		*out = (struct mac_params){ 0 };
	return e;
}

static void put_pbmac1(struct derw *w, const struct mac_params *p)
{
	const struct pbkdf2_params kdf = {
		.salt = { p->salt, p->salt_size },
		.iterations = p->iterations,
		.key_size = p->key_size,
		.prf = p->kdf,
	};

	IN (w, DER_SEQUENCE) {
		pbkdf2_params_write(w, &kdf);
		hmac_alg_write(w, p->hmac);
	}
}

static void put_password_based(struct derw *w, const struct mac_params *p)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OCTET_STRING, (struct span){ p->salt, p->salt_size });
		hash_alg_write(w, p->kdf);
		derw_uint(w, p->iterations);
		hmac_alg_write(w, p->hmac);
	}
}

void mac_params_write(struct derw *w, const struct mac_params *p)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, p->scheme == MAC_PBMAC1 ? id_pbmac1 : id_password_based_mac);
		if (p->scheme == MAC_PBMAC1)
			put_pbmac1(w, p);
		else
			put_password_based(w, p);
	}
}
