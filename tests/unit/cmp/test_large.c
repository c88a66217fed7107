/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that are not held: read, checked and walked in a file (RFC 9483 4.3.1, 4.3.4). */
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[4 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct spool spool;
static FILE *file;

static void begin(void)
{
	fake_ca_open(&ca, &ca_arena);
	file = tmpfile();
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	spool = (struct spool){ fileno(file), CRL_SIZE_MAX, 60000 };
	ca.client.spool = &spool;
	ca.link.spools = true;
}

static void end(void)
{
	fclose(file);
	fake_ca_close(&ca);
}

static struct span list_of(struct span item, size_t times)
{
	struct derw w = derw_in(&ca_arena, times * item.n + 16);
	struct span out;

	IN (&w, DER_SEQUENCE)
		for (size_t i = 0; i < times; i++)
			derw_raw(&w, item);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static enum err get(struct span info, struct octets *list)
{
	static const struct fake_row script[] = { { REPLY_INFO, NULL }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	ca.info = info;
	fake_ca_plays(&ca, script);
	return cmp_get_ca_certs(&ca.client, &a, list);
}

static enum err count_one(void *context, struct span der)
{
	size_t *n = context;

	CU_ASSERT(span_equal(der, ca.root));
	++*n;
	return OK;
}

static void any_number_of_certificates(void)
{
	struct octets list;
	size_t n = 0;
	const struct cmp_taker counter = { count_one, &n };

	begin();
	CHECK_OK(get(list_of(ca.root, 1000), &list));
	CU_ASSERT(list.p == NULL && list.n > 100000);
	CU_ASSERT(a.used < 64 * 1024); /* what is large is not held */
	CHECK_OK(cmp_ca_certs_each(&list, &counter));
	CU_ASSERT_EQUAL(n, 1000);
	CHECK_OK(get(NO_BYTES, &list));
	CU_ASSERT_EQUAL(list.n, 0);
	end();
}

static void by_mac_and_waited_for(void)
{
	static const struct cmp_secret secret = { { (const uint8_t *)"pledge-1", 8 },
		                                  { (const uint8_t *)"shared", 6 },
		                                  MAC_PBMAC1 };
	static const struct fake_row script[] = { { REPLY_ERROR_WAITING, NULL },
		                                  { REPLY_INFO, NULL },
		                                  { REPLY_NONE, NULL } };
	struct octets list;

	begin();
	ca.info = list_of(ca.root, 300);
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.link.spools = false; /* the first answer is small */
	CHECK_OK(cmp_get_ca_certs(&ca.client, &a, &list));
	ca.link.spools = true;
	ca.client.secret = &secret;
	ca.client.signer = NULL;
	CHECK_OK(get(list_of(ca.root, 300), &list));
	CU_ASSERT(list.p == NULL);
	end();
}

/* Of other operations, and other bodies, nothing is ever that large. */
static void only_general_responses(void)
{
	static const struct fake_row script[] = { { REPLY_ERROR_WAITING, NULL },
		                                  { REPLY_NONE, NULL } };
	struct octets list;

	begin();
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	CHECK_ERR(cmp_get_ca_certs(&ca.client, &a, &list), E_TOO_BIG);
	CU_ASSERT_EQUAL(list.n, 0);
	end();
}

/* The session as it is when the answer of the file comes in. */
static enum err check(struct cmp_session *s, const struct octets *answer)
{
	size_t mark = arena_mark(&a);
	enum err e = cmp_read_octets(answer, &a, &s->in);

	if (e == OK)
		e = cmp_check(s);
	arena_rewind(&a, mark);
	return e;
}

/* What stands before extraCerts: all that the protection is of, and itself. */
static size_t protected_octets(const struct octets *answer, const struct cmp_message *m)
{
	size_t from = (size_t)(m->part.from + m->part.n);
	struct window w = NO_WINDOW;
	struct der_head h;
	struct span s;

	CHECK_OK(octets_part(answer, &w, from, answer->n - from < 6 ? answer->n - from : 6, &s));
	CHECK_OK(der_head(s, &h));
	CU_ASSERT_EQUAL(h.tag, DER_CONTEXT(0));
	return from + h.size + h.n;
}

static void every_prefix_and_flipped_bit(void)
{
	struct octets list, answer;
	struct cmp_session *s;
	struct cmp_message m;
	struct window w = NO_WINDOW;
	struct span copy;
	size_t end_of_protection;

	begin();
	CHECK_OK(get(list_of(ca.root, 1), &list));
	answer = octets_in(spool.fd, 0, (size_t)lseek(spool.fd, 0, SEEK_END));
	CHECK_OK(octets_part(&answer, &w, 0, answer.n, &copy));
	CHECK_OK(cmp_read_octets(&answer, &a, &m));
	CHECK_OK(cmp_session_new(&ca.client, &a, &CMP_OP_CA_CERTS, &s));
	memcpy(s->txn.id, m.header.transaction_id.p, sizeof s->txn.id);
	memcpy(s->txn.nonce, m.header.recip_nonce.p, sizeof s->txn.nonce);
	s->txn.begun = fake_time;
	s->allowed = BODY_BIT(BODY_GENP);
	CHECK_OK(check(s, &answer));
	end_of_protection = protected_octets(&answer, &m);
	for (size_t bit = 0; bit < 8 * end_of_protection; bit++) {
		uint8_t is = copy.p[bit / 8], bent = is ^ (uint8_t)(1 << bit % 8);

		CU_ASSERT_EQUAL(pwrite(spool.fd, &bent, 1, (off_t)(bit / 8)), 1);
		if (check(s, &answer) == OK)
			printf("bit %zu makes no difference\n", bit);
		CU_ASSERT(check(s, &answer) != OK);
		CU_ASSERT_EQUAL(pwrite(spool.fd, &is, 1, (off_t)(bit / 8)), 1);
	}
	for (size_t n = 1; n < answer.n; n++) {
		struct octets cut = octets_in(spool.fd, 0, n);
		enum err e = check(s, &cut);

		CU_ASSERT(e == E_CMP_SYNTAX || e == E_TOO_BIG);
	}
	CHECK_OK(check(s, &answer));
	end();
}

const struct test_suite suite_cmp_large = {
	"cmp/large",
	{
		{ "any number of CA certificates", any_number_of_certificates },
		{ "by MAC, and after a while", by_mac_and_waited_for },
		{ "only general responses are large", only_general_responses },
		{ "every prefix and every flipped bit are refused", every_prefix_and_flipped_bit },
	}
};
