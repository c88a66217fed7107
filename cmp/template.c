/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the CA wants a request to look like: CertReqTemplateContent read (RFC 9483 4.3.3). */
#include "cmp/internal.h"
#include "platform/codec/syntax_type.h"

/* [n] Name OPTIONAL, explicit since Name is a CHOICE. */
static struct span name_field(struct der *c, uint8_t n)
{
	struct span name = NO_BYTES;

	if (der_at(c, DER_CONTEXT(n))) {
		struct der in = der_enter(c, DER_CONTEXT(n));

		name = der_element_of(&in, DER_SEQUENCE);
		der_end(&in);
	}
	return name;
}

/*
 * OptionalValidity ::= SEQUENCE {			(RFC 4211 5, IMPLICIT TAGS)
 *	notBefore  [0] Time OPTIONAL,	-- explicit, Time being a CHOICE
 *	notAfter   [1] Time OPTIONAL }	-- at least one MUST be present
 *
 * An empty one is for us to fill in, and we leave it to the CA.
 */
static struct span validity_field(struct der *c)
{
	struct der in = der_enter(c, DER_CONTEXT(4));
	struct span content = { in.p, in.n };

	for (uint8_t n = 0; n < 2; n++)
		if (der_at(&in, DER_CONTEXT(n))) {
			struct der time = der_enter(&in, DER_CONTEXT(n));

			der_time(&time);
			der_end(&time);
		}
	der_end(&in);
	return der_ok(c) ? content : NO_BYTES;
}

/* "the serialNumber, signingAlg, issuerUID, and subjectUID fields MUST be omitted", publicKey too */
static void absent(struct der *c, uint8_t tag, const char *name)
{
	if (der_at(c, tag))
		der_fail(c, err_because(E_UNEXPECTED, "%s is in it, which RFC 9483 4.3.3 forbids",
		                        name));
}

/*
 * CertTemplate ::= SEQUENCE {				-- IMPLICIT TAGS
 *	version      [0] Version               OPTIONAL,
 *	serialNumber [1] INTEGER               OPTIONAL,
 *	signingAlg   [2] AlgorithmIdentifier   OPTIONAL,
 *	issuer       [3] Name                  OPTIONAL,
 *	validity     [4] OptionalValidity      OPTIONAL,
 *	subject      [5] Name                  OPTIONAL,
 *	publicKey    [6] SubjectPublicKeyInfo  OPTIONAL,
 *	issuerUID    [7] UniqueIdentifier      OPTIONAL,
 *	subjectUID   [8] UniqueIdentifier      OPTIONAL,
 *	extensions   [9] Extensions            OPTIONAL }
 */
static void read_cert_template(struct der *c, struct cmp_template *out)
{
	struct der t = der_enter(c, DER_SEQUENCE);

	der_skip(&t, DER_CONTEXT_PRIMITIVE(0));
	absent(&t, DER_CONTEXT_PRIMITIVE(1), "serialNumber");
	absent(&t, DER_CONTEXT(2), "signingAlg");
	out->issuer = name_field(&t, 3);
	if (der_at(&t, DER_CONTEXT(4)))
		out->validity = validity_field(&t);
	out->subject = name_field(&t, 5);
	absent(&t, DER_CONTEXT(6), "publicKey");
	absent(&t, DER_CONTEXT_PRIMITIVE(7), "issuerUID");
	absent(&t, DER_CONTEXT_PRIMITIVE(8), "subjectUID");
	if (der_at(&t, DER_CONTEXT(9)))
		out->extensions = der_get(&t, DER_CONTEXT(9));
	der_end(&t);
	if (name_is_empty(out->issuer))
		out->issuer = NO_BYTES;
}

/* Where the value of a control is. */
struct place {
	const uint8_t *begin; /* of the template */
	unsigned control;
};

