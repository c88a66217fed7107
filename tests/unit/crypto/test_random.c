/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That numbers come, differ, and never come in part. */
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/crypto/internal.h"
#include "tests/unit/test.h"

/* A kernel whose pool is not ready: each wait is ended by a signal. */
static struct {
	bool empty, blocks;
	unsigned waits, stop_at;
} kernel;

/* Takes the place of the library's in this program. */
ssize_t getrandom(void *to, size_t n, unsigned flags)
{
	FILE *f;

	if (kernel.empty && (flags & GRND_NONBLOCK) != 0) {
		errno = EAGAIN;
		return -1;
	}
	if (kernel.empty && kernel.waits < 4) {
		if (kernel.blocks)
			pause();
		if (++kernel.waits == kernel.stop_at)
			clock_stop();
		errno = EINTR;
		return -1;
	}
	f = fopen("/dev/urandom", "rb");
	n = f != NULL ? fread(to, 1, n, f) : 0;
	if (f != NULL)
		fclose(f);
	return (ssize_t)n;
}

static void the_wait_for_the_kernel_ends_by_a_stop(void)
{
	CHECK_OK(rng_wait_for_kernel());
	kernel.empty = true;
	CHECK_OK(rng_wait_for_kernel()); /* signals alone end nothing */
	CU_ASSERT_EQUAL(kernel.waits, 4);
	kernel.waits = 0;
	kernel.stop_at = 2;
	CHECK_ERR(rng_wait_for_kernel(), E_STOPPED);
	CU_ASSERT(strstr(err_reason(E_STOPPED), "asked to stop") != NULL);
	CU_ASSERT_EQUAL(kernel.waits, 2);
	clock_go_on();
	/* nobody signals, but for the look that is taken each second */
	kernel.stop_at = 0;
	kernel.waits = 0;
	kernel.blocks = true;
	CU_ASSERT_EQUAL(clock_limit(clock_ticks() + 1500), 0);
	CHECK_ERR(rng_wait_for_kernel(), E_ENTROPY);
	CU_ASSERT(clock_limit(0) != 0 && kernel.waits == 2);
	kernel.empty = kernel.blocks = false;
}

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
		{ "a stop ends the wait for the kernel", the_wait_for_the_kernel_ends_by_a_stop },
		{ "too much at once leaves zeros", what_is_too_much_leaves_nothing },
	},
};
