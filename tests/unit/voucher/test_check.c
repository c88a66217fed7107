/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/base/log.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"
#include "voucher/internal.h"

static uint8_t room[524288];
static struct arena arena;
static struct fake_device device;
static const struct voucher *voucher;

static void begin_as(const char *idevid)
{
	arena = (struct arena)ARENA_ON(room);
	fake_device(&device, &arena, idevid);
}

static void begin(void)
{
	begin_as("idevid");
}

static enum err verify(struct span cms)
{
	return voucher_verify(&arena, cms, &device.facts, &voucher);
}

/* What is taken though it might be dangerous has to be logged. */
static unsigned logged;

static void count_line(void *context, enum log_level level, const char *line)
{
	(void)context;
	CU_ASSERT(level <= LOG_LEVEL_NOTICE && strstr(line, "voucher") != NULL);
	logged++;
}

static enum err verify_leaves(const struct fake_voucher *v)
{
	struct span cms = fake_voucher(&arena, v);
	enum err e;

	logged = 0;
	log_to(count_line, NULL);
	e = verify(cms);
	log_to(NULL, NULL);
	return e;
}

/* What is said of two values must name both. */
static void says(enum err e, const char *one, const char *other)
{
	if (strstr(err_reason(e), one) == NULL || strstr(err_reason(e), other) == NULL)
		printf("%s\n", err_reason(e));
	CU_ASSERT(strstr(err_reason(e), one) != NULL && strstr(err_reason(e), other) != NULL);
}

static struct fake_voucher changed(void)
{
	begin();
	return masa_good;
}

static void assertions(void)
{
	static const char *const good[] = { "verified", "logged", "proximity", "agent-proximity",
		                            NULL };
	struct fake_voucher v;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		v = changed();
		v.assertion = good[i];
		CHECK_OK(verify_leaves(&v));
	}
	v = changed();
	v.assertion = "trust\nme";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_ASSERTION);
	says(E_VOUCHER_ASSERTION, "trust\\x0ame", "proximity");
}

/* RFC 8995 5.6.1: byte for byte, no case folded. */
static void serial_numbers(void)
{
	static const char *const bad[] = { "jada123456789", "JADA12345678", "JADA1234567890",
		                           " JADA123456789", NULL };
	struct fake_voucher v;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		v = changed();
		v.serial = bad[i];
		CHECK_ERR(verify_leaves(&v), E_VOUCHER_SERIAL);
		says(E_VOUCHER_SERIAL, bad[i] != NULL ? bad[i] : "no serial number",
		     "\"" MASA_SERIAL "\"");
	}
	begin_as("idevid-no-serial");
	CHECK_ERR(verify_leaves(&masa_good), E_IDENTITY);
}

static struct span wrapped(uint8_t tag, struct span content)
{
	struct derw w = derw_in(&arena, content.n + 4);
	struct span out = NO_BYTES;

