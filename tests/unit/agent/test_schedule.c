/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a certificate is renewed: by its dates, the settings, and what the clock is worth. */
#include "agent/schedule.h"
#include "platform/base/date.h"
#include "tests/unit/test.h"

enum { DAY = 86400 };
#define BEGIN INT64_C(1800000000)

static const struct schedule_params usual = { .share = 66, .jitter = 5, .margin = DAY };
static const struct schedule_params exact = { .share = 66, .jitter = 0, .margin = DAY };

static struct lifetime days(int64_t n, uint32_t seed)
{
	return (struct lifetime){ BEGIN, BEGIN + n * DAY, seed };
}

static enum due look(const struct lifetime *l, enum confidence c, int64_t at)
{
	int64_t in;
	enum due due = schedule_look(l, &exact, (struct moment){ c, at }, &in);

	CU_ASSERT((due == DUE_LATER) == (in > 0));
	return due;
}

static void the_share_of_the_lifetime_decides(void)
{
	struct lifetime l = days(100, 0);
	int64_t in;

	CU_ASSERT_EQUAL(schedule_renewal(&l, &exact), BEGIN + 66 * DAY);
	CU_ASSERT_EQUAL(schedule_look(&l, &exact, (struct moment){ TIME_SET, BEGIN }, &in),
	                DUE_LATER);
	CU_ASSERT_EQUAL(in, 66 * DAY + 1);
	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN + 66 * DAY), DUE_LATER);
	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN + 66 * DAY + 1), DUE_NOW);
	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN + 100 * DAY), DUE_NOW);
	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN + 100 * DAY + 1), DUE_ENDED);
	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN - 1000), DUE_LATER);
}

static void without_a_clock_only_the_floor_decides(void)
{
	struct lifetime l = days(100, 0);

	CU_ASSERT_EQUAL(look(&l, TIME_UNSET, 0), DUE_UNKNOWN);
	CU_ASSERT_EQUAL(look(&l, TIME_UNSET, BEGIN + 500 * DAY), DUE_UNKNOWN);
	CU_ASSERT_EQUAL(look(&l, TIME_FLOOR, BEGIN), DUE_LATER); /* it runs */
	CU_ASSERT_EQUAL(look(&l, TIME_FLOOR, BEGIN + 66 * DAY), DUE_LATER);
	CU_ASSERT_EQUAL(look(&l, TIME_FLOOR, BEGIN + 67 * DAY), DUE_NOW);
	CU_ASSERT_EQUAL(look(&l, TIME_FLOOR, BEGIN + 101 * DAY), DUE_ENDED);
}

/* In the first two hours of a process, or in the first quarter of a short life; each at its time. */
static void without_a_clock_the_start_decides(void)
{
	int64_t first = INT64_MAX, last = 0;

	for (uint64_t seed = 0; seed <= UINT32_MAX; seed += 0x01234567) {
		struct lifetime l = days(100, (uint32_t)seed), minutes = l;
		int64_t at = schedule_blind(&l);

		first = at < first ? at : first;
		last = at > last ? at : last;
		minutes.not_after = BEGIN + 800;
		CU_ASSERT(schedule_blind(&minutes) >= 100 && schedule_blind(&minutes) < 200);
	}
	CU_ASSERT(first == 3600 && last > 7000 && last < 7200);
	CU_ASSERT_EQUAL(schedule_blind(&(struct lifetime){ BEGIN, BEGIN - DAY, 7 }), 0);
}

static void jitter_spreads_earlier_and_no_further(void)
{
	int64_t first = INT64_MAX, last = 0;

	for (uint64_t seed = 0; seed <= UINT32_MAX; seed += 0x01234567) {
		struct lifetime l = days(100, (uint32_t)seed);
		int64_t at = schedule_renewal(&l, &usual);

		CU_ASSERT(at <= BEGIN + 66 * DAY);
		CU_ASSERT(at >= BEGIN + 61 * DAY);
		first = at < first ? at : first;
		last = at > last ? at : last;
	}
	CU_ASSERT(last - first > 4 * DAY);
	CU_ASSERT_EQUAL(last, BEGIN + 66 * DAY);
}

