/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking for a voucher: what each answer makes of the request. */
#include "agent/flow.h"
#include "agent/retry.h"
#include "tests/unit/fake/link.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024], attempt_room[64 * 1024];
static uint8_t page[8 * 1024];
static struct arena arena, attempt_arena;
static struct settings settings = {
	.registrars = { { "a", "https://a" }, { "b", "https://b" } },
	.registrar_count = 2,
};
static struct candidates candidates;
static struct device device;
static struct fake_link peer;
static struct onboard o;
static struct span chain[2];

static unsigned status;
static enum err way; /* not OK: what happens instead of an answer */

static enum err serve(void *context, struct exchange *x)
{
	(void)context;
	if (way != OK)
		return err_because(way, "the way");
	fake_answer(x, status, status == 200 ? MEDIA_VOUCHER_CMS : "text/html",
	            (struct span){ page, sizeof page });
	return OK;
}

static void begin_attempt(void)
{
	arena_reset(&attempt_arena);
	o = (struct onboard){ .device = &device,
		              .arena = &attempt_arena,
		              .candidates = &candidates };
	o.attempt.candidate = &candidates.c[0];
	o.attempt.link = &peer.link;
	CHECK_OK(url_read("https://a", &o.attempt.at));
	peer.count = 0;
}

/* The other one has the journal: nothing is written in these tests. */
static void begin(void)
{
	arena = (struct arena)ARENA_ON(room);
	attempt_arena = (struct arena)ARENA_ON(attempt_room);
	device = (struct device){ .idevid = masa_credential(&arena, "idevid") };
	candidates_from(&candidates, &settings, 0);
	candidates.c[1].journalled = true;
	chain[0] = masa_cert(&arena, "registrar");
	chain[1] = masa_cert(&arena, "domain-root");
	fake_link_open(&peer, &arena, serve, NULL);
	peer.chain = (struct chain){ chain, 2 };
	way = OK;
	memset(page, 'x', sizeof page);
	begin_attempt();
}

static void end(void)
{
	masa_close();
	arena_reset(&arena);
}

/* What the registrar would get now. */
static struct span asked(unsigned answer, enum err e)
{
	static uint8_t copy[PVR_SIZE_MAX];
	struct span sent;

	status = answer;
	peer.count = 0;
	CHECK_ERR(ask_voucher(&o), e);
	CU_ASSERT_FATAL(peer.count == 1);
	sent = peer.sent[0].body;
	CU_ASSERT_FATAL(sent.n > 0 && sent.n <= sizeof copy);
	memcpy(copy, sent.p, sent.n);
	return (struct span){ copy, sent.n };
}

static struct digest digest_of(struct span s)
{
	struct digest d;

	CHECK_OK(hash_of(HASH_SHA256, s, &d));
	return d;
}

static bool same(struct digest a, struct digest b)
{
	return span_equal(digest_span(&a), digest_span(&b));
}

/* RFC 8995 5.6. */
static void after_202_the_same_goes_out_again(void)
{
	struct digest first;

	begin();
	first = digest_of(asked(202, E_WAITING));
	CU_ASSERT(same(first, digest_of(asked(202, E_WAITING))));
	begin_attempt();
	CU_ASSERT(same(first, digest_of(asked(202, E_WAITING))));
	end();
}

/* Trouble behind the registrar and on the way is no answer. */
static void trouble_is_no_answer(void)
{
	static const enum err ways[] = { E_UNREACHABLE, E_TIMEOUT, E_TLS, E_HTTP, E_PEER_CHANGED };
	struct candidate *c = &candidates.c[0];
	struct digest first;

	begin();
	first = digest_of(asked(202, E_WAITING));
	CU_ASSERT(same(first, digest_of(asked(503, E_REG_TROUBLE))));
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		way = ways[i];
		CU_ASSERT(same(first, digest_of(asked(0, ways[i]))));
		candidate_failed(c, clock_ticks(), 0);
		begin_attempt();
	}
	way = OK;
	CU_ASSERT(same(first, digest_of(asked(202, E_WAITING))));
	end();
}

