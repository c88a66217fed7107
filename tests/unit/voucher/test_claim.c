/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "tests/unit/test.h"
#include "voucher/voucher.h"

static uint8_t room[65536];

#define VOUCHER(members) "{\"ietf-voucher:voucher\":{" members "}}"
#define REQUEST(members) "{\"ietf-voucher-request:voucher\":{" members "}}"

static struct voucher_claim claim;
static struct arena arena;

static bool reads(enum voucher_root root, const char *json)
{
	arena = (struct arena)ARENA_ON(room);
	return CHECK_OK(voucher_claim_read(&arena, span_str(json), root, &claim));
}

static void refuses(enum voucher_root root, const char *json)
{
	arena = (struct arena)ARENA_ON(room);
	if (!CHECK_ERR(voucher_claim_read(&arena, span_str(json), root, &claim), E_VOUCHER_SYNTAX))
		printf("read: %s\n", json);
	CU_ASSERT_EQUAL(arena.used, 0);
	CU_ASSERT(claim.serial_number.n == 0 && claim.pinned_cert.n == 0);
}

static void every_leaf_is_read(void)
{
	reads(ROOT_VOUCHER,
	      VOUCHER("\"created-on\":\"2026-11-24T08:00:00Z\",\"assertion\":\"logged\","
	              "\"serial-number\":\"JADA123456789\",\"idevid-issuer\":\"AQID\","
	              "\"nonce\":\"QEFCQ0RFRkc=\",\"expires-on\":\"2026-11-25T08:00:00Z\","
	              "\"last-renewal-date\":\"2027-01-01T00:00:00Z\","
	              "\"domain-cert-revocation-checks\":false,\"pinned-domain-cert\":\"BAUG\","
	              "\"pinned-domain-pubk\":\"Bwg=\",\"pinned-domain-pubk-sha256\":\"CQ==\","
	              "\"est-domain\":\"https://ra.example\","
	              "\"additional-configuration-url\":\"https://conf.example\""));
	CU_ASSERT(claim.has_created_on && claim.created_on == 1795507200);
	CU_ASSERT(claim.assertion == ASSERTION_LOGGED && span_is(claim.assertion_text, "logged"));
	CU_ASSERT(span_is(claim.serial_number, "JADA123456789"));
	CU_ASSERT(span_is(claim.idevid_issuer, "\1\2\3"));
	CU_ASSERT(span_is(claim.nonce, "@ABCDEFG") && span_is(claim.nonce_text, "QEFCQ0RFRkc="));
	CU_ASSERT(claim.has_expires_on && claim.expires_on == 1795593600);
	CU_ASSERT(claim.has_last_renewal && claim.last_renewal == 1798761600);
	CU_ASSERT(claim.has_revocation_checks && !claim.revocation_checks);
	CU_ASSERT(span_is(claim.pinned_cert, "\4\5\6") && span_is(claim.pinned_key, "\7\10"));
	CU_ASSERT(span_is(claim.pinned_key_sha256, "\11"));
	CU_ASSERT(span_is(claim.est_domain, "https://ra.example"));
	CU_ASSERT(span_is(claim.additional_configuration_url, "https://conf.example"));
	CU_ASSERT_EQUAL(claim.ignored, 0);
}

static void absent_leaves_are_empty(void)
{
	reads(ROOT_VOUCHER, VOUCHER(""));
	CU_ASSERT(claim.assertion == ASSERTION_ABSENT && claim.serial_number.n == 0);
	CU_ASSERT(claim.nonce_text.n == 0 && claim.nonce.n == 0 && claim.idevid_issuer.n == 0);
	CU_ASSERT(!claim.has_created_on && !claim.has_expires_on && !claim.has_last_renewal);
	CU_ASSERT(!claim.has_revocation_checks);
	CU_ASSERT(claim.pinned_cert.n + claim.pinned_key.n + claim.pinned_key_sha256.n == 0);
}

