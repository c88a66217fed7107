/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CertRepMessage and PollRepContent, with the one element RFC 9483 leaves of each. */
#include "cmp/internal.h"

/* caPubs [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL */
static void read_ca_pubs(struct der *c, struct cmp_cert_rep *out)
{
	if (!der_at(c, DER_CONTEXT(1)))
		return;

	struct der outer = der_enter(c, DER_CONTEXT(1));
	struct der list = der_enter(&outer, DER_SEQUENCE);

	do {
		struct span cert = der_element_of(&list, DER_SEQUENCE);

		if (out->ca_pubs_count < CA_PUBS_MAX)
			out->ca_pubs[out->ca_pubs_count++] = cert;
		else
			out->ca_pubs_ignored++;
	} while (der_more(&list));
	der_end(&outer);
}

/*
 * EncryptedKey ::= CHOICE {
 *	encryptedValue      EncryptedValue,	-- deprecated
 *	envelopedData   [0] EnvelopedData }	-- IMPLICIT
 *
 * Only taken apart: who asked for it opens it (keydelivery.c).
 */
static void read_delivered(struct der *c, struct cmp_cert_rep *out)
{
	struct der outer = der_enter(c, DER_CONTEXT(0));

	if (der_ok(&outer) && !der_at(&outer, DER_CONTEXT(0)))
		der_fail(&outer, err_because(E_UNEXPECTED, "the private key is no EnvelopedData "
		                                           "(RFC 9483 4.1.6)"));
	out->enveloped = der_get(&outer, DER_CONTEXT(0));
	out->delivers = true;
	der_end(&outer);
}

/*
 * CertifiedKeyPair ::= SEQUENCE {
 *	certOrEncCert        CertOrEncCert,
 *	privateKey       [0] EncryptedKey        OPTIONAL,
 *	publicationInfo  [1] PKIPublicationInfo  OPTIONAL }
 *
 * CertOrEncCert ::= CHOICE {
 *	certificate      [0] CMPCertificate,
 *	encryptedCert    [1] EncryptedKey }
 *
 * RFC 9483 4.1.1: certificate; 4.1.6: and the key that the CA made.
 */
static void read_key_pair(struct der *c, struct cmp_cert_rep *out)
{
	struct der pair = der_enter(c, DER_SEQUENCE);

	if (der_at(&pair, DER_CONTEXT(1)))
		der_fail(&pair, err_because(E_UNEXPECTED, "the certificate comes encrypted, "
		                                          "which was not asked for"));

	struct der choice = der_enter(&pair, DER_CONTEXT(0));

	out->cert = der_element_of(&choice, DER_SEQUENCE);
	der_end(&choice);
	if (der_at(&pair, DER_CONTEXT(0)))
		read_delivered(&pair, out);
	der_skip(&pair, DER_CONTEXT(1));
	der_end(&pair);
}

/*
 * CertResponse ::= SEQUENCE {
 *	certReqId         INTEGER,
 *	status            PKIStatusInfo,
 *	certifiedKeyPair  CertifiedKeyPair  OPTIONAL,
 *	rspInfo           OCTET STRING      OPTIONAL }
 */
static void read_response(struct der *c, struct cmp_cert_rep *out)
{
	struct der response = der_enter(c, DER_SEQUENCE);

	out->cert_req_id = der_int(&response);
	cmp_status_read(&response, &out->status);
	if (der_at(&response, DER_SEQUENCE))
		read_key_pair(&response, out);
	der_skip(&response, DER_OCTET_STRING);
	der_end(&response);
}

/*
 * CertRepMessage ::= SEQUENCE {
 *	caPubs    [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL,
 *	response      SEQUENCE OF CertResponse }
 *
 * RFC 9483 4.1.1: one CertResponse.
 */
enum err cmp_cert_rep_read(struct span content, struct cmp_cert_rep *out)
{
	enum err e;
	struct der c = der_open(content, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);

	*out = (struct cmp_cert_rep){ 0 };
	read_ca_pubs(&in, out);

	struct der responses = der_enter(&in, DER_SEQUENCE);

	read_response(&responses, out);
	der_end(&responses);
	der_end(&in);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, "CertRepMessage");
}

/* checkAfter is an INTEGER of any size: no time below zero, none above our cap. */
static int64_t read_check_after(struct der *c)
{
	struct span s = der_integer(c);
	int64_t seconds = 0;

	if (!der_ok(c) || s.p[0] >= 0x80)
		return 0;
	for (size_t i = 0; i < s.n && seconds <= CMP_CHECK_AFTER_MAX_S; i++)
		seconds = seconds << 8 | s.p[i];
	return seconds < CMP_CHECK_AFTER_MAX_S ? seconds : CMP_CHECK_AFTER_MAX_S;
}

/*
 * PollRepContent ::= SEQUENCE OF SEQUENCE {
 *	certReqId   INTEGER,
 *	checkAfter  INTEGER,
 *	reason      PKIFreeText OPTIONAL }
 *
 * RFC 9483 4.4: one of them.
 */
enum err cmp_poll_rep_read(struct span content, struct cmp_poll_rep *out)
{
	enum err e;
	struct der c = der_open(content, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der in = der_enter(&list, DER_SEQUENCE);

	*out = (struct cmp_poll_rep){ .cert_req_id = der_int(&in) };
	out->check_after = read_check_after(&in);
	if (der_at(&in, DER_SEQUENCE))
		out->reason = cmp_free_text_read(&in);
	der_end(&in);
	der_end(&list);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, "pollRep");
}
