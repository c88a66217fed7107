/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 18];

enum { OTHER = 0xa0, MAIL = 0x81, DNS = 0x82, DIR = 0xa4, URI = 0x86, IP = 0x87, REG = 0x88 };

/* A general name in words: addresses and other names as hex, directory names as text. */
static void put_name(struct derw *w, struct arena *a, uint8_t tag, const char *value)
{
	struct span v = span_str(value);

	if (tag == IP || tag == OTHER || tag == REG)
		v = test_hex(a, value);
	if (tag == DIR)
		CHECK_OK(name_from_text(a, value, &v));
	derw_put(w, tag, v);
}

static void put_list(struct derw *w, struct arena *a, uint8_t list, uint8_t tag, const char *base)
{
	if (base == NULL)
		return;
	IN (w, DER_CONTEXT(list))
		IN (w, DER_SEQUENCE)
			put_name(w, a, tag, base);
}

static struct span constraints(struct arena *a, uint8_t tag, const char *permitted,
                               const char *excluded)
{
	struct derw w = derw_in(a, 1024);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		put_list(&w, a, 0, tag, permitted);
		put_list(&w, a, 1, tag, excluded);
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static struct span names(struct arena *a, uint8_t tag, const char *value)
{
	struct derw w = derw_in(a, 1024);
	struct span out;

	put_name(&w, a, tag, value);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static enum err syntax(struct span constraints)
{
	enum err e;
	struct der c = der_open(constraints, &e);

	name_constraints_check(&c);
	der_end(&c);
	return e;
}

enum { OUT, IN_ };

static const struct {
	uint8_t tag;
	const char *permitted, *excluded;
	uint8_t name_tag;
	const char *name;
	int in;
} rows[] = {
	{ DNS, "example.net", NULL, DNS, "example.net", IN_ },
	{ DNS, "example.net", NULL, DNS, "a.b.EXAMPLE.net", IN_ },
	{ DNS, "EXAMPLE.net", NULL, DNS, "a.example.NET", IN_ },
	{ DNS, "example.net", NULL, DNS, "notexample.net", OUT },
	{ DNS, "example.net", NULL, DNS, "net", OUT },
	{ DNS, "example.net", NULL, DNS, "example.net.evil", OUT },
	{ DNS, "", NULL, DNS, "anything.at.all", IN_ },
	{ DNS, NULL, "", DNS, "anything.at.all", OUT },
	{ DNS, NULL, "secret.example.net", DNS, "example.net", IN_ },
	{ DNS, NULL, "secret.example.net", DNS, "a.secret.example.net", OUT },
	{ DNS, "example.net", "secret.example.net", DNS, "open.example.net", IN_ },
	{ DNS, "example.net", "secret.example.net", DNS, "secret.example.net", OUT },
	{ DNS, "example.net", NULL, IP, "c0000207", IN_ }, /* another form */
	{ DNS, "example.net", NULL, DNS, ".example.net", OUT },
	{ DNS, "example.net", NULL, DNS, "a..example.net", OUT },
	{ DNS, NULL, "example.net", DNS, "a b", OUT }, /* cannot be compared */
	/* wildcards stand for all their names: permitted when all are, excluded when one is */
	{ DNS, "example.net", NULL, DNS, "*.example.net", IN_ },
	{ DNS, "example.net", NULL, DNS, "*.a.example.net", IN_ },
	{ DNS, "a.example.net", NULL, DNS, "*.example.net", OUT },
	{ DNS, NULL, "a.example.net", DNS, "*.example.net", OUT },
	{ DNS, NULL, "a.example.net", DNS, "*.a.example.net", OUT },
	{ DNS, NULL, "b.a.example.net", DNS, "*.example.net", IN_ },
	{ DNS, NULL, "b.example.net", DNS, "a.example.net", IN_ },
	{ DNS, NULL, "example.net", DNS, "*.net", OUT },
	{ DNS, NULL, "example.org", DNS, "*.example.net", IN_ },
	{ DNS, "example.net", NULL, DNS, "a*.example.net", OUT },
	/* with a dot, as OpenSSL and Go take it: what is below; excluded, the name as well */
	{ DNS, ".example.net", NULL, DNS, "a.b.EXAMPLE.net", IN_ },
	{ DNS, ".example.net", NULL, DNS, "example.net", OUT },
	{ DNS, ".example.net", NULL, DNS, "notexample.net", OUT },
	{ DNS, ".example.net", NULL, DNS, "*.example.net", IN_ },
	{ DNS, ".example.net", NULL, DNS, "*.net", OUT },
	{ DNS, NULL, ".example.net", DNS, "a.example.net", OUT },
	{ DNS, NULL, ".example.net", DNS, "example.net", OUT },
	{ DNS, NULL, ".example.net", DNS, "*.example.net", OUT },
	{ DNS, NULL, ".example.net", DNS, "*.net", OUT },
	{ DNS, NULL, ".example.net", DNS, "notexample.net", IN_ },
	{ DNS, NULL, ".a.example.net", DNS, "b.example.net", IN_ },

	{ IP, "c0000200ffffff00", NULL, IP, "c0000207", IN_ },
	{ IP, "c0000299ffffff00", NULL, IP, "c0000207", IN_ },
	{ IP, "c0000200ffffff00", NULL, IP, "c0000307", OUT },
	{ IP, "0000000000000000", NULL, IP, "c0000307", IN_ },
	{ IP, "c0000207ffffffff", NULL, IP, "c0000207", IN_ },
	{ IP, "c0000207ffffffff", NULL, IP, "c0000206", OUT },
	{ IP, NULL, "0000000000000000", IP, "c0000307", OUT },
	{ IP, "c0000200ffffff00", NULL, IP, "20010db8000000000000000000000001", OUT },
	{ IP, NULL, "0000000000000000", IP, "20010db8000000000000000000000001", IN_ },
	{ IP, "20010db8000000000000000000000000ffffffff000000000000000000000000", NULL, IP,
	  "20010db8ffffffffffffffffffffffff", IN_ },
	{ IP, "20010db8000000000000000000000000ffffffff000000000000000000000000", NULL, IP,
	  "20010db9ffffffffffffffffffffffff", OUT },

	{ MAIL, "ops@example.net", NULL, MAIL, "ops@EXAMPLE.net", IN_ },
	{ MAIL, "ops@example.net", NULL, MAIL, "OPS@example.net", OUT },
	{ MAIL, "ops@example.net", NULL, MAIL, "xops@example.net", OUT },
	{ MAIL, "example.net", NULL, MAIL, "anyone@example.net", IN_ },
	{ MAIL, "example.net", NULL, MAIL, "anyone@a.example.net", OUT },
	{ MAIL, ".example.net", NULL, MAIL, "anyone@a.example.net", IN_ },
	{ MAIL, ".example.net", NULL, MAIL, "anyone@example.net", OUT },
	{ MAIL, "example.net", NULL, MAIL, "evil@x@example.net", OUT },
	{ MAIL, NULL, "example.org", MAIL, "evil@x@example.net", OUT },
	{ MAIL, NULL, "example.org", MAIL, "\"a@b\"@example.net", IN_ },
	{ MAIL, "example.net", NULL, MAIL, "\"a@b\"@example.net", IN_ },
	{ MAIL, "example.net", NULL, MAIL, "\"a@b@example.net", OUT },
	{ MAIL, "example.net", NULL, MAIL, "example.net", OUT },
	{ MAIL, "example.net", NULL, MAIL, "@example.net", OUT },
	{ MAIL, NULL, "example.net", MAIL, "a@example.net", OUT },

	{ URI, "reg.example.net", NULL, URI, "https://reg.example.net/x", IN_ },
	{ URI, "reg.example.net", NULL, URI, "https://a@REG.example.net:8443?x", IN_ },
	{ URI, "reg.example.net", NULL, URI, "https://a.reg.example.net", OUT },
	{ URI, ".example.net", NULL, URI, "coaps://a.b.example.net", IN_ },
	{ URI, ".example.net", NULL, URI, "https://example.net", OUT },
	{ URI, ".example.net", NULL, URI, "https://a.example.net@evil.org/", OUT },
	{ URI, ".example.net", NULL, URI, "https://a.example.net:x@evil.org/", OUT },
	{ URI, ".example.net", NULL, URI, "https://evil.org/@a.example.net", OUT },
	{ URI, ".example.net", NULL, URI, "https://evil.org#a.example.net", OUT },
	{ URI, ".example.net", NULL, URI, "https://evil.org\\.example.net", OUT },
	{ URI, NULL, ".example.net", URI, "https://192.0.2.7/", OUT }, /* no host name */
	{ URI, NULL, ".example.net", URI, "https://[2001:db8::1]/", OUT },
	{ URI, NULL, ".example.net", URI, "urn:x:y", OUT },
	{ URI, NULL, ".example.net", URI, "https:", OUT },
	{ URI, NULL, ".example.net", URI, "https://", OUT },
	{ URI, NULL, ".example.net", URI, "https://example.org/", IN_ },

	{ DIR, "/O=Example", NULL, DIR, "/O=EXAMPLE/CN=x", IN_ },
	{ DIR, "/O=Example", NULL, DIR, "/O=Other/CN=x", OUT },
	{ DIR, NULL, "/O=Example", DIR, "/O=example", OUT },
	{ DIR, NULL, "/O=Example", DIR, "/C=FI/O=Example", IN_ },

	/* forms that nobody here compares */
	{ OTHER, "0602 2a03 a002 0500", NULL, OTHER, "0602 2a03 a002 0500", OUT },
	{ OTHER, NULL, "0602 2a03 a002 0500", OTHER, "0602 2a04 a002 0500", OUT },
	{ OTHER, NULL, "0602 2a03 a002 0500", DNS, "example.net", IN_ },
	{ REG, NULL, "2a03", REG, "2a04", OUT },
};

static void judges_names(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct cert c = { .subject = NAME_EMPTY };
		struct span limits = constraints(&a, rows[i].tag, rows[i].permitted,
		                                 rows[i].excluded);
		char what[160];

		c.san = names(&a, rows[i].name_tag, rows[i].name);
		snprintf(what, sizeof what, "%s within %s but %s", rows[i].name,
		         rows[i].permitted != NULL ? rows[i].permitted : "all",
		         rows[i].excluded != NULL ? rows[i].excluded : "none");
		CHECK_OK(syntax(limits));
		test_check_err(name_constraints_apply(limits, &c), rows[i].in ? OK : E_CERT_NAMES,
		               what, __FILE__, __LINE__);
	}
}

static void judges_subjects(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c = { .subject = NAME_EMPTY };
	struct span site = constraints(&a, DIR, "/O=Example", NULL);

	CHECK_OK(name_constraints_apply(site, &c));
	CHECK_OK(name_from_text(&a, "/O=Other/CN=reg.example.net", &c.subject));
	CHECK_ERR(name_constraints_apply(site, &c), E_CERT_NAMES);
	CHECK_OK(name_from_text(&a, "/O=Example/CN=reg.example.net", &c.subject));
	CHECK_OK(name_constraints_apply(site, &c));
	/* a common name is no dNSName */
	CHECK_OK(name_constraints_apply(constraints(&a, DNS, "example.org", NULL), &c));
	CHECK_OK(name_constraints_apply(NO_BYTES, &c));
}

/* /O=Example with O as a BMPString: openssl says "excluded subtree violation" of it. */
#define O_AS_BMP "3019 3117 3015 0603 55040a 1e0e 004500780061006d0070006c0065"

static void excludes_what_it_cannot_compare(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c = { .subject = test_hex(&a, O_AS_BMP) };
	enum err e = name_constraints_apply(constraints(&a, DIR, NULL, "/O=Example"), &c);

	CHECK_ERR(e, E_CERT_NAMES);
	CU_ASSERT(strstr(err_reason(e), "may be one") != NULL);
	CHECK_OK(name_constraints_apply(constraints(&a, DIR, NULL, "/OU=Example"), &c));
	/* and permits nothing for that */
	CHECK_ERR(name_constraints_apply(constraints(&a, DIR, "/O=Example", NULL), &c),
	          E_CERT_NAMES);
	CHECK_OK(name_from_text(&a, "/O=Ex\xc3\xa4mple", &c.subject));
	CHECK_ERR(name_constraints_apply(constraints(&a, DIR, NULL, "/O=Example"), &c),
	          E_CERT_NAMES);
}

/* emailAddress in the subject counts when there is no subjectAltName. */
static void judges_legacy_mail(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c = { .subject = NAME_EMPTY };
	struct span site = constraints(&a, MAIL, "example.net", NULL);

	CHECK_OK(name_from_text(&a, "/O=x/emailAddress=a@example.org", &c.subject));
	CHECK_ERR(name_constraints_apply(site, &c), E_CERT_NAMES);
	c.san = names(&a, DNS, "example.org");
	CHECK_OK(name_constraints_apply(site, &c));
	c.san = NO_BYTES;
	CHECK_OK(name_from_text(&a, "/O=x/emailAddress=a@example.net", &c.subject));
	CHECK_OK(name_constraints_apply(site, &c));
}

static void looks_at_every_name(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c = { .subject = NAME_EMPTY };
	struct derw w = derw_in(&a, 4096);
	struct span site = constraints(&a, DNS, "example.net", NULL), most;

	for (int i = 0; i < CERT_NAMES_MAX - 1; i++)
		put_name(&w, &a, DNS, "a.example.net");
	put_name(&w, &a, DNS, "b.example.net");
	CHECK_OK(derw_end(&w, &most));
	c.san = most;
	CHECK_OK(name_constraints_apply(site, &c));
	put_name(&w, &a, DNS, "a.example.net");
	CHECK_OK(derw_end(&w, &c.san));
	CHECK_ERR(name_constraints_apply(site, &c), E_CERT_NAMES);
	block[most.p + most.n - 1 - block] = 'x'; /* b.example.nex */
	c.san = most;
	CHECK_ERR(name_constraints_apply(site, &c), E_CERT_NAMES);
}

static void refuses_malformed_bases(void)
{
	static const struct {
		uint8_t tag;
		const char *base;
	} bad[] = {
		{ DNS, "." },
		{ DNS, "..example.net" },
		{ DNS, "*.example.net" },
		{ DNS, "a b" },
		{ DNS, "example.net." },
		{ IP, "c0000200" },
		{ IP, "c0000200ff00ff00" },
		{ IP, "c0000200ffffff01" },
		{ IP, "20010db8000000000000000000000001" },
		{ IP, "" },
		{ MAIL, "a@" },
		{ MAIL, "@example.net" },
		{ MAIL, "" },
		{ URI, "https://a.example" },
		{ URI, "192.0.2.1" },
		{ URI, "." },
		{ URI, "" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena a = ARENA_ON(block);

		test_check_err(syntax(constraints(&a, bad[i].tag, bad[i].base, NULL)), E_RANGE,
		               bad[i].base, __FILE__, __LINE__);
		test_check_err(syntax(constraints(&a, bad[i].tag, NULL, bad[i].base)), E_RANGE,
		               bad[i].base, __FILE__, __LINE__);
	}
}

/* minimum [0] BaseDistance DEFAULT 0, encoded */
static void takes_an_encoded_default(void)
{
	struct arena a = ARENA_ON(block);

	CHECK_OK(syntax(test_hex(&a, "300a a008 3006 8201 61 8001 00")));
	CHECK_OK(syntax(test_hex(&a, "300a a108 3006 8201 61 8001 00")));
}

static void refuses_malformed_lists(void)
{
	static const struct {
		const char *hex;
		enum err want;
	} bad[] = {
		{ "3000", E_RANGE },
		{ "3002 a000", E_RANGE },
		{ "3004 a000 a100", E_RANGE },
		{ "3005 a003 3001 00", E_TRUNCATED },
		{ "300a a008 3006 8201 61 8001 01", E_RANGE }, /* minimum 1 */
		{ "300b a009 3007 8201 61 8002 0000", E_NOT_DER },
		{ "300b a009 3007 8201 61 8002 0100", E_RANGE },       /* minimum 256 */
		{ "300d a00b 3009 8201 61 8001 00 8101 00", E_RANGE }, /* and maximum 0 */
		{ "300a a008 3006 8201 61 8101 01", E_RANGE },         /* maximum */
		{ "300e a105 3003 8201 61 a005 3003 8201 61", E_TRAILING },
		{ "3007 a205 3003 8201 61", E_TRAILING },
		{ "3009 a005 3003 8201 61 0500", E_TRAILING },
		{ "3007 a005 3003 8901 61", E_UNEXPECTED },
		{ "0500", E_UNEXPECTED },
		{ "3007 a005 3003 8201 61 0500", E_TRAILING },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena a = ARENA_ON(block);

		test_check_err(syntax(test_hex(&a, bad[i].hex)), bad[i].want, bad[i].hex, __FILE__,
		               __LINE__);
	}
}

static void bounds_subtrees(void)
{
	for (int more = 0; more < 2; more++) {
		struct derw w = DERW_ON(block);
		struct span many;

		IN (&w, DER_SEQUENCE)
			IN (&w, DER_CONTEXT(0))
				for (int i = 0; i < NAME_SUBTREES_MAX + more; i++)
					IN (&w, DER_SEQUENCE)
						derw_text(&w, DNS, "a");
		CHECK_OK(derw_end(&w, &many));
		CHECK_ERR(syntax(many), more ? E_RANGE : OK);
	}
}

/* cert_read() lets none of these through; who comes by another way is refused as well. */
static void applies_nothing_malformed(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c = { .subject = NAME_EMPTY };

	c.san = names(&a, DNS, "example.net");
	CHECK_ERR(name_constraints_apply(test_hex(&a, "3003 a001 30"), &c), E_CERT_SYNTAX);
	CHECK_ERR(name_constraints_apply(test_hex(&a, "0500"), &c), E_CERT_SYNTAX);
	c.san.n--;
	CHECK_ERR(name_constraints_apply(constraints(&a, DNS, "net", NULL), &c), E_CERT_SYNTAX);
}

const struct test_suite suite_pki_nameconstraints = {
	"pki/nameconstraints",
	{
		{ "names are judged", judges_names },
		{ "subjects are judged", judges_subjects },
		{ "what cannot be compared is excluded", excludes_what_it_cannot_compare },
		{ "a subject's emailAddress is judged", judges_legacy_mail },
		{ "every name is looked at", looks_at_every_name },
		{ "malformed bases are refused", refuses_malformed_bases },
		{ "an encoded DEFAULT is taken", takes_an_encoded_default },
		{ "malformed lists are refused", refuses_malformed_lists },
		{ "subtrees are counted", bounds_subtrees },
		{ "nothing malformed is applied", applies_nothing_malformed },
	}
};