	derw_put(&w, tag, content);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void issuer_is(struct span issuer, enum err want)
{
	struct fake_voucher v = masa_good;

	v.issuer = issuer;
	CHECK_ERR(verify_leaves(&v), want);
}

/* The three readings of RFC 8366's "Authority Key Identifier OCTET STRING". */
static void issuers_in_every_form(void)
{
	struct span aki, id;

	begin();
	aki = device.idevid.leaf.aki_ext;
	id = device.idevid.leaf.akid;
	CU_ASSERT_FATAL(id.n == 20 && aki.n == 24);
	issuer_is(wrapped(DER_OCTET_STRING, aki), OK); /* 04 18 30 16 80 14 ... */
	issuer_is(aki, OK);
	issuer_is(id, OK);
	issuer_is((struct span){ id.p, 19 }, E_VOUCHER_ISSUER);
	issuer_is((struct span){ aki.p, 23 }, E_VOUCHER_ISSUER);
	issuer_is(wrapped(DER_OCTET_STRING, id), OK); /* 04 14 ... */
	issuer_is(wrapped(DER_OCTET_STRING, wrapped(DER_OCTET_STRING, id)), E_VOUCHER_ISSUER);
	issuer_is(wrapped(DER_OCTET_STRING, (struct span){ id.p, 19 }), E_VOUCHER_ISSUER);
	issuer_is(wrapped(DER_UTF8, id), E_VOUCHER_ISSUER);
	issuer_is(wrapped(DER_OCTET_STRING, wrapped(DER_OCTET_STRING, aki)), E_VOUCHER_ISSUER);
	issuer_is(device.idevid.leaf.skid, E_VOUCHER_ISSUER);
	issuer_is(device.idevid.leaf.issuer, E_VOUCHER_ISSUER);
	issuer_is(span_str("CN=Vendor Sub"), E_VOUCHER_ISSUER);
	says(E_VOUCHER_ISSUER, "434e3d", "30168014");
}

/* Without an AKI registrars make one of the device's own key (8366bis, rule 2). */
static void issuer_of_an_idevid_without_aki(void)
{
	struct public_key key;
	struct digest id;
	struct span aki;

	begin_as("idevid-no-aki");
	CU_ASSERT_EQUAL(device.idevid.leaf.aki_ext.n, 0);
	CHECK_OK(public_key_read(device.idevid.leaf.spki, &key));
	CHECK_OK(hash_of(HASH_SHA1, key.key, &id));
	aki = wrapped(DER_SEQUENCE, wrapped(DER_CONTEXT_PRIMITIVE(0), digest_span(&id)));
	issuer_is(wrapped(DER_OCTET_STRING, aki), OK);
	issuer_is(aki, OK);
	issuer_is(digest_span(&id), OK);
	id.b[0] ^= 1;
	issuer_is(digest_span(&id), E_VOUCHER_ISSUER);
	issuer_is(wrapped(DER_OCTET_STRING, NO_BYTES), E_VOUCHER_ISSUER);
	issuer_is(NO_BYTES, OK); /* absent */
}

static void nonces(void)
{
	static const char *const bad[] = {
		"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZY", "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVY=",
		"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWA==", "QEFCQ0RFRkc=", "not base64"
	};
	struct nonce none = { .n = 0 };
	struct fake_voucher v;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		v = changed();
		v.nonce = bad[i];
		device.facts.accept_nonceless = true; /* has no say in it */
		CHECK_ERR(verify_leaves(&v), E_VOUCHER_NONCE);
		says(E_VOUCHER_NONCE, bad[i], "404142434445");
	}
	begin();
	device.facts.nonce = NULL;
	CHECK_ERR(verify_leaves(&masa_good), E_VOUCHER_NONCE);
	device.facts.nonce = &none;
	CHECK_ERR(verify_leaves(&masa_good), E_VOUCHER_NONCE);
	says(E_VOUCHER_NONCE, MASA_NONCE, "none was sent");
}

/* RFC 8995 C.2 has base64url without padding. */
static void a_nonce_in_the_alphabet_of_urls(void)
{
	struct nonce n = { { 0xfb, 0xf5, 0xc4, 0xf7, 0x32, 0xbd, 0xab, 0xc2, 0xe5, 0xd6, 0xac, 0xa5,
		             0x32, 0xd2, 0xca, 0x7a },
		           16 };
	static const char *const spellings[] = {
		"-_XE9zK9q8Ll1qylMtLKeg",
		"+/XE9zK9q8Ll1qylMtLKeg==", "-_XE9zK9q8Ll1qylMtLKeg==", "+/XE9zK9q8Ll1qylMtLKeg"
	};

	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		struct fake_voucher v = changed();

		v.nonce = spellings[i];
		device.facts.nonce = &n;
		CHECK_OK(verify_leaves(&v));
	}
}

