/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long the service sleeps after a failure. */
#include "agent/service.h"
#include "tests/unit/test.h"

enum { SECOND = 1000, DAY = 86400 };

static void what_may_pass_is_tried_again(void)
{
	static const enum err passing[] = { E_IDENTITY, E_STORE, E_ENTROPY, E_CRYPTO, E_BUG };

	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
		int64_t before = 0;

		CU_ASSERT(service_pause_ms(passing[i], 1, UINT32_MAX) <= BACKOFF_FIRST_S * SECOND);
		for (unsigned failures = 1; failures < 100; failures++) {
			int64_t ms = service_pause_ms(passing[i], failures, 0);

			CU_ASSERT(ms > 0 && ms >= before && ms <= BACKOFF_MAX_S * SECOND);
			before = ms;
		}
	}
}

static void what_the_operator_wrote_waits_for_him(void)
{
	CU_ASSERT_EQUAL(service_pause_ms(E_CONFIG, 1, 0), (int64_t)DAY * SECOND);
	CU_ASSERT_EQUAL(service_pause_ms(E_BUSY, 50, UINT32_MAX), LIFE_BUSY_S * SECOND);
}

const struct test_suite suite_agent_service = {
	"agent/service",
	{
		{ "what may pass by itself is tried again", what_may_pass_is_tried_again },
		{ "what the operator wrote waits for him", what_the_operator_wrote_waits_for_him },
	},
};
