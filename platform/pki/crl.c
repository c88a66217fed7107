/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificate revocation lists, RFC 5280 5 and 6.3: signed by the issuer of the
 * certificate itself, for all reasons, complete or of one distribution point.
 * Indirect and delta CRLs say so in critical extensions, and are of no use here.
 */
#include <stdio.h>

#include "platform/base/date.h"
#include "platform/pki/internal.h"

/*
 * Extensions that say nothing about which certificates a list is of, nor whether one is
 * revoked (RFC 5280 5.2.1 to 5.2.3, 5.2.7, 5.3.1, 5.3.2).  SHOULD or MUST be non-critical; we
 * know them, so a critical one makes no list useless.
 */
#define CE "\x55\x1d"
static bool is_harmless(struct span oid)
{
	static const struct span known[] = {
		OCTETS(CE "\x12"), /* issuerAltName */
		OCTETS(CE "\x14"), /* cRLNumber */
		OCTETS(CE "\x15"), /* reasonCode */
		OCTETS(CE "\x18"), /* invalidityDate */
		OCTETS(CE "\x23"), /* authorityKeyIdentifier */
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_equal(known[i], oid))
			return true;
	return false;
}

/* Extensions of an entry, none of which is read: whether the list may be used all the same. */
static bool entry_usable(struct der *list)
{
	struct extension_list seen = { .n = 0 };
	bool usable = true;

	while (der_more(list)) {
		struct extension x = extension_next(list);

		if (der_ok(list) && extension_is_first(list, &seen, &x))
			usable = (!x.critical || is_harmless(x.oid)) && usable;
	}
	return usable;
}

/*
 * revokedCertificates ::= SEQUENCE OF SEQUENCE {		(RFC 5280 5.1)
 *	userCertificate		CertificateSerialNumber,
 *	revocationDate		Time,
 *	crlEntryExtensions	Extensions OPTIONAL }
 */
static struct span entry_next(struct der *entries, bool *usable)
{
	struct der entry = der_enter(entries, DER_SEQUENCE);
	struct span serial = der_integer(&entry);

	der_time(&entry);
	if (der_more(&entry)) {
		struct der list = der_enter(&entry, DER_SEQUENCE);

		*usable = entry_usable(&list) && *usable;
	}
	der_end(&entry);
	return serial;
}

/* One after the other: they are what makes a list long. */
static enum err read_entries(const struct octets *entries, bool *usable)
{
	struct window w;
	enum err e, inner;
	struct der_walk c = der_walk_open(entries, &w, &e);

	while (der_walk_more(&c)) {
		struct der entry = der_open(der_walk_take(&c, DER_SEQUENCE), &inner);

		if (e == OK)
			entry_next(&entry, usable);
		if (e == OK && inner != OK)
			der_walk_fail(&c, inner);
	}
	return e;
}

static const uint8_t ce_issuing_distribution_point[] = { 0x55, 0x1d, 28 };

/* One of the list's own; issuingDistributionPoint is the only one that is read. */
static void read_extension(struct der *list, struct extension_list *seen, struct crl *out)
{
	struct extension x = extension_next(list);
	struct der value = der_within(list, x.value);

	if (!der_ok(list) || !extension_is_first(list, seen, &x))
		return;
	if (!span_equal(x.oid, SPAN(ce_issuing_distribution_point))) {
		out->usable = (!x.critical || is_harmless(x.oid)) && out->usable;
		return;
	}
	out->usable = crl_scope_read(&value, &out->scope) && out->usable;
	der_end(&value);
}

static void read_extensions(struct der *tbs, uint32_t version, struct crl *out)
{
	struct extension_list seen = { .n = 0 };
	struct der explicit, list;

	if (!der_at(tbs, DER_CONTEXT(0)))
		return;
	if (version != 2)
		der_fail(tbs, err_because(E_UNEXPECTED, "extensions in a version 1 CRL"));
	explicit = der_enter(tbs, DER_CONTEXT(0));
	list = der_enter(&explicit, DER_SEQUENCE);
	while (der_more(&list))
		read_extension(&list, &seen, out);
	der_end(&explicit);
}

/* Version is v2 where it is there at all (RFC 5280 5.1.2.1). */
static uint32_t version(struct der *tbs)
{
	uint32_t v = der_at(tbs, DER_INTEGER) ? der_uint(tbs) : 0;

	if (der_ok(tbs) && v > 1)
		der_fail(tbs, err_because(E_RANGE, "CRL version %u", v));
	return v + 1;
}

