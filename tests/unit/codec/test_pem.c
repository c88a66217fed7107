/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/pem.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 17];

#define FOO  "-----BEGIN FOO-----\nMAMCAQE=\n-----END FOO-----\n"
#define CERT "-----BEGIN CERTIFICATE-----\nMAMCAQI=\n-----END CERTIFICATE-----\n"
static const uint8_t foo_der[] = { 0x30, 3, 2, 1, 1 }, cert_der[] = { 0x30, 3, 2, 1, 2 };

static enum err first(const char *text, struct pem *out)
{
	struct arena a = ARENA_ON(block);
	struct span s = span_str(text);

	return pem_next(&a, &s, out);
}

static void reads(const char *text)
{
	struct pem p;

	CHECK_OK(first(text, &p));
	CU_ASSERT(span_is(p.label, "FOO"));
	CU_ASSERT(span_equal(p.der, SPAN(foo_der)));
}

static void refuses(const char *text)
{
	struct arena a = ARENA_ON(block);
	struct span s = span_str(text);
	struct pem p = { s, s };

	if (!CHECK_ERR(pem_next(&a, &s, &p), E_TEXT))
		printf("accepted: %s\n", text);
	CU_ASSERT(p.label.n == 0 && p.der.n == 0);
	CU_ASSERT_EQUAL(a.used, 0);
}

static void none_in(const char *text)
{
	struct pem p;

	CHECK_OK(first(text, &p));
	CU_ASSERT_EQUAL(p.label.n, 0);
}

static void text_around_is_skipped(void)
{
	reads(FOO);
	reads("subject: CN=x\n\n" FOO "trailer");
	reads("-----BEGIN\n" FOO);
	reads("x -----BEGIN NOT-----\n" FOO);
	none_in("");
	none_in("no PEM here\n");
	none_in(" -----BEGIN FOO-----\nMAMCAQE=\n -----END FOO-----\n");
	none_in("-----END FOO-----\n");
}

static void every_line_end_will_do(void)
{
	reads("-----BEGIN FOO-----\r\nMAMCAQE=\r\n-----END FOO-----\r\n");
	reads("-----BEGIN FOO-----\rMAMCAQE=\r-----END FOO-----\r");
	reads("-----BEGIN FOO-----\nMAMC\nAQE=\n-----END FOO-----");
	reads("-----BEGIN FOO----- \t\n\nMAMC AQE=\n \n-----END FOO----- \n");
}

static void broken_blocks_are_refused(void)
{
	refuses("-----BEGIN FOO----\nMAMCAQE=\n-----END FOO-----\n");
	refuses("-----BEGIN FOO\nMAMCAQE=\n-----END FOO-----\n");
	refuses("-----BEGIN FOO----- x\nMAMCAQE=\n-----END FOO-----\n");
	refuses("-----BEGIN -----\nMAMCAQE=\n-----END -----\n");
	refuses("-----BEGIN F\tO-----\nMAMCAQE=\n-----END F\tO-----\n");
	refuses("-----BEGIN \tO-----\nMAMCAQE=\n-----END \tO-----\n");
	refuses("-----BEGIN F\x7f-----\nMAMCAQE=\n-----END F\x7f-----\n");
	refuses("-----BEGIN F\xc3\xb6-----\nMAMCAQE=\n-----END F\xc3\xb6-----\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE=\n-----END BAR-----\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE=\n-----END FOOO-----\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE=\n-----END FOO----\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE=\n-----END FOO----- x\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE=\n");
	refuses("-----BEGIN FOO-----\n-----END FOO-----\n");
	refuses("-----BEGIN FOO-----\n\n-----END FOO-----\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE\n-----END FOO-----\n");
	refuses("-----BEGIN FOO-----\nMAMC*AQE=\n-----END FOO-----\n");
	refuses("-----BEGIN FOO-----\n-----BEGIN FOO-----\nMAMCAQE=\n-----END FOO-----\n");
	refuses("-----BEGIN FOO-----\nMAMCAQE=-----END FOO-----\n");
	refuses("-----BEGIN FOO-----MAMCAQE=-----END FOO-----\n");
}

static void labels_of_any_printable_characters(void)
{
	struct pem p;

	CHECK_OK(first("-----BEGIN ~-----\nMAMCAQE=\n-----END ~-----\n", &p));
	CU_ASSERT(span_is(p.label, "~"));
	CHECK_OK(first("-----BEGIN A-B: C-----\nMAMCAQE=\n-----END A-B: C-----\n", &p));
	CU_ASSERT(span_is(p.label, "A-B: C"));
}

