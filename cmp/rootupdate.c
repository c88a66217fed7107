/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Root CA certificate update (RFC 9483 4.3.2).
 *
 * Who may protect a message may bring a new root; that alone proves nothing.  The
 * new root has to follow from the one that is trusted now: by a link certificate
 * of the old key (RFC 4210 4.4), or as the successor whose key's hash the old root
 * has announced (RFC 8649).
 */
#include "cmp/internal.h"
#include "platform/base/date.h"

/* [n] CMPCertificate OPTIONAL: explicit, CMPCertificate being a CHOICE. */
static struct span take_link(struct der *c, uint8_t n)
{
	struct span cert = NO_BYTES;

	if (der_at(c, DER_CONTEXT(n))) {
		struct der in = der_enter(c, DER_CONTEXT(n));

		cert = der_element_of(&in, DER_SEQUENCE);
		der_end(&in);
	}
	return cert;
}

/*
 * RootCaKeyUpdateContent ::= SEQUENCE {		(RFC 9480 2.15)
 *	newWithNew	CMPCertificate,
 *	newWithOld  [0] CMPCertificate OPTIONAL,
 *	oldWithNew  [1] CMPCertificate OPTIONAL }
 */
enum err cmp_root_update_read(struct span value, struct cmp_root_update *out)
{
	enum err e;
	struct der c = der_open(value, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);

	*out = (struct cmp_root_update){ .present = true };
	out->new_with_new = der_element_of(&in, DER_SEQUENCE);
	out->new_with_old = take_link(&in, 0);
	out->old_with_new = take_link(&in, 1);
	der_end(&in);
	der_end(&c);
	if (e != OK)
		*out = (struct cmp_root_update){ .present = false };
	return err_within(E_CMP_SYNTAX, e, "root CA update");
}

/* RFC 5280 6.1.4 k, n.  Without this, whoever has any certificate of the old root
   could take it for a newWithOld. */
static enum err check_ca(const struct cert *c)
{
	if (!c->is_ca)
		return err_because(E_CERT_CA, "it is no CA certificate");
	if (c->has_key_usage && !(c->key_usage & KU_KEY_CERT_SIGN))
		return err_because(E_CERT_CA, "its keyUsage lacks keyCertSign");
	return OK;
}

/* From one certificate straight to another, which is taken for the anchor. */
static enum err leads_to(const struct cmp_client *client, const struct cert *c, struct span anchor)
{
	struct anchors only = { .n = 0 };
	struct path p;
	struct path_request r = {
		.target = c,
		.anchors = &only,
		.now = client->now(),
		.revocation = REVOCATION_IF_KNOWN,
		.crls = client->crls,
		.crl_count = client->crl_count,
	};
	enum err e = anchors_add(&only, ANCHOR_CERT, anchor);

	return e == OK ? path_check(&r, &p) : e;
}

/* A root of its own: RFC 8649 2, "the recipient verifies the signature on the self-signed
   certificate". */
static enum err check_new_with_new(const struct cmp_client *client, const struct cert *old,
                                   struct span der, struct cert *out)
{
	enum err e = cert_read(der, out);

	if (e == OK && span_equal(der, old->der))
		e = err_because(E_UNEXPECTED, "it is the old root itself");
	if (e == OK && !cert_self_issued(out))
		e = err_because(E_CERT_CHAIN, "it is not self-issued, so it is no root");
	if (e == OK)
		e = check_ca(out);
	if (e == OK)
		e = cert_signed_by(out, out);
	if (e == OK)
		e = leads_to(client, out, der);
	return err_within(E_ROOT_UPDATE, e, "newWithNew");
}

struct link_certificate {
	struct span der; /* empty: there is none */
	const char *name;
	const struct cert *of, *by; /* whose name and key it has, whose key signed it */
};

/*
 * A good signature of the old key says nothing of newWithNew: the link must have the
 * name and the key of what it links (RFC 4210 4.4.2.3: "subject and issuer fields must
 * match").
 */
static enum err check_link(const struct cmp_client *client, const struct link_certificate *l)
{
	struct quoted is, expected;
	struct cert c;
	enum err e;

	if (l->der.n == 0)
		return OK;
	e = cert_read(l->der, &c);
	if (e == OK && !name_equal(c.subject, l->of->subject))
		e = err_because(E_CERT_NAMES, "its subject is %s, expected %s",
		                name_text(&is, c.subject), name_text(&expected, l->of->subject));
	if (e == OK && !public_key_equal(c.spki, l->of->spki))
		e = err_because(E_CERT_NAMES, "it is for another key");
	if (e == OK)
		e = check_ca(&c);
	if (e == OK)
		e = leads_to(client, &c, l->by->der);
	return err_within(E_ROOT_UPDATE, e, l->name);
}

/* id-ce-hashOfRootKey: 1.3.6.1.4.1.51483.2.1 */
static const uint8_t ce_hash_of_root_key[] = {
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0x92, 0x1b, 2, 1
};

/*
 * HashedRootKey ::= SEQUENCE {				(RFC 8649 3)
 *	hashAlg    HashAlgorithm,
 *	hashValue  OCTET STRING }	-- of the DER-encoded SubjectPublicKeyInfo
 */
