/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates, CMS messages and vouchers in words. */
#include <stdarg.h>
#include <stdio.h>

#include "agent/show.h"
#include "platform/base/date.h"
#include "platform/pki/name.h"
#include "voucher/voucher.h"

void show_line(const char *label, const char *format, ...)
{
	va_list args;

	printf("  %-22s ", label);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static void show_date(const char *label, int64_t seconds)
{
	struct date_text t;

	show_line(label, "%s", date_to_rfc3339(&t, seconds));
}

static void show_octets(const char *label, struct span octets)
{
	struct quoted q;

	if (octets.n > 0)
		show_line(label, "%s (%zu octets)", log_hex(&q, octets), octets.n);
}

static void show_text(const char *label, struct span text)
{
	struct quoted q;

	if (text.n > 0)
		show_line(label, "%s", log_quote(&q, text));
}

static void show_algorithm(const char *label, struct span algorithm_identifier)
{
	struct sig_alg alg;
	char oid[80];
	enum err e;

	if (sig_alg_read(algorithm_identifier, &alg) == OK) {
		show_line(label, "%s", sig_alg_name(&alg));
		return;
	}
	struct der c = der_open(algorithm_identifier, &e);
	struct der seq = der_enter(&c, DER_SEQUENCE);
	struct span id = der_oid(&seq);

	show_line(label, "%s (not one onramp takes)",
	          e == OK ? der_oid_text(id, oid, sizeof oid) : "malformed");
}

static void show_key(struct span spki)
{
	struct public_key key;

	if (public_key_read(spki, &key) != OK)
		show_line("public key", "%s", err_reason(E_ALGORITHM));
	else if (key.family == KEY_RSA)
		show_line("public key", "RSA, %u bits", key.bits);
	else if (key.family == KEY_EC)
		show_line("public key", "EC P-%u", key.bits);
	else
		show_line("public key", key.family == KEY_ED25519 ? "Ed25519" : "Ed448");
}

static void show_eku(const struct cert *c)
{
	char text[80];
	enum err e;
	struct der list = der_open(c->eku, &e);

	while (der_more(&list)) {
		struct span oid = der_oid(&list);

		if (der_ok(&list))
			show_line("extended key usage", "%s%s",
			          der_oid_text(oid, text, sizeof text),
			          c->eku_critical ? " (critical)" : "");
	}
}

static void show_key_usage(uint32_t usage)
{
	static const char *const names[] = {
		"digitalSignature", "nonRepudiation", "keyEncipherment",
		"dataEncipherment", "keyAgreement",   "keyCertSign",
		"cRLSign",          "encipherOnly",   "decipherOnly",
	};
	char text[160] = "";

	for (size_t i = 0, n = 0; i < sizeof names / sizeof *names && n < sizeof text; i++)
		if (usage >> i & 1)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? ", " : "",
			                      names[i]);
	show_line("key usage", "%s", text);
}

static void show_extensions(const struct cert *c)
{
	char oid[80];

	if (c->has_basic && c->path_len != PATH_LEN_NONE)
		show_line("basic constraints", "CA, path length %d", c->path_len);
	else if (c->has_basic)
		show_line("basic constraints", "%s", c->is_ca ? "CA" : "not a CA");
	if (c->has_key_usage)
		show_key_usage(c->key_usage);
	show_eku(c);
	show_octets("subject key id", c->skid);
	show_octets("authority key id", c->akid);
	show_octets("alternative names", c->san);
	show_text("MASA URL", c->masa_url);
	if (c->unknown_critical)
		show_line("critical, unknown", "%s",
		          der_oid_text(c->unknown_critical_oid, oid, sizeof oid));
}

void show_certificate(const struct cert *c)
{
	struct quoted q;
	struct span serial;

	show_line("subject", "%s", name_text(&q, c->subject));
	show_line("issuer", "%s", name_text(&q, c->issuer));
	show_octets("serial", c->serial);
	if (cert_serial_number(c, &serial))
		show_text("device serial number", serial);
	show_date("not before", c->not_before);
	show_date("not after", c->not_after);
	show_key(c->spki);
	show_algorithm("signed with", c->sig_alg);
	show_extensions(c);
}

