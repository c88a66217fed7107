/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp show`: a PKIMessage in words. Nothing is verified, everything is quoted. */
#include "cmp/show.h"
#include "platform/base/date.h"

void cmp_show_cert(struct cmp_text *t, const char *what, struct span der)
{
	struct quoted subject, issuer, serial;
	struct date_text from, to;
	struct cert c;
	enum err e = cert_read(der, &c);

	if (e != OK) {
		cmp_say(t, "  %-14s unreadable: %s\n", what, err_reason(e));
		return;
	}
	cmp_say(t, "  %-14s %s, issued by %s, serial %s, %s to %s\n", what,
	        name_text(&subject, c.subject), name_text(&issuer, c.issuer),
	        log_hex(&serial, c.serial), date_to_rfc3339(&from, c.not_before),
	        date_to_rfc3339(&to, c.not_after));
}

static void show_hex(struct cmp_text *t, const char *what, struct span s)
{
	struct quoted q;

	if (s.n > 0)
		cmp_say(t, "  %-14s %s\n", what, log_hex(&q, s));
}

static void show_text(struct cmp_text *t, const char *what, struct span s)
{
	struct quoted q;

	if (s.n > 0)
		cmp_say(t, "  %-14s %s\n", what, log_quote(&q, s));
}

/* GeneralName: a directoryName as text, another one by its octets. */
static void show_general_name(struct cmp_text *t, const char *what, struct span name)
{
	enum err e;
	struct der c = der_open(name, &e);
	struct quoted q;

	if (!der_at(&c, DER_CONTEXT(4))) {
		show_hex(t, what, name);
		return;
	}

	struct span dn = der_get(&c, DER_CONTEXT(4));

	cmp_say(t, "  %-14s %s\n", what, name_is_empty(dn) ? "NULL-DN" : name_text(&q, dn));
}

static void show_time(struct cmp_text *t, const char *what, bool there, int64_t seconds)
{
	struct date_text text;

	if (there)
		cmp_say(t, "  %-14s %s\n", what, date_to_rfc3339(&text, seconds));
}

static void show_algorithm(struct cmp_text *t, struct span alg)
{
	enum err e;
	struct der c = der_open(alg, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&in);
	struct sig_alg known;
	char text[64];

	if (alg.n == 0)
		return;
	cmp_say(t, "  %-14s %s\n", "protectionAlg",
	        sig_alg_read(alg, &known) == OK ? sig_alg_name(&known)
	                                        : der_oid_text(oid, text, sizeof text));
}

static void show_header(struct cmp_text *t, const struct cmp_header *h)
{
	cmp_say(t, "  %-14s %u\n", "pvno", h->pvno);
	show_general_name(t, "sender", h->sender);
	show_general_name(t, "recipient", h->recipient);
	show_time(t, "messageTime", h->has_time, h->time);
	show_algorithm(t, h->protection_alg);
	show_hex(t, "senderKID", h->sender_kid);
	show_hex(t, "recipKID", h->recip_kid);
	show_hex(t, "transactionID", h->transaction_id);
	show_hex(t, "senderNonce", h->sender_nonce);
	show_hex(t, "recipNonce", h->recip_nonce);
	show_text(t, "freeText", h->free_text);
	if (h->implicit_confirm)
		cmp_say(t, "  %-14s %s\n", "generalInfo", "implicitConfirm");
	show_time(t, "confirmWait", h->has_confirm_wait, h->confirm_wait);
	show_text(t, "certProfile", h->profile);
}

enum err cmp_show(struct span der, char *out, size_t cap)
{
	struct cmp_text t = { out, cap, 0, false };
	struct cmp_message m;
	enum err e = cmp_read(der, &m);

	if (cap > 0)
		out[0] = '\0';
	if (e != OK)
		return e;
	cmp_say(&t, "CMP message %s, %zu octets\n", pki_body_name(m.body), der.n);
	show_header(&t, &m.header);
	cmp_say(&t, "%s:\n", pki_body_name(m.body));
	e = cmp_show_body(&t, &m);
	if (e != OK)
		return e;
	if (m.has_protection)
		cmp_say(&t, "protection: %zu octets, not verified here\n", m.protection.n);
	else
		cmp_say(&t, "protection: none\n");
	cmp_say(&t, "extraCerts: %zu\n", m.cert_count + m.certs_ignored);
	for (size_t i = 0; i < m.cert_count; i++)
		cmp_show_cert(&t, "certificate", m.certs[i]);
	return t.full ? err_because(E_SPACE, "the text has more than %zu octets", cap) : OK;
}