static enum err check_announced_key(struct span announced, struct span spki)
{
	enum err e;
	struct der c = der_open(announced, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct span alg = der_element_of(&in, DER_SEQUENCE);
	struct span value = der_get(&in, DER_OCTET_STRING);
	enum hash hash;
	struct digest d;

	der_end(&in);
	der_end(&c);
	if (e == OK)
		e = hash_alg_read(alg, &hash);
	if (e == OK)
		e = hash_of(hash, spki, &d);
	if (e == OK && !span_equal(digest_span(&d), value))
		e = err_because(E_SIGNATURE, "the new root has another key than was announced");
	return e;
}

/*
 * The old root's word about its successor, where it gave one.  RFC 8649 2: when the
 * hash does not match, "the potential Root CA certificate is not a valid
 * replacement", and a newWithOld does not make it one: the announcement is what
 * stands when the old key is lost to somebody.
 */
static enum err check_hash_of_root_key(const struct cmp_client *client, const struct cert *old,
                                       const struct cert *new, bool *announced)
{
	struct span value;
	bool critical;
	enum err e;

	*announced = cert_extension(old, SPAN(ce_hash_of_root_key), &critical, &value);
	if (!*announced)
		return OK;
	if (critical) /* "MUST NOT be critical" */
		e = err_because(E_CERT_CRITICAL, "it is critical");
	else
		e = check_announced_key(value, new->spki);
	if (e == OK)
		e = leads_to(client, old, old->der); /* what has ended announces nothing */
	return err_within(E_ROOT_UPDATE, e, "hashOfRootKey of the old root");
}

/*
 * An update leads forward.  The oldWithNew of the update before has the form of a
 * newWithOld; who holds the key that was left could come back with it, and with a
 * newWithNew of any date.  But it begins with the key it is for (RFC 4210 4.4.1:
 * "starting at the generation time of the old key pair"), before the root that is held.
 */
static enum err check_not_before(const struct cert *old, const struct cert *c, const char *name)
{
	struct date_text began, before;

	if (c->not_before >= old->not_before)
		return OK;
	return err_because(E_ROOT_UPDATE, "%s is of %s, before the root that is held, of %s", name,
	                   date_to_rfc3339(&began, c->not_before),
	                   date_to_rfc3339(&before, old->not_before));
}

/*
 * Without an announcement newWithOld is all there is.  It keeps the name: "a CA DN
 * change ... is out of scope" (RFC 9810 4.4), and a CA below the old root could else
 * raise itself, its own certificate being a newWithOld.
 */
static enum err check_proved_by_link(const struct cert *old, const struct cert *new,
                                     const struct cmp_root_update *u)
{
	struct quoted is, was;
	struct cert link;
	enum err e;

	if (u->new_with_old.n == 0)
		return err_because(E_ROOT_UPDATE, "newWithOld is missing, and the old root "
		                                  "announced no successor");
	if (!name_equal(new->subject, old->subject))
		return err_because(E_ROOT_UPDATE,
		                   "newWithOld cannot prove a root of another name: %s, "
		                   "the old one is %s",
		                   name_text(&is, new->subject), name_text(&was, old->subject));
	e = err_within(E_ROOT_UPDATE, cert_read(u->new_with_old, &link), "newWithOld");
	if (e == OK)
		e = check_not_before(old, &link, "newWithOld");
	return e == OK ? check_not_before(old, new, "newWithNew") : e;
}

enum err cmp_root_update_prove(const struct cmp_client *client, struct span old_root,
                               struct cmp_root_update *u)
{
	struct cert old, new;
	const struct link_certificate links[] = {
		{ u->new_with_old, "newWithOld", &new, &old },
		{ u->old_with_new, "oldWithNew", &old, &new },
	};
	enum err e = err_within(E_ROOT_UPDATE, cert_read(old_root, &old), "old root");

	if (e == OK)
		e = check_new_with_new(client, &old, u->new_with_new, &new);
	if (e == OK)
		e = check_hash_of_root_key(client, &old, &new, &u->by_hash);
	if (e == OK && !u->by_hash)
		e = check_proved_by_link(&old, &new, u);
	for (size_t i = 0; e == OK && i < sizeof links / sizeof *links; i++)
		e = check_link(client, &links[i]);
	if (e != OK)
		*u = (struct cmp_root_update){ .present = false };
	return e;
}

/* RFC 9480 2.15: RootCaCertValue ::= CMPCertificate */
enum err cmp_get_root_update(const struct cmp_client *c, struct arena *a, struct span old_root,
                             struct cmp_root_update *out)
{
	struct cert old;
	struct cmp_info info = { .value = NO_OCTETS };
	enum err e = err_within(E_ROOT_UPDATE, cert_read(old_root, &old), "old root");

	*out = (struct cmp_root_update){ .present = false };
	if (e == OK)
		e = cmp_ask_info(c, a, &CMP_OP_ROOT_UPDATE, old_root, &info);
	if (e != OK || info.value.n == 0)
		return e;
	e = cmp_root_update_read((struct span){ info.value.p, info.value.n }, out);
	return e == OK ? cmp_root_update_prove(c, old_root, out) : e;
}
