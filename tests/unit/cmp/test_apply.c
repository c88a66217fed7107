/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a template and what the device knows to a request. */
#include "cmp/fill.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena a = ARENA_ON(room);
static struct credential device;
static const char *const dns[] = { "gate.example", "gate2.example" };
static const char *const ip[] = { "10.0.0.1", "fe80::1" };
static struct cmp_facts facts;
static struct cmp_params params;

static struct span name(const char *text)
{
	struct span out = NO_BYTES;

	CHECK_OK(name_from_text(&a, text, &out));
	return out;
}

static void begin(void)
{
	arena_reset(&a);
	device = (struct credential){ .leaf = { .subject = name("/O=Maker/serialNumber=SN-7") } };
	facts = (struct cmp_facts){ .idevid = &device };
	params = (struct cmp_params){ .confirm = CMP_CONFIRM_EXPLICIT };
}

static enum err apply(const char *subject, const char *extensions)
{
	struct cmp_template t = {
		.present = true,
		.subject = subject != NULL ? test_hex(&a, subject) : NO_BYTES,
		.extensions = extensions != NULL ? test_hex(&a, extensions) : NO_BYTES,
	};

	return cmp_apply_template(&t, &facts, &a, &params);
}

static void without_a_template(void)
{
	static const struct cmp_template none = { .present = false };

	begin();
	CHECK_OK(cmp_apply_template(&none, &facts, &a, &params));
	CU_ASSERT(span_equal(params.subject, device.leaf.subject));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
	CU_ASSERT_EQUAL(params.confirm, CMP_CONFIRM_EXPLICIT); /* the caller's, left alone */
	facts.subject = "/CN=gate";
	facts.dns_names = dns;
	facts.dns_count = 1;
	facts.ip_addresses = ip;
	facts.ip_count = 1;
	CHECK_OK(cmp_apply_template(&none, &facts, &a, &params));
	CU_ASSERT(span_equal(params.subject, name("/CN=gate")));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 1d 06 03 55 1d 11 04 16 30 14"
	                                  "82 0c 67 61 74 65 2e 65 78 61 6d 70 6c 65"
	                                  "87 04 0a 00 00 01")));
}

static void terms_where_no_template_is(void)
{
	static const struct cmp_template none = { .present = false };
	struct span eku;

	begin();
	eku = test_hex(&a, "30 0a 06 08 2b 06 01 05 05 07 03 01");
	facts.issuer = name("/CN=CA");
	facts.validity = test_hex(&a, "a1 0f 17 0d 32 37 30 31 30 31 30 30 30 30 30 30 5a");
	facts.eku = eku;
	facts.key_usage = 1 << 0 | 1 << 4;
	CHECK_OK(cmp_apply_template(&none, &facts, &a, &params));
	CU_ASSERT(span_equal(params.issuer, facts.issuer));
	CU_ASSERT(span_equal(params.validity, facts.validity));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 0e 06 03 55 1d 0f 01 01 ff 04 04 03 02 03 88"
	                                  "30 13 06 03 55 1d 25 04 0c"
	                                  "30 0a 06 08 2b 06 01 05 05 07 03 01")));
	/* a template that leaves them open is filled in with them; another decides */
	CHECK_OK(apply("30 00",
	               "30 09 06 03 55 1d 0f 04 02 30 00 30 09 06 03 55 1d 25 04 02 30 00"));
	CU_ASSERT(
		span_equal(params.extensions, test_hex(&a, "30 0b 06 03 55 1d 0f 04 04 03 02 03 88"
	                                                   "30 13 06 03 55 1d 25 04 0c"
	                                                   "30 0a 06 08 2b 06 01 05 05 07 03 01")));
	CU_ASSERT_EQUAL(params.issuer.n + params.validity.n, 0);
	CHECK_OK(apply("30 00", "30 0b 06 03 55 1d 0f 04 04 03 02 07 80"));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 0b 06 03 55 1d 0f 04 04 03 02 07 80")));
}

