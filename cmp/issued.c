/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The certificate that came, against what was asked for.
 *
 * PKIStatus is the CA's opinion.  The key is ours or it is refused; names and
 * uses may differ where the CA says that it granted with modifications (rfc4210bis
 * 5.2.3), and are then logged and recorded.  An update keeps its names (RFC 9483
 * 4.1.3), whatever the CA says.
 */
#include <inttypes.h>
#include <strings.h>

#include "cmp/internal.h"
#include "platform/base/date.h"

/* A difference: an error after `accepted`, a log line after `grantedWithMods`. */
static enum err differs(const struct cmp_issued *issued, enum err e)
{
	if (!issued->with_modifications)
		return e;
	log_notice("the CA modified our request: %s", err_reason(e));
	return OK;
}

/* RFC 9483 4.1.6: the algorithm is asked for, and of an RSA key the length (crmf.c). */
static enum err check_kind(const struct cmp_params *w, const struct cert *c)
{
	enum key_kind is;

	if (w->central == NULL || cmp_key_is(c->spki, *w->central))
		return OK;
	return err_because(E_ISSUED_KEY, "its key is %s, requested was %s",
	                   key_kind_of(c->spki, &is) ? key_kind_name(is) : "of another kind",
	                   key_kind_name(*w->central));
}

/* A key that the CA made is held against the certificate when it is opened. */
static enum err check_key(const struct cmp_session *s, const struct cert *c)
{
	if (s->spki.n == 0)
		return check_kind(s->params, c);
	return public_key_equal(c->spki, s->spki)
	               ? OK
	               : err_because(E_ISSUED_KEY, "its public key is not the one of the request");
}

static enum err check_subject(const struct cmp_params *w, const struct cert *c)
{
	struct quoted is, was;

	if (name_equal(c->subject, w->subject))
		return OK;
	return err_because(E_ISSUED_SUBJECT, "its subject is %s, asked for was %s",
	                   name_text(&is, c->subject), name_text(&was, w->subject));
}

/* The extnValue's content of an extension we asked for: the inner DER. */
static bool requested(const struct cmp_params *w, struct span oid, struct span *value)
{
	struct cert like = { .extensions = w->extensions };
	bool critical;

	return cert_extension(&like, oid, &critical, value);
}

static bool same_general_name(struct span a, struct span b)
{
	const uint8_t dns_name = DER_CONTEXT_PRIMITIVE(2);

	if (a.n == b.n && a.n > 2 && a.p[0] == dns_name && b.p[0] == dns_name)
		return strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0;
	return span_equal(a, b);
}

static bool has_general_name(struct span names, struct span name)
{
	enum err e;
	struct der c = der_open(names, &e);

	while (der_more(&c))
		if (same_general_name(der_element(&c), name))
			return true;
	return false;
}

/* GeneralName in words: text as text, anything else as octets. */
static const char *general_name_text(struct quoted *q, struct span name)
{
	enum err e;
	struct der c = der_open(name, &e);
	uint8_t tag = name.n > 0 ? name.p[0] : 0;
	struct span content = der_get(&c, tag);
	bool text = tag >= DER_CONTEXT_PRIMITIVE(1) && tag <= DER_CONTEXT_PRIMITIVE(6);

	return text ? log_quote(q, content) : log_hex(q, content);
}

/* The GeneralNames asked for: their content, empty when there are none. */
static enum err requested_names(const struct cmp_params *w, struct span *names)
{
	enum err e;
	struct span san;

	*names = NO_BYTES;
	if (!requested(w, CE_SUBJECT_ALT_NAME, &san))
		return OK;

	struct der outer = der_open(san, &e);

	*names = der_get(&outer, DER_SEQUENCE);
	return e;
}

/* The first of the names that is not among those; empty: all of them are. */
static struct span missing(struct span names, struct span among)
{
	enum err e;
	struct der c = der_open(names, &e);

	while (der_more(&c)) {
		struct span name = der_element(&c);

		if (e == OK && !has_general_name(among, name))
			return name;
	}
	return NO_BYTES;
}

/* Every name we asked for is there. */
static enum err check_san(struct span wanted, const struct cert *c)
{
	struct span lacks = missing(wanted, c->san);
	struct quoted q;

	return lacks.n == 0 ? OK
	                    : err_because(E_ISSUED_SAN, "its subjectAltName lacks %s",
	                                  general_name_text(&q, lacks));
}

/* Further names are the CA's business, and said. */
static enum err check_further(struct span wanted, const struct cert *c)
{
	struct span further = missing(c->san, wanted);
	struct quoted q;

	return further.n == 0 ? OK
	                      : err_because(E_ISSUED_SAN,
	                                    "its subjectAltName has %s, which was not asked for",
	                                    general_name_text(&q, further));
}

/* A device signs with its key; a certificate that forbids it, unasked, is of no use, however
   the CA came to it.  What else was asked for it may leave out, if it says so. */