static void the_margin_holds_before_the_end(void)
{
	const struct schedule_params late = { .share = 99, .jitter = 0, .margin = 5 * DAY };
	struct lifetime l = days(100, 0), brief = days(10, 0);

	CU_ASSERT_EQUAL(schedule_renewal(&l, &late), BEGIN + 95 * DAY);
	/* ... but takes no more than a twentieth of the lifetime */
	CU_ASSERT_EQUAL(schedule_renewal(&brief, &late), BEGIN + 10 * DAY - DAY / 2);
}

static void every_param_stays_within_the_lifetime(void)
{
	static const int64_t lengths[] = {
		0, 1, 60, 3600, DAY, 365 * (int64_t)DAY, DATE_NEVER - BEGIN - 1
	};
	static const unsigned percents[] = { 0, 1, 50, 99 };

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
		for (size_t s = 0; s < 4; s++)
			for (size_t j = 0; j < 4; j++) {
				struct lifetime l = { BEGIN, BEGIN + lengths[i], UINT32_MAX };
				struct schedule_params w = { percents[s], percents[j], 400 * DAY };
				int64_t at = schedule_renewal(&l, &w);

				CU_ASSERT(at >= l.not_before && at <= l.not_after);
			}
}

static void dates_that_run_backwards_have_ended(void)
{
	struct lifetime l = { BEGIN, BEGIN - DAY, 7 };

	CU_ASSERT_EQUAL(schedule_renewal(&l, &usual), BEGIN - DAY);
	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN), DUE_ENDED);
}

static void what_never_ends_is_never_renewed(void)
{
	struct lifetime l = { BEGIN, DATE_NEVER, 0 };

	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN + 36500 * (int64_t)DAY), DUE_NEVER);
}

/* A CA that backdates by more than our share: born due, and left alone for a while. */
static void what_was_just_renewed_rests(void)
{
	struct lifetime l = { BEGIN - 100 * DAY, BEGIN + 30 * DAY, 0 };

	CU_ASSERT_EQUAL(look(&l, TIME_SET, BEGIN), DUE_NOW);
	CU_ASSERT_EQUAL(schedule_rest(&l, (struct moment){ TIME_SET, BEGIN }), 10 * DAY);
	CU_ASSERT_EQUAL(schedule_rest(&l, (struct moment){ TIME_UNSET, 0 }), 130 * DAY / 3);
	CU_ASSERT_EQUAL(schedule_rest(&l, (struct moment){ TIME_SET, BEGIN + 31 * DAY }), 0);
}

static void a_crl_is_fetched_before_its_end(void)
{
	int64_t first = INT64_MAX, last = 0;

	for (uint64_t seed = 0; seed <= UINT32_MAX; seed += 0x01234567) {
		int64_t at = schedule_crl(BEGIN, BEGIN + 8 * DAY, (uint32_t)seed);

		first = at < first ? at : first;
		last = at > last ? at : last;
	}
	CU_ASSERT(first >= BEGIN + 7 * DAY && first < BEGIN + 7 * DAY + 3600);
	CU_ASSERT_EQUAL(last, BEGIN + 8 * DAY);
	CU_ASSERT_EQUAL(schedule_crl(BEGIN, BEGIN - DAY, 7), BEGIN - DAY);
	CU_ASSERT_EQUAL(schedule_crl(BEGIN, 0, 7), 0);
}

const struct test_suite suite_agent_schedule = {
	"agent/schedule",
	{
		{ "the share of the lifetime decides", the_share_of_the_lifetime_decides },
		{ "without a clock only the floor decides",
	          without_a_clock_only_the_floor_decides },
		{ "without a clock the start decides", without_a_clock_the_start_decides },
		{ "jitter spreads earlier, and no further", jitter_spreads_earlier_and_no_further },
		{ "the margin holds before the end", the_margin_holds_before_the_end },
		{ "every setting stays within the lifetime",
	          every_param_stays_within_the_lifetime },
		{ "dates that run backwards have ended", dates_that_run_backwards_have_ended },
		{ "what never ends is never renewed", what_never_ends_is_never_renewed },
		{ "what was just renewed rests", what_was_just_renewed_rests },
		{ "a CRL is fetched before its end, by each at its time",
	          a_crl_is_fetched_before_its_end },
	},
};