/* RFC 8995 5.6.1 */
static void unknown_members_are_counted_and_ignored(void)
{
	reads(ROOT_VOUCHER, VOUCHER("\"x\":1,\"serial-number\":\"S\",\"y\":{\"nonce\":\"QQ==\"},"
	                            "\"extensions\":[\"a\"],\"prior-signed-voucher-request\":3"));
	CU_ASSERT_EQUAL(claim.ignored, 4);
	CU_ASSERT(claim.nonce_text.n == 0);
	CU_ASSERT(span_is(claim.serial_number, "S"));
}

static void a_request_has_leaves_of_its_own(void)
{
	reads(ROOT_REQUEST, REQUEST("\"assertion\":\"proximity\",\"serial-number\":\"S\","
	                            "\"proximity-registrar-cert\":\"AQID\","
	                            "\"prior-signed-voucher-request\":\"BAUG\""));
	CU_ASSERT(claim.assertion == ASSERTION_PROXIMITY);
	CU_ASSERT(span_is(claim.proximity_cert, "\1\2\3"));
	CU_ASSERT(span_is(claim.prior_request, "\4\5\6"));
	CU_ASSERT_EQUAL(claim.ignored, 0);
}

static void the_root_is_the_one_asked_for(void)
{
	refuses(ROOT_VOUCHER, REQUEST("\"serial-number\":\"S\""));
	refuses(ROOT_REQUEST, VOUCHER("\"serial-number\":\"S\""));
	refuses(ROOT_VOUCHER, "{\"voucher\":{\"serial-number\":\"S\"}}");
	refuses(ROOT_VOUCHER, "{\"ietf-voucher:Voucher\":{}}");
	refuses(ROOT_VOUCHER, "{\"ietf-voucher:voucher\":[]}");
	refuses(ROOT_VOUCHER, "{\"ietf-voucher:voucher\":\"x\"}");
	refuses(ROOT_VOUCHER, "[{\"ietf-voucher:voucher\":{}}]");
	refuses(ROOT_VOUCHER, "{}");
	refuses(ROOT_VOUCHER, "");
	refuses(ROOT_VOUCHER, "\"ietf-voucher:voucher\"");
}

static void assertions(void)
{
	static const struct {
		const char *text;
		enum assertion want;
	} rows[] = {
		{ "verified", ASSERTION_VERIFIED },
		{ "logged", ASSERTION_LOGGED },
		{ "proximity", ASSERTION_PROXIMITY },
		{ "agent-proximity", ASSERTION_AGENT_PROXIMITY },
		{ "Proximity", ASSERTION_UNKNOWN },
		{ "proximity ", ASSERTION_UNKNOWN },
		{ "2", ASSERTION_UNKNOWN },
	};
	char json[128];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(json, sizeof json, VOUCHER("\"assertion\":\"%s\""), rows[i].text);
		reads(ROOT_VOUCHER, json);
		CU_ASSERT_EQUAL(claim.assertion, rows[i].want);
		CU_ASSERT(span_is(claim.assertion_text, rows[i].text));
	}
}

static void members_of_a_wrong_type_are_refused(void)
{
	static const char *const names[] = {
		"assertion",
		"serial-number",
		"idevid-issuer",
		"created-on",
		"expires-on",
		"last-renewal-date",
		"domain-cert-revocation-checks",
		"pinned-domain-cert",
		"pinned-domain-pubk",
		"est-domain",
		"pinned-domain-pubk-sha256",
	};
	static const char *const values[] = {
		"null", "1", "1.5", "[]", "{}", "[\"AQID\"]", "\"\""
	};
	char json[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
			snprintf(json, sizeof json, VOUCHER("\"%s\":%s"), names[i], values[k]);
			refuses(ROOT_VOUCHER, json);
		}
	refuses(ROOT_VOUCHER, VOUCHER("\"serial-number\":true"));
	refuses(ROOT_REQUEST, REQUEST("\"proximity-registrar-cert\":1"));
	refuses(ROOT_REQUEST, REQUEST("\"prior-signed-voucher-request\":\"\""));
}

