/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a voucher or voucher-request says: its JSON, read and not yet believed. */
#include "platform/base/date.h"
#include "platform/codec/b64.h"
#include "platform/codec/json.h"
#include "voucher/voucher.h"

/*
 * The leaves of one container.  The first fault is kept and later reads do
 * nothing, so the container is read in a straight list of its leaves.
 */
struct leaves {
	struct arena *arena;
	const struct json *container;
	size_t known; /* members found that we know */
	enum err err;
};

static void refuse(struct leaves *l, const char *name, const char *why)
{
	l->err = err_because(E_VOUCHER_SYNTAX, "%s %s", name, why);
}

/* A string, still the document's; false when absent, or refused.  An empty one
   could be mistaken for an absent one later. */
static bool find(struct leaves *l, const char *name, struct span *text)
{
	enum json_found found;

	if (l->err != OK)
		return false;
	found = json_string(l->container, name, text);
	if (found == JSON_ABSENT)
		return false;
	l->known++;
	if (found == JSON_WRONG)
		refuse(l, name, "is not a string");
	else if (text->n == 0)
		refuse(l, name, "is empty");
	return l->err == OK;
}

static void read_text(struct leaves *l, const char *name, struct span *out)
{
	struct span text;

	if (find(l, name, &text))
		l->err = arena_copy(l->arena, text, out);
}

/* RFC 7951 6.6: base64 of RFC 4648 4, with its padding. */
static void read_binary(struct leaves *l, const char *name, struct span *out)
{
	struct span text;

	if (find(l, name, &text))
		l->err = err_within(E_VOUCHER_SYNTAX, b64_decode(l->arena, B64_STRICT, text, out),
		                    name);
}

/*
 * The nonce, too, is base64, but the samples of RFC 8995 C.1.2 have it in the
 * alphabet of URLs and without padding.  What is neither stays a text that
 * equals no nonce of ours.
 */
static void read_nonce(struct leaves *l, struct voucher_claim *out)
{
	enum err before = l->err;

	read_text(l, "nonce", &out->nonce_text);
	/* of another type, or empty: no nonce of ours */
	if (before == OK && l->err == E_VOUCHER_SYNTAX)
		l->err = err_because(E_VOUCHER_NONCE, "%s", err_reason(l->err));
	if (l->err != OK || out->nonce_text.n == 0)
		return;
	l->err = b64_decode(l->arena, B64_ANY, out->nonce_text, &out->nonce);
	if (l->err == E_TEXT)
		l->err = OK;
}

static bool read_date(struct leaves *l, const char *name, int64_t *out)
{
	struct span text;

	if (!find(l, name, &text))
		return false;
	l->err = err_within(E_VOUCHER_SYNTAX, date_from_rfc3339(text, out), name);
	return l->err == OK;
}

static void read_assertion(struct leaves *l, struct voucher_claim *out)
{
	static const struct {
		const char *text;
		enum assertion assertion;
	} known[] = {
		{ "verified", ASSERTION_VERIFIED },
		{ "logged", ASSERTION_LOGGED },
		{ "proximity", ASSERTION_PROXIMITY },
		{ "agent-proximity", ASSERTION_AGENT_PROXIMITY },
	};

	read_text(l, "assertion", &out->assertion_text);
	if (out->assertion_text.n == 0)
		return;
	out->assertion = ASSERTION_UNKNOWN;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_is(out->assertion_text, known[i].text))
			out->assertion = known[i].assertion;
}

/* A boolean; the sample voucher of RFC 8366 5.2 prints it as a string. */
static void read_revocation_checks(struct leaves *l, struct voucher_claim *out)
{
	static const char name[] = "domain-cert-revocation-checks";
	struct span text;

	if (l->err == OK && json_bool(l->container, name, &out->revocation_checks) == JSON_FOUND) {
		l->known++;
		out->has_revocation_checks = true;
	} else if (find(l, name, &text)) {
		out->has_revocation_checks = true;
		out->revocation_checks = span_is(text, "true");
		if (!out->revocation_checks && !span_is(text, "false"))
			refuse(l, name, "is neither true nor false");
	}
}

/* container voucher, RFC 8366 5.3 and its revision: all but what is ignored. */
static void read_voucher(struct leaves *l, struct voucher_claim *out)
{
	read_assertion(l, out);
	read_text(l, "serial-number", &out->serial_number);
	read_binary(l, "idevid-issuer", &out->idevid_issuer);
	read_nonce(l, out);
	out->has_created_on = read_date(l, "created-on", &out->created_on);
	out->has_expires_on = read_date(l, "expires-on", &out->expires_on);
	out->has_last_renewal = read_date(l, "last-renewal-date", &out->last_renewal);
	read_revocation_checks(l, out);
	read_binary(l, "pinned-domain-cert", &out->pinned_cert);
	read_binary(l, "pinned-domain-pubk", &out->pinned_key);
	read_binary(l, "pinned-domain-pubk-sha256", &out->pinned_key_sha256);
	read_text(l, "est-domain", &out->est_domain);
	read_text(l, "additional-configuration-url", &out->additional_configuration_url);
}

/* RFC 8995 3.4: what a voucher-request has besides. */
static void read_request(struct leaves *l, struct voucher_claim *out)
{
	read_binary(l, "prior-signed-voucher-request", &out->prior_request);
	read_binary(l, "proximity-registrar-cert", &out->proximity_cert);
}

static enum err read_container(struct arena *a, const struct json *container,
                               enum voucher_root root, struct voucher_claim *out)
{
	struct leaves l = { .arena = a, .container = container };

	read_voucher(&l, out);
	if (root == ROOT_REQUEST)
		read_request(&l, out);
	/* RFC 8995 5.6.1: be prepared to ignore additional fields */
	if (l.err == OK)
		out->ignored = (unsigned)(json_members(container) - l.known);
	return l.err;
}

enum err voucher_claim_read(struct arena *a, struct span json, enum voucher_root root,
                            struct voucher_claim *out)
{
	static const char *const names[] = {
		[ROOT_VOUCHER] = "ietf-voucher:voucher",
		[ROOT_REQUEST] = "ietf-voucher-request:voucher",
	};
	const struct json *document, *container;
	size_t mark = arena_mark(a);
	enum err e = err_within(E_VOUCHER_SYNTAX, json_open(json, &document), "JSON");

	*out = (struct voucher_claim){ .assertion = ASSERTION_ABSENT };
	if (e != OK)
		return e;
	if (json_object(document, names[root], &container) == JSON_FOUND)
		e = read_container(a, container, root, out);
	else
		e = err_because(E_VOUCHER_SYNTAX, "no object \"%s\" at the root", names[root]);
	json_close(document);
	if (e != OK) {
		*out = (struct voucher_claim){ .assertion = ASSERTION_ABSENT };
		arena_rewind(a, mark);
	}
	return e;
}
