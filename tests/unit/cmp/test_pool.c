/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates that may help, and those that are kept over a transaction. */
#include "cmp/internal.h"
#include "tests/unit/test.h"

static uint8_t bytes[4 * CERT_SIZE_MAX];

static struct span cert(size_t at, size_t n)
{
	return (struct span){ bytes + at, n };
}

static void each_once(void)
{
	struct cmp_pool p = { .n = 0 };
	struct span some[3];

	bytes[0] = 1;
	bytes[100] = 2;
	some[0] = cert(0, 10);
	some[1] = cert(100, 10);
	some[2] = cert(200, CERT_SIZE_MAX + 1);
	cmp_pool_add(&p, some, 3);
	cmp_pool_add(&p, some, 3);
	CU_ASSERT_EQUAL(p.n, 2);
	CU_ASSERT(span_equal(p.certs[0], some[0]));
	CU_ASSERT(span_equal(p.certs[1], some[1]));
}

static void no_more_than_it_holds(void)
{
	static struct cmp_pool p;

	for (size_t i = 1; i <= CMP_POOL_MAX + 20; i++) {
		struct span one = cert(0, i);

		cmp_pool_add(&p, &one, 1);
	}
	CU_ASSERT_EQUAL(p.n, CMP_POOL_MAX);
}

/* The anchor at the end is known anyway; a path of one is kept. */
static void keeps_a_path(void)
{
	static struct cmp_kept k;
	struct path p = { .n = 3 };

	bytes[0] = 1;
	bytes[1000] = 2;
	p.certs[0] = cert(0, 500);
	p.certs[1] = cert(1000, 600);
	p.certs[2] = cert(2000, 700);
	cmp_kept_add(&k, &p);
	CU_ASSERT_EQUAL(k.count, 2);
	cmp_kept_add(&k, &p);
	CU_ASSERT_EQUAL(k.count, 2);
	CU_ASSERT(k.size[0] == 500 && k.size[1] == 600);
	CU_ASSERT(memcmp(k.bytes, bytes, 500) == 0);
	CU_ASSERT(memcmp(k.bytes + 500, bytes + 1000, 600) == 0);
	p.n = 1;
	p.certs[0] = cert(2000, 700);
	cmp_kept_add(&k, &p);
	CU_ASSERT_EQUAL(k.count, 3);
	CU_ASSERT_EQUAL(k.size[2], 700);
}

static void never_more_than_there_is_room(void)
{
	static struct cmp_kept k;
	struct path p = { .n = 1 };

	log_limit(LOG_LEVEL_ERROR);
	p.certs[0] = cert(0, CMP_KEPT_MAX);
	cmp_kept_add(&k, &p);
	CU_ASSERT_EQUAL(k.count, 1);
	p.certs[0] = cert(0, 1);
	cmp_kept_add(&k, &p);
	CU_ASSERT_EQUAL(k.count, 1);
	k.count = 0;
	for (size_t i = 0; i < CMP_KEPT_CERTS_MAX + 3; i++) {
		p.certs[0] = cert(0, 10 + i);
		cmp_kept_add(&k, &p);
	}
	CU_ASSERT_EQUAL(k.count, CMP_KEPT_CERTS_MAX);
	log_limit(LOG_LEVEL_NOTICE);
}

const struct test_suite suite_cmp_pool = {
	"cmp/pool",
	{
		{ "each certificate once, none that is too big", each_once },
		{ "no more than the pool holds", no_more_than_it_holds },
		{ "the certificates of a path are kept, the anchor not", keeps_a_path },
		{ "what has no room is not kept", never_more_than_there_is_room },
	}
};