/* RFC 8995 7.2: by an end that can be judged, or the operator's word. */
static void nonceless_ones(void)
{
	static const struct {
		const char *expires_on;
		enum confidence clock;
		bool accept;
		enum err want;
	} rows[] = {
		{ NULL, TIME_SET, false, E_VOUCHER_NONCE },
		{ NULL, TIME_SET, true, OK },
		{ NULL, TIME_UNSET, true, OK },
		{ "2026-11-24T09:20:00Z", TIME_SET, false, OK },
		{ "2026-11-24T08:59:59Z", TIME_SET, false, E_VOUCHER_EXPIRED },
		{ "2026-11-24T08:59:59Z", TIME_SET, true, E_VOUCHER_EXPIRED },
		{ "2026-11-24T08:59:59Z", TIME_FLOOR, true, E_VOUCHER_EXPIRED },
		{ "2026-11-24T09:20:00Z", TIME_FLOOR, false, E_VOUCHER_NONCE },
		{ "2026-11-24T09:20:00Z", TIME_UNSET, false, E_VOUCHER_NONCE },
		{ "2026-11-24T09:20:00Z", TIME_FLOOR, true, OK },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fake_voucher v = changed();

		v.nonce = NULL;
		v.expires_on = rows[i].expires_on;
		device.facts.accept_nonceless = rows[i].accept;
		device.facts.now = (struct moment){ rows[i].clock,
			                            rows[i].clock == TIME_UNSET ? 0 : MASA_NOW };
		if (!CHECK_ERR(verify_leaves(&v), rows[i].want))
			printf("row %zu\n", i);
		CU_ASSERT(rows[i].want != OK || logged > 0);
	}
}

/* Nonce and expires-on together, which RFC 8366 forbids and peers send: both hold. */
static void both_nonce_and_expires_on(void)
{
	struct fake_voucher v = changed();

	v.expires_on = "2026-11-24T09:00:01Z";
	v.created_on = NULL;
	v.assertion = NULL;
	CHECK_OK(verify_leaves(&v));
	CU_ASSERT_EQUAL(logged, 0);
	CU_ASSERT_FALSE(voucher_says(voucher)->has_created_on);
	v.expires_on = "2026-11-24T08:59:59.999+00:00";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_EXPIRED);
	says(E_VOUCHER_EXPIRED, "2026-11-24T08:59:59Z", "2026-11-24T09:00:00Z");
	device.facts.now = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(verify_leaves(&v));
	v.nonce = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZY";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_NONCE);
}

/* What was accepted in its time stays so, by the clock of that time; all else is judged anew. */
static void accepted_in_its_time(void)
{
	struct fake_voucher v = changed();

	v.nonce = NULL;
	v.expires_on = "2026-11-24T09:00:01Z";
	device.facts.accepted = masa_now;
	device.facts.now.seconds = MASA_NOW + 86400;
	CHECK_OK(verify_leaves(&v));
	device.facts.now.confidence = TIME_FLOOR;
	CHECK_OK(verify_leaves(&v));
	device.facts.accepted.confidence = TIME_FLOOR;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_NONCE);
	device.facts.accepted = (struct moment){ TIME_SET, MASA_NOW + 2 };
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_EXPIRED);
	device.facts.accepted = masa_now;
	v.serial = "another";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_SERIAL);
	v = changed();
	v.created_on = "2026-11-26T09:00:00Z";
	device.facts.now = device.facts.accepted = masa_now;
	device.facts.accepted.seconds += 7 * 86400;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_DATE);
}

static void from_the_future(void)
{
	struct fake_voucher v = changed();

	v.created_on = "2026-11-25T09:00:00Z"; /* another time zone, perhaps */
	CHECK_OK(verify_leaves(&v));
	v.created_on = "2026-11-25T09:00:01Z";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_DATE);
	says(E_VOUCHER_DATE, "2026-11-25T09:00:01Z", "2026-11-24T09:00:00Z");
	device.facts.now.confidence = TIME_FLOOR;
	CHECK_OK(verify_leaves(&v));
	device.facts.now = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(verify_leaves(&v));
	/* minerva's way of writing dates */
	v.created_on = "2026-11-24T04:00:00.589-04:00";
	CHECK_OK(verify_leaves(&v));
	CU_ASSERT_EQUAL(voucher_says(voucher)->created_on, MASA_NOW - 3600);
}

