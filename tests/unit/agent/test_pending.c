/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal's content: read as it was written, or not at all. */
#include <stdio.h>

#include "agent/pending.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024], state_room[CMP_STATE_MAX + 1];
static struct arena arena = ARENA_ON(room);

static struct pending full(void)
{
	struct pending p = {
		.errand = ERRAND_RENEW,
		.registrar = "https://registrar.example:8443",
		.origin = "https://[fe80::1%25eth0]:8443",
		.path = "/brski/requestvoucher?a=\"b\"",
		.nonce = { .n = NONCE_SIZE },
		.accepted = { TIME_SET, 1795510800 },
		.confirmed = true,
		.state = { state_room, 1000 },
	};

	for (size_t i = 0; i < sizeof state_room; i++)
		state_room[i] = (uint8_t)(i * 31);
	memset(p.nonce.b, 0xa5, NONCE_SIZE);
	return p;
}

static struct span written(const struct pending *p)
{
	struct span json = NO_BYTES;

	arena_reset(&arena);
	CHECK_OK(pending_write(&arena, p, &json));
	return json;
}

static void same(const struct pending *a, const struct pending *b)
{
	CU_ASSERT_EQUAL(a->errand, b->errand);
	CU_ASSERT_EQUAL(a->reason, b->reason);
	CU_ASSERT_STRING_EQUAL(a->registrar, b->registrar);
	CU_ASSERT_STRING_EQUAL(a->origin, b->origin);
	CU_ASSERT_STRING_EQUAL(a->path, b->path);
	CU_ASSERT_EQUAL(a->accepted.confidence, b->accepted.confidence);
	CU_ASSERT_EQUAL(a->accepted.seconds, b->accepted.seconds);
	CU_ASSERT_EQUAL(a->confirmed, b->confirmed);
	CU_ASSERT(span_equal((struct span){ a->nonce.b, a->nonce.n },
	                     (struct span){ b->nonce.b, b->nonce.n }));
	CU_ASSERT(span_equal(a->state, b->state));
	CU_ASSERT(span_equal(a->request, b->request));
	CU_ASSERT(span_equal(a->chain, b->chain));
	CU_ASSERT_EQUAL(a->waited_s, b->waited_s);
}

static void what_is_written_is_read(void)
{
	struct pending p = full(), out;

	CHECK_OK(pending_read(&arena, written(&p), &out));
	same(&p, &out);
	for (unsigned e = ERRAND_ONBOARD; e <= ERRAND_REVOKE; e++) {
		struct pending least = { .errand = (enum errand)e,
			                 .registrar = "https://a",
			                 .origin = "https://b" };

		if (e == ERRAND_REVOKE)
			least.reason = REASON_SUPERSEDED;

		CHECK_OK(pending_read(&arena, written(&least), &out));
		same(&least, &out);
		least.accepted = (struct moment){ TIME_FLOOR, 1 };
		CHECK_OK(pending_read(&arena, written(&least), &out));
		same(&least, &out);
	}
}

/* An outstanding voucher-request, of the largest size. */
static void a_request_is_read(void)
{
	struct pending p = full(), out;

	p.state = NO_BYTES;
	p.request = (struct span){ state_room, PVR_SIZE_MAX };
	p.chain = (struct span){ state_room, 32 };
	p.waited_s = WAITING_MAX_S;
	CHECK_OK(pending_read(&arena, written(&p), &out));
	same(&p, &out);
	p.request.n++;
	CHECK_ERR(pending_read(&arena, written(&p), &out), E_RANGE);
	p.request.n = 1;
	p.waited_s++;
	CHECK_ERR(pending_read(&arena, written(&p), &out), E_RANGE);
	p.waited_s = -1;
	CHECK_ERR(pending_read(&arena, written(&p), &out), E_RANGE);
}

/* The largest state that CMP may ask to keep fits journal and JSON. */
static void the_largest_fits(void)
{
	struct pending p = full(), out;
	struct span json;

	memset(p.registrar, 'a', URL_MAX - 1);
	memset(p.origin, '"', URL_MAX - 1);
	memset(p.path, '\x01', URL_MAX - 1);
	p.state.n = CMP_STATE_MAX;
	json = written(&p);
	CU_ASSERT(json.n <= JOURNAL_MAX && json.n <= JSON_SIZE_MAX);
	CHECK_OK(pending_read(&arena, json, &out));
	same(&p, &out);
}

static void every_prefix_is_refused(void)
{
	struct pending p = full(), out;
	struct span json;
	static uint8_t copy[4096];

	p.state.n = 40;
	json = written(&p);
	CU_ASSERT_FATAL(json.n < sizeof copy);
	memcpy(copy, json.p, json.n);
	for (size_t n = 0; n < json.n; n++) {
		arena_reset(&arena);
		CU_ASSERT_NOT_EQUAL(pending_read(&arena, (struct span){ copy, n }, &out), OK);
	}
}

