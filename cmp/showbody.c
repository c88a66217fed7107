/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies in words: one row per PKIBody that RFC 9483 uses. */
#include <inttypes.h>

#include "cmp/show.h"

/* Attributes and extensions by name, where people know them by one. */
static const char *oid_name(struct span oid, char *room, size_t cap)
{
	if (span_equal(oid, CE_SUBJECT_ALT_NAME))
		return "subjectAltName";
	if (span_equal(oid, CE_KEY_USAGE))
		return "keyUsage";
	if (span_equal(oid, CE_EXT_KEY_USAGE))
		return "extKeyUsage";
	return der_oid_text(oid, room, cap);
}

/* content of Extensions: SEQUENCE OF SEQUENCE { extnID, critical, extnValue } */
static void show_extensions(struct cmp_text *t, struct der *list)
{
	char text[64];

	while (der_more(list)) {
		struct der in = der_enter(list, DER_SEQUENCE);
		struct span oid = der_oid(&in);
		struct quoted q;

		if (der_at(&in, DER_BOOLEAN))
			der_bool(&in);
		cmp_say(t, "  %-14s %s %s\n", "extension", oid_name(oid, text, sizeof text),
		        log_hex(&q, der_get(&in, DER_OCTET_STRING)));
		der_end(&in);
	}
}

static void show_name(struct cmp_text *t, const char *what, struct der *c, uint8_t n)
{
	struct quoted q;
	struct span name;

	if (!der_at(c, DER_CONTEXT(n)))
		return;
	name = der_get(c, DER_CONTEXT(n));
	cmp_say(t, "  %-14s %s\n", what, name_is_empty(name) ? "NULL-DN" : name_text(&q, name));
}

/* CertTemplate (RFC 4211 5); fields between those we print are passed over. */
static void show_template(struct cmp_text *t, struct der *c)
{
	struct der in = der_enter(c, DER_SEQUENCE);
	struct quoted q;

	der_skip(&in, DER_CONTEXT_PRIMITIVE(0));
	if (der_at(&in, DER_CONTEXT_PRIMITIVE(1)))
		cmp_say(t, "  %-14s %s\n", "serialNumber",
		        log_hex(&q, der_get(&in, DER_CONTEXT_PRIMITIVE(1))));
	der_skip(&in, DER_CONTEXT(2));
	show_name(t, "issuer", &in, 3);
	der_skip(&in, DER_CONTEXT(4));
	show_name(t, "subject", &in, 5);
	if (der_at(&in, DER_CONTEXT(6)))
		cmp_say(t, "  %-14s %zu octets\n", "publicKey", der_get(&in, DER_CONTEXT(6)).n);
	der_skip(&in, DER_CONTEXT_PRIMITIVE(7));
	der_skip(&in, DER_CONTEXT_PRIMITIVE(8));
	if (der_at(&in, DER_CONTEXT(9))) {
		struct der list = der_enter(&in, DER_CONTEXT(9));

		show_extensions(t, &list);
	}
	der_end(&in);
}

/* CertReqMessages: SEQUENCE OF { { certReqId, certTemplate, controls? }, popo?, regInfo? } */
static void show_requests(struct cmp_text *t, struct der *c)
{
	struct der list = der_enter(c, DER_SEQUENCE);

	while (der_more(&list)) {
		struct der message = der_enter(&list, DER_SEQUENCE);
		struct der request = der_enter(&message, DER_SEQUENCE);

		cmp_say(t, "  %-14s %" PRId64 "\n", "certReqId", der_int(&request));
		show_template(t, &request);
		if (der_skip(&request, DER_SEQUENCE))
			cmp_say(t, "  %-14s yes\n", "controls");
		der_end(&request);
		cmp_say(t, "  %-14s %s\n", "popo",
		        der_at(&message, DER_CONTEXT(1))             ? "signature"
		        : der_at(&message, DER_CONTEXT_PRIMITIVE(0)) ? "raVerified"
		        : der_more(&message)                         ? "of another kind"
		                                                     : "none");
		while (der_more(&message))
			der_element(&message);
	}
}

static void show_status(struct cmp_text *t, const struct cmp_status *s)
{
	char words[ERR_REASON_MAX];
	struct cmp_text w = CMP_TEXT_ON(words);

	cmp_status_words(&w, s);
	cmp_say(t, "  %-14s %s\n", "status", words);
}

