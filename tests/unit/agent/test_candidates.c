/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is: order, back-off, and a 202 that blocks nobody. */
#include "agent/candidates.h"
#include "agent/retry.h"
#include "tests/unit/test.h"

static struct settings settings = {
	.registrars = { { "a", "https://a" }, { "b", "https://b" }, { "c", "https://c" } },
	.registrar_count = 3,
};
static struct candidates cs;

static struct candidate *next(int64_t now, int64_t *in)
{
	return candidates_next(&cs, now, in);
}

static void the_order_of_the_configuration_decides(void)
{
	int64_t in;

	candidates_from(&cs, &settings, 1);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_PTR_EQUAL_FATAL(next(1000, &in), &cs.c[i]);
		CU_ASSERT_EQUAL(in, 0);
		candidate_failed(&cs.c[i], 1000, 0);
	}
	CU_ASSERT_PTR_NULL(next(1000, &in));
}

static void rounds_without_end_back_off(void)
{
	int64_t in, now = 0, longest = 0;

	candidates_from(&cs, &settings, 0);
	for (int i = 0; i < 100; i++) {
		struct candidate *c = next(now, &in);

		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		now += in;
		longest = in > longest ? in : longest;
		candidate_failed(c, now, 0xffffffff);
	}
	CU_ASSERT(longest > 1000);
	CU_ASSERT(longest <= (int64_t)BACKOFF_MAX_S * 1000);
	CU_ASSERT(cs.c[0].failures > 10);
}

/* RFC 8995 5.6 and its consequence: the others get their turn in its pauses. */
static void a_waiting_registrar_does_not_block(void)
{
	int64_t in;

	candidates_from(&cs, &settings, 1);
	CU_ASSERT_PTR_EQUAL_FATAL(next(0, &in), &cs.c[0]);
	CHECK_ERR(candidate_waits(&cs.c[0], 0, 60000), E_WAITING);
	CU_ASSERT(candidates_others_due(&cs, &cs.c[0], cs.c[0].not_before));
	CU_ASSERT_PTR_EQUAL(next(10, &in), &cs.c[1]);
	candidate_failed(&cs.c[1], 10, 0);
	CU_ASSERT_PTR_EQUAL(next(20, &in), &cs.c[2]);
	candidate_failed(&cs.c[2], 20, 0);
	CU_ASSERT(!candidates_others_due(&cs, &cs.c[0], cs.c[0].not_before));
	CU_ASSERT_PTR_EQUAL(next(20, &in), &cs.c[0]);
	CU_ASSERT_EQUAL(in, 60000 - 20);
}

static void four_days_of_202_are_enough(void)
{
	int64_t now = 5000, pauses = 0;

	candidates_from(&cs, &settings, 1);
	while (candidate_waits(&cs.c[0], now, 60000) == E_WAITING) {
		now += 60000;
		pauses++;
	}
	CU_ASSERT_EQUAL(pauses, 4 * 24 * 60);
}

static struct candidate *with_a_request(void)
{
	struct candidate *c = &cs.c[0];

	candidates_from(&cs, &settings, 0);
	c->request_size = 10;
	memset(c->request, 0x55, 10);
	c->nonce.n = 24;
	return c;
}

static bool is_wiped(const struct candidate *c)
{
	return !c->waiting && c->request_size == 0 && c->nonce.n == 0 && c->request[9] == 0;
}

static void a_failure_forgets_the_request(void)
{
	struct candidate *c = with_a_request();

	CU_ASSERT(!candidate_is_asked(c));
	candidate_failed(c, 0, 0);
	CU_ASSERT(is_wiped(c));
}

/* RFC 8995 5.6: the same request again; what the way is like changes nothing in that. */
static void an_outstanding_request_outlives_failures(void)
{
	const int64_t end = (int64_t)WAITING_MAX_S * 1000;
	struct candidate *c = with_a_request();

	CHECK_ERR(candidate_waits(c, 0, 1), E_WAITING);
	for (int64_t now = 0; now <= end; now += end / 64) {
		candidate_failed(c, now, 0);
		CU_ASSERT(candidate_is_asked(c) && c->nonce.n == 24 && c->request[9] == 0x55);
		CU_ASSERT_EQUAL(c->waiting_since, 0);
		CU_ASSERT(c->not_before > now);
	}
	candidate_failed(c, end + 1, 0);
	CU_ASSERT(is_wiped(c) && !candidate_is_asked(c));
}

/* What said 202 elsewhere has had its turn; the request may go out again at home. */
static void a_failure_leads_home(void)
{
	static const struct {
		const char *at;
		bool elsewhere, redirected;
	} rows[] = { { "https://a", false, false },
		     { "https://a/", false, false },
		     { "https://a/other/path", true, false },
		     { "https://b", true, true } };
	struct url at;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct candidate *c = with_a_request();

		c->at.url = "https://a";
		CHECK_OK(url_read(rows[i].at, &at));
		CHECK_ERR(candidate_waits(c, 0, 1), E_WAITING);
		CHECK_OK(candidate_asked_at(c, &at));
		CU_ASSERT(c->elsewhere == rows[i].elsewhere && c->redirected == rows[i].redirected);
		CU_ASSERT(candidate_goes_home(c) == rows[i].elsewhere);
		CU_ASSERT(!c->elsewhere && !c->redirected && candidate_is_asked(c));
		CU_ASSERT(strcmp(c->asked_at.host, "a") == 0 && strlen(c->asked_at.path) <= 1);
		CU_ASSERT(!candidate_goes_home(c));
	}
}

