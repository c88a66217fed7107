/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Back-off with jitter, and Retry-After between its bounds. */
#include "agent/retry.h"
#include "platform/base/limits.h"

static int64_t back_off(unsigned failures, int64_t max, uint32_t random)
{
	int64_t step = BACKOFF_FIRST_S * 1000;

	while (failures-- > 1 && step < max)
		step *= 2;
	if (step > max)
		step = max;
	return step / 2 + (int64_t)(random % (uint32_t)(step / 2 + 1));
}

int64_t retry_backoff_ms(unsigned failures, uint32_t random)
{
	return back_off(failures, (int64_t)BACKOFF_MAX_S * 1000, random);
}

int64_t retry_no_network_ms(unsigned failures, uint32_t random)
{
	return back_off(failures, (int64_t)NO_NETWORK_MAX_S * 1000, random);
}

int64_t retry_after_ms(int64_t seconds)
{
	if (seconds < 0 || seconds > RETRY_AFTER_MAX_S)
		seconds = RETRY_AFTER_MAX_S;
	if (seconds < RETRY_AFTER_MIN_S)
		seconds = RETRY_AFTER_MIN_S;
	return seconds * 1000;
}