/* RFC 1421 headers: how OpenSSL marks an encrypted key. */
static void headers_are_refused(void)
{
	refuses("-----BEGIN FOO-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"
	        "MAMCAQE=\n-----END FOO-----\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_TEXT), "headers"));
	refuses("-----BEGIN FOO-----\n:\n\nMAMCAQE=\n-----END FOO-----\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_TEXT), "headers"));
}

static void every_prefix_is_refused(void)
{
	const char *text = FOO;
	size_t whole = strlen(text) - 1, begin = strlen("-----BEGIN ");

	for (size_t n = 0; n <= whole; n++) {
		struct arena a = ARENA_ON(block);
		char *copy = malloc(n > 0 ? n : 1);
		struct span s = { (uint8_t *)memcpy(copy, text, n), n };
		struct pem p;

		/* a part of "-----BEGIN " is text, not a block */
		CHECK_ERR(pem_next(&a, &s, &p), n < begin || n == whole ? OK : E_TEXT);
		CU_ASSERT_EQUAL(p.label.n, n == whole ? 3 : 0);
		free(copy);
	}
}

static void blocks_follow_each_other(void)
{
	struct arena a = ARENA_ON(block);
	struct span s = span_str(FOO "\n" CERT "text\n" FOO);
	struct pem p;

	CHECK_OK(pem_next(&a, &s, &p));
	CU_ASSERT(span_is(p.label, "FOO"));
	CHECK_OK(pem_next(&a, &s, &p));
	CU_ASSERT(span_is(p.label, "CERTIFICATE"));
	CU_ASSERT(span_equal(p.der, SPAN(cert_der)));
	CHECK_OK(pem_next(&a, &s, &p));
	CU_ASSERT(span_is(p.label, "FOO"));
	CHECK_OK(pem_next(&a, &s, &p));
	CU_ASSERT_EQUAL(p.label.n, 0);
	CU_ASSERT_EQUAL(s.n, 0);
}

static void certificates_of_a_file(void)
{
	struct arena a = ARENA_ON(block);
	struct span certs[2];
	size_t count;

	CHECK_OK(pem_certificates(&a, span_str(FOO CERT "text\n" FOO CERT), certs, 2, &count));
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT(span_equal(certs[1], SPAN(cert_der)));
	CHECK_ERR(pem_certificates(&a, span_str(CERT CERT CERT), certs, 2, &count), E_SPACE);
	CHECK_ERR(pem_certificates(&a, span_str(CERT), certs, 0, &count), E_SPACE);
	CHECK_ERR(pem_certificates(&a, span_str(FOO), certs, 2, &count), E_TEXT);
	CHECK_ERR(pem_certificates(&a, NO_BYTES, certs, 2, &count), E_TEXT);
}

#define BAD(what) "-----BEGIN CERTIFICATE-----\n" what "-----END CERTIFICATE-----\n"

/* One that is broken is left out, wherever it stands; when none is left, the first fault counts. */
static void a_broken_block_spoils_no_other(void)
{
	static const struct {
		const char *text;
		size_t good;
		const char *words; /* of none */
	} rows[] = {
		{ BAD("M*MC\n") CERT, 1, NULL },
		{ CERT BAD("MAMC\n?\n") CERT, 2, NULL },
		{ CERT BAD("") CERT, 2, NULL },
		{ BAD("Proc-Type: 4,ENCRYPTED\n\nMAMC\n") CERT, 1, NULL },
		{ "-----BEGIN FOO-----\nMAMC\n" CERT, 1, NULL }, /* has no end */
		{ "-----BEGIN CERTIFICATE-----\nMAMC\n" CERT, 1, NULL },
		{ "-----BEGIN CERTIFICATE-----\nMAMC\n-----END FOO-----\n" CERT, 1, NULL },
		{ "-----BEGIN \x01-----\n" CERT, 1, NULL },
		{ CERT "-----BEGIN CERTIFICATE-----\nMAMC\n", 1, NULL },
		{ CERT "-----BEGIN CERTIFICATE-----", 1, NULL },
		{ BAD("M*MC\n"), 0, "character" },
		{ BAD("") BAD("M*MC\n"), 0, "is empty" },
		{ FOO BAD("a: b\n"), 0, "has headers" },
		{ "-----BEGIN CERTIFICATE-----\nMAMC\n", 0, "has no end" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct span certs[2];
		size_t count;
		enum err e = pem_certificates(&a, span_str(rows[i].text), certs, 2, &count);

		test_check_err(e, rows[i].good > 0 ? OK : E_TEXT, rows[i].text, __FILE__, __LINE__);
		CU_ASSERT_EQUAL(count, rows[i].good);
		for (size_t k = 0; k < count; k++)
			CU_ASSERT(span_equal(certs[k], SPAN(cert_der)));
		if (rows[i].words != NULL && strstr(err_reason(e), rows[i].words) == NULL) {
			printf("said: %s\n", err_reason(e));
			CU_FAIL("the reason is another");
		}
	}
}

static void one_certificate_may_be_der(void)
{
	struct arena a = ARENA_ON(block);
	uint8_t longer[] = { 0x30, 3, 2, 1, 2, 0 };
	struct span certs[1];
	size_t count;

	CHECK_OK(pem_certificates(&a, SPAN(cert_der), certs, 1, &count));
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT(span_equal(certs[0], SPAN(cert_der)));
	CU_ASSERT(certs[0].p != cert_der); /* like the others: in the arena */
	for (size_t n = 1; n < sizeof cert_der; n++) {
		CHECK_ERR(pem_certificates(&a, (struct span){ cert_der, n }, certs, 1, &count),
		          E_TRUNCATED);
		CU_ASSERT_EQUAL(count, 0);
	}
	CHECK_ERR(pem_certificates(&a, SPAN(longer), certs, 1, &count), E_TRAILING);
	CHECK_ERR(pem_certificates(&a, SPAN(cert_der), certs, 0, &count), E_SPACE);
}

/* '0' is DER's SEQUENCE. */
static void text_that_begins_like_der(void)
{
	struct arena a = ARENA_ON(block);
	struct span certs[2];
	size_t count;

	CHECK_OK(pem_certificates(&a, span_str("0: Certificate\n" CERT "1: Certificate\n" CERT),
	                          certs, 2, &count));
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT(span_equal(certs[0], SPAN(cert_der)));
	CU_ASSERT_FALSE(pem_is_der(span_str("0: Certificate\n" CERT)));
	CU_ASSERT_FALSE(pem_is_der(span_str(CERT)));
	CU_ASSERT_FALSE(pem_is_der(NO_BYTES));
	/* a block inside of one whole element is its content */
	CU_ASSERT(pem_is_der(span_str("0\x0d\n-----BEGIN X")));
	CU_ASSERT_FALSE(pem_is_der(span_str("0\x0c\n-----BEGIN X")));
	CU_ASSERT(pem_is_der(span_str("0\x0c\n ----BEGIN X")));
	CHECK_ERR(pem_certificates(&a, span_str("0: Total found: 0\n"), certs, 2, &count),
	          E_TRUNCATED);
}

static void files_are_bounded(void)
{
	static uint8_t file[PEM_FILE_MAX + 1];
	struct arena a = ARENA_ON(block);
	struct span certs[1];
	size_t count;

	memset(file, '\n', sizeof file);
	memcpy(file, CERT, strlen(CERT));
	CHECK_ERR(pem_certificates(&a, SPAN(file), certs, 1, &count), E_TOO_BIG);
	CHECK_OK(pem_certificates(&a, (struct span){ file, PEM_FILE_MAX }, certs, 1, &count));
}

static void written_and_read_back(void)
{
	static uint8_t der[1000];
	static char text[4096];

	for (size_t i = 0; i < sizeof der; i++)
		der[i] = (uint8_t)(i * 31);
	for (size_t n = 1; n < sizeof der; n += n < 200 ? 1 : 97) {
		struct arena a = ARENA_ON(block);
		struct pem p;
		struct span s;
		size_t used = 0, one;

		CHECK_OK(pem_write(text, sizeof text, &used, "X Y", (struct span){ der, n }));
		one = used;
		CHECK_OK(pem_write(text, one + used, &used, "X Y", (struct span){ der, n }));
		CU_ASSERT_EQUAL(used, 2 * one); /* the second just fitted */
		s = (struct span){ (uint8_t *)text, used };
		CHECK_OK(pem_next(&a, &s, &p));
		CHECK_OK(pem_next(&a, &s, &p));
		CU_ASSERT(span_is(p.label, "X Y"));
		CU_ASSERT(span_equal(p.der, (struct span){ der, n }));
		CHECK_ERR(pem_write(text, one + used - 1, &used, "X Y", (struct span){ der, n }),
		          E_SPACE);
		CU_ASSERT_EQUAL(used, 2 * one);
		CU_ASSERT(memchr(text, '\n', 66) != NULL);
	}
}

static void lines_have_64_characters(void)
{
	static const uint8_t der[49] = { 0 };
	static const char want[] =
		"-----BEGIN A-----\n"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		"AA==\n"
		"-----END A-----\n";
	char text[256];
	size_t n = 0;

	CHECK_OK(pem_write(text, sizeof text, &n, "A", SPAN(der)));
	CU_ASSERT(span_is((struct span){ (uint8_t *)text, n }, want));
}

const struct test_suite suite_codec_pem = {
	"codec/pem",
	{
		{ "text around blocks is skipped", text_around_is_skipped },
		{ "every line end will do", every_line_end_will_do },
		{ "broken blocks are refused", broken_blocks_are_refused },
		{ "labels of any printable characters", labels_of_any_printable_characters },
		{ "headers are refused", headers_are_refused },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "blocks follow each other", blocks_follow_each_other },
		{ "certificates of a file", certificates_of_a_file },
		{ "a broken block spoils no other", a_broken_block_spoils_no_other },
		{ "one certificate may be DER", one_certificate_may_be_der },
		{ "text may begin like DER", text_that_begins_like_der },
		{ "files are bounded", files_are_bounded },
		{ "what was written is read back", written_and_read_back },
		{ "lines have 64 characters", lines_have_64_characters },
	}
};
