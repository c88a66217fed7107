/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a voucher says, held against the device and the attempt (RFC 8995 5.6.1,
 * RFC 8366 5.3): one check after the other in a fixed order, each with its own
 * code, both values in its reason.
 */
#include "platform/base/date.h"
#include "platform/base/log.h"
#include "voucher/internal.h"

/*
 * RFC 8366 5.3: acceptable by local policy, before anything else is processed.
 * Ours: each of the four that are defined, and none (8366bis made it optional).
 */
static enum err check_assertion(const struct voucher_facts *f, struct voucher *v)
{
	struct quoted q;

	(void)f;
	if (v->claim.assertion != ASSERTION_UNKNOWN)
		return OK;
	return err_because(E_VOUCHER_ASSERTION,
	                   "the assertion is %s, expected verified, logged, proximity or "
	                   "agent-proximity",
	                   log_quote(&q, v->claim.assertion_text));
}

/* RFC 8995 5.6.1, 2.3.1: octet for octet the serialNumber of our subject. */
static enum err check_serial_number(const struct voucher_facts *f, struct voucher *v)
{
	struct quoted said, is;
	struct span own;

	if (!cert_serial_number(&f->idevid->leaf, &own))
		return err_because(E_IDENTITY, "the IDevID's subject has no serialNumber");
	if (v->claim.serial_number.n == 0)
		return err_because(E_VOUCHER_SERIAL,
		                   "the voucher names no serial number, this device is %s",
		                   log_quote(&is, own));
	if (!span_equal(v->claim.serial_number, own))
		return err_because(E_VOUCHER_SERIAL,
		                   "the voucher names serial number %s, this device is %s",
		                   log_quote(&said, v->claim.serial_number), log_quote(&is, own));
	return OK;
}

/* What an OCTET STRING that is the whole of s holds; or nothing. */
static struct span octet_string(struct span s)
{
	enum err e;
	struct der c = der_open(s, &e);
	struct span content = der_get(&c, DER_OCTET_STRING);

	der_end(&c);
	return e == OK ? content : NO_BYTES;
}

/*
 * AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] KeyIdentifier, ... }
 * for an IDevID without one: registrars make it of SHA-1 over the IDevID's own
 * public key, method 1 of RFC 5280 4.2.1.2.
 */
static enum err make_key_identifier(const struct cert *idevid, struct digest *key_id,
                                    struct derw *w)
{
	struct public_key key;
	enum err e = public_key_read(idevid->spki, &key);

	if (e == OK)
		e = hash_of(HASH_SHA1, key.key, key_id);
	if (e != OK)
		return err_within(E_IDENTITY, e, "the IDevID's key");
	IN (w, DER_SEQUENCE)
		derw_put(w, DER_CONTEXT_PRIMITIVE(0), digest_span(key_id));
	return OK;
}

/*
 * RFC 8366 5.3 says "the Authority Key Identifier OCTET STRING", and everybody
 * understood something else: the extnValue with its header (so 8366bis), what
 * is in it, or the keyIdentifier alone, with such a header or without.
 */
static enum err check_issuer(const struct voucher_facts *f, struct voucher *v)
{
	struct span said = v->claim.idevid_issuer, key_id = f->idevid->leaf.akid;
	struct span aki = f->idevid->leaf.aki_ext, inner = octet_string(said);
	uint8_t room[32];
	struct derw w = DERW_ON(room);
	struct digest made;
	struct quoted a, b;
	enum err e;

	if (said.n == 0)
		return OK;
	if (aki.n == 0) {
		if ((e = make_key_identifier(&f->idevid->leaf, &made, &w)) != OK ||
		    (e = derw_end(&w, &aki)) != OK)
			return e;
		key_id = digest_span(&made);
	}
	if (span_equal(said, aki) || span_equal(said, key_id) ||
	    (inner.n > 0 && (span_equal(inner, aki) || span_equal(inner, key_id))))
		return OK;
	return err_because(E_VOUCHER_ISSUER, "the voucher names IDevID issuer %s, ours is %s",
	                   log_hex(&a, said), log_hex(&b, aki));
}

/* RFC 8366 5.3: expires-on limits when a voucher may be used; an enrolment that it began
   may take the CA longer. */
static struct moment moment_of_use(const struct voucher_facts *f)
{
	return f->accepted.confidence != TIME_UNSET ? f->accepted : f->now;
}

/*
 * RFC 8995 7.2: a voucher without a nonce is good for any time.  By itself it
 * is taken only when its end can be judged.
 */
static enum err check_nonceless(const struct voucher_facts *f, const struct voucher *v)
{
	bool ends = v->claim.has_expires_on && moment_of_use(f).confidence == TIME_SET;

	if (!ends && !f->accept_nonceless)
		return err_because(E_VOUCHER_NONCE, "no nonce, and %s",
		                   v->claim.has_expires_on ? "no clock to judge its expires-on by"
		                                           : "no expires-on");
	log_notice("the voucher has no nonce: taken %s",
	           ends ? "until its expires-on" : "by the operator's word");
	return OK;
}

/* RFC 8995 5.6.1, 2.6.1: the nonce makes up for the missing clock. */
static enum err check_nonce(const struct voucher_facts *f, struct voucher *v)
{
	struct quoted q, ours;
	struct span sent = NO_BYTES;