#define SAN "06 03 55 1d 11"
#define WWW "82 05 77 2e 63 6f 6d"

/* RFC 9483 A: the common name, the address and the usages are ours to fill in. */
static void the_example(void)
{
	begin();
	facts.ip_addresses = ip;
	facts.ip_count = 1;
	CHECK_OK(apply("30 1c 31 09 30 07 06 03 55 04 03 0c 00"
	               "31 0f 30 0d 06 03 55 04 0b 0c 06 6d 79 44 65 70 74",
	               "30 12 " SAN " 04 0b 30 09 " WWW " 87 00"
	               "30 0e 06 03 55 1d 0f 01 01 ff 04 04 03 02 03 88"
	               "30 09 06 03 55 1d 25 04 02 30 00"));
	CU_ASSERT(span_equal(params.subject,
	                     test_hex(&a, "30 20 31 0d 30 0b 06 03 55 04 03 0c 04 53 4e 2d 37"
	                                  "31 0f 30 0d 06 03 55 04 0b 0c 06 6d 79 44 65 70 74")));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 16 " SAN " 04 0f 30 0d " WWW " 87 04 0a 00 00 01"
	                                  "30 0e 06 03 55 1d 0f 01 01 ff 04 04 03 02 03 88")));
}

static void names_one_by_one(void)
{
	begin();
	log_limit(LOG_LEVEL_ERROR);
	facts.dns_names = dns;
	facts.dns_count = 2;
	facts.ip_addresses = ip;
	facts.ip_count = 2;
	/* two empty dNSNames, one empty address, one empty URI that nobody knows */
	CHECK_OK(apply(NULL, "30 11 " SAN " 04 0a 30 08 82 00 87 00 86 00 82 00"));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 2c " SAN " 04 25 30 23"
	                                  "82 0c 67 61 74 65 2e 65 78 61 6d 70 6c 65"
	                                  "87 04 0a 00 00 01"
	                                  "82 0d 67 61 74 65 32 2e 65 78 61 6d 70 6c 65")));
	log_limit(LOG_LEVEL_NOTICE);
}

static void all_names_where_all_is_ours(void)
{
	static const char *const extensions[] = {
		"30 07 " SAN " 04 00",
		"30 09 " SAN " 04 02 30 00",
	};

	begin();
	facts.ip_addresses = ip;
	facts.ip_count = 2;
	for (size_t i = 0; i < 2; i++) {
		CHECK_OK(apply(NULL, extensions[i]));
		CU_ASSERT(span_equal(params.extensions,
		                     test_hex(&a, "30 21 " SAN " 04 1a 30 18 87 04 0a 00 00 01"
		                                  "87 10 fe 80 00 00 00 00 00 00"
		                                  "00 00 00 00 00 00 00 01")));
	}
	facts.ip_count = 0;
	CHECK_OK(apply(NULL, extensions[0]));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
}

static void empty_and_unknown_extensions(void)
{
	begin();
	/* keyUsage empty, critical; an unknown one empty; an unknown one with a value */
	CHECK_OK(apply(NULL, "30 0a 06 03 55 1d 0f 01 01 ff 04 00"
	                     "30 07 06 03 55 1d 63 04 00"
	                     "30 09 06 03 55 1d 63 04 02 05 00"));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 0e 06 03 55 1d 0f 01 01 ff 04 04 03 02 07 80"
	                                  "30 09 06 03 55 1d 63 04 02 05 00")));
}

/* An empty BasicConstraints says something: no CA. An empty extnValue says nothing. */
static void basic_constraints(void)
{
	begin();
	CHECK_OK(apply(NULL, "30 0c 06 03 55 1d 13 01 01 ff 04 02 30 00"));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, "30 0c 06 03 55 1d 13 01 01 ff 04 02 30 00")));
	CHECK_OK(apply(NULL, "30 07 06 03 55 1d 13 04 00"));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
}

