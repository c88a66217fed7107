/* SPDX-License-Identifier: GPL-2.0-or-later */
/* date_from_utctime, _generalized, _rfc3339, _http; date_to_* on what was read; log_quote */
#include <stdlib.h>

#include "platform/base/date.h"
#include "platform/base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void round_trip(int64_t seconds)
{
	struct date_text t;
	int64_t back;

	must(seconds >= -INT64_C(62135596800) && seconds <= DATE_NEVER);
	must(date_from_rfc3339(span_str(date_to_rfc3339(&t, seconds)), &back) == OK);
	must(back == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span text = { p, n };
	struct date_text t;
	struct quoted q;
	int64_t seconds;

	if (date_from_utctime(text, &seconds) == OK) {
		round_trip(seconds);
		must(span_is(text, date_to_utctime(&t, seconds)));
	}
	if (date_from_generalized(text, &seconds) == OK) {
		round_trip(seconds);
		must(span_is(text, date_to_generalized(&t, seconds)));
	}
	if (date_from_rfc3339(text, &seconds) == OK)
		round_trip(seconds);
	if (date_from_http(text, &seconds) == OK)
		round_trip(seconds);
	must(strlen(log_quote(&q, text)) < sizeof q.text);
	return 0;
}
