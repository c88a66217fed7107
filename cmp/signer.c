/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who signed a message, and whether they may (RFC 9483 3.5, RFC 9480 2.2).
 *
 * The certificates at hand are hostile until a path says otherwise: several may
 * hold the key that verifies, so each of these is tried (CMP_SIGNERS_MAX), and
 * the first one for which everything holds is the signer.
 */
#include "cmp/internal.h"

/* Whether a certificate is meant by the header; the checks come later. */
static bool is_named(const struct cmp_header *h, const struct cert *c)
{
	return name_equal(h->sender_name, c->subject) ||
	       (h->sender_kid.n > 0 && span_equal(h->sender_kid, c->skid));
}

/* "The protection MUST be signature-based", as our request's was (badAlg). */
static enum err signature_alg(const struct cmp_message *m, struct sig_alg *alg)
{
	if (m->header.protection_alg.n == 0)
		return err_because(E_CMP_PROTECTION, "protectionAlg is missing");
	return err_within(E_CMP_PROTECTION, sig_alg_read(m->header.protection_alg, alg),
	                  "protectionAlg");
}

static enum err verify(const struct cert *c, const struct sig_alg *alg, const struct message *part,
                       struct span signature)
{
	struct public_key key;
	enum err e = public_key_read(c->spki, &key);

	return e == OK ? sig_verify_message(&key, alg, part, signature) : e;
}

/* "If present, the senderKID MUST identify the key material" (badMessageCheck); without
   the extension a key is named by its SHA-1 (RFC 5280 4.2.1.2). */
static enum err check_kid(const struct cmp_header *h, const struct cert *c)
{
	struct public_key key;
	struct digest sha1;
	struct span kid = c->skid;
	struct quoted theirs, ours;
	enum err e = OK;

	if (h->sender_kid.n == 0)
		return OK;
	if (kid.n == 0) {
		e = public_key_read(c->spki, &key);
		if (e == OK)
			e = hash_of(HASH_SHA1, key.key, &sha1);
		kid = digest_span(&sha1);
	}
	if (e != OK || span_equal(h->sender_kid, kid))
		return e;
	return err_because(E_CMP_SIGNER, "senderKID is %s, but the key that verifies is %s",
	                   log_hex(&theirs, h->sender_kid), log_hex(&ours, kid));
}

static enum err find_path(const struct cmp_session *s, const struct cert *c,
                          const struct cmp_pool *pool, enum revocation revocation, struct path *out)
{
	struct path_request r = {
		.target = c,
		.anchors = trusted_anchors(s->client->trusted),
		.pool = pool->certs,
		.pool_count = pool->n,
		.now = s->client->now(),
		.key_usage = KU_DIGITAL_SIGNATURE,
		.revocation = revocation,
		.crls = s->client->crls,
		.crl_count = s->client->crl_count,
		.equality = true,
	};

	return err_within(E_CMP_SIGNER, path_check(&r, out), "signer");
}

/*
 * The certificate that a message decides about: the one that it brings, that is being
 * confirmed, or that is to be revoked.  Empty: it makes us wait, refuses, or informs.
 */
static struct span decided_about(const struct cmp_session *s)
{
	struct cmp_cert_rep rep;

	if (s->op == &CMP_OP_RR)
		return s->client->signer->leaf.der;
	if (s->op->certifies && s->in.body == s->op->answer &&
	    cmp_cert_rep_read(s->in.content, &rep) == OK)
		return rep.cert;
	return s->new_cert;
}

/* A CA, and not in name only. */
static bool issues(const struct cert *c)
{
	return c->is_ca && (!c->has_key_usage || (c->key_usage & KU_KEY_CERT_SIGN) != 0);
}

/*
 * RFC 9480 8.7: the authorization "originally is only with the CA certificate itself",
 * the roles delegate it.  A CA below the anchors needs none for what it issued or is to
 * issue; which of them that will be is known once there is a certificate.
 */
static enum err speaks_for_itself(const struct cmp_session *s, const struct cert *c, bool *yes)
{
	struct span der = decided_about(s);
	struct cert subject;
	enum err e;

	*yes = false;
	if (!issues(c))
		return OK;
	e = der.n == 0 ? OK : cert_read(der, &subject);
	if (e == OK && der.n > 0)
		e = cert_signed_by(&subject, c);
	*yes = e == OK;
	return err_verdict(e) == HALT ? e : OK;
}

/* The very certificate that the peer of the link was found to be a registrar by. */
static bool is_the_registrar(const struct cmp_session *s, const struct cert *c)
{
	struct chain peer = trusted_chain(s->client->trusted);

	return trusted_peer_signs(s->client->trusted) && peer.n > 0 &&
	       span_equal(c->der, peer.certs[0]);
}

static bool has_role(const struct cert *c)
{
	return cert_has_eku(c, OID_EKU_CMC_RA) || cert_has_eku(c, OID_EKU_CMC_CA);
}

/*
 * RFC 5280 4.2.1.12: a certificate with purposes "MUST only be used for one of the
 * purposes indicated".  anyExtendedKeyUsage indicates none; those of a CA bound what
 * it certifies.
 */
static bool is_for_something_else(const struct cert *c)
{
	return c->eku.n > 0 && !cert_has_eku(c, OID_EKU_ANY) && !has_role(c) && !issues(c);
}

/* The operator's anchors lead to it, and nothing else speaks for it or against it. */
static void warn_of_role(struct cmp_session *s, const struct cert *c)
{
	struct quoted q;

	if (!s->warned_of_role)
		log_warning("the signer %s has no extended key usage: whether it is an RA, nobody "
		            "but --trusted says; --require-role refuses it",
		            name_text(&q, c->subject));
	s->warned_of_role = true;
}