/* Whatever it is, it is not the one that was sent. */
static void a_nonce_of_a_wrong_type_is_not_ours(void)
{
	static const char *const values[] = { "null", "1", "1e999", "[]", "{}", "true", "\"\"" };
	char json[128];

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		arena_reset(&arena);
		snprintf(json, sizeof json, VOUCHER("\"serial-number\":\"S\",\"nonce\":%s"),
		         values[i]);
		CHECK_ERR(voucher_claim_read(&arena, span_str(json), ROOT_VOUCHER, &claim),
		          E_VOUCHER_NONCE);
	}
	refuses(ROOT_VOUCHER, VOUCHER("\"serial-number\":1,\"nonce\":1")); /* the first fault */
}

static void big_numbers_are_ignored_with_their_members(void)
{
	reads(ROOT_VOUCHER, VOUCHER("\"x\":123456789012345678901234567890,\"serial-number\":"
	                            "\"S\",\"y\":{\"z\":[1e999]}"));
	CU_ASSERT_EQUAL(claim.ignored, 2);
	CU_ASSERT(span_is(claim.serial_number, "S"));
	refuses(ROOT_VOUCHER, VOUCHER("\"serial-number\":123456789012345678901234567890"));
	refuses(ROOT_VOUCHER, VOUCHER("\"created-on\":1e999"));
}

static void duplicate_members_are_refused(void)
{
	refuses(ROOT_VOUCHER, VOUCHER("\"serial-number\":\"S\",\"serial-number\":\"S\""));
	refuses(ROOT_VOUCHER, VOUCHER("\"serial-number\":\"S\",\"serial\\u002dnumber\":\"T\""));
	refuses(ROOT_VOUCHER, "{\"ietf-voucher:voucher\":{},\"ietf-voucher:voucher\":{}}");
}

/* RFC 7951 6.6: of all binaries only the nonce is seen in other spellings. */
static void binaries_are_strict_base64(void)
{
	static const char *const bad[] = { "AQI", "AQ", "-_8=", "AQI D", "AQID\\n", "AR==", "*" };
	static const char *const names[] = { "pinned-domain-cert", "pinned-domain-pubk",
		                             "pinned-domain-pubk-sha256", "idevid-issuer" };
	char json[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
			snprintf(json, sizeof json, VOUCHER("\"%s\":\"%s\""), names[i], bad[k]);
			refuses(ROOT_VOUCHER, json);
		}
}

static void nonce_is(const char *text, size_t octets, const char *begins)
{
	char json[128];

	snprintf(json, sizeof json, VOUCHER("\"nonce\":\"%s\""), text);
	reads(ROOT_VOUCHER, json);
	CU_ASSERT(span_is(claim.nonce_text, text));
	CU_ASSERT_EQUAL(claim.nonce.n, octets);
	CU_ASSERT(octets == 0 || memcmp(claim.nonce.p, begins, strlen(begins)) == 0);
}

/* Spellings of samples and of peers in the field; a nonce that is none stays a text. */
static void nonces_in_every_spelling(void)
{
	nonce_is("-_XE9zK9q8Ll1qylMtLKeg", 16, "\xfb\xf5\xc4\xf7");
	nonce_is("+/XE9zK9q8Ll1qylMtLKeg==", 16, "\xfb\xf5\xc4\xf7");
	nonce_is("4vTsppS2CeqBzhEdoifM2g", 16, "\xe2\xf4\xec\xa6");
	nonce_is("62a2e7693d82fcda2624de58fb6722e5", 24, "\xeb\x66\xb6\x7b");
	nonce_is("5742698422680472", 12, "\xe7\xbe\x36\xeb");
	nonce_is("no base64!", 0, "");
	nonce_is("-/XE9zK9q8Ll1qylMtLKeg", 0, "");
}