/* What is before the entries. */
static enum err read_head(struct span head, uint32_t *v, struct crl *out)
{
	enum err e;
	struct der tbs = der_open(head, &e);

	*v = version(&tbs);
	out->sig_alg = der_element_of(&tbs, DER_SEQUENCE);
	out->issuer = der_element_of(&tbs, DER_SEQUENCE);
	name_check(&tbs, out->issuer);
	out->this_update = der_time(&tbs);
	if (der_at(&tbs, DER_UTCTIME) || der_at(&tbs, DER_TIME))
		out->next_update = der_time(&tbs);
	der_end(&tbs);
	return e;
}

/* What is behind them. */
static enum err read_tail(struct span tail, uint32_t v, struct crl *out)
{
	enum err e;
	struct der tbs = der_open(tail, &e);

	read_extensions(&tbs, v, out);
	der_end(&tbs);
	return e;
}

/* signatureAlgorithm, signatureValue; RFC 5280 5.1.1.2: the former is what was signed. */
static enum err read_proof(struct span proof, struct crl *out)
{
	enum err e;
	struct der c = der_open(proof, &e);
	struct span alg = der_element_of(&c, DER_SEQUENCE);

	if (e == OK && !span_equal(alg, out->sig_alg))
		der_fail(&c,
		         err_because(E_UNEXPECTED, "signatureAlgorithm is not what was signed"));
	out->signature = der_bit_octets(&c);
	der_end(&c);
	return e;
}

/* The parts of a list, in its order. */
struct crl_parts {
	struct octets tbs, head, entries, tail, proof;
};

/*
 * TBSCertList ::= SEQUENCE {				(RFC 5280 5.1)
 *	version			Version OPTIONAL,
 *	signature		AlgorithmIdentifier,
 *	issuer			Name,
 *	thisUpdate		Time,
 *	nextUpdate		Time OPTIONAL,
 *	revokedCertificates	SEQUENCE OF ... OPTIONAL,
 *	crlExtensions		[0] EXPLICIT Extensions OPTIONAL }
 */
static void part_tbs(struct der_walk *tbs, struct crl_parts *out)
{
	struct der_walk all = *tbs, list;

	if (der_walk_at(tbs, DER_INTEGER))
		der_walk_element(tbs, DER_INTEGER);
	der_walk_element(tbs, DER_SEQUENCE);
	der_walk_element(tbs, DER_SEQUENCE);
	for (int times = 0; times < 2; times++)
		if (der_walk_at(tbs, DER_UTCTIME) || der_walk_at(tbs, DER_TIME))
			der_walk_element(tbs, der_walk_at(tbs, DER_TIME) ? DER_TIME : DER_UTCTIME);
	if (*tbs->err != OK)
		return;
	all.end = tbs->at;
	out->head = der_walk_rest(&all);
	if (der_walk_at(tbs, DER_SEQUENCE)) {
		list = der_walk_enter(tbs, DER_SEQUENCE);
		out->entries = der_walk_rest(&list);
	}
	out->tail = der_walk_rest(tbs);
}

/* CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING } */
static enum err part(const struct octets *list, struct crl_parts *out)
{
	struct window w;
	enum err e;
	struct der_walk whole = der_walk_open(list, &w, &e);
	struct der_walk c = der_walk_enter(&whole, DER_SEQUENCE);
	struct der_walk before = c, inner;

	*out = (struct crl_parts){ .tbs = NO_OCTETS };
	out->tbs = der_walk_element(&c, DER_SEQUENCE);
	inner = der_walk_enter(&before, DER_SEQUENCE);
	part_tbs(&inner, out);
	out->proof = der_walk_rest(&c);
	der_walk_end(&whole);
	return e;
}

static enum err read_parts(const struct crl_parts *p, struct crl *out)
{
	struct span head, tail, proof;
	uint32_t v = 1;
	enum err e = octets_hold(&p->head, out->head, sizeof out->head, &head);

	if (e == OK)
		e = read_head(head, &v, out);
	/* RFC 5280 5.1.2.6: it "MUST be absent" when there is none; an empty one says the same */
	if (e == OK)
		e = read_entries(&p->entries, &out->usable);
	if (e == OK)
		e = octets_hold(&p->tail, out->tail, sizeof out->tail, &tail);
	if (e == OK)
		e = read_tail(tail, v, out);
	if (e == OK)
		e = octets_hold(&p->proof, out->proof, sizeof out->proof, &proof);
	return e == OK ? read_proof(proof, out) : e;
}

enum err crl_read(const struct octets *list, struct crl *out)
{
	struct crl_parts p;
	enum err e = OK;