static void show_claim_dates(const struct voucher_claim *v)
{
	if (v->has_created_on)
		show_date("created-on", v->created_on);
	if (v->has_expires_on)
		show_date("expires-on", v->expires_on);
	if (v->has_last_renewal)
		show_date("last-renewal-date", v->last_renewal);
	if (v->has_revocation_checks)
		show_line("revocation checks", "%s", v->revocation_checks ? "true" : "false");
}

static void show_inner_certificate(const char *label, struct span der)
{
	struct quoted q;
	struct cert c;

	if (der.n == 0)
		return;
	if (cert_read(der, &c) == OK)
		show_line(label, "%s (%zu octets)", name_text(&q, c.subject), der.n);
	else
		show_line(label, "%zu octets, %s", der.n, err_reason(E_CERT_SYNTAX));
}

static void show_claim(const struct voucher_claim *v)
{
	show_text("assertion", v->assertion_text);
	show_text("serial-number", v->serial_number);
	show_text("nonce", v->nonce_text);
	show_octets("nonce, decoded", v->nonce);
	show_claim_dates(v);
	show_octets("idevid-issuer", v->idevid_issuer);
	show_inner_certificate("pinned-domain-cert", v->pinned_cert);
	show_octets("pinned-domain-pubk", v->pinned_key);
	show_octets("pinned-pubk-sha256", v->pinned_key_sha256);
	show_inner_certificate("proximity-registrar", v->proximity_cert);
	if (v->prior_request.n > 0)
		show_line("prior signed request", "%zu octets", v->prior_request.n);
	show_text("est-domain", v->est_domain);
	show_text("configuration url", v->additional_configuration_url);
	if (v->ignored > 0)
		show_line("other members", "%u, ignored", v->ignored);
}

enum err show_voucher_json(struct arena *a, struct span json)
{
	struct voucher_claim claim;
	enum err e = voucher_claim_read(a, json, ROOT_VOUCHER, &claim);

	if (e == OK) {
		printf("voucher\n");
	} else if ((e = voucher_claim_read(a, json, ROOT_REQUEST, &claim)) == OK) {
		printf("voucher-request\n");
	} else {
		return e;
	}
	show_claim(&claim);
	return OK;
}

static void show_signer(const struct cms_signer *s, size_t number)
{
	struct quoted q;

	printf("signer %zu\n", number);
	if (s->issuer.n > 0)
		show_line("issuer", "%s", name_text(&q, s->issuer));
	show_octets("serial", s->serial);
	show_octets("key id", s->skid);
	show_algorithm("signed with", s->sig_alg);
	show_line("signed attributes", "%s", s->has_signed_attrs ? "present" : "MISSING");
	show_octets("message digest", s->message_digest);
	if (s->signing_time != 0)
		show_date("signing time", s->signing_time);
}

void show_cms(struct arena *a, const struct cms *m)
{
	char oid[80];
	struct cert c;

	printf("CMS SignedData\n");
	show_line("version", "%u", (unsigned)m->version);
	show_line("content type", "%s%s", der_oid_text(m->content_type, oid, sizeof oid),
	          span_equal(m->content_type, OID_CT_ANIMA_JSON_VOUCHER) ? " (JSON voucher)"
	          : span_equal(m->content_type, OID_CMS_DATA)            ? " (data)"
	                                                                 : "");
	show_line("content", "%zu octets", m->content.n);
	for (size_t i = 0; i < m->signer_count; i++)
		show_signer(&m->signers[i], i + 1);
	for (size_t i = 0; i < m->cert_count; i++) {
		printf("certificate %zu\n", i + 1);
		if (cert_read(m->certs[i], &c) == OK)
			show_certificate(&c);
		else
			show_line("unreadable", "%s", err_reason(E_CERT_SYNTAX));
	}
	if (show_voucher_json(a, m->content) != OK)
		printf("content: no voucher (%s)\n", err_reason(E_VOUCHER_SYNTAX));
}