/* "MUST be authorized according to local policies": platform/pki/trusted.h has ours. */
static enum err check_authority(struct cmp_session *s, const struct cert *c)
{
	struct quoted q;
	bool yes = true;
	enum err e;

	if (has_role(c) || is_the_registrar(s, c))
		return OK;
	if (is_for_something_else(c))
		return err_because(E_CMP_SIGNER,
		                   "the extended key usage of signer %s has neither id-kp-cmcRA "
		                   "nor id-kp-cmcCA: it is for something else",
		                   name_text(&q, c->subject));
	e = s->signer.n == 1 ? OK : speaks_for_itself(s, c, &yes);
	if (e != OK || yes)
		return e;
	if (trusted_authority(s->client->trusted) == AUTHORITY_ANY) {
		warn_of_role(s, c);
		return OK;
	}
	return err_because(E_CMP_SIGNER,
	                   "signer %s is neither pinned, nor has it id-kp-cmcRA or id-kp-cmcCA, "
	                   "nor is it the CA of the certificate",
	                   name_text(&q, c->subject));
}

/* "the sender field MUST match the subject of the CMP protection certificate" */
static enum err check_sender(const struct cmp_header *h, const struct cert *c)
{
	struct quoted theirs, ours;

	if (name_equal(h->sender_name, c->subject))
		return OK;
	return err_because(E_CMP_SIGNER, "sender is %s, but the signer is %s",
	                   h->sender_name.n > 0 ? name_text(&theirs, h->sender_name)
	                                        : "no directoryName",
	                   name_text(&ours, c->subject));
}

enum err cmp_check_not_ours(const struct cmp_session *s, const struct cert *c)
{
	const struct credential *own = s->client->signer;
	struct quoted q;

	if (!public_key_same_secret(c->spki, s->spki) &&
	    (own == NULL || !public_key_same_secret(c->spki, own->leaf.spki)))
		return OK;
	return err_because(E_CMP_SIGNER, "signer %s has our own key: what we sign is no answer",
	                   name_text(&q, c->subject));
}

/* What is asked of the certificate, whatever it signed. */
static enum err check_certificate(struct cmp_session *s, const struct cert *c,
                                  const struct cmp_pool *pool)
{
	enum err e = cmp_check_not_ours(s, c);

	if (e == OK && c->has_key_usage && (c->key_usage & KU_DIGITAL_SIGNATURE) == 0)
		e = err_because(E_CMP_SIGNER, "the signer's keyUsage lacks digitalSignature");
	if (e == OK)
		e = find_path(s, c, pool, REVOCATION_IF_KNOWN, &s->signer);
	return e == OK ? check_authority(s, c) : e;
}

/* Checks 8 to 10 on a certificate whose key verifies the message. */
static enum err check_candidate(struct cmp_session *s, const struct cert *c,
                                const struct cmp_pool *pool)
{
	enum err e = check_kid(&s->in.header, c);

	if (e == OK)
		e = check_certificate(s, c, pool);
	return e == OK ? check_sender(&s->in.header, c) : e;
}

enum err cmp_check_signer_again(struct cmp_session *s, struct span der, const struct cmp_pool *pool)
{
	struct cert c;
	enum err e = cert_read(der, &c);

	return e == OK ? check_certificate(s, &c, pool) : e;
}

/* Nobody was it: which certificates were there, and which one was looked for. */
static enum err nobody(const struct cmp_session *s, unsigned named)
{
	const struct cmp_header *h = &s->in.header;
	struct quoted name, kid;

	if (named > 0)
		return err_because(E_CMP_PROTECTION,
		                   "the signature is not good under any of %u certificates of %s",
		                   named, name_text(&name, h->sender_name));
	return err_because(E_CMP_SIGNER,
	                   "no certificate of the sender %s, senderKID %s, came or is "
	                   "known",
	                   h->sender_name.n > 0 ? name_text(&name, h->sender_name)
	                                        : "(no directoryName)",
	                   h->sender_kid.n > 0 ? log_hex(&kid, h->sender_kid) : "missing");
}

static enum err search(struct cmp_session *s, const struct cmp_pool *pool,
                       const struct message *part, const struct sig_alg *alg)
{
	struct cmp_fault fault = { 0 };
	unsigned named = 0, tried = 0;

	for (size_t i = 0; i < pool->n && tried < CMP_SIGNERS_MAX; i++) {
		struct cert c;
		enum err e;

		if (cert_read(pool->certs[i], &c) != OK || !is_named(&s->in.header, &c))
			continue;
		named++;
		e = verify(&c, alg, part, s->in.protection);
		if (err_verdict(e) == HALT)
			return e;
		if (e != OK)
			continue;
		tried++;
		e = check_candidate(s, &c, pool);
		if (e == OK)
			return OK;
		cmp_fault_keep(&fault, e);
	}
	return tried > 0 ? cmp_fault_say(&fault) : nobody(s, named);
}

enum err cmp_check_signer(struct cmp_session *s)
{
	uint8_t room[CMP_PART_HEAD_MAX];
	const struct message part = cmp_protected_part(&s->in, room);
	struct cmp_pool pool = { .n = 0 };
	struct sig_alg alg;
	enum err e = signature_alg(&s->in, &alg);

	if (e != OK)
		return e;
	cmp_pool_fill(&pool, s);
	return search(s, &pool, &part, &alg);
}

enum err cmp_check_signer_status(const struct cmp_session *s)
{
	struct cmp_pool pool = { .n = 0 };
	struct path again;
	struct cert c;
	enum err e = cert_read(s->signer.certs[0], &c);

	cmp_pool_fill(&pool, s);
	return e == OK ? find_path(s, &c, &pool, REVOCATION_REQUIRED, &again) : e;
}
