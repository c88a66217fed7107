/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x509-limbo: what other people think must pass and must fail. */
#include <jansson.h>
#include <stdio.h>

#include "platform/base/date.h"
#include "platform/codec/pem.h"
#include "platform/pki/path.h"
#include "tests/unit/test.h"

enum { CASES = 135 };

/*
 * Where we differ, what we say then, and why.  A row that is not needed fails
 * the test.  docs/conformance.md has the same list.
 */
#define HELPS_BUILDING                                                                \
	"RFC 5280 4.2.1.1 and 4.2.1.2 bind CAs, to help path building; RFC 5280 6.1 " \
	"does not ask for it, and the certificates printed in RFC 8995 have none"
#define SLOPPY                                                                   \
	"what is certain in meaning and signed is taken; see the tolerances of " \
	"docs/conformance.md"
#define BROWSERS "a rule of the CA/Browser Forum, not of RFC 5280"
static const struct exception {
	const char *id;
	enum err got;
	const char *reason;
} exceptions[] = {
	{ "pathlen::max-chain-depth-0-exhausted", OK,
	  "requests have no depth of their own: PATH_DEPTH_MAX is for all" },
	{ "pathlen::max-chain-depth-1-exhausted", OK,
	  "requests have no depth of their own: PATH_DEPTH_MAX is for all" },
	{ "rfc5280::aki::leaf-missing-aki", OK, HELPS_BUILDING },
	{ "rfc5280::aki::intermediate-missing-aki", OK, HELPS_BUILDING },
	{ "rfc5280::aki::cross-signed-root-missing-aki", OK, HELPS_BUILDING },
	{ "rfc5280::ski::root-missing-ski", OK, HELPS_BUILDING },
	{ "rfc5280::ski::intermediate-missing-ski", OK, HELPS_BUILDING },
	{ "rfc5280::aki::critical-aki", OK, SLOPPY },
	{ "rfc5280::ski::critical-ski", OK, SLOPPY },
	{ "rfc5280::serial::too-long", OK, SLOPPY },
	{ "rfc5280::serial::zero", OK, SLOPPY },
	{ "rfc5280::serial::negative", OK, SLOPPY },
	{ "rfc5280::root-non-critical-basic-constraints", OK,
	  "RFC 5280 6.1.1 d has a name and a key for an anchor; 6.1.4 k asks issuers for "
	  "basicConstraints and cA" },
	{ "rfc5280::nc::permitted-dns-match-noncritical", OK,
	  "webpki::nc::permitted-dns-match-noncritical is the same chain and must pass; "
	  "constraints are kept to whether critical or not" },
	{ "rfc5280::nc::permitted-dn-match", E_CERT_NAMES,
	  "the path is good, but the certificate does not name the host asked for" },
	{ "webpki::aki::root-with-aki-missing-keyidentifier", OK, BROWSERS },
	{ "webpki::aki::root-with-aki-all-fields", OK, BROWSERS },
	{ "webpki::aki::root-with-aki-authoritycertissuer", OK, BROWSERS },
	{ "webpki::aki::root-with-aki-authoritycertserialnumber", OK, BROWSERS },
	{ "webpki::aki::root-with-aki-ski-mismatch", OK, BROWSERS },
	{ "webpki::eku::ee-anyeku", OK, BROWSERS },
	{ "webpki::eku::ee-critical-eku", OK, BROWSERS "; RFC 8995's registrar has it critical" },
	{ "webpki::eku::ee-without-eku", OK, BROWSERS },
	{ "webpki::eku::root-has-eku", OK, BROWSERS },
	{ "webpki::san::san-critical-with-nonempty-subject", OK,
	  BROWSERS ", which has it as a SHOULD (4.2.1.6)" },
	{ "webpki::ee-basicconstraints-ca", OK,
	  BROWSERS "; a registrar may show a certificate that is a CA's" },
};

static uint8_t block[1 << 20];