	*out = (struct crl){ .usable = true };
	if (list->n > CRL_SIZE_MAX)
		return err_because(E_TOO_BIG, "a CRL of %zu octets, at most %d are read", list->n,
		                   CRL_SIZE_MAX);
	e = part(list, &p);
	out->tbs = p.tbs;
	out->entries = p.entries;
	if (e == OK)
		e = read_parts(&p, out);
	return e == E_STORE ? e : err_within(E_CERT_SYNTAX, e, "CRL");
}

enum err crl_find(const struct crl *l, struct span serial, bool *listed)
{
	struct window w;
	enum err e, inner;
	struct der_walk c = der_walk_open(&l->entries, &w, &e);
	bool usable = true;

	*listed = false;
	while (der_walk_more(&c)) {
		struct der entry = der_open(der_walk_take(&c, DER_SEQUENCE), &inner);

		if (e == OK && span_equal(entry_next(&entry, &usable), serial))
			*listed = true;
		if (e == OK && inner != OK)
			der_walk_fail(&c, inner);
	}
	return e == E_STORE ? e : err_within(E_CERT_SYNTAX, e, "CRL");
}

static enum err check_signature(const struct crl *l, const struct cert *issuer)
{
	const struct message m = { NO_BYTES, l->tbs };
	struct public_key key;
	struct sig_alg alg;
	enum err e = public_key_read(issuer->spki, &key);

	if (e == OK)
		e = sig_alg_read_signed(l->sig_alg, &alg);
	return e == OK ? sig_verify_message(&key, &alg, &m, l->signature) : e;
}

/* RFC 5280 6.3.3 f, g: the issuer may sign CRLs, and signed this one. */
enum err crl_check(const struct crl *l, const struct cert *issuer)
{
	if (!l->usable)
		return err_because(E_CERT_CRITICAL, "a critical extension of it is not understood");
	if (issuer->has_key_usage && !(issuer->key_usage & KU_CRL_SIGN))
		return err_because(E_CERT_CA, "the issuer's keyUsage lacks cRLSign");
	return check_signature(l, issuer);
}

/* RFC 5280 5.1.2.5: nextUpdate MUST be there, else nobody knows what fresh is. */
enum err crl_check_fresh(const struct crl *l, struct moment now)
{
	struct date_text t;

	if (time_ahead(now, l->this_update))
		return err_because(E_CERT_TIME, "it begins %s",
		                   date_to_rfc3339(&t, l->this_update));
	if (l->next_update == 0)
		return err_because(E_CERT_TIME, "it has no nextUpdate");
	if (time_over(now, l->next_update))
		return err_because(E_CERT_TIME, "it ended %s", date_to_rfc3339(&t, l->next_update));
	return OK;
}

/*
 * One CRL about one certificate: E_REVOKED when it is listed, also by a list
 * that is out of date; OK when a fresh list has it not; else why it says nothing.
 */
static enum err ask(const struct crl *l, const struct path_request *r, const struct cert *c)
{
	struct quoted q;
	bool listed;
	enum err e = crl_find(l, c->serial, &listed);
	if (e != OK)
		return e;
	if (listed)
		return err_because(E_REVOKED, "%s is revoked", name_text(&q, c->subject));
	if (!crl_covers(&l->scope, c))
		return err_because(E_CERT_NAMES, "it is of other certificates of the issuer");
	return crl_check_fresh(l, r->now);
}

enum err crl_judge(const struct path_request *r, const struct cert *c, const struct cert *issuer,
                   const struct cert *anchor)
{
	struct quoted q;
	struct crl l;
	bool good = false;
	char why[ERR_REASON_MAX / 2] = "there is no CRL of its issuer";

	for (size_t i = 0; r->revocation != REVOCATION_IGNORE && i < r->crl_count; i++) {
		enum err e = crl_read(&r->crls[i], &l);

		if (e == OK && !name_equal(l.issuer, issuer->subject))
			continue;
		if (e == OK)
			e = crl_check_issuer(&l, r, issuer, anchor);
		if (e == OK)
			e = ask(&l, r, c);
		if (e == E_REVOKED || err_verdict(e) == HALT)
			return e;
		good = good || e == OK;
		if (e == OK)
			continue;
		snprintf(why, sizeof why, "%s", err_reason(e));
		log_info("a CRL of %s tells nothing: %s", name_text(&q, issuer->subject), why);
	}
	if (r->revocation != REVOCATION_REQUIRED || good)
		return OK;
	return err_because(E_REVOKED, "%s: its revocation status is not known: %s",
	                   name_text(&q, c->subject), why);
}
