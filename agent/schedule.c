/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to renew. */
#include "agent/schedule.h"
#include "platform/base/date.h"
#include "platform/base/limits.h"

/* A margin fit for a year must not swallow a lifetime of a day. */
enum { MARGIN_PART = 20, BLIND_PART = 8 };

static int64_t percent(int64_t length, unsigned of)
{
	return length / 100 * of + length % 100 * of / 100;
}

/* Of a length as much as the seed is of all seeds; nothing overflows before the year 9999. */
static int64_t part(int64_t length, uint32_t seed)
{
	return length / 65536 * (seed >> 16) + length % 65536 * (seed >> 16) / 65536;
}

int64_t schedule_renewal(const struct lifetime *l, const struct schedule_params *w)
{
	int64_t length = l->not_after - l->not_before;
	int64_t spread = percent(length, w->jitter);
	int64_t margin = w->margin < length / MARGIN_PART ? w->margin : length / MARGIN_PART;
	int64_t at = l->not_before + percent(length, w->share), last = l->not_after - margin;

	if (length <= 0)
		return l->not_after;
	if (at > last)
		at = last;
	at -= part(spread, l->seed);
	return at > l->not_before ? at : l->not_before;
}

enum due schedule_look(const struct lifetime *l, const struct schedule_params *w, struct moment now,
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
	if (now.confidence == TIME_UNSET)
		return DUE_UNKNOWN;
	*in_s = at - now.seconds + 1;
	return DUE_LATER;
}

int64_t schedule_rest(const struct lifetime *l, struct moment now)
{
	int64_t from = now.seconds > l->not_before ? now.seconds : l->not_before;

	return l->not_after > from ? (l->not_after - from) / 3 : 0;
}

int64_t schedule_blind(const struct lifetime *l)
{
	int64_t part_of_it = (l->not_after - l->not_before) / BLIND_PART;
	int64_t wait = part_of_it < LIFE_BLIND_S ? part_of_it : LIFE_BLIND_S;

	return wait > 0 ? wait + part(wait, l->seed) : 0;
}

int64_t schedule_crl(int64_t this_update, int64_t next_update, uint32_t seed)
{
	int64_t spread = next_update > this_update ? (next_update - this_update) / 8 : 0;

	return next_update - part(spread, seed);
}
