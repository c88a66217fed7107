/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "platform/base/date.h"
#include "tests/unit/test.h"

typedef enum err reader(struct span text, int64_t *seconds);

static void reads(reader *read, const char *text, int64_t want)
{
	int64_t got = -1;

	CHECK_OK(read(span_str(text), &got));
	if (got != want)
		printf("%s: %" PRId64 ", expected %" PRId64 "\n", text, got, want);
	CU_ASSERT_EQUAL(got, want);
}

static void refuses(reader *read, const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		int64_t got = 42;
		enum err e = read(span_str(*texts), &got);

		if (e != E_TEXT && e != E_RANGE)
			printf("accepted: %s\n", *texts);
		CU_ASSERT(e == E_TEXT || e == E_RANGE);
		CU_ASSERT_EQUAL(got, 0);
	}
}

static void prefixes_are_refused(reader *read, const char *text)
{
	int64_t got;

	CHECK_OK(read(span_str(text), &got));
	for (size_t n = 0; n < strlen(text); n++)
		CHECK_ERR(read((struct span){ (const uint8_t *)text, n }, &got), E_TEXT);
}

static void utctime(void)
{
	static const char *const bad[] = {
		"2611231200Z",    "261123120000",    "261123120000+0000",
		"261123120000z",  "261123120060Z",   "261123240000Z",
		"261123126000Z",  "261323120000Z",   "260023120000Z",
		"261100120000Z",  "261131120000Z",   "270229000000Z",
		"26112312000 Z",  "26112312000:Z",   "-61123120000Z",
		"261123120000Z ", "261123120000.0Z", NULL,
	};

	reads(date_from_utctime, "700101000000Z", 0);
	reads(date_from_utctime, "500101000000Z", -631152000);
	reads(date_from_utctime, "491231235959Z", INT64_C(2524607999));
	reads(date_from_utctime, "000229000000Z", 951782400);
	refuses(date_from_utctime, bad);
	prefixes_are_refused(date_from_utctime, "261123120000Z");
}

static void generalized(void)
{
	static const char *const bad[] = {
		"20261123120000",      "20261123120000.5Z",
		"20261123120000+0100", "202611231200Z",
		"20261123120060Z",     "20261123240000Z",
		"19000229000000Z",     "21000229000000Z",
		"00000101000000Z",     "20260431000000Z",
		"20261232000000Z",     "20261123120000Z\n",
		"2026112312000\xb2Z",  NULL,
	};

	reads(date_from_generalized, "19700101000000Z", 0);
	reads(date_from_generalized, "99991231235959Z", DATE_NEVER);
	reads(date_from_generalized, "00010101000000Z", -INT64_C(62135596800));
	reads(date_from_generalized, "20000229235959Z", 951868799);
	reads(date_from_generalized, "20380119031408Z", INT64_C(2147483648));
	refuses(date_from_generalized, bad);
	prefixes_are_refused(date_from_generalized, "20261123120000Z");
}

static void rfc3339(void)
{
	static const char *const bad[] = {
		"2026-11-23T09:00:60Z", /* a leap second */
		"2026-11-23T24:00:00Z",      "2026-11-23 09:00:00Z",
		"2026-11-23T09:00:00",       "2026-11-23T09:00:00.Z",
		"2026-11-23T09:00:00,5Z",    "2026-11-23T09:00:00+0100",
		"2026-11-23T09:00:00+01",    "2026-11-23T09:00:00+24:00",
		"2026-11-23T09:00:00+01:60", "2026-11-23T09:00:00+01:00 ",
		"2026-11-23T09:00:00ZZ",     "2026-02-29T09:00:00Z",
		"2026-13-23T09:00:00Z",      "0000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", /* before year 1 */
		"9999-12-31T23:59:59-00:01", /* after year 9999 */
		"12026-11-23T09:00:00Z",     "+026-11-23T09:00:00Z",
		"2026-1-23T09:00:00Z",       NULL,
	};

	reads(date_from_rfc3339, "1970-01-01T00:00:00Z", 0);
	reads(date_from_rfc3339, "1970-01-01t00:00:00z", 0);
	reads(date_from_rfc3339, "1985-04-12T23:20:50.52Z", 482196050);
	reads(date_from_rfc3339, "1996-12-19T16:39:57-08:00", 851042397);
	reads(date_from_rfc3339, "1937-01-01T12:00:27.87+00:20", -1041337173);
	reads(date_from_rfc3339, "2026-11-23T09:00:00-00:00", 1795424400);
	reads(date_from_rfc3339, "2026-11-23T09:00:00.123456789+23:59", 1795424400 - 86340);
	reads(date_from_rfc3339, "9999-12-31T23:59:59Z", DATE_NEVER);
	reads(date_from_rfc3339, "2026-11-23T09:00:00.5Z", 1795424400);
	reads(date_from_rfc3339, "2026-11-23T09:00:00.05Z", 1795424400);
	reads(date_from_rfc3339, "0001-01-01T01:00:00+01:00", -INT64_C(62135596800));
	refuses(date_from_rfc3339, bad);
	prefixes_are_refused(date_from_rfc3339, "2026-11-23T09:00:00.25+01:00");
}