	if (v->claim.nonce_text.n == 0)
		return check_nonceless(f, v);
	if (f->nonce != NULL)
		sent = (struct span){ f->nonce->b, f->nonce->n };
	if (sent.n == 0)
		return err_because(E_VOUCHER_NONCE, "nonce %s, but none was sent",
		                   log_quote(&q, v->claim.nonce_text));
	if (!span_equal_secret(v->claim.nonce, sent))
		return err_because(E_VOUCHER_NONCE, "nonce %s, expected base64 of the octets %s",
		                   log_quote(&q, v->claim.nonce_text), log_hex(&ours, sent));
	return OK;
}

/* RFC 8366 5.3: not passed; RFC 8995 2.6.1: by a clock that is believed. */
static enum err check_expires_on(const struct voucher_facts *f, struct voucher *v)
{
	struct moment use = moment_of_use(f);
	struct date_text end, now;

	if (!v->claim.has_expires_on)
		return OK;
	if (time_over(use, v->claim.expires_on))
		return err_because(E_VOUCHER_EXPIRED, "voucher expired %s (now %s%s)",
		                   date_to_rfc3339(&end, v->claim.expires_on),
		                   use.confidence == TIME_FLOOR ? "at least " : "",
		                   date_to_rfc3339(&now, use.seconds));
	if (use.confidence != TIME_SET)
		log_notice("the voucher's expires-on, %s, cannot be judged without a clock",
		           date_to_rfc3339(&end, v->claim.expires_on));
	return OK;
}

static enum err check_ahead(struct moment now, const char *what, int64_t seconds)
{
	struct date_text then, is;

	if (!time_ahead_by(now, seconds, VOUCHER_AHEAD_S))
		return OK;
	return err_because(E_VOUCHER_DATE, "%s is %s (now %s)", what,
	                   date_to_rfc3339(&then, seconds), date_to_rfc3339(&is, now.seconds));
}

/*
 * created-on is for audits.  But RFC 8995 2.6.1 has us check it and the CMS
 * signingTime where there is a clock: not from a day that has not begun.
 */
static enum err check_created_on(const struct voucher_facts *f, struct voucher *v)
{
	enum err e = OK;

	if (v->claim.has_created_on)
		e = check_ahead(f->now, "created-on", v->claim.created_on);
	if (e == OK && v->signing_time != 0)
		e = check_ahead(f->now, "the CMS signingTime", v->signing_time);
	return e;
}

/*
 * RFC 8366 5.3: true means that the status MUST be verified.  There is no
 * source of it before we are in the domain's network, so that cannot be done.
 */
static enum err check_revocation(const struct voucher_facts *f, struct voucher *v)
{
	(void)f;
	if (!v->claim.has_revocation_checks || !v->claim.revocation_checks)
		return OK;
	return err_because(E_VOUCHER_REVOKED, "domain-cert-revocation-checks is true, and this "
	                                      "device has no revocation status of the domain");
}

static enum err read_pin(const struct anchor *pin)
{
	struct public_key key;
	struct cert cert;

	switch (pin->kind) {
	case ANCHOR_CERT:
		return err_within(E_VOUCHER_SYNTAX, cert_read(pin->der, &cert),
		                  "pinned-domain-cert");
	case ANCHOR_KEY:
		return err_within(E_VOUCHER_SYNTAX, public_key_read(pin->der, &key),
		                  "pinned-domain-pubk");
	case ANCHOR_KEY_SHA256:
		break;
	}
	if (pin->der.n == hash_size(HASH_SHA256))
		return OK;
	return err_because(E_VOUCHER_SYNTAX, "pinned-domain-pubk-sha256 has %zu octets, not %zu",
	                   pin->der.n, hash_size(HASH_SHA256));
}

/*
 * Of several pins the one of the kind that we sent counts, which is always
 * proximity-registrar-cert; without a request, or of none that kind, the first
 * of sha256, pubk, cert (8366bis, "Voucher Artifact").  None at all is
 * RFC 8995 5.6.1's graceful failure.
 */
static enum err choose_pin(const struct voucher_facts *f, struct voucher *v)
{
	const struct voucher_claim *c = &v->claim;

	(void)f;
	if (c->nonce_text.n > 0 && c->pinned_cert.n > 0)
		v->pin = (struct anchor){ ANCHOR_CERT, c->pinned_cert };
	else if (c->pinned_key_sha256.n > 0)
		v->pin = (struct anchor){ ANCHOR_KEY_SHA256, c->pinned_key_sha256 };
	else if (c->pinned_key.n > 0)
		v->pin = (struct anchor){ ANCHOR_KEY, c->pinned_key };
	else if (c->pinned_cert.n > 0)
		v->pin = (struct anchor){ ANCHOR_CERT, c->pinned_cert };
	else
		return err_because(E_VOUCHER_NO_PIN, "no pinned-domain-cert, -pubk or "
		                                     "-pubk-sha256: we are not to join here");
	return read_pin(&v->pin);
}

enum err voucher_check(const struct voucher_facts *f, struct voucher *v)
{
	static enum err (*const checks[])(const struct voucher_facts *f, struct voucher *v) = {
		check_assertion,  check_serial_number, check_issuer,     check_nonce,
		check_expires_on, check_created_on,    check_revocation, choose_pin,
	};
	enum err e = OK;

	for (size_t i = 0; i < sizeof checks / sizeof *checks && e == OK; i++)
		e = checks[i](f, v);
	return e;
}