static const char *text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static size_t certificates(struct arena *a, const json_t *list, struct span *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		struct span pem = span_str(json_string_value(json_array_get(list, i)));
		size_t one = 0;

		CU_ASSERT_FATAL(n < cap);
		CHECK_OK(pem_certificates(a, pem, out + n, 1, &one));
		n += one;
	}
	return n;
}

static struct moment moment_of(const json_t *o)
{
	const char *at = text(o, "validation_time");
	struct moment m = { TIME_SET, INT64_C(1700000000) };

	if (at != NULL)
		CHECK_OK(date_from_rfc3339(span_str(at), &m.seconds));
	return m;
}

static uint32_t key_usage_of(const json_t *o)
{
	const json_t *list = json_object_get(o, "key_usage");

	if (json_array_size(list) == 0)
		return 0;
	CU_ASSERT_STRING_EQUAL_FATAL(json_string_value(json_array_get(list, 0)),
	                             "digitalSignature");
	return KU_DIGITAL_SIGNATURE;
}

static enum err judge(struct arena *a, const json_t *o)
{
	struct span pool[POOL_MAX], roots[ANCHORS_MAX], leaf;
	struct anchors anchors = { .n = 0 };
	struct cert target;
	struct path path;
	size_t n = certificates(a, json_object_get(o, "trusted_certs"), roots, ANCHORS_MAX);
	struct path_request r = {
		.target = &target,
		.anchors = &anchors,
		.pool = pool,
		.now = moment_of(o),
		.key_usage = key_usage_of(o),
		.eku = &OID_EKU_SERVER_AUTH,
		.eku_count = json_array_size(json_object_get(o, "extended_key_usage")),
	};
	enum err e;

	for (size_t i = 0; i < n; i++)
		CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, roots[i]));
	r.pool_count = certificates(a, json_object_get(o, "untrusted_intermediates"), pool,
	                            POOL_MAX);
	CHECK_OK(pem_certificates(a, span_str(text(o, "peer_certificate")), &leaf, 1, &n));
	e = cert_read(leaf, &target);
	if (e == OK)
		e = path_check(&r, &path);
	if (e == OK &&
	    !cert_matches_host(&target, text(json_object_get(o, "expected_peer_name"), "value")))
		e = err_because(E_CERT_NAMES, "for another host");
	return e;
}

static const struct exception *exception_of(const char *id)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (strcmp(exceptions[i].id, id) == 0)
			return &exceptions[i];
	return NULL;
}

static void run_case(const json_t *o, size_t *rows_used)
{
	struct arena a = ARENA_ON(block);
	const char *id = text(o, "id");
	bool must_pass = strcmp(text(o, "expected_result"), "SUCCESS") == 0;
	const struct exception *differs = exception_of(id);
	char words[512];
	enum err e = judge(&a, o);

	snprintf(words, sizeof words, "%s: %s (%s)", id, err_name(e), err_reason(e));
	CU_assertImplementation(differs == NULL ? (e == OK) == must_pass
	                                        : e == differs->got && (e == OK) != must_pass,
	                        __LINE__, words, __FILE__, "", CU_FALSE);
	*rows_used += differs != NULL;
}

static void all_cases(void)
{
	const char *path = test_vectors("x509-limbo/limbo-20231202.json");
	json_t *root, *cases;
	size_t rows_used = 0;

	if (path == NULL)
		return;
	root = json_load_file(path, 0, NULL);
	cases = json_object_get(root, "testcases");
	CU_ASSERT_EQUAL(json_array_size(cases), CASES);
	for (size_t i = 0; i < json_array_size(cases); i++)
		run_case(json_array_get(cases, i), &rows_used);
	CU_ASSERT_EQUAL(rows_used, sizeof exceptions / sizeof *exceptions);
	json_decref(root);
}

const struct test_suite suite_pki_limbo = { "pki/limbo",
	                                    {
						    { "x509-limbo, 135 cases", all_cases },
					    } };