static void http(void)
{
	static const char *const bad[] = {
		"Mon, 06 Nov 1994 08:49:37 GMT",  /* it was a Sunday */
		"Sunday, 06-Nov-94 08:49:37 GMT", /* RFC 850 */
		"Sun Nov  6 08:49:37 1994",       /* asctime */
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"sun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:60 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 0000 08:49:37 GMT",
		"Sun, 06 unN 1994 08:49:37 GMT",
		"nFr, 06 Nov 1994 08:49:37 GMT",
		"xxx, 09 Nov 1994 08:49:37 GMT", /* a Wednesday */
		NULL,
	};

	reads(date_from_http, "Sun, 06 Nov 1994 08:49:37 GMT", 784111777);
	reads(date_from_http, "Thu, 01 Jan 1970 00:00:00 GMT", 0);
	reads(date_from_http, "Mon, 01 Jan 0001 00:00:00 GMT", -INT64_C(62135596800));
	reads(date_from_http, "Fri, 31 Dec 9999 23:59:59 GMT", DATE_NEVER);
	refuses(date_from_http, bad);
	prefixes_are_refused(date_from_http, "Sun, 06 Nov 1994 08:49:37 GMT");
}

/* Every day of all 9999 years, written and read back by all forms that reach it. */
static void every_day_comes_back(void)
{
	const int64_t first = -INT64_C(62135596800);
	uint32_t wrong = 0;

	for (int64_t s = first + 86399; s <= DATE_NEVER; s += 86400) {
		struct date_text t;
		int64_t got = 0;

		if (date_from_generalized(span_str(date_to_generalized(&t, s)), &got) || got != s)
			wrong++;
		if (date_from_rfc3339(span_str(date_to_rfc3339(&t, s)), &got) || got != s)
			wrong++;
		if (s < -631152000 || s >= INT64_C(2524608000))
			continue;
		if (date_from_utctime(span_str(date_to_utctime(&t, s)), &got) || got != s)
			wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* The C library as a foreign judge. */
static void the_library_agrees(void)
{
	uint32_t wrong = 0;

	if (sizeof(time_t) < 8) {
		test_skip("time_t has 32 bits");
		return;
	}
	for (int64_t s = -INT64_C(62135596800); s <= DATE_NEVER; s += 7654321) {
		time_t at = (time_t)s;
		struct tm tm;
		struct date_text t;
		char want[64];

		gmtime_r(&at, &tm);
		snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
		         tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		wrong += strcmp(date_to_rfc3339(&t, s), want) != 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void writers_never_leave_the_range(void)
{
	struct date_text t;

	CU_ASSERT_STRING_EQUAL(date_to_rfc3339(&t, INT64_MAX), "9999-12-31T23:59:59Z");
	CU_ASSERT_STRING_EQUAL(date_to_rfc3339(&t, INT64_MIN), "0001-01-01T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(date_to_generalized(&t, INT64_MAX), "99991231235959Z");
	CU_ASSERT_STRING_EQUAL(date_to_utctime(&t, 1795424400), "261123090000Z");
}

static void the_refusal_quotes_the_peer(void)
{
	int64_t got;

	CHECK_ERR(date_from_rfc3339(span_str("\x1b[2J"), &got), E_TEXT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_TEXT), "\"\\x1b[2J\""));
}

const struct test_suite suite_base_date = {
	"base/date",
	{
		{ "UTCTime", utctime },
		{ "GeneralizedTime", generalized },
		{ "RFC 3339", rfc3339 },
		{ "HTTP dates", http },
		{ "every day comes back", every_day_comes_back },
		{ "the C library agrees", the_library_agrees },
		{ "writers never leave the range", writers_never_leave_the_range },
		{ "a refusal quotes the peer's text", the_refusal_quotes_the_peer },
	}
};
