/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates, taken apart: everything but the extensions. */
#include <stdio.h>

#include "platform/pki/internal.h"

/* The place a fault is reported for: it moves on as long as there is none. */
struct reader {
	struct der c;
	const char *place;
};

static struct der *at(struct reader *r, const char *place)
{
	if (der_ok(&r->c))
		r->place = place;
	return &r->c;
}

/*
 * RFC 5280 4.1.2.2: positive, at most 20 octets; but "certificate users SHOULD be
 * prepared to gracefully handle" negative ones and zero.  To us it is octets that
 * are compared, as many as CERT_SERIAL_MAX and one more for the sign.
 */
static struct span serial_number(struct der *c)
{
	struct span s = der_integer(c);

	if (der_ok(c) && s.n - (s.p[0] == 0) > CERT_SERIAL_MAX)
		der_fail(c, err_because(E_RANGE, "it has %zu octets, at most %d are read", s.n,
		                        CERT_SERIAL_MAX));
	return s;
}

/* An encoded DEFAULT (v1) says the same as none. */
static uint32_t version(struct der *c)
{
	struct der v;
	uint32_t number;

	if (!der_at(c, DER_CONTEXT(0)))
		return 1;
	v = der_enter(c, DER_CONTEXT(0));
	number = der_uint(&v);
	der_end(&v);
	if (der_ok(c) && number > 2)
		der_fail(c, err_because(E_RANGE, "it is %u, known are 0 to 2", number));
	return number + 1;
}

static struct span name(struct der *c)
{
	struct span n = der_element_of(c, DER_SEQUENCE);

	if (der_ok(c))
		name_check(c, n);
	return n;
}

/*
 * Validity ::= SEQUENCE { notBefore Time, notAfter Time }	(RFC 5280 4.1.2.5)
 * CAs write UTCTime through 2049, but "conforming applications MUST be able to
 * process validity dates that are encoded in either".
 */
static void validity(struct der *c, struct cert *out)
{
	struct der v = der_enter(c, DER_SEQUENCE);

	out->not_before = der_time(&v);
	out->not_after = der_time(&v);
	der_end(&v);
}

/* SubjectPublicKeyInfo, as far as its frame goes: public_key_read() judges the key. */
static struct span public_key_info(struct der *c)
{
	struct span spki = der_element_of(c, DER_SEQUENCE);
	struct der whole = der_within(c, spki);
	struct der k = der_enter(&whole, DER_SEQUENCE);

	der_get(&k, DER_SEQUENCE);
	der_bits(&k);
	der_end(&k);
	return spki;
}

/* UniqueIdentifier ::= BIT STRING: read over (RFC 5280 4.1.2.8), from version 2 on. */
static void unique_identifier(struct der *c, uint8_t tag, uint32_t of_version)
{
	if (!der_at(c, tag))
		return;
	der_get(c, tag);
	if (der_ok(c) && of_version < 2)
		der_fail(c, err_because(E_UNEXPECTED, "a version 1 certificate has none"));
}

static void extensions(struct reader *r, struct cert *out)
{
	struct der explicit;

	if (!der_at(&r->c, DER_CONTEXT(3)))
		return;
	if (out->version != 3)
		der_fail(&r->c, err_because(E_UNEXPECTED, "a version %u certificate has none",
		                            out->version));
	explicit = der_enter(&r->c, DER_CONTEXT(3));
	out->extensions = der_get(&explicit, DER_SEQUENCE);
	der_end(&explicit);
	extensions_read(&explicit, out, &r->place);
}

/*
 * TBSCertificate ::= SEQUENCE {				(RFC 5280 4.1)
 *	version		[0] EXPLICIT Version DEFAULT v1,
 *	serialNumber	CertificateSerialNumber,
 *	signature	AlgorithmIdentifier,
 *	issuer		Name,
 *	validity	Validity,
 *	subject		Name,
 *	subjectPublicKeyInfo SubjectPublicKeyInfo,
 *	issuerUniqueID	[1] IMPLICIT UniqueIdentifier OPTIONAL,
 *	subjectUniqueID	[2] IMPLICIT UniqueIdentifier OPTIONAL,
 *	extensions	[3] EXPLICIT Extensions OPTIONAL }
 */
