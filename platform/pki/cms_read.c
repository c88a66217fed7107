/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking a CMS SignedData apart; nothing is believed. */
#include "platform/pki/cms.h"

#define OID(octets)                                           \
	{                                                     \
		(const uint8_t *)(octets), sizeof(octets) - 1 \
	}
#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01" /* 1.2.840.113549.1 */
const struct span OID_CMS_DATA = OID(PKCS "\x07\x01");
const struct span OID_CMS_SIGNED_DATA = OID(PKCS "\x07\x02");
const struct span OID_CMS_CONTENT_TYPE = OID(PKCS "\x09\x03");
const struct span OID_CMS_MESSAGE_DIGEST = OID(PKCS "\x09\x04");
const struct span OID_CMS_SIGNING_TIME = OID(PKCS "\x09\x05");
const struct span OID_CT_ANIMA_JSON_VOUCHER = OID(PKCS "\x09\x10\x01\x28");

static void refuse(struct der *c, enum err e, const char *why)
{
	if (der_ok(c))
		der_fail(c, err_because(e, "%s", why));
}

static void read_content_type(struct der *value, struct cms_signer *s)
{
	s->content_type = der_oid(value);
}

static void read_message_digest(struct der *value, struct cms_signer *s)
{
	s->message_digest = der_get(value, DER_OCTET_STRING);
}

static void read_signing_time(struct der *value, struct cms_signer *s)
{
	s->signing_time = der_time(value);
}

/* RFC 5652 11.1 to 11.3: of each of these one attribute, and in it one value. */
static const struct {
	const struct span *type;
	void (*read)(struct der *value, struct cms_signer *s);
} single[] = {
	{ &OID_CMS_CONTENT_TYPE, read_content_type },
	{ &OID_CMS_MESSAGE_DIGEST, read_message_digest },
	{ &OID_CMS_SIGNING_TIME, read_signing_time },
};
enum { SINGLES = sizeof single / sizeof *single };

static size_t single_of(struct span type)
{
	size_t i = 0;

	while (i < SINGLES && !span_equal(*single[i].type, type))
		i++;
	return i;
}

/*
 * Attribute ::= SEQUENCE {
 *	attrType	OBJECT IDENTIFIER,
 *	attrValues	SET OF AttributeValue }
 * AttributeValue ::= ANY
 *
 * s is NULL for unsigned ones, of which only the form matters.
 */
static void read_attribute(struct der *set, struct cms_signer *s, unsigned *seen)
{
	struct der a = der_enter(set, DER_SEQUENCE);
	struct span type = der_oid(&a);
	struct der values = der_enter(&a, DER_SET);
	size_t i = s != NULL ? single_of(type) : SINGLES;

	if (i < SINGLES) {
		if (*seen >> i & 1)
			refuse(&a, E_UNEXPECTED, "a signed attribute appears twice");
		*seen |= 1u << i;
		single[i].read(&values, s);
	} else {
		while (der_more(&values))
			der_element(&values);
	}
	der_end(&values);
	der_end(&a);
}

/* SignedAttributes, UnsignedAttributes ::= SET SIZE (1..MAX) OF Attribute */
static struct span read_attributes(struct der *c, uint8_t tag, struct cms_signer *s)
{
	struct span content = der_get(c, tag);
	struct der set = der_within(c, content);
	unsigned seen = 0, count = 0;

	if (!der_more(&set))
		refuse(c, E_UNEXPECTED, "an empty set of attributes");
	for (; der_more(&set); count++) {
		if (count == CMS_ATTRIBUTES_MAX)
			refuse(&set, E_RANGE, "too many attributes");
		read_attribute(&set, s, &seen);
	}
	return content;
}

/* RFC 5652 5.3: signed attributes MUST be DER, whatever is around them. */
static void read_signed_attributes(struct der *c, struct cms_signer *s)
{
	s->has_signed_attrs = true;
	s->signed_attrs = read_attributes(c, DER_CONTEXT(0), s);
	if (der_ok(c) && !der_set_ordered(s->signed_attrs))
		refuse(c, E_NOT_DER, "the signed attributes are not in DER's order");
}

/*
 * SignerIdentifier ::= CHOICE {
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	subjectKeyIdentifier	[0] SubjectKeyIdentifier }
 *
 * The choice and the SignerInfo's version say the same (RFC 5652 5.3).
 */
static void read_signer_identifier(struct der *c, uint32_t version, struct cms_signer *s)
{
	if (version == 3) {
		s->skid = der_get(c, DER_CONTEXT_PRIMITIVE(0));
		if (s->skid.n == 0)
			refuse(c, E_UNEXPECTED, "an empty subjectKeyIdentifier");
		return;
	}
	struct der id = der_enter(c, DER_SEQUENCE);

	s->issuer = der_element_of(&id, DER_SEQUENCE);
	s->serial = der_integer(&id);
	der_end(&id);
	if (version != 1)
		refuse(c, E_UNEXPECTED, "a SignerInfo of another version than 1 and 3");
}

/*
 * SignerInfo ::= SEQUENCE {
 *	version			CMSVersion,
 *	sid			SignerIdentifier,
 *	digestAlgorithm		DigestAlgorithmIdentifier,
 *	signedAttrs		[0] IMPLICIT SignedAttributes OPTIONAL,
 *	signatureAlgorithm	SignatureAlgorithmIdentifier,
 *	signature		SignatureValue,
 *	unsignedAttrs		[1] IMPLICIT UnsignedAttributes OPTIONAL }
 */
