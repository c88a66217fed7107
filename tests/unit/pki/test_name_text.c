/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/pki/name.h"
#include "platform/pki/x509.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 16];

static void writes_as_openssl_does(void)
{
	struct arena a = ARENA_ON(block);
	struct span name;
	struct cert c;

	CHECK_OK(cert_read(fake_x509_file(&a, "names.der"), &c));
	CHECK_OK(name_from_text(&a,
	                        "emailAddress=r@example.net,CN=R 1,OU=b+OU=a,"
	                        "O=Ex\\C3\\A4mple\\, Oy,DC=Example,DC=net",
	                        &name));
	CU_ASSERT(span_equal(name, c.subject));
	CHECK_OK(name_from_text(&a, "/C=FI/O=Example/CN=Example Root", &name));
	CU_ASSERT(span_equal(name, c.issuer));
}

static void reads_both_forms(void)
{
	static const struct {
		const char *slashes, *commas;
	} rows[] = {
		{ "/O=Org/CN=router 1", "CN=router 1,O=Org" },
		{ "/O=Org/CN=router 1", "CN=router 1, O=Org" },
		{ "/O=a\\/b", "O=a/b" },
		{ "/O=a,b", "O=a\\,b" },
		{ "/O=a+b", "O=a\\+b" },
		{ "/O=a\\\\b", "O=a\\5Cb" },
		{ "/O=\"a\"", "O=\\\"a\\22" },
		{ "/O=#a", "O=\\#a" },
		{ "/O=\xc3\xa4", "O=\\c3\\A4" },
		{ "/O=a=b", "O=a=b" },
		{ "/DC=net/UID=u/GN=g/SN=s/title=t/L=l/ST=s/STREET=x/dnQualifier=q/"
		  "organizationIdentifier=i",
		  "organizationIdentifier=i,dnQualifier=q,STREET=x,ST=s,L=l,title=t,SN=s,GN=g,UID="
		  "u,DC=net" },
		{ "/", "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct span one, other;

		CHECK_OK(name_from_text(&a, rows[i].slashes, &one));
		CHECK_OK(name_from_text(&a, rows[i].commas, &other));
		test_check_err(span_equal(one, other) ? OK : E_BUG, OK, rows[i].slashes, __FILE__,
		               __LINE__);
	}
}

static void refuses_other_text(void)
{
	static const char *const rows[] = {
		"router",      "=x",        "CN",      "CN=",        "/CN=",
		"XX=a",        "cn=a",      "CN=a,",   "/CN=a/",     ",CN=a",
		"//CN=a",      "CN=a,,O=b", "CN=a+",   "CN=a\\",     "CN=#0c0141",
		"CN=a\"b",     "CN=a;O=b",  "CN=<a>",  "C=\xc3\xa4", "serialNumber=a_b",
		"DC=\xc3\xa4", "CN=\xc3",   "CN=\xff", "CN=\\FF",    "emailAddress=\\00",
		"2.5.4.3=a",
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct span name;

		test_check_err(name_from_text(&a, rows[i], &name), E_CONFIG, rows[i], __FILE__,
		               __LINE__);
	}
}

static void bounds_text(void)
{
	static char words[4 * NAME_MAX_DER];
	struct arena a = ARENA_ON(block), small = { block, 8, 0 };
	struct span name;
	size_t n = 0;

	memset(words, 'x', sizeof words - 1);
	memcpy(words, "/CN=", 4);
	CHECK_ERR(name_from_text(&a, words, &name), E_CONFIG);
	words[4 + NAME_MAX_DER - 10] = '\0';
	CHECK_ERR(name_from_text(&a, words, &name), E_CONFIG);
	words[4 + NAME_MAX_DER - 40] = '\0';
	CHECK_OK(name_from_text(&a, words, &name));
	CU_ASSERT(name.n <= NAME_MAX_DER);
	for (int i = 0; i < NAME_RDNS_MAX; i++)
		n += (size_t)snprintf(words + n, sizeof words - n, "/O=%d", i);
	CHECK_OK(name_from_text(&a, words, &name));
	snprintf(words + n, sizeof words - n, "/O=x");
	CHECK_ERR(name_from_text(&a, words, &name), E_CONFIG);
	CHECK_ERR(name_from_text(&small, "/O=x", &name), E_SPACE);
}

static void uses_the_right_string_types(void)
{
	struct arena a = ARENA_ON(block);
	struct span name;

	CHECK_OK(name_from_text(&a, "/C=FI", &name));
	CU_ASSERT_EQUAL(name.p[11], DER_PRINTABLE);
	CHECK_OK(name_from_text(&a, "/serialNumber=1", &name));
	CU_ASSERT_EQUAL(name.p[11], DER_PRINTABLE);
	CHECK_OK(name_from_text(&a, "/O=1", &name));
	CU_ASSERT_EQUAL(name.p[11], DER_UTF8);
	CHECK_OK(name_from_text(&a, "/DC=a", &name));
	CU_ASSERT_EQUAL(name.p[18], DER_IA5);
}

static void shows_names(void)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "CN=router 1,O=Org", "\"O=Org,CN=router 1\"" },
		{ "CN=a+OU=b,O=c", "\"O=c,CN=a+OU=b\"" },
		{ "CN=a\\,O\\=b", "\"CN=a\\x5c,O\\x5c=b\"" },
		{ "CN=\\\"", "\"CN=\\x22\"" },
		{ "CN=a\\0Ab", "\"CN=a\\x0ab\"" },
		{ "CN=\xc3\xa4", "\"CN=\xc3\xa4\"" },
		/* U+0405, U+0391, U+0430, U+FF21, U+2010, U+0131, U+1D400, U+200B */
		{ "CN=\xd0\x85"
		  "iemens",
		  "\"CN=\\x5cD0\\x5c85iemens\"" },
		{ "CN=\xce\x91"
		  "B",
		  "\"CN=\\x5cCE\\x5c91B\"" },
		{ "CN=M\xd0\xb0sa", "\"CN=M\\x5cD0\\x5cB0sa\"" },
		{ "CN=\xef\xbc\xa1", "\"CN=\\x5cEF\\x5cBC\\x5cA1\"" },
		{ "CN=a\xe2\x80\x90z", "\"CN=a\\x5cE2\\x5c80\\x5c90z\"" },
		{ "CN=\xc4\xb1", "\"CN=\\x5cC4\\x5cB1\"" },
		{ "CN=\xf0\x9d\x90\x80", "\"CN=\\x5cF0\\x5c9D\\x5c90\\x5c80\"" },
		{ "CN=a\xe2\x80\x8bz", "\"CN=a\\x5cE2\\x5c80\\x5c8Bz\"" },
		{ "CN=\xe6\x9d\xb1\xe4\xba\xac", "\"CN=\xe6\x9d\xb1\xe4\xba\xac\"" },
		{ "/", "\"\"" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct span name;
		struct quoted q;

		CHECK_OK(name_from_text(&a, rows[i].text, &name));
		CU_ASSERT_STRING_EQUAL(name_text(&q, name), rows[i].shown);
	}
}