/* The CMS signingTime is one of the five dates of RFC 8995 2.6.1. */
static void signing_time_from_the_future(void)
{
	struct fake_voucher v = changed();

	v.created_on = NULL;
	device.facts.now.seconds = MASA_NOW - VOUCHER_AHEAD_S;
	CHECK_OK(verify_leaves(&v));
	device.facts.now.seconds--;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_DATE);
	says(E_VOUCHER_DATE, "signingTime", "2026-11-24T09:00:00Z");
}

/* RFC 8366 5.3: true MUST be verified, and there is nothing to verify it by. */
static void revocation_checks(void)
{
	static const struct {
		const char *more;
		enum err want;
	} rows[] = {
		{ "\"domain-cert-revocation-checks\":false", OK },
		{ "\"domain-cert-revocation-checks\":\"false\"", OK },
		{ "\"domain-cert-revocation-checks\":true", E_VOUCHER_REVOKED },
		{ "\"domain-cert-revocation-checks\":\"true\"", E_VOUCHER_REVOKED },
		{ "\"domain-cert-revocation-checks\":\"maybe\"", E_VOUCHER_SYNTAX },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fake_voucher v = changed();

		v.more = rows[i].more;
		CHECK_ERR(verify_leaves(&v), rows[i].want);
	}
}

/* RFC 8995 5.6.1, RFC 8366 5.3: not processed, or not known. */
static void what_is_ignored(void)
{
	struct fake_voucher v = changed();

	v.more = "\"last-renewal-date\":\"2020-01-01T00:00:00Z\",\"extensions\":[\"x\"],"
		 "\"prior-signed-voucher-request\":\"!\",\"proximity-registrar-cert\":7,"
		 "\"manufacturer-proprietary\":\"e30\",\"x\":{\"serial-number\":\"other\"}";
	CHECK_OK(verify_leaves(&v));
	CU_ASSERT_EQUAL(voucher_says(voucher)->ignored, 5);
	CU_ASSERT(voucher_says(voucher)->prior_request.n == 0);
}

/* ---- the pin */

static void pin_is(const struct fake_voucher *v, enum anchor_kind kind, const char *of)
{
	struct digest d;
	struct span want;

	device.facts.accept_nonceless = true;
	CHECK_OK(verify_leaves(v));
	CU_ASSERT_PTR_NOT_NULL_FATAL(voucher);
	want = kind == ANCHOR_CERT ? masa_cert(&arena, of) : masa_spki(&arena, of);
	if (kind == ANCHOR_KEY_SHA256) {
		CHECK_OK(hash_of(HASH_SHA256, want, &d));
		want = digest_span(&d);
	}
	CU_ASSERT_EQUAL(voucher->pin.kind, kind);
	CU_ASSERT(span_equal(voucher->pin.der, want));
}

static void pins_of_every_kind(void)
{
	struct fake_voucher v = changed();

	v.pin_cert = "registrar-self";
	pin_is(&v, ANCHOR_CERT, "registrar-self");
	v.pin_cert = NULL;
	v.pin_key = "registrar";
	pin_is(&v, ANCHOR_KEY, "registrar");
	v.pin_key = NULL;
	v.pin_key_hash = "registrar";
	pin_is(&v, ANCHOR_KEY_SHA256, "registrar");
}

/* 8366bis: the kind we sent, which is a certificate; else sha256, pubk, cert. */
static void of_several_pins_one_counts(void)
{
	struct fake_voucher v = changed();

	v.pin_key = "registrar-second";
	v.pin_key_hash = "registrar";
	pin_is(&v, ANCHOR_CERT, "domain-root");
	v.nonce = NULL;
	pin_is(&v, ANCHOR_KEY_SHA256, "registrar");
	v.pin_key_hash = NULL;
	pin_is(&v, ANCHOR_KEY, "registrar-second");
	v.pin_key = NULL;
	pin_is(&v, ANCHOR_CERT, "domain-root");
	v = changed();
	v.pin_cert = NULL;
	v.pin_key = "registrar-second";
	v.pin_key_hash = "registrar";
	pin_is(&v, ANCHOR_KEY_SHA256, "registrar");
}

