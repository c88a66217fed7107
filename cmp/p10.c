/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKCS #10: the request for a certificate in its older form (RFC 2986, RFC 9483 4.1.4). */
#include "cmp/internal.h"

/*
 * attributes [0] Attributes
 *
 * Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }
 *
 * extensionRequest: its one value Extensions (RFC 2985 5.4.2).  [0] is not
 * OPTIONAL: without attributes it is empty.
 */
static void put_attributes(struct derw *w, struct span extensions)
{
	IN (w, DER_CONTEXT(0))
		if (extensions.n > 0)
			IN (w, DER_SEQUENCE) {
				derw_put(w, DER_OID, PKCS9_EXTENSION_REQUEST);
				IN (w, DER_SET)
					derw_put(w, DER_SEQUENCE, extensions);
			}
}

/*
 * CertificationRequestInfo ::= SEQUENCE {
 *	version        INTEGER { v1(0) },
 *	subject        Name,
 *	subjectPKInfo  SubjectPublicKeyInfo,
 *	attributes [0] Attributes }
 */
static void put_info(struct derw *w, const struct cmp_session *s)
{
	IN (w, DER_SEQUENCE) {
		derw_uint(w, 0);
		derw_raw(w, s->params->subject);
		derw_raw(w, s->spki);
		put_attributes(w, s->params->extensions);
	}
}

/*
 * CertificationRequest ::= SEQUENCE {
 *	certificationRequestInfo  CertificationRequestInfo,
 *	signatureAlgorithm        AlgorithmIdentifier,
 *	signature                 BIT STRING }
 */
static enum err make(struct cmp_session *s, struct derw *w)
{
	const struct signer *key = s->params->key;
	struct span signature;
	enum err e = OK;

	IN (w, DER_SEQUENCE) {
		size_t begin = w->n;

		put_info(w, s);
		e = w->err;
		if (e == OK)
			e = signer_sign(key, (struct span){ w->buf + begin, w->n - begin },
			                s->arena, &signature);
		if (e != OK)
			return e;
		sig_alg_write(w, signer_alg(key));
		derw_bits(w, signature);
	}
	return e;
}

enum err cmp_put_p10_request(struct cmp_session *s, struct derw *w)
{
	if (s->params->csr.n == 0)
		return make(s, w);
	derw_raw(w, s->params->csr);
	return OK;
}

/* Of all attributes the first extensionRequest; others are for the CA to judge. */
static struct span read_attributes(struct der *c)
{
	struct der list = der_enter(c, DER_CONTEXT(0));
	struct span found = NO_BYTES;

	while (der_more(&list)) {
		struct der attribute = der_enter(&list, DER_SEQUENCE);
		struct span type = der_oid(&attribute);
		struct der values = der_enter(&attribute, DER_SET);

		if (span_equal(type, PKCS9_EXTENSION_REQUEST) && found.n == 0)
			found = der_get(&values, DER_SEQUENCE);
		while (der_more(&values))
			der_element(&values);
		der_end(&attribute);
	}
	return found;
}

/* What the request says; that it bears its own signature, the CA checks (RFC 9483 4.1.4). */
enum err cmp_csr_read(struct span der, struct cmp_csr *out)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der request = der_enter(&c, DER_SEQUENCE);
	struct der info = der_enter(&request, DER_SEQUENCE);

	*out = (struct cmp_csr){ .subject = NO_BYTES };
	if (der_uint(&info) != 0)
		der_fail(&info, err_because(E_UNEXPECTED, "its version is not 0 (v1)"));
	out->subject = der_element_of(&info, DER_SEQUENCE);
	out->spki = der_element_of(&info, DER_SEQUENCE);
	out->extensions = read_attributes(&info);
	der_end(&info);
	der_element_of(&request, DER_SEQUENCE);
	der_bit_octets(&request);
	der_end(&request);
	der_end(&c);
	return err_within(E_CONFIG, e, "PKCS #10 request");
}

enum err cmp_params_of_csr(struct span csr, struct cmp_params *out, struct span *spki)
{
	struct cmp_csr read;
	enum err e = cmp_csr_read(csr, &read);

	out->subject = read.subject;
	out->extensions = read.extensions;
	*spki = read.spki;
	return e;
}