static void shows_what_it_can(void)
{
	struct arena a = ARENA_ON(block);
	struct quoted q;
	struct span name;

	CU_ASSERT_STRING_EQUAL(name_text(&q, NO_BYTES), "\"\"");
	CU_ASSERT_STRING_EQUAL(name_text(&q, test_hex(&a, "300a 3108 3006 0602 2a03 0c00")),
	                       "\"1.2.3=\"");
	CU_ASSERT_STRING_EQUAL(name_text(&q, test_hex(&a, "300b 310a 3008 0603550403 0c0141")),
	                       "\"\"");
	CHECK_OK(name_from_text(&a,
	                        "/O=0123456789012345678901234567890123456789012345678901234567"
	                        "8901234567890123456789",
	                        &name));
	name_text(&q, name);
	CU_ASSERT_EQUAL(strlen(q.text), LOG_QUOTE_MAX + 5); /* quotes and dots */
	CU_ASSERT(strstr(q.text, "...") != NULL);
}

static void as_json_has_it(void)
{
	static uint8_t room[4096];
	struct arena a = ARENA_ON(room);
	struct name_line line;
	struct derw w = derw_in(&a, 2048);
	struct span name = NO_BYTES;
	static const char value[] = "a \"b\"\x01\xc3\xa4\xff, c";

	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SET)
			IN (&w, DER_SEQUENCE) {
				derw_raw(&w, (struct span){ (const uint8_t *)"\x06\x03\x55\x04\x03",
				                            5 });
				derw_put(&w, DER_UTF8, span_str(value));
			}
	CHECK_OK(derw_end(&w, &name));
	CU_ASSERT(span_is(name_plain(&line, name), "CN=a \"b\"\\01\xc3\xa4\\FF\\, c"));
}

/* Cut at a whole character or escape, and never beyond the line. */
static void what_is_long_is_cut(void)
{
	static uint8_t room[8192];
	static char value[2048];
	struct name_line line;

	for (size_t extra = 0; extra < 4; extra++) {
		struct arena a = ARENA_ON(room);
		struct derw w = derw_in(&a, 4096);
		struct span name = NO_BYTES, text;

		memset(value, '\x01', sizeof value);
		memset(value, 'x', extra);
		IN (&w, DER_SEQUENCE)
			IN (&w, DER_SET)
				IN (&w, DER_SEQUENCE) {
					derw_raw(&w,
					         (struct span){
							 (const uint8_t *)"\x06\x03\x55\x04\x03",
							 5 });
					derw_put(&w, DER_UTF8,
					         (struct span){ (const uint8_t *)value, 1024 });
				}
		CHECK_OK(derw_end(&w, &name));
		text = name_plain(&line, name);
		CU_ASSERT(text.n <= sizeof line.text && text.n > sizeof line.text - 4);
		CU_ASSERT_EQUAL((text.n - 3 - extra) % 3, 0);
	}
}

const struct test_suite suite_pki_name_text = {
	"pki/name_text",
	{
		{ "as JSON has it", as_json_has_it },
		{ "what is long is cut", what_is_long_is_cut },
		{ "names are written as openssl does", writes_as_openssl_does },
		{ "both forms are read", reads_both_forms },
		{ "other text is refused", refuses_other_text },
		{ "text is bounded", bounds_text },
		{ "string types are the right ones", uses_the_right_string_types },
		{ "names are shown", shows_names },
		{ "what can be shown is", shows_what_it_can },
	}
};
