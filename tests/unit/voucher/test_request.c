/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"

static uint8_t room[131072];
static struct arena arena;
static struct voucher_request request;

static const struct moment no_clock = { TIME_UNSET, 0 };

static void begin(void)
{
	arena = (struct arena)ARENA_ON(room);
}

static enum err write_as(const char *who, struct moment now)
{
	struct credential by = masa_credential(&arena, who);
	enum err e = voucher_request_write(&arena, &by, masa_cert(&arena, "registrar"), now,
	                                   &request);

	masa_close();
	return e;
}

static struct span json_of(struct span der)
{
	static struct cms m;

	CHECK_OK(cms_read(der, &m));
	return m.content;
}

static void text_is(struct span json, const char *created_on)
{
	struct nonce *n = &request.nonce;
	struct span cert = masa_cert(&arena, "registrar"), nonce64, cert64;
	char want[2048];

	CHECK_OK(b64_encode(&arena, (struct span){ n->b, n->n }, &nonce64));
	CHECK_OK(b64_encode(&arena, cert, &cert64));
	snprintf(want, sizeof want,
	         "{\"ietf-voucher-request:voucher\":{\"assertion\":\"proximity\",\"nonce\":\"%s\","
	         "\"serial-number\":\"" MASA_SERIAL "\",%s\"proximity-registrar-cert\":\"%s\"}}",
	         (const char *)nonce64.p, created_on, (const char *)cert64.p);
	if (!span_is(json, want))
		printf("%.*s\n", (int)json.n, (const char *)json.p);
	CU_ASSERT(span_is(json, want));
}

/* RFC 8995 5.2; no fraction in the date, no further member: peers refuse both. */
static void says_what_is_asked_for_and_no_more(void)
{
	begin();
	CHECK_OK(write_as("idevid", masa_now));
	text_is(json_of(request.bytes), "\"created-on\":\"2026-11-24T09:00:00Z\",");
}

static void without_a_clock_it_has_no_date(void)
{
	struct cms m;

	begin();
	CHECK_OK(write_as("idevid", no_clock));
	text_is(json_of(request.bytes), "");
	CHECK_OK(cms_read(request.bytes, &m));
	CU_ASSERT_EQUAL(m.signers[0].signing_time, 0);
	CHECK_OK(write_as("idevid", (struct moment){ TIME_FLOOR, MASA_NOW }));
	text_is(json_of(request.bytes), "");
}

static void is_read_back(void)
{
	struct voucher_claim c;

	begin();
	CHECK_OK(write_as("idevid", masa_now));
	CHECK_OK(voucher_claim_read(&arena, json_of(request.bytes), ROOT_REQUEST, &c));
	CU_ASSERT(c.assertion == ASSERTION_PROXIMITY);
	CU_ASSERT(span_is(c.serial_number, MASA_SERIAL));
	CU_ASSERT(span_equal(c.nonce, (struct span){ request.nonce.b, request.nonce.n }));
	CU_ASSERT(span_equal(c.proximity_cert, masa_cert(&arena, "registrar")));
	CU_ASSERT(c.has_created_on && c.created_on == MASA_NOW);
	CU_ASSERT_EQUAL(c.ignored, 0);
}

/* RFC 5652 5.1, 5.3; RFC 8366 5.4 */
static void container_is_by_the_book(void)
{
	struct cms m;

	begin();
	CHECK_OK(write_as("idevid", masa_now));
	CHECK_OK(cms_read(request.bytes, &m));
	CU_ASSERT_EQUAL(m.version, 3);
	CU_ASSERT(span_equal(m.content_type, OID_CT_ANIMA_JSON_VOUCHER));
	CU_ASSERT_EQUAL(m.cert_count, 3);
	CU_ASSERT(m.signer_count == 1 && m.signers[0].has_signed_attrs);
	CU_ASSERT(m.signers[0].skid.n == 0);
	CU_ASSERT(request.bytes.n < PVR_SIZE_MAX);
}

static void openssl_finds_it_good(void)
{
	static const char *const who[] = { "idevid", "idevid-no-aki", "idevid-p384", "idevid-rsa" };
	struct span said;

	for (size_t i = 0; i < sizeof who / sizeof *who && openssl_is_here(); i++) {
		begin();
		CHECK_OK(write_as(who[i], masa_now));
		CU_ASSERT(openssl_verifies(&arena, request.bytes, "vendor-root", &said));
		CU_ASSERT(span_equal(said, json_of(request.bytes)));
		CU_ASSERT(!openssl_verifies(&arena, request.bytes, "masa-root", &said));
	}
}

