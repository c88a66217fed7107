/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That numbers come, differ, and never come in part. */
#include "platform/crypto/hash.h"
#include "tests/unit/test.h"

/* 4096 octets: each value is expected 16 times, and 60 of one is beyond all chance. */
static void octets_are_spread(void)
{
	uint8_t octets[4096];
	unsigned count[256] = { 0 };

	CHECK_OK(rng_bytes(octets, sizeof octets));
	for (size_t i = 0; i < sizeof octets; i++)
		count[octets[i]]++;
	for (size_t i = 0; i < 256; i++)
		CU_ASSERT(count[i] < 60);
}

static void numbers_do_not_repeat(void)
{
	uint8_t drawn[64][16];

	for (size_t i = 0; i < 64; i++) {
		CHECK_OK(rng_bytes(drawn[i], sizeof drawn[i]));
		for (size_t k = 0; k < i; k++)
			CU_ASSERT(memcmp(drawn[i], drawn[k], sizeof drawn[i]) != 0);
	}
}

static void what_is_too_much_leaves_nothing(void)
{
	static uint8_t octets[(1 << 17) + 1];

	memset(octets, 0xaa, sizeof octets);
	CHECK_ERR(rng_bytes(octets, sizeof octets), E_BUG);
	for (size_t i = 0; i < sizeof octets; i++)
		CU_ASSERT_EQUAL_FATAL(octets[i], 0);
	CHECK_OK(rng_bytes(octets, 0));
	CHECK_OK(rng_bytes(octets, 1 << 15));
}

const struct test_suite suite_crypto_random = {
	"crypto/random",
	{
		{ "octets are spread over all values", octets_are_spread },
		{ "numbers do not repeat", numbers_do_not_repeat },
		{ "too much at once leaves zeros", what_is_too_much_leaves_nothing },
	},
};
