/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ECDSA on the NIST curves (RFC 5480, RFC 5758). */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/random.h>

#include "platform/crypto/internal.h"

static int library_curve(enum curve c)
{
	return c == CURVE_P256   ? ECC_SECP256R1
	       : c == CURVE_P384 ? ECC_SECP384R1
	       : c == CURVE_P521 ? ECC_SECP521R1
	                         : ECC_CURVE_INVALID;
}

bool curve_available(enum curve c)
{
	return c != CURVE_NONE && wc_ecc_is_valid_idx(wc_ecc_get_curve_idx(library_curve(c))) == 1;
}

static enum err lacking(void)
{
	return err_because(E_ALGORITHM, "this build of wolfSSL lacks the curve");
}

/* INTEGER from 1, no longer than the order; that it is below it the library sees. */
static void check_half(struct der *c, size_t octets)
{
	struct span s = der_integer(c);

	if (!der_ok(c))
		return;
	if (s.p[0] >= 0x80 || (s.n == 1 && s.p[0] == 0) || s.n > octets + (s.p[0] == 0))
		der_fail(c, err_because(E_RANGE, "r or s is not between 1 and the order"));
}

/* Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 2.2.3) */
static enum err check_form(struct span signature, enum curve curve)
{
	enum err e;
	struct der c = der_open(signature, &e);
	struct der s = der_enter(&c, DER_SEQUENCE);

	check_half(&s, curve_octets(curve));
	check_half(&s, curve_octets(curve));
	der_end(&s);
	der_end(&c);
	return err_within(E_SIGNATURE, e, "ECDSA signature");
}

/* An imported point may lie anywhere: SEC 1 3.2.2.1 steps 2 and 3 (cofactor 1, so no more). */
static int import_point(ecc_key *ec, struct span point, enum curve curve)
{
	int id = library_curve(curve);
	int code = wc_ecc_import_x963_ex(point.p, (word32)point.n, ec, id);

	if (code == 0)
		code = wc_ecc_point_is_on_curve(&ec->pubkey, wc_ecc_get_curve_idx(id));
	return code;
}

static enum err verify_digest(const struct public_key *key, const struct digest *d,
                              struct span signature)
{
	const struct call call = call_begin(CALL_ECDSA);
	ecc_key ec;
	int good = 0, code = wc_ecc_init(&ec);

	if (code != 0)
		return call_worked(&call, code);
	code = import_point(&ec, key->key, key->curve);
	if (code == 0)
		code = wc_ecc_verify_hash(signature.p, (word32)signature.n, d->b, (word32)d->n,
		                          &good, &ec);
	wc_ecc_free(&ec);
	return call_verdict(&call, code, good == 1);
}

static enum err verify(const struct public_key *key, const struct sig_alg *alg,
                       const struct message *message, struct span signature)
{
	struct digest d;
	enum err e = check_form(signature, key->curve);

	if (e == OK && !curve_available(key->curve))
		e = lacking();
	if (e == OK)
		e = hash_of_message(alg->hash, message, &d);
	return e == OK ? verify_digest(key, &d, signature) : e;
}

static int import_scalar(ecc_key *ec, const struct private_key *key)
{
	return wc_ecc_import_private_key_ex(key->secret.p, (word32)key->secret.n, NULL, 0, ec,
	                                    library_curve(key->kind.curve));
}

static enum err sign(const struct private_key *key, const struct sig_alg *alg, struct span message,
                     struct derw *w)
{
	uint8_t signature[ECC_MAX_SIG_SIZE];
	word32 n = sizeof signature;
	struct digest d;
	ecc_key ec;
	WC_RNG *rng;
	struct call call;
	int code;
	enum err e = rng_library(&rng);

