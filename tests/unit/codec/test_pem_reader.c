/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bundles and lists as PEM, read by pieces. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/log.h"
#include "platform/codec/pem.h"
#include "platform/codec/pem_reader.h"
#include "tests/unit/test.h"

static char text[1 << 20];

struct seen {
	size_t count, octets;
};

static enum err take(void *context, size_t number, struct span der)
{
	struct seen *s = context;

	CU_ASSERT_EQUAL(number, s->count + 1);
	s->count++;
	s->octets += der.n;
	return OK;
}

static enum err read_text(size_t n, struct seen *s)
{
	const struct octets o = octets_of((struct span){ (const uint8_t *)text, n });
	const struct cert_taker to = { take, s };

	*s = (struct seen){ 0, 0 };
	return bundle_each(&o, &to);
}

static size_t many(size_t count, size_t size)
{
	static uint8_t der[4096];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, "# number %zu\r\n", i);
		CHECK_OK(pem_write(text, sizeof text, &n, "CERTIFICATE",
		                   (struct span){ der, size }));
	}
	return n;
}

static void any_number(void)
{
	struct seen s;

	CHECK_OK(read_text(many(400, 1000), &s));
	CU_ASSERT(s.count == 400 && s.octets == 400000);
	for (size_t size = 1; size < 100; size++) {
		CHECK_OK(read_text(many(3, size), &s));
		CU_ASSERT(s.count == 3 && s.octets == 3 * size);
	}
}

/* The others stay; what is cut is no certificate. */
static void broken_blocks(void)
{
	struct seen s;
	size_t n = many(3, 100), third = n / 3 * 2;
	char *at = strstr(text, "AAAA");

	log_limit(LOG_LEVEL_ERROR);
	*at = '*';
	CHECK_OK(read_text(n, &s));
	CU_ASSERT_EQUAL(s.count, 2);
	*at = ':';
	CHECK_OK(read_text(n, &s));
	CU_ASSERT_EQUAL(s.count, 2);
	*at = '=';
	CHECK_OK(read_text(n, &s));
	CU_ASSERT_EQUAL(s.count, 2);
	for (size_t cut = third + 20; cut < n - 1; cut++) {
		many(3, 100);
		CHECK_OK(read_text(cut, &s));
		CU_ASSERT_EQUAL(s.count, 2);
	}
	CHECK_ERR(read_text(60, &s), E_TEXT);
	CHECK_ERR(read_text(0, &s), E_TEXT);
	log_limit(LOG_LEVEL_NOTICE);
}

struct joined {
	size_t n;
};

static enum err join(void *context, struct span piece)
{
	struct joined *j = context;

	j->n += piece.n;
	return OK;
}

/* One line, or lines of any length. */
static void a_long_block(void)
{
	static uint8_t der[300000];
	struct joined j = { 0 };
	const struct pem_sink to = { join, &j };
	struct pem_reader r;
	size_t n = 0;
	struct octets o;
	char *from, *last;

	CHECK_OK(pem_write(text, sizeof text, &n, "X509 CRL", SPAN(der)));
	for (int way = 0; way < 2; way++) {
		o = octets_of((struct span){ (const uint8_t *)text, n });
		pem_reader_begin(&r, &o);
		CHECK_OK(pem_reader_find(&r));
		CU_ASSERT_STRING_EQUAL(r.label, "X509 CRL");
		j.n = 0;
		CHECK_OK(pem_reader_body(&r, &to));
		CU_ASSERT_EQUAL(j.n, sizeof der);
		CHECK_OK(pem_reader_find(&r));
		CU_ASSERT_STRING_EQUAL(r.label, "");
		/* all of it in one line, the next time */
		from = strchr(text, '\n') + 1;
		last = strstr(text, "\n-----END");
		for (char *c = from; c < last; c++)
			if (*c == '\n')
				*c = ' ';
	}
}

const struct test_suite suite_codec_pem_reader = {
	"codec/pem_reader",
	{
		{ "any number of certificates", any_number },
		{ "a broken block spoils no other", broken_blocks },
		{ "a block of any length", a_long_block },
	}
};