/* In the words of `onramp show`: offset, member, what is there, what should be. */
static void expect(struct der *c, const struct place *p, uint8_t tag, const char *what)
{
	char room[8];

	if (!der_ok(c) || der_at(c, tag))
		return;
	der_fail(c, err_because(E_UNEXPECTED,
	                        "offset %zu, in CertReqTemplateContent.keySpec[%u].value: "
	                        "found %s, expected %s",
	                        (size_t)(c->p - p->begin), p->control,
	                        der_more(c) ? walk_tag_name(*c->p, room) : "nothing", what));
}

/*
 * SingleAttribute ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
 *
 * id-regCtrl-algId: AlgorithmIdentifier; id-regCtrl-rsaKeyLen: INTEGER (1..MAX)
 * (RFC 9480 2.16).
 */
static bool read_key_spec(struct der *c, const struct place *place, enum key_kind *kind)
{
	struct der spec = der_enter(c, DER_SEQUENCE);
	struct span type = der_oid(&spec);
	struct span alg_id = NO_BYTES;
	uint32_t bits = 0;

	if (span_equal(type, REG_CTRL_ALG_ID)) {
		expect(&spec, place, DER_SEQUENCE, "algId, SEQUENCE");
		alg_id = der_element_of(&spec, DER_SEQUENCE);
	} else if (span_equal(type, REG_CTRL_RSA_KEY_LEN)) {
		expect(&spec, place, DER_INTEGER, "rsaKeyLen, INTEGER");
		bits = der_uint(&spec);
	} else {
		der_element(&spec);
	}
	der_end(&spec);
	return der_ok(c) && (alg_id.n > 0 || bits > 0) && cmp_key_kind_find(alg_id, bits, kind);
}

/* keySpec Controls OPTIONAL; Controls ::= SEQUENCE SIZE (1..MAX) OF SingleAttribute */
static enum err read_key_specs(struct der *c, struct cmp_template *out)
{
	unsigned seen = 0;

	if (!der_at(c, DER_SEQUENCE))
		return OK;

	struct der list = der_enter(c, DER_SEQUENCE);

	do {
		enum key_kind kind;

		const struct place at = { out->bytes.p, seen };

		if (read_key_spec(&list, &at, &kind) && !out->has_key_kind &&
		    seen < CMP_KEY_SPECS_MAX) {
			out->has_key_kind = true;
			out->key_kind = kind;
		}
		seen++;
	} while (der_more(&list));
	if (der_ok(c) && !out->has_key_kind)
		return err_because(E_CMP_TEMPLATE,
		                   "of the %u kinds of keys it lists we can make none", seen);
	return OK;
}

/*
 * CertReqTemplateContent ::= SEQUENCE {
 *	certTemplate  CertTemplate,
 *	keySpec       Controls OPTIONAL }
 */
static enum err read_template(struct span value, struct cmp_template *out)
{
	enum err e, keys;
	struct der c = der_open(value, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);

	out->present = true;
	out->bytes = value;
	read_cert_template(&in, out);
	keys = read_key_specs(&in, out);
	der_end(&in);
	der_end(&c);
	return e != OK ? err_within(E_CMP_SYNTAX, e, "certificate request template") : keys;
}

enum err cmp_template_read(struct span value, struct cmp_template *out)
{
	enum err e = OK;

	*out = (struct cmp_template){ .present = false };
	if (value.n > CMP_TEMPLATE_MAX)
		e = err_because(E_CMP_TEMPLATE, "the template has %zu octets, we take %d", value.n,
		                CMP_TEMPLATE_MAX);
	else if (value.n > 0)
		e = read_template(value, out);
	if (e != OK)
		*out = (struct cmp_template){ .present = false };
	return e;
}

enum err cmp_get_template(const struct cmp_client *c, struct arena *a, struct cmp_template *out)
{
	struct cmp_info info;
	enum err e = cmp_ask_info(c, a, &CMP_OP_TEMPLATE, NO_BYTES, &info);

	*out = (struct cmp_template){ .refused = info.refused };
	return e == OK ? cmp_template_read((struct span){ info.value.p, info.value.n }, out) : e;
}