static void an_answer_ends_the_request(void)
{
	struct candidate *c = with_a_request();

	CHECK_ERR(candidate_waits(c, 0, 1), E_WAITING);
	candidate_answered(c);
	CU_ASSERT(is_wiped(c) && !candidate_is_asked(c));
	/* what waits for a CA afterwards has its own four days */
	CHECK_ERR(candidate_waits(c, (int64_t)WAITING_MAX_S * 1000, 1), E_WAITING);
	CU_ASSERT(!candidate_is_asked(c));
}

/* Hours without an uplink, then a cable: what comes next comes within a minute. */
static void without_a_network_pauses_are_short(void)
{
	struct candidate *c;
	int64_t in, now = 0;

	candidates_from(&cs, &settings, 0);
	for (int i = 0; i < 300; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(c = next(now, &in));
		CU_ASSERT(in <= (int64_t)NO_NETWORK_MAX_S * 1000);
		now += in;
		candidates_connected(&cs, c, E_UNREACHABLE);
		candidate_failed(c, now, 0xffffffff);
	}
	CU_ASSERT(cs.c[1].failures > 90);
	candidates_connected(&cs, &cs.c[0], OK);
	CU_ASSERT_PTR_EQUAL(next(now, &in), &cs.c[0]);
	CU_ASSERT_EQUAL(in, 0);
	for (size_t i = 0; i < cs.n; i++)
		CU_ASSERT(cs.c[i].failures == 0 && cs.c[i].not_before == 0);
}

/* Once a network is there, a registrar that is not has its hour: as before. */
static void with_a_network_they_grow(void)
{
	static const enum err ends[] = { OK, E_TLS, E_TLS_REFUSED };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct candidate *c = &cs.c[1];

		candidates_from(&cs, &settings, 0);
		candidates_connected(&cs, &cs.c[0], ends[i]);
		for (int n = 0; n < 20; n++) {
			candidates_connected(&cs, c, E_UNREACHABLE);
			candidate_failed(c, 0, 0);
		}
		CU_ASSERT(c->not_before >= BACKOFF_MAX_S * 500);
	}
}

/* A server that is overloaded looks like that; it is not to be pressed. */
static void silence_is_no_missing_network(void)
{
	struct candidate *c = &cs.c[0];

	candidates_from(&cs, &settings, 0);
	for (int n = 0; n < 20; n++) {
		candidates_connected(&cs, c, E_TIMEOUT);
		candidate_failed(c, 0, 0);
	}
	CU_ASSERT(c->not_before >= BACKOFF_MAX_S * 500);
	CU_ASSERT(!cs.met);
}

static void backoff_stays_within_its_bounds(void)
{
	for (unsigned failures = 1; failures < 40; failures++)
		for (uint32_t r = 0; r < 5; r++) {
			int64_t ms = retry_backoff_ms(failures, r * 0x3fffffffu);

			CU_ASSERT(ms >= BACKOFF_FIRST_S * 500);
			CU_ASSERT(ms <= (int64_t)BACKOFF_MAX_S * 1000);
		}
	CU_ASSERT(retry_backoff_ms(40, 0) >= BACKOFF_MAX_S * 500);
	CU_ASSERT_NOT_EQUAL(retry_backoff_ms(9, 1), retry_backoff_ms(9, 77777));
}

/* RFC 8995 5.6: limited to 60 seconds; nothing said means the same. */
static void retry_after_is_capped(void)
{
	static const int64_t said[][2] = { { -1, 60 },        { 0, 5 },         { 1, 5 },
		                           { 30, 30 },        { 60, 60 },       { 61, 60 },
		                           { INT64_MAX, 60 }, { INT64_MIN, 60 } };

	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		CU_ASSERT_EQUAL(retry_after_ms(said[i][0]), said[i][1] * 1000);
}

const struct test_suite suite_agent_candidates = {
	"agent/candidates",
	{
		{ "the order of the configuration decides",
	          the_order_of_the_configuration_decides },
		{ "rounds without end back off, to an hour", rounds_without_end_back_off },
		{ "a waiting registrar does not block", a_waiting_registrar_does_not_block },
		{ "four days of 202 are enough", four_days_of_202_are_enough },
		{ "a failure forgets the request", a_failure_forgets_the_request },
		{ "an outstanding request outlives failures, for four days",
	          an_outstanding_request_outlives_failures },
		{ "a failure leads back to the configured URL", a_failure_leads_home },
		{ "an answer ends an outstanding request", an_answer_ends_the_request },
		{ "without a network pauses are short", without_a_network_pauses_are_short },
		{ "with a network they grow", with_a_network_they_grow },
		{ "silence is no missing network", silence_is_no_missing_network },
		{ "back-off stays within its bounds", backoff_stays_within_its_bounds },
		{ "Retry-After is capped", retry_after_is_capped },
	},
};
