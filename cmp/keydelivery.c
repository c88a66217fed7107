/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The private key that came with the certificate (RFC 9483 4.1.6): an envelope for
 * us, in it a SignedData of the key generation authority, in that the key.
 *
 * Where our request was signed, the KGA has to be one (RFC 9480 2.2).  Where it was
 * protected by a MAC, nobody but us and who knows the secret could have made the
 * envelope, or the message around it: the KGA's certificate may be anybody's, or
 * missing ("the EE MAY omit the validation"); a signature that can be checked has to
 * be good.
 */
#include "cmp/internal.h"
#include "platform/codec/ber.h"
#include "platform/pki/cms.h"
#include "platform/pki/envelope.h"

static struct opener what_we_have(const struct cmp_session *s)
{
	const struct cmp_client *c = s->client;

	if (c->secret != NULL)
		return (struct opener){ .secret = c->secret->value };
	return (struct opener){ .credential = c->signer };
}

/*
 * By RFC 9483 the type is id-signedData, and the content a SignedData without the
 * ContentInfo that would name its type again.  Servers in the field say id-data, for
 * the same content or for a ContentInfo.
 */
static enum err read_signed(struct span type, struct span content, struct cms *out)
{
	char dotted[80];
	enum err e;
	struct der c = der_open(content, &e);
	struct der first = der_enter(&c, DER_SEQUENCE);

	if (span_equal(type, OID_CMS_DATA) && der_at(&first, DER_OID))
		return cms_read(content, out);
	if (span_equal(type, OID_CMS_DATA) || span_equal(type, OID_CMS_SIGNED_DATA))
		return cms_read_signed_data(content, out);
	return err_because(E_UNEXPECTED, "what is encrypted is of type %s, not id-signedData",
	                   der_oid_text(type, dotted, sizeof dotted));
}

/* "CMP key generation authorities are CAs or are identified by the id-kp-cmKGA extended
   key usage" (RFC 9480 2.2): the CA that issued the certificate beside the key. */
static enum err check_authority(const struct cmp_session *s, const struct cert *kga)
{
	struct quoted q;
	struct cert issued;
	enum err e = E_CERT_USAGE;

	if (cert_has_eku(kga, OID_EKU_CM_KGA))
		return OK;
	if (kga->is_ca && s->rep.cert.n > 0 && cert_read(s->rep.cert, &issued) == OK)
		e = cert_signed_by(&issued, kga);
	if (e == OK || err_verdict(e) == HALT)
		return e;
	return err_because(E_CERT_USAGE,
	                   "the key is signed by %s, which has no id-kp-cmKGA, "
	                   "nor did it issue the certificate",
	                   name_text(&q, kga->subject));
}

/* What is wrong with a certificate, not with the message it signed. */
static bool is_of_certificate(enum err e)
{
	return e == E_CERT_CHAIN || e == E_CERT_SYNTAX || e == E_CERT_TIME || e == E_CERT_CA ||
	       e == E_CERT_NAMES || e == E_CERT_USAGE || e == E_CERT_CRITICAL || e == E_REVOKED;
}

static enum err check_signer(const struct cmp_session *s, const struct cms *m)
{
	const struct cms_rules rules = {
		.content_types = &OID_CT_KEY_PACKAGE,
		.content_type_count = 1,
		.signed_attrs = CMS_ATTRS_DEMANDED,
		.anchors = trusted_anchors(s->client->trusted),
		.extra_certs = s->in.certs,
		.extra_count = s->in.cert_count,
		.now = s->client->now(),
		.key_usage = KU_DIGITAL_SIGNATURE,
	};
	struct cert kga;
	enum err e;

	if (m->signer_count > 1)
		return err_because(E_SIGNATURE, "%zu signers, expected one", m->signer_count);
	e = cms_verify(m, &rules, &kga);
	if (e == OK)
		e = cmp_check_not_ours(s, &kga);
	if (s->client->secret == NULL || s->signer.n > 0)
		return e == OK ? check_authority(s, &kga) : e;
	if (!is_of_certificate(e))
		return e;
	log_notice("who generated the key is not known, the shared secret vouches: %s",
	           err_reason(e));
	return OK;
}

/* What was encrypted may be BER (RFC 5652 1, 2), and is DER from here on. */
static enum err open_and_read(struct cmp_session *s, struct span enveloped, struct signer **key)
{
	const struct opener by = what_we_have(s);
	struct span type, content;
	struct cms m;
	enum err e = envelope_open(s->arena, enveloped, &by, &type, &content);

	if (e == OK)
		e = ber_to_der(s->arena, content, &content);
	if (e == OK)
		e = read_signed(type, content, &m);
	if (e == OK)
		e = check_signer(s, &m);
	return e == OK ? key_package_read(m.content, key) : e;
}

enum err cmp_key_delivery(struct cmp_session *s, struct span enveloped, struct span spki,
                          struct signer **key)
{
	size_t mark = arena_mark(s->arena);
	enum err e;

	*key = NULL;
	e = open_and_read(s, enveloped, key);
	arena_rewind(s->arena, mark); /* the key in the clear with it */
	if (e == OK && !public_key_equal(signer_spki(*key), spki)) {
		signer_close(*key);
		*key = NULL;
		e = err_because(E_ISSUED_KEY, "it is not the one the certificate is for");
	}
	return err_within(E_KEY_DELIVERY, e, "private key");
}