static void every_other_answer_ends_it(void)
{
	static const struct {
		unsigned status;
		enum err e;
	} answers[] = { { 200, OK },
		        { 204, E_REG_STATUS },
		        { 400, E_REG_MALFORMED },
		        { 401, E_REG_PROXIMITY },
		        { 403, E_REG_FORBIDDEN },
		        { 404, E_REG_UNKNOWN },
		        { 415, E_REG_FORMAT } };

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct digest first;

		begin();
		first = digest_of(asked(202, E_WAITING));
		CU_ASSERT(candidate_is_asked(&candidates.c[0]));
		CU_ASSERT(same(first, digest_of(asked(answers[i].status, answers[i].e))));
		CU_ASSERT(!candidate_is_asked(&candidates.c[0]));
		CU_ASSERT_EQUAL(o.attempt.request.nonce.n, NONCE_SIZE);
		begin_attempt();
		CU_ASSERT(!same(first, digest_of(asked(202, E_WAITING))));
		end();
	}
}

static void an_attempt_without_202_asks_anew(void)
{
	struct digest first;

	begin();
	first = digest_of(asked(503, E_REG_TROUBLE));
	candidate_failed(&candidates.c[0], clock_ticks(), 0);
	begin_attempt();
	CU_ASSERT(!same(first, digest_of(asked(202, E_WAITING))));
	end();
}

/* RFC 8995 5.2: it names the certificate that was shown. */
static void other_certificates_get_another_request(void)
{
	struct digest first;

	begin();
	first = digest_of(asked(202, E_WAITING));
	peer.chain.n = 1;
	begin_attempt();
	CU_ASSERT(!same(first, digest_of(asked(202, E_WAITING))));
	end();
}

/* Led there by a redirect of before: who is another one now is asked nothing. */
static void who_is_led_to_is_the_same(void)
{
	struct url at;

	begin();
	CHECK_OK(url_read("https://elsewhere", &at));
	asked(202, E_WAITING);
	CHECK_OK(candidate_asked_at(&candidates.c[0], &at));
	peer.chain.n = 1;
	begin_attempt();
	o.attempt.led = true;
	CHECK_ERR(ask_voucher(&o), E_PEER_CHANGED);
	CU_ASSERT(peer.count == 0 && candidate_is_asked(&candidates.c[0]));
	end();
}

/* RFC 8995 5: what has used up its time is asked nothing more, and 202 gives it back. */
static void a_turn_has_its_time(void)
{
	begin();
	asked(202, E_WAITING);
	CU_ASSERT(o.attempt.turn_end > clock_ticks() &&
	          o.attempt.turn_end <= clock_ticks() + TURN_MAX_MS);
	o.attempt.turn_end = clock_ticks() + 5000;
	asked(503, E_REG_TROUBLE);
	CU_ASSERT(peer.sent[0].total_ms > 0 && peer.sent[0].total_ms <= 5000);
	o.attempt.turn_end = clock_ticks() - 1;
	peer.count = 0;
	CHECK_ERR(ask_voucher(&o), E_TIMEOUT);
	CU_ASSERT(peer.count == 0);
	end();
}

/* A page of 8 kB with each 202, in an arena of 64 kB. */
static void waiting_takes_no_memory(void)
{
	size_t used = 0, mark;

	begin();
	mark = arena_mark(&arena);
	for (int i = 0; i < 200; i++) {
		asked(i % 3 != 2 ? 202 : 503, i % 3 != 2 ? E_WAITING : E_REG_TROUBLE);
		if (i == 0)
			used = attempt_arena.used;
		CU_ASSERT_EQUAL_FATAL(attempt_arena.used, used);
		arena_rewind(&arena, mark); /* of the record */
	}
	end();
}

const struct test_suite suite_agent_ask = {
	"agent/ask",
	{
		{ "after 202 the same request is sent again", after_202_the_same_goes_out_again },
		{ "trouble and the way are no answer", trouble_is_no_answer },
		{ "every other answer ends the request", every_other_answer_ends_it },
		{ "an attempt without 202 asks anew", an_attempt_without_202_asks_anew },
		{ "other certificates get another request",
	          other_certificates_get_another_request },
		{ "who was redirected to shows the same certificates", who_is_led_to_is_the_same },
		{ "a turn has its time", a_turn_has_its_time },
		{ "waiting takes no memory", waiting_takes_no_memory },
	},
};