/* RFC 8995 5.2: a different nonce for each attempt. */
static void every_nonce_is_new(void)
{
	enum { TIMES = 32 };
	struct nonce seen[TIMES];

	for (size_t i = 0; i < TIMES; i++) {
		begin();
		CHECK_OK(write_as("idevid", no_clock));
		seen[i] = request.nonce;
		CU_ASSERT(seen[i].n == NONCE_SIZE && NONCE_SIZE >= NONCE_MIN);
		for (size_t k = 0; k < i; k++)
			CU_ASSERT(memcmp(seen[k].b, seen[i].b, NONCE_SIZE) != 0);
	}
}

/* RFC 8995 2.3.1: never the certificate's own serial number instead. */
static void without_a_serial_number_there_is_none(void)
{
	begin();
	CHECK_ERR(write_as("idevid-no-serial", masa_now), E_IDENTITY);
	CU_ASSERT(request.bytes.n == 0 && request.nonce.n == 0);
}

static void an_arena_too_small_is_said(void)
{
	struct credential by;
	struct span cert;
	size_t need, begun;

	begin();
	by = masa_credential(&arena, "idevid");
	cert = masa_cert(&arena, "registrar");
	begun = arena.used;
	CHECK_OK(voucher_request_write(&arena, &by, cert, masa_now, &request));
	need = arena.used - begun;
	arena.used = begun;
	for (size_t n = 0; n + 64 < need; n += 61) {
		struct arena small = { arena.base + begun, n, 0 };

		CHECK_ERR(voucher_request_write(&small, &by, cert, masa_now, &request), E_SPACE);
		CU_ASSERT(request.bytes.n == 0 && request.nonce.n == 0);
	}
	masa_close();
}

/* RFC 8995 C.2's own request is read, and its signature is its IDevID's. */
static void request_of_rfc_8995(void)
{
	const char *path = test_vectors("rfc8995/vr.der");
	const char *vendor = test_vectors("rfc8995/vendor.crt");
	const struct moment then = { TIME_SET, 1622505600 }; /* 2021-06-01 */
	struct anchors anchors = { .n = 0 };
	struct voucher_claim c;
	struct span anchor;
	struct cms m;
	struct cert idevid;
	size_t n;

	if (path == NULL || vendor == NULL)
		return;
	begin();
	CHECK_OK(pem_certificates(&arena, test_file(&arena, vendor), &anchor, 1, &n));
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, anchor));
	CHECK_OK(cms_read(test_file(&arena, path), &m));
	CHECK_OK(cms_verify(&m,
	                    &(struct cms_rules){
				    .content_types = &OID_CMS_DATA,
				    .content_type_count = 1,
				    .anchors = &anchors,
				    .now = then,
			    },
	                    &idevid));
	CHECK_OK(voucher_claim_read(&arena, m.content, ROOT_REQUEST, &c));
	CU_ASSERT(c.assertion == ASSERTION_PROXIMITY);
	CU_ASSERT(span_is(c.serial_number, "00-D0-E5-F2-00-02"));
	CU_ASSERT(span_is(c.nonce_text, "-_XE9zK9q8Ll1qylMtLKeg") && c.nonce.n == 16);
	CU_ASSERT(c.has_created_on && c.created_on == 1618350203);
	CHECK_OK(cert_read(c.proximity_cert, &idevid));
}

const struct test_suite suite_voucher_request = {
	"voucher/request",
	{
		{ "says what is asked for and no more", says_what_is_asked_for_and_no_more },
		{ "without a clock it has no date", without_a_clock_it_has_no_date },
		{ "is read back", is_read_back },
		{ "the container is by the book", container_is_by_the_book },
		{ "openssl finds it good", openssl_finds_it_good },
		{ "every nonce is new", every_nonce_is_new },
		{ "without a serial number there is none", without_a_serial_number_there_is_none },
		{ "an arena too small is said", an_arena_too_small_is_said },
		{ "request of RFC 8995", request_of_rfc_8995 },
	}
};