#define URLS "\"registrar\":\"https://a\",\"origin\":\"https://a\""

static void damage_is_named(void)
{
	static const struct {
		const char *json, *says;
	} bad[] = {
		{ "", "" },
		{ "enrolling\n", "" },
		{ "[]", "errand" },
		{ "{}", "errand" },
		{ "{\"errand\":1," URLS "}", "errand" },
		{ "{\"errand\":\"Onboard\"," URLS "}", "errand" },
		{ "{\"errand\":\"onboard\",\"origin\":\"https://a\"}", "registrar" },
		{ "{\"errand\":\"onboard\",\"registrar\":\"https://a\"}", "origin" },
		{ "{\"errand\":\"onboard\",\"registrar\":\"\",\"origin\":\"https://a\"}",
		  "registrar" },
		{ "{\"errand\":\"onboard\"," URLS ",\"path\":1}", "path" },
		{ "{\"errand\":\"onboard\"," URLS ",\"path\":\"\"}", "path" },
		{ "{\"errand\":\"onboard\"," URLS ",\"confirmed\":\"true\"}", "confirmed" },
		{ "{\"errand\":\"onboard\"," URLS ",\"nonce\":\"!\"}", "nonce" },
		{ "{\"errand\":\"onboard\"," URLS ",\"nonce\":\"\"}", "nonce" },
		{ "{\"errand\":\"onboard\"," URLS
		  ",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
		  "nonce" },
		{ "{\"errand\":\"onboard\"," URLS ",\"request\":\"AAAA\"}", "chain" },
		{ "{\"errand\":\"onboard\"," URLS ",\"chain\":\"AAAA\"}", "request" },
		{ "{\"errand\":\"onboard\"," URLS
		  ",\"request\":\"AAAA\",\"chain\":\"AAAA\",\"waited\":1}",
		  "chain" },
		{ "{\"errand\":\"revoke\"," URLS "}", "reason" },
		{ "{\"errand\":\"revoke\"," URLS ",\"reason\":4}", "reason" },
		{ "{\"errand\":\"revoke\"," URLS ",\"reason\":\"whim\"}", "reason" },
		{ "{\"errand\":\"onboard\"," URLS ",\"accepted\":1}", "clock" },
		{ "{\"errand\":\"onboard\"," URLS ",\"accepted\":1,\"clock\":\"unset\"}", "clock" },
		{ "{\"errand\":\"onboard\"," URLS ",\"clock\":\"set\"}", "accepted" },
		{ "{\"errand\":\"onboard\"," URLS ",\"accepted\":-1,\"clock\":\"set\"}",
		  "accepted" },
		{ "{\"errand\":\"onboard\"," URLS ",\"cmp\":false}", "cmp" },
		{ "{\"errand\":\"onboard\"," URLS ",\"cmp\":\"AA=\"}", "cmp" },
		{ "{\"errand\":\"onboard\"," URLS ",\"cmp\":\"AAAA\",\"cmp\":\"AAAA\"}", "" },
	};
	struct pending out;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		enum err e;

		arena_reset(&arena);
		e = pending_read(&arena, span_str(bad[i].json), &out);
		CU_ASSERT_NOT_EQUAL(e, OK);
		if (strstr(err_reason(e), bad[i].says) == NULL)
			printf("%s: %s\n", bad[i].json, err_reason(e));
		CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(e), bad[i].says));
	}
}

static void what_is_too_long_is_refused(void)
{
	struct pending p = full(), out;
	char text[2048], url[URL_MAX + 1];

	p.state.n = CMP_STATE_MAX + 1;
	CU_ASSERT_NOT_EQUAL(pending_read(&arena, written(&p), &out), OK);
	memset(url, 'a', URL_MAX);
	url[URL_MAX] = '\0';
	snprintf(text, sizeof text,
	         "{\"errand\":\"renew\",\"registrar\":\"%s\",\"origin\":\"https://a\"}", url);
	CHECK_ERR(pending_read(&arena, span_str(text), &out), E_RANGE);
}

static void a_small_arena_is_an_error(void)
{
	static uint8_t small[512];
	struct arena a = ARENA_ON(small);
	struct pending p = full(), out;
	struct span json = written(&p);

	CHECK_ERR(pending_read(&a, json, &out), E_SPACE);
	CHECK_ERR(pending_write(&a, &p, &json), E_SPACE);
}

const struct test_suite suite_agent_pending = {
	"agent/pending",
	{
		{ "what is written is read", what_is_written_is_read },
		{ "an outstanding voucher-request is read", a_request_is_read },
		{ "the largest state fits", the_largest_fits },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "damage is refused, and named", damage_is_named },
		{ "what is too long is refused", what_is_too_long_is_refused },
		{ "a small arena is an error", a_small_arena_is_an_error },
	},
};