static void tbs_certificate(struct reader *r, struct cert *out)
{
	out->version = version(at(r, "version"));
	out->serial = serial_number(at(r, "serialNumber"));
	out->sig_alg = der_element_of(at(r, "signature"), DER_SEQUENCE);
	out->issuer = name(at(r, "issuer"));
	validity(at(r, "validity"), out);
	out->subject = name(at(r, "subject"));
	out->spki = public_key_info(at(r, "subjectPublicKeyInfo"));
	unique_identifier(at(r, "issuerUniqueID"), DER_CONTEXT_PRIMITIVE(1), out->version);
	unique_identifier(at(r, "subjectUniqueID"), DER_CONTEXT_PRIMITIVE(2), out->version);
	at(r, "extensions");
	extensions(r, out);
	der_end(at(r, "tbsCertificate"));
}

/*
 * Certificate ::= SEQUENCE {					(RFC 5280 4.1)
 *	tbsCertificate		TBSCertificate,
 *	signatureAlgorithm	AlgorithmIdentifier,
 *	signatureValue		BIT STRING }
 */
static enum err read(struct span der, struct cert *out, const char **place)
{
	enum err e;
	struct der whole = der_open(der, &e);
	struct der c = der_enter(&whole, DER_SEQUENCE);
	struct der inner;
	struct reader r;
	struct span sig_alg;

	out->tbs = der_element_of(&c, DER_SEQUENCE);
	inner = der_within(&c, out->tbs);
	r = (struct reader){ der_enter(&inner, DER_SEQUENCE), "frame" };
	tbs_certificate(&r, out);
	at(&r, "signatureAlgorithm");
	sig_alg = der_element_of(&c, DER_SEQUENCE);
	/* RFC 5280 4.1.1.2 */
	if (e == OK && !span_equal(sig_alg, out->sig_alg))
		der_fail(&c, err_because(E_UNEXPECTED, "it is not the one that was signed"));
	at(&r, "signatureValue");
	out->signature = der_bit_octets(&c);
	at(&r, "end");
	der_end(&c);
	der_end(&whole);
	*place = r.place;
	return e;
}

static enum err read_as(struct span der, bool own, struct cert *out)
{
	const char *place = "certificate";
	char where[80];
	enum err e;

	*out = (struct cert){ .path_len = PATH_LEN_NONE };
	if (der.n > CERT_SIZE_MAX)
		return err_because(E_CERT_SYNTAX,
		                   "a certificate of %zu octets, at most %d are read", der.n,
		                   CERT_SIZE_MAX);
	out->der = der;
	out->own = own;
	e = read(der, out, &place);
	if (e == OK)
		return OK;
	*out = (struct cert){ .path_len = PATH_LEN_NONE };
	snprintf(where, sizeof where, "certificate, %s", place);
	return err_within(E_CERT_SYNTAX, e, where);
}

enum err cert_read(struct span der, struct cert *out)
{
	return read_as(der, false, out);
}

enum err cert_read_own(struct span der, struct cert *out)
{
	return read_as(der, true, out);
}

struct span cert_peek_subject(struct span der)
{
	enum err e;
	struct der whole = der_open(der, &e);
	struct der c = der_enter(&whole, DER_SEQUENCE);
	struct der tbs = der_enter(&c, DER_SEQUENCE);

	der_skip(&tbs, DER_CONTEXT(0));
	der_element_of(&tbs, DER_INTEGER);
	for (int i = 0; i < 3; i++) /* signature, issuer, validity */
		der_element_of(&tbs, DER_SEQUENCE);
	return der_element_of(&tbs, DER_SEQUENCE);
}

bool cert_serial_number(const struct cert *c, struct span *text)
{
	return name_attribute(c->subject, OID_AT_SERIAL_NUMBER, text);
}

bool cert_self_issued(const struct cert *c)
{
	return name_equal(c->issuer, c->subject);
}

enum err cert_signed_by(const struct cert *c, const struct cert *issuer)
{
	struct public_key key;
	struct sig_alg alg;
	enum err e = public_key_read(issuer->spki, &key);

	if (e == OK)
		e = sig_alg_read_signed(c->sig_alg, &alg);
	if (e != OK)
		return err_within(e == E_ALGORITHM ? e : E_CERT_SYNTAX, e, "signature");
	return sig_verify(&key, &alg, c->tbs, c->signature);
}