static void read_signer(struct der *set, struct cms_signer *s)
{
	struct der c = der_enter(set, DER_SEQUENCE);
	uint32_t version = der_uint(&c);

	read_signer_identifier(&c, version, s);
	s->digest_alg = der_element_of(&c, DER_SEQUENCE);
	if (der_at(&c, DER_CONTEXT(0)))
		read_signed_attributes(&c, s);
	s->sig_alg = der_element_of(&c, DER_SEQUENCE);
	s->signature = der_get(&c, DER_OCTET_STRING);
	if (der_at(&c, DER_CONTEXT(1)))
		read_attributes(&c, DER_CONTEXT(1), NULL);
	der_end(&c);
}

/*
 * EncapsulatedContentInfo ::= SEQUENCE {
 *	eContentType	ContentType,
 *	eContent	[0] EXPLICIT OCTET STRING OPTIONAL }
 */
static void read_content(struct der *c, struct cms *out)
{
	struct der encap = der_enter(c, DER_SEQUENCE);

	out->content_type = der_oid(&encap);
	if (!der_more(&encap))
		refuse(&encap, E_UNEXPECTED, "the content is detached");

	struct der content = der_enter(&encap, DER_CONTEXT(0));

	out->content = der_get(&content, DER_OCTET_STRING);
	der_end(&content);
	der_end(&encap);
}

/*
 * CertificateSet ::= SET OF CertificateChoices, of which only the untagged one,
 * Certificate, means anything to us; what may stand beside it (attribute
 * certificates, other formats) is refused rather than carried along unread.
 */
static void read_certificates(struct der *c, struct cms *out)
{
	struct der set = der_enter(c, DER_CONTEXT(0));

	while (der_more(&set)) {
		if (!der_at(&set, DER_SEQUENCE))
			refuse(&set, E_UNEXPECTED, "a certificate that is no X.509 certificate");
		if (out->cert_count == POOL_MAX)
			refuse(&set, E_RANGE, "too many certificates");
		else
			out->certs[out->cert_count++] = der_element(&set);
	}
}

/* DigestAlgorithmIdentifiers ::= SET OF DigestAlgorithmIdentifier */
static void read_digest_algorithms(struct der *c, struct cms *out)
{
	out->digest_algs = der_get(c, DER_SET);

	struct der set = der_within(c, out->digest_algs);

	while (der_more(&set))
		der_element_of(&set, DER_SEQUENCE);
}

/* SignerInfos ::= SET OF SignerInfo.  None at all is for cms_verify() to refuse. */
static void read_signers(struct der *c, struct cms *out)
{
	struct der set = der_enter(c, DER_SET);

	while (der_more(&set)) {
		if (out->signer_count == CMS_SIGNERS_MAX)
			refuse(&set, E_RANGE, "too many signers");
		else
			read_signer(&set, &out->signers[out->signer_count++]);
	}
}

/*
 * CMSVersion.  RFC 5652 5.1 ties it to what follows, but messages in the field
 * say 1 whatever their content is, and receivers are to take any (RFC 8366 5.4).
 */
static void read_version(struct der *c, struct cms *out)
{
	out->version = der_uint(c);
	if (out->version != 1 && (out->version < 3 || out->version > 5))
		refuse(c, E_UNEXPECTED, "a SignedData of another version than 1, 3, 4 and 5");
}

/*
 * SignedData ::= SEQUENCE {
 *	version			CMSVersion,
 *	digestAlgorithms	DigestAlgorithmIdentifiers,
 *	encapContentInfo	EncapsulatedContentInfo,
 *	certificates		[0] IMPLICIT CertificateSet OPTIONAL,
 *	crls			[1] IMPLICIT RevocationInfoChoices OPTIONAL,
 *	signerInfos		SignerInfos }
 *
 * The crls are passed over: RFC 8366 5.4 discourages them.
 */
static void read_signed_data(struct der *content, struct cms *out)
{
	struct der c = der_enter(content, DER_SEQUENCE);

	read_version(&c, out);
	read_digest_algorithms(&c, out);
	read_content(&c, out);
	if (der_at(&c, DER_CONTEXT(0)))
		read_certificates(&c, out);
	der_skip(&c, DER_CONTEXT(1));
	read_signers(&c, out);
	der_end(&c);
}

enum err cms_read_signed_data(struct span der, struct cms *out)
{
	enum err e;
	struct der c = der_open(der, &e);

	*out = (struct cms){ 0 };
	read_signed_data(&c, out);
	der_end(&c);
	if (e != OK)
		*out = (struct cms){ 0 };
	return e;
}

/*
 * ContentInfo ::= SEQUENCE {
 *	contentType	ContentType,
 *	content		[0] EXPLICIT ANY DEFINED BY contentType }
 */
enum err cms_read(struct span der, struct cms *out)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der info = der_enter(&c, DER_SEQUENCE);
	struct span type = der_oid(&info);

	*out = (struct cms){ 0 };
	if (!span_equal(type, OID_CMS_SIGNED_DATA))
		refuse(&info, E_UNEXPECTED, "a CMS message that is no SignedData");

	struct der content = der_enter(&info, DER_CONTEXT(0));

	read_signed_data(&content, out);
	der_end(&content);
	der_end(&info);
	der_end(&c);
	if (e != OK)
		*out = (struct cms){ 0 };
	return e;
}