#define SAN_OF(n, m, k) "30 " n " " SAN " 04 " m " 30 " k " "

static struct span alternative_name(struct span directory_name)
{
	struct derw w = derw_in(&a, 256);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, CE_SUBJECT_ALT_NAME);
		IN (&w, DER_OCTET_STRING)
			IN (&w, DER_SEQUENCE)
				IN (&w, DER_CONTEXT(4))
					derw_raw(&w, directory_name);
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

/* "The EE MUST ignore (i.e., not include) empty ... subcomponents that it does not ... know". */
static void names_of_every_form(void)
{
	begin();
	/* directoryName of nothing: the device's; with an OU nobody knows: left out */
	CHECK_OK(apply(NULL, SAN_OF("0d", "06", "04") "a4 02 30 00"));
	CU_ASSERT(span_equal(params.extensions, alternative_name(device.leaf.subject)));
	CHECK_OK(apply(NULL,
	               SAN_OF("18", "11", "0f") "a4 0d 30 0b 31 09 30 07 06 03 55 04 0b 0c 00"));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
	/* ... and what is given beside it stays */
	CHECK_OK(apply(NULL, SAN_OF("24", "1d", "1b") "a4 19 30 17 31 09 30 07 06 03 55 04 0b 0c 00"
	                                              "31 0a 30 08 06 03 55 04 0a 0c 01 78"));
	CU_ASSERT(span_equal(params.extensions,
	                     test_hex(&a, SAN_OF("19", "12", "10") "a4 0e 30 0c 31 0a 30 08 06 03"
	                                                           "55 04 0a 0c 01 78")));
	/* otherName 1.2.3: with an empty value, without one; with one it stays */
	CHECK_OK(apply(NULL, SAN_OF("13", "0c", "0a") "a0 08 06 02 2a 03 a0 02 0c 00"));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
	CHECK_OK(apply(NULL, SAN_OF("11", "0a", "08") "a0 06 06 02 2a 03 a0 00"));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
	CHECK_OK(apply(NULL, SAN_OF("14", "0d", "0b") "a0 09 06 02 2a 03 a0 03 0c 01 78"));
	CU_ASSERT(span_equal(
		params.extensions,
		test_hex(&a, SAN_OF("14", "0d", "0b") "a0 09 06 02 2a 03 a0 03 0c 01 78")));
	/* rfc822Name and URI, empty */
	CHECK_OK(apply(NULL, SAN_OF("0d", "06", "04") "81 00 86 00"));
	CU_ASSERT_EQUAL(params.extensions.n, 0);
}

/* As many as a template can hold: each takes its room once, not one after the other. */
static void many_directory_names(void)
{
	static uint8_t little[64 * 1024];
	struct arena small = ARENA_ON(little);
	struct cmp_template t = { .present = true };
	struct derw w;

	begin();
	w = derw_in(&a, CMP_TEMPLATE_MAX);
	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, CE_SUBJECT_ALT_NAME);
		IN (&w, DER_OCTET_STRING)
			IN (&w, DER_SEQUENCE)
				for (int i = 0; i < 200; i++)
					derw_raw(&w, test_hex(&a, "a4 0e 30 0c 31 0a 30 08 06 03"
					                          "55 04 0a 0c 01 78"));
	}
	CHECK_OK(derw_end(&w, &t.extensions));
	CHECK_OK(cmp_apply_template(&t, &facts, &small, &params));
	CU_ASSERT(span_equal(params.extensions, t.extensions));
}

