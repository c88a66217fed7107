/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to renew. */
#include "agent/schedule.h"
#include "platform/base/date.h"

/* A margin fit for a year must not swallow a lifetime of a day. */
enum { MARGIN_PART = 20 };

static int64_t percent(int64_t length, unsigned of)
{
	return length / 100 * of + length % 100 * of / 100;
}

int64_t schedule_renewal(const struct lifetime *l, const struct schedule_wishes *w)
{
	int64_t length = l->not_after - l->not_before;
	int64_t spread = percent(length, w->jitter);
	int64_t margin = w->margin < length / MARGIN_PART ? w->margin : length / MARGIN_PART;
	int64_t at = l->not_before + percent(length, w->share), last = l->not_after - margin;

	if (length <= 0)
		return l->not_after;
	if (at > last)
		at = last;
	/* parts of 65536, so that nothing overflows before the year 9999 */
	at -= spread / 65536 * (l->seed >> 16) + spread % 65536 * (l->seed >> 16) / 65536;
	return at > l->not_before ? at : l->not_before;
}

enum due schedule_look(const struct lifetime *l, const struct schedule_wishes *w, struct moment now,
                       int64_t *in_s)
{
	int64_t at = schedule_renewal(l, w);

	*in_s = 0;
	if (l->not_after >= DATE_NEVER)
		return DUE_NEVER;
	if (time_over(now, l->not_after))
		return DUE_ENDED;
	if (time_over(now, at))
		return DUE_NOW;
	if (now.confidence != TIME_SET)
		return DUE_UNKNOWN;
	*in_s = at - now.seconds + 1;
	return DUE_LATER;
}

int64_t schedule_rest(const struct lifetime *l, struct moment now)
{
	int64_t from = now.seconds > l->not_before ? now.seconds : l->not_before;

	return l->not_after > from ? (l->not_after - from) / 3 : 0;
}
