/* SPDX-License-Identifier: GPL-2.0-or-later */
/* General responses, and the CA certificates in them (RFC 9483 4.3.1). */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct span certs[POOL_MAX];
static size_t count, most = POOL_MAX;

static enum err get_list(void)
{
	struct octets list;
	enum err e = cmp_get_ca_certs(&ca.client, &a, &list);

	count = 0;
	return e == OK ? cmp_ca_certs_hold(&list, &a, certs, most, &count) : e;
}

static enum err get(struct span info, void (*bend)(struct fake_ca *, struct fake_message *))
{
	struct fake_row script[] = { { REPLY_INFO, bend }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	ca.info = info;
	fake_ca_plays(&ca, script);
	return get_list();
}

static struct span list_of(const struct span *items, size_t n, size_t times)
{
	struct derw w = derw_in(&ca_arena, 64 * 1024);
	struct span out;

	IN (&w, DER_SEQUENCE)
		for (size_t i = 0; i < n * times; i++)
			derw_raw(&w, items[i % n]);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void fetches_them(void)
{
	struct span some[2];

	fake_ca_open(&ca, &ca_arena);
	some[0] = ca.root;
	some[1] = ca.stranger;
	CHECK_OK(get(list_of(some, 2, 1), NULL));
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT(span_equal(certs[0], ca.root));
	CU_ASSERT(span_equal(certs[1], ca.stranger));
	CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, "/.well-known/cmp/getcacerts");
	CHECK_OK(get(NO_BYTES, NULL));
	CU_ASSERT_EQUAL(count, 0);
	fake_ca_close(&ca);
}

static void takes_as_many_as_it_can(void)
{
	static const uint8_t rubbish[] = { 0x30, 3, 2, 1, 5 };
	struct span some[2];

	fake_ca_open(&ca, &ca_arena);
	some[0] = ca.root;
	CHECK_OK(get(list_of(some, 1, 50), NULL));
	CU_ASSERT_EQUAL(count, 1); /* each once */
	some[1] = ca.stranger;
	most = 2;
	CHECK_OK(get(list_of(some, 2, 1), NULL));
	CU_ASSERT_EQUAL(count, 2);
	most = 1;
	CHECK_ERR(get(list_of(some, 2, 1), NULL), E_TOO_BIG); /* never fewer */
	CU_ASSERT_EQUAL(count, 0);
	most = POOL_MAX;
	some[0] = SPAN(rubbish);
	some[1] = ca.root;
	CHECK_OK(get(list_of(some, 2, 1), NULL));
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT(span_equal(certs[0], ca.root));
	fake_ca_close(&ca);
}

#define OID_17 "06 08 2b 06 01 05 05 07 04 11"

static const char *content;

static void as_the_test_says(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, content);
}

static void refuses_other_shapes(void)
{
	static const struct {
		const char *hex;
		enum err e;
	} cases[] = {
		{ "30 0c 30 0a " OID_17, OK },
		{ "30 0e 30 0c " OID_17 "30 00", E_CMP_SYNTAX },         /* SIZE (1..MAX) */
		{ "30 0e 30 0c " OID_17 "05 00", E_CMP_SYNTAX },         /* NULL is no list */
		{ "30 10 30 0e " OID_17 "30 02 05 00", E_CMP_SYNTAX },   /* nor a certificate */
		{ "30 18 30 0a " OID_17 "30 0a " OID_17, E_CMP_SYNTAX }, /* two */
		{ "30 00", E_CMP_SYNTAX },
		{ "30 0c 30 0a 06 08 2b 06 01 05 05 07 04 17", E_CMP_CONTENT }, /* crls */
		{ "05 00", E_CMP_SYNTAX },
	};

	fake_ca_open(&ca, &ca_arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		content = cases[i].hex;
		CHECK_ERR(get(NO_BYTES, as_the_test_says), cases[i].e);
		CU_ASSERT_EQUAL(count, 0);
	}
	fake_ca_close(&ca);
}

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void body_ip(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->body = BODY_IP;
}

static void is_checked_like_any_other(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(get(NO_BYTES, bare), E_CMP_PROTECTION);
	CHECK_ERR(get(NO_BYTES, body_ip), E_CMP_BODY);
	fake_ca_close(&ca);
}

static void waits_for_them(void)
{
	static const struct fake_row script[] = {
		{ REPLY_ERROR_WAITING, NULL },
		{ REPLY_INFO, NULL },
		{ REPLY_NONE, NULL },
	};

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.info = list_of(&ca.root, 1, 1);
	CHECK_OK(get_list());
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(ca.request.body, BODY_POLL_REQ);
	fake_ca_close(&ca);
}

static void closed(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_HTTP;
}

/* A server that closes just when it is asked: once more, on another connection. */
static void asks_once_more(void)
{
	static const struct fake_row once[] = { { REPLY_INFO, closed },
		                                { REPLY_INFO, NULL },
		                                { REPLY_NONE, NULL } };
	static const struct fake_row twice[] = { { REPLY_INFO, closed },
		                                 { REPLY_INFO, closed },
		                                 { REPLY_NONE, NULL } };

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&a);
	fake_ca_plays(&ca, once);
	CHECK_OK(get_list());
	CU_ASSERT_EQUAL(ca.transactions, 2);
	fake_ca_plays(&ca, twice);
	CHECK_ERR(get_list(), E_HTTP);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_info = {
	"cmp/info",
	{
		{ "CA certificates, or none", fetches_them },
		{ "too many, and what is no certificate", takes_as_many_as_it_can },
		{ "other shapes are refused", refuses_other_shapes },
		{ "a genp is checked like any other answer", is_checked_like_any_other },
		{ "a genp may be delayed, too", waits_for_them },
		{ "a closed connection: once more, and no more", asks_once_more },
	}
};