static void issuers(void)
{
	static const char given[] = "30 0c 31 0a 30 08 06 03 55 04 0a 0c 01 78";
	struct cmp_template t = { .present = true };

	begin();
	t.issuer = test_hex(&a, given);
	CHECK_OK(cmp_apply_template(&t, &facts, &a, &params));
	CU_ASSERT(span_equal(params.issuer, t.issuer));
	/* its common name we do not know, ours is another's */
	t.issuer = test_hex(&a, "30 17 31 09 30 07 06 03 55 04 03 0c 00"
	                        "31 0a 30 08 06 03 55 04 0a 0c 01 78");
	CHECK_OK(cmp_apply_template(&t, &facts, &a, &params));
	CU_ASSERT(span_equal(params.issuer, test_hex(&a, given)));
	t.issuer = test_hex(&a, "30 0b 31 09 30 07 06 03 55 04 03 0c 00");
	CHECK_OK(cmp_apply_template(&t, &facts, &a, &params));
	CU_ASSERT_EQUAL(params.issuer.n, 0);
	t.issuer = test_hex(&a, "30 04 31 02 05 00");
	CHECK_ERR(cmp_apply_template(&t, &facts, &a, &params), E_CMP_TEMPLATE);
}

static void subjects(void)
{
	begin();
	CHECK_OK(apply(NULL, NULL));
	CU_ASSERT(span_equal(params.subject, device.leaf.subject));
	CHECK_OK(apply("30 00", NULL));
	CU_ASSERT(span_equal(params.subject, device.leaf.subject));
	facts.subject = "/CN=gate";
	CHECK_OK(apply("30 00", NULL));
	CU_ASSERT(span_equal(params.subject, name("/CN=gate")));
	/* an OU that nobody knows: no name is left, unless there is one in subjectAltName */
	CHECK_ERR(apply("30 0b 31 09 30 07 06 03 55 04 0b 0c 00", NULL), E_CMP_TEMPLATE);
	CHECK_OK(apply("30 0b 31 09 30 07 06 03 55 04 0b 0c 00", "30 10 " SAN " 04 09 30 07 " WWW));
	CU_ASSERT(name_is_empty(params.subject));
}

static void bad_params(void)
{
	static const char *const bad_dns[] = { "two words", "", "m\xc3\xbcller" };
	static const char *const bad_ip[] = { "10.0.0", "10.0.0.1/8", "fe80::1%eth0" };

	begin();
	facts.dns_count = facts.ip_count = 1;
	for (size_t i = 0; i < 3; i++) {
		facts.dns_names = bad_dns + i;
		CHECK_ERR(apply(NULL, "30 07 " SAN " 04 00"), E_CONFIG);
	}
	facts.dns_count = 0;
	for (size_t i = 0; i < 3; i++) {
		facts.ip_addresses = bad_ip + i;
		CHECK_ERR(apply(NULL, "30 07 " SAN " 04 00"), E_CONFIG);
	}
	facts.ip_count = 0;
	facts.subject = "no name";
	CU_ASSERT(apply(NULL, NULL) != OK);
}

static void broken_extensions(void)
{
	begin();
	CHECK_ERR(apply(NULL, "30 07 06 03 55 1d 63 04"), E_CMP_TEMPLATE);
	CHECK_ERR(apply(NULL, "30 0a 06 03 55 1d 63 01 01 00 04 00"), E_CMP_TEMPLATE);
	CHECK_ERR(apply(NULL, "30 0a " SAN " 04 03 30 03 82"), E_CMP_TEMPLATE);
}

const struct test_suite suite_cmp_apply = {
	"cmp/apply",
	{
		{ "without a template: who we are, and names requested", without_a_template },
		{ "terms are asked for where no template is", terms_where_no_template_is },
		{ "the example of RFC 9483 A", the_example },
		{ "empty names are filled one by one", names_one_by_one },
		{ "an empty subjectAltName takes all names", all_names_where_all_is_ours },
		{ "empty and unknown extensions", empty_and_unknown_extensions },
		{ "an empty BasicConstraints is no gap", basic_constraints },
		{ "alternative names of every form, empty", names_of_every_form },
		{ "two hundred directory names", many_directory_names },
		{ "the issuer, without what is empty in it", issuers },
		{ "the subject, absent, empty, or left without a name", subjects },
		{ "names that are not valid", bad_params },
		{ "extensions that are none", broken_extensions },
	}
};