/* RFC 8995 5.6.1: to be parsed, and to fail gracefully. */
static void without_a_pin_there_is_nothing_to_join(void)
{
	struct fake_voucher v = changed();

	v.pin_cert = NULL;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_NO_PIN);
	CU_ASSERT_PTR_NULL(voucher);
}

static void pins_that_are_none(void)
{
	static const struct {
		const char *more;
		enum err want;
	} rows[] = {
		{ "\"pinned-domain-cert\":\"MAA=\"", E_VOUCHER_SYNTAX },
		{ "\"pinned-domain-cert\":\"not base64\"", E_VOUCHER_SYNTAX },
		{ "\"pinned-domain-cert\":\"\"", E_VOUCHER_SYNTAX },
		{ "\"pinned-domain-cert\":null", E_VOUCHER_SYNTAX },
		{ "\"pinned-domain-pubk\":\"MAA=\"", E_VOUCHER_SYNTAX },
		{ "\"pinned-domain-pubk-sha256\":\"AAAA\"", E_VOUCHER_SYNTAX },
		{ "\"pinned-domain-pubk-sha256\":"
		  "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
		  OK },
		{ "\"pinned-domain-pubk-sha256\":"
		  "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
		  E_VOUCHER_SYNTAX },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fake_voucher v = changed();

		v.pin_cert = NULL;
		v.more = rows[i].more;
		if (!CHECK_ERR(verify_leaves(&v), rows[i].want))
			printf("row %zu\n", i);
	}
}

/* Everything is wrong; one fault after the other is mended, and the next one is told. */
static void checks_come_in_their_order(void)
{
	struct fake_voucher v = changed();
	struct span wrong = SPAN(((uint8_t[]){ 1, 2, 3 }));

	v = (struct fake_voucher){
		.assertion = "guessed",
		.serial = "another",
		.nonce = "QUFBQUFBQUE=",
		.created_on = "2036-01-01T00:00:00Z",
		.expires_on = "2026-01-01T00:00:00Z",
		.issuer = wrong,
		.more = "\"domain-cert-revocation-checks\":true",
	};
	CHECK_ERR(verify(masa_sign(&arena, "other-masa", fake_voucher_json(&arena, &v))),
	          E_VOUCHER_SIGNER);
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_ASSERTION);
	v.assertion = "verified";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_SERIAL);
	v.serial = MASA_SERIAL;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_ISSUER);
	v.issuer = device.idevid.leaf.akid;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_NONCE);
	v.nonce = MASA_NONCE;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_EXPIRED);
	v.expires_on = "2037-01-01T00:00:00Z";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_DATE);
	v.created_on = "2026-11-24T08:00:00Z";
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_REVOKED);
	v.more = NULL;
	CHECK_ERR(verify_leaves(&v), E_VOUCHER_NO_PIN);
	v.pin_cert = "domain-root";
	CHECK_OK(verify_leaves(&v));
}

const struct test_suite suite_voucher_check = {
	"voucher/check",
	{
		{ "assertions", assertions },
		{ "serial numbers", serial_numbers },
		{ "issuers in every form", issuers_in_every_form },
		{ "issuer of an IDevID without AKI", issuer_of_an_idevid_without_aki },
		{ "nonces", nonces },
		{ "a nonce in the alphabet of URLs", a_nonce_in_the_alphabet_of_urls },
		{ "nonceless ones", nonceless_ones },
		{ "both nonce and expires-on", both_nonce_and_expires_on },
		{ "accepted in its time", accepted_in_its_time },
		{ "from the future", from_the_future },
		{ "signing time from the future", signing_time_from_the_future },
		{ "revocation checks", revocation_checks },
		{ "what is ignored", what_is_ignored },
		{ "pins of every kind", pins_of_every_kind },
		{ "of several pins one counts", of_several_pins_one_counts },
		{ "without a pin there is nothing to join",
	          without_a_pin_there_is_nothing_to_join },
		{ "pins that are none", pins_that_are_none },
		{ "checks come in their order", checks_come_in_their_order },
	}
};