static enum err check_key_usage(const struct cmp_params *w, const struct cert *c,
                                const struct cmp_issued *out)
{
	enum err e = OK;
	uint32_t wanted = KU_DIGITAL_SIGNATURE;
	struct span value;

	if (requested(w, CE_KEY_USAGE, &value)) {
		struct der in = der_open(value, &e);

		wanted = der_flags(&in);
	}
	if (e != OK || !c->has_key_usage || (c->key_usage & wanted) == wanted)
		return e;
	e = err_because(E_ISSUED_USAGE, "its keyUsage is %03x, wanted were %03x (bit 0 first)",
	                (unsigned)c->key_usage, (unsigned)wanted);
	return (wanted & ~c->key_usage & KU_DIGITAL_SIGNATURE) != 0 ? e : differs(out, e);
}

static enum err check_eku(const struct cmp_params *w, const struct cert *c)
{
	enum err e;
	struct span eku;
	char text[64];

	if (c->eku.n == 0 || !requested(w, CE_EXT_KEY_USAGE, &eku))
		return OK;

	struct der outer = der_open(eku, &e);
	struct der purposes = der_enter(&outer, DER_SEQUENCE);

	while (der_more(&purposes)) {
		struct span purpose = der_oid(&purposes);

		if (e == OK && !cert_has_eku(c, purpose))
			return err_because(E_ISSUED_USAGE, "its extKeyUsage lacks %s",
			                   der_oid_text(purpose, text, sizeof text));
	}
	return e;
}

static enum err check_not_ca(const struct cert *c)
{
	return c->is_ca ? err_because(E_ISSUED_USAGE, "it is a CA certificate") : OK;
}

static enum err check_validity(const struct cmp_session *s, const struct cert *c)
{
	struct moment now = s->client->now();
	struct date_text text, ours;

	if (time_over(now, c->not_after) || c->not_after < c->not_before)
		return err_because(E_ISSUED_TIME, "certificate expired %s (now %s)",
		                   date_to_rfc3339(&text, c->not_after),
		                   date_to_rfc3339(&ours, now.seconds));
	if (time_ahead(now, c->not_before))
		return err_because(E_ISSUED_TIME, "certificate not valid before %s (now %s)",
		                   date_to_rfc3339(&text, c->not_before),
		                   date_to_rfc3339(&ours, now.seconds));
	return OK;
}

/* RFC 9483 4.1.3: subject and subjectAltName are those of the certificate it replaces. */
static enum err check_same_names(const struct cmp_params *w, const struct cert *c,
                                 struct span wanted)
{
	enum err e = check_subject(w, c);

	if (e == OK)
		e = check_san(wanted, c);
	if (e == OK)
		e = check_further(wanted, c);
	return err_within(e, e, "an update keeps its names (RFC 9483 4.1.3)");
}

static enum err check_names(const struct cmp_session *s, const struct cert *c,
                            struct cmp_issued *out)
{
	struct span wanted;
	enum err e = requested_names(s->params, &wanted), further;

	if (e != OK)
		return e;
	if (s->params_kind == CMP_KUR)
		return check_same_names(s->params, c, wanted);
	if ((e = check_subject(s->params, c)) != OK) {
		out->subject_changed = true;
		e = differs(out, e);
	}
	if (e == OK && (e = check_san(wanted, c)) != OK) {
		out->names_changed = true;
		e = differs(out, e);
	}
	if (e == OK && (further = check_further(wanted, c)) != OK) {
		out->names_changed = true;
		log_notice("the CA added to our request: %s", err_reason(further));
	}
	return e;
}

const char *cmp_issued_changes(const struct cmp_issued *issued)
{
	static const char *const words[2][2] = { { "", "subjectAltName" },
		                                 { "subject", "subject, subjectAltName" } };

	return words[issued->subject_changed][issued->names_changed];
}

static enum err check_uses(const struct cmp_session *s, const struct cert *c,
                           const struct cmp_issued *out)
{
	enum err e = check_not_ca(c);

	if (e == OK)
		e = check_key_usage(s->params, c, out);
	if (e == OK && (e = check_eku(s->params, c)) != OK)
		e = differs(out, e);
	return e;
}

enum err cmp_issued_check(struct cmp_session *s, const struct cmp_pool *pool,
                          struct cmp_issued *out)
{
	struct cert c;
	enum err e = cert_read(s->rep.cert, &c);

	*out = (struct cmp_issued){
		.cert = s->rep.cert,
		.with_modifications = s->rep.status.status == PKI_GRANTED_WITH_MODS,
	};
	if (e == OK)
		e = check_key(s, &c);
	if (e == OK)
		e = check_names(s, &c, out);
	if (e == OK)
		e = check_uses(s, &c, out);
	if (e == OK)
		e = check_validity(s, &c);
	return e == OK ? cmp_issued_chain(s, &c, pool, out) : e;
}