static void dates(void)
{
	reads(ROOT_VOUCHER, VOUCHER("\"created-on\":\"2021-04-13T17:43:24.589-04:00\""));
	CU_ASSERT_EQUAL(claim.created_on, 1618350204);
	refuses(ROOT_VOUCHER, VOUCHER("\"created-on\":\"2021-04-13\""));
	refuses(ROOT_VOUCHER, VOUCHER("\"expires-on\":\"2021-04-13T25:43:24Z\""));
	refuses(ROOT_VOUCHER, VOUCHER("\"expires-on\":\"tomorrow\""));
	refuses(ROOT_VOUCHER, VOUCHER("\"last-renewal-date\":\"2021-04-13T17:43:24\""));
}

/* RFC 8366 5.2 prints a string where its YANG has a boolean. */
static void revocation_checks(void)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ VOUCHER("\"domain-cert-revocation-checks\":true"), true },
		{ VOUCHER("\"domain-cert-revocation-checks\":false"), false },
		{ VOUCHER("\"domain-cert-revocation-checks\":\"true\""), true },
		{ VOUCHER("\"domain-cert-revocation-checks\":\"false\""), false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		reads(ROOT_VOUCHER, rows[i].text);
		CU_ASSERT(claim.has_revocation_checks);
		CU_ASSERT_EQUAL(claim.revocation_checks, rows[i].want);
		CU_ASSERT_EQUAL(claim.ignored, 0);
	}
	refuses(ROOT_VOUCHER, VOUCHER("\"domain-cert-revocation-checks\":\"yes\""));
	refuses(ROOT_VOUCHER, VOUCHER("\"domain-cert-revocation-checks\":0"));
}

static void every_prefix_is_refused(void)
{
	static const char json[] = VOUCHER(
		"\"serial-number\":\"S\",\"nonce\":\"QEFCQ0RFRkc=\",\"assertion\":"
		"\"logged\",\"domain-cert-revocation-checks\":true");

	for (size_t n = 0; n < sizeof json - 1; n++) {
		struct arena a = ARENA_ON(room);

		CHECK_ERR(voucher_claim_read(&a, (struct span){ (const uint8_t *)json, n },
		                             ROOT_VOUCHER, &claim),
		          E_VOUCHER_SYNTAX);
	}
	reads(ROOT_VOUCHER, json);
}

/* Wherever the arena ends, reading ends in a refusal, and leaves nothing behind. */
static void the_arena_bounds_it(void)
{
	static const char json[] = VOUCHER("\"serial-number\":\"Serial\",\"nonce\":\"QEFCQ0RFRkc="
	                                   "\",\"pinned-domain-cert\":\"AQIDBAUGBwg=\"");
	size_t need;

	reads(ROOT_VOUCHER, json);
	need = arena.used;
	for (size_t n = 0; n < need; n++) {
		struct arena a = { room, n, 0 };
		enum err e = voucher_claim_read(&a, span_str(json), ROOT_VOUCHER, &claim);

		CU_ASSERT(e == E_SPACE || e == E_VOUCHER_SYNTAX);
		CU_ASSERT_EQUAL(a.used, 0);
	}
}

const struct test_suite suite_voucher_claim = {
	"voucher/claim",
	{
		{ "every leaf is read", every_leaf_is_read },
		{ "absent leaves are empty", absent_leaves_are_empty },
		{ "a nonce of a wrong type is not ours", a_nonce_of_a_wrong_type_is_not_ours },
		{ "big numbers are ignored with their members",
	          big_numbers_are_ignored_with_their_members },
		{ "unknown members are counted and ignored",
	          unknown_members_are_counted_and_ignored },
		{ "a request has leaves of its own", a_request_has_leaves_of_its_own },
		{ "the root is the one asked for", the_root_is_the_one_asked_for },
		{ "assertions", assertions },
		{ "members of a wrong type are refused", members_of_a_wrong_type_are_refused },
		{ "duplicate members are refused", duplicate_members_are_refused },
		{ "binaries are strict base64", binaries_are_strict_base64 },
		{ "nonces in every spelling", nonces_in_every_spelling },
		{ "dates", dates },
		{ "revocation checks", revocation_checks },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "the arena bounds it", the_arena_bounds_it },
	}
};