	if (e == OK)
		e = hash_of(alg->hash, message, &d);
	if (e != OK)
		return e;
	call = call_begin(CALL_EC_PRIVATE);
	code = wc_ecc_init(&ec);
	if (code != 0)
		return call_worked(&call, code);
	code = import_scalar(&ec, key);
	if (code == 0)
		code = wc_ecc_sign_hash(d.b, (word32)d.n, signature, &n, rng, &ec);
	wc_ecc_free(&ec);
	e = call_made_key(&call, code);
	if (e == OK)
		derw_raw(w, (struct span){ signature, n });
	return e;
}

/* The library refuses a scalar that is not between 1 and the order. */
static enum err derive_public(const struct private_key *key, struct derw *w)
{
	uint8_t point[1 + 2 * MAX_ECC_BYTES];
	word32 n = sizeof point;
	ecc_key ec;
	WC_RNG *rng;
	struct call call;
	int code;
	enum err e = rng_library(&rng);

	if (e == OK && !curve_available(key->kind.curve))
		e = lacking();
	if (e != OK)
		return e;
	call = call_begin(CALL_EC_PRIVATE);
	code = wc_ecc_init(&ec);
	if (code != 0)
		return call_worked(&call, code);
	code = import_scalar(&ec, key);
	if (code == 0)
		code = wc_ecc_make_pub_ex(&ec, NULL, rng);
	if (code == 0)
		code = wc_ecc_export_x963(&ec, point, &n);
	wc_ecc_free(&ec);
	e = call_made_key(&call, code);
	if (e == OK)
		derw_raw(w, (struct span){ point, n });
	return e;
}

/* The point is the peer's: what cannot be computed with it is its fault. */
static enum err agree(const struct private_key *key, struct span point, uint8_t *out, size_t *n)
{
	word32 size = EC_SECRET_MAX;
	ecc_key ours, theirs;
	WC_RNG *rng;
	struct call call;
	int code, second;
	enum err e = rng_library(&rng);

	*n = 0;
	if (e == OK && !curve_available(key->kind.curve))
		e = lacking();
	if (e == OK && (point.n != 1 + 2 * curve_octets(key->kind.curve) || point.p[0] != 0x04))
		e = decryption_failed();
	if (e != OK)
		return e;
	call = call_begin(CALL_ECDH);
	code = wc_ecc_init(&ours);
	second = wc_ecc_init(&theirs);
	if (code == 0)
		code = second;
	if (code == 0)
		code = import_scalar(&ours, key);
	if (code == 0)
		code = wc_ecc_set_rng(&ours, rng);
	if (code == 0)
		code = import_point(&theirs, point, key->kind.curve);
	if (code == 0)
		code = wc_ecc_shared_secret(&ours, &theirs, out, &size);
	wc_ecc_free(&theirs);
	wc_ecc_free(&ours);
	e = call_verdict(&call, code, size == curve_octets(key->kind.curve));
	if (e == OK)
		*n = size;
	return e == E_SIGNATURE ? decryption_failed() : e;
}

static enum err generate(enum curve curve, unsigned bits, struct derw *w)
{
	uint8_t scalar[MAX_ECC_BYTES];
	word32 n = (word32)curve_octets(curve);
	ecc_key ec;
	WC_RNG *rng;
	struct call call;
	int code;
	enum err e = rng_library(&rng);

	(void)bits;
	if (e == OK && !curve_available(curve))
		e = lacking();
	if (e != OK)
		return e;
	call = call_begin(CALL_GENERATE);
	code = wc_ecc_init(&ec);
	if (code == 0)
		code = wc_ecc_make_key_ex(rng, (int)n, &ec, library_curve(curve));
	if (code == 0)
		code = wc_ecc_export_private_only(&ec, scalar, &n);
	wc_ecc_free(&ec);
	e = call_worked(&call, code);
	if (e == OK)
		derw_raw(w, (struct span){ scalar, n });
	wipe(scalar, sizeof scalar);
	return e;
}

const struct key_ops ec_ops = {
	.name = "EC",
	.verify = verify,
	.sign = sign,
	.derive_public = derive_public,
	.generate = generate,
	.agree = agree,
};