/* CertRepMessage as it may be, not only as RFC 9483 narrows it. */
static void show_responses(struct cmp_text *t, struct der *c)
{
	struct der in = der_enter(c, DER_SEQUENCE);

	if (der_at(&in, DER_CONTEXT(1))) {
		struct der outer = der_enter(&in, DER_CONTEXT(1));
		struct der certs = der_enter(&outer, DER_SEQUENCE);

		while (der_more(&certs))
			cmp_show_cert(t, "caPubs", der_element(&certs));
	}

	struct der list = der_enter(&in, DER_SEQUENCE);

	while (der_more(&list)) {
		struct der response = der_enter(&list, DER_SEQUENCE);
		struct cmp_status status;

		cmp_say(t, "  %-14s %" PRId64 "\n", "certReqId", der_int(&response));
		cmp_status_read(&response, &status);
		show_status(t, &status);
		if (der_at(&response, DER_SEQUENCE)) {
			struct der pair = der_enter(&response, DER_SEQUENCE);

			if (der_at(&pair, DER_CONTEXT(0)))
				cmp_show_cert(t, "certificate", der_get(&pair, DER_CONTEXT(0)));
			else
				cmp_say(t, "  %-14s encrypted\n", "certificate");
		}
		der_skip(&response, DER_OCTET_STRING);
		der_end(&response);
	}
}

/* GenMsgContent, GenRepContent: SEQUENCE OF { infoType, infoValue? } */
static void show_infos(struct cmp_text *t, struct der *c)
{
	struct der list = der_enter(c, DER_SEQUENCE);
	char text[64];

	while (der_more(&list)) {
		struct der info = der_enter(&list, DER_SEQUENCE);
		struct span type = der_oid(&info);
		const char *name = cmp_info_name(type);

		cmp_say(t, "  %-14s %s, %zu octets\n", "infoType",
		        name != NULL ? name : der_oid_text(type, text, sizeof text), info.n);
		if (der_more(&info))
			der_element(&info);
		der_end(&info);
	}
}

/* CertConfirmContent: SEQUENCE OF { certHash, certReqId, statusInfo?, [0] hashAlg? } */
static void show_confirmations(struct cmp_text *t, struct der *c)
{
	struct der list = der_enter(c, DER_SEQUENCE);
	struct quoted q;

	while (der_more(&list)) {
		struct der in = der_enter(&list, DER_SEQUENCE);
		struct cmp_status status = { .status = PKI_ACCEPTED };

		cmp_say(t, "  %-14s %s\n", "certHash", log_hex(&q, der_get(&in, DER_OCTET_STRING)));
		cmp_say(t, "  %-14s %" PRId64 "\n", "certReqId", der_int(&in));
		if (der_at(&in, DER_SEQUENCE))
			cmp_status_read(&in, &status);
		show_status(t, &status);
		der_skip(&in, DER_CONTEXT(0));
		der_end(&in);
	}
}

/* PollReqContent, PollRepContent: SEQUENCE OF { certReqId, checkAfter?, reason? } */
static void show_polls(struct cmp_text *t, struct der *c)
{
	struct der list = der_enter(c, DER_SEQUENCE);
	struct quoted q;

	while (der_more(&list)) {
		struct der in = der_enter(&list, DER_SEQUENCE);

		cmp_say(t, "  %-14s %" PRId64 "\n", "certReqId", der_int(&in));
		if (der_at(&in, DER_INTEGER))
			cmp_say(t, "  %-14s 0x%s s\n", "checkAfter", log_hex(&q, der_integer(&in)));
		if (der_at(&in, DER_SEQUENCE))
			cmp_say(t, "  %-14s %s\n", "reason",
			        log_quote(&q, cmp_free_text_read(&in)));
		der_end(&in);
	}
}

static void show_null(struct cmp_text *t, struct der *c)
{
	(void)t;
	der_null(c);
}

static void (*const by_body[BODY_LAST + 1])(struct cmp_text *t, struct der *c) = {
	[BODY_IR] = show_requests,    [BODY_CR] = show_requests,
	[BODY_KUR] = show_requests,   [BODY_IP] = show_responses,
	[BODY_CP] = show_responses,   [BODY_KUP] = show_responses,
	[BODY_GENM] = show_infos,     [BODY_GENP] = show_infos,
	[BODY_PKICONF] = show_null,   [BODY_CERT_CONF] = show_confirmations,
	[BODY_POLL_REQ] = show_polls, [BODY_POLL_REP] = show_polls,
};

enum err cmp_show_body(struct cmp_text *t, const struct cmp_message *m)
{
	struct cmp_status status;
	struct der c;
	enum err e = OK;

	if (m->body == BODY_ERROR) {
		e = cmp_error_read(m->content, &status);
		if (e == OK)
			show_status(t, &status);
		return e;
	}
	if (by_body[m->body] == NULL) {
		cmp_say(t, "  %zu octets, not taken apart\n", m->content.n);
		return OK;
	}
	c = der_open(m->content, &e);
	by_body[m->body](t, &c);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, pki_body_name(m->body));
}
