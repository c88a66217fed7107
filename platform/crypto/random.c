/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers: wolfCrypt's generator, one for the process, seeded once the
 * kernel is ready.  Nothing forks without exec behind this: a child that drew
 * from it would repeat its parent's numbers.
 */
#include <errno.h>
#include <sys/random.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/random.h>

#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/crypto/internal.h"

static WC_RNG generator;
static bool ready;

static bool kernel_gives(unsigned flags)
{
	uint8_t octet;
	ssize_t n;

	do {
		n = getrandom(&octet, 1, flags);
	} while (n < 0 && errno == EINTR && !clock_stopped());
	return n == 1;
}

/*
 * wolfCrypt seeds from /dev/urandom, which answers before the pool is ready: on
 * a router's first boot, with predictable bytes.  getrandom(2) waits, and only when
 * it waits the kernel makes entropy of its own (Linux 5.4): so no asking now and then.
 */
enum err rng_wait_for_kernel(void)
{
	if (kernel_gives(GRND_NONBLOCK))
		return OK;
	if (errno == EAGAIN) {
		log_notice("waiting for the kernel's random numbers");
		if (kernel_gives(0))
			return OK;
	}
	if (errno == EINTR)
		return err_because(E_ENTROPY, "asked to stop before the kernel was ready");
	return err_because(E_ENTROPY, "getrandom: %s", strerror(errno));
}

enum err rng_library(struct WC_RNG **out)
{
	enum err e;
	int code;

	*out = NULL;
	if (!ready) {
		e = rng_wait_for_kernel();
		if (e != OK)
			return e;
		code = wc_InitRng(&generator);
		if (code != 0)
			return err_because(E_ENTROPY,
			                   "no seed from /dev/urandom: wolfCrypt says %d", code);
		ready = true;
	}
	*out = &generator;
	return OK;
}

enum err rng_bytes(uint8_t *out, size_t n)
{
	WC_RNG *rng;
	enum err e = rng_library(&rng);
	int code;

	memset(out, 0, n);
	if (e != OK)
		return e;
	if (n > RNG_MAX_BLOCK_LEN)
		return err_because(E_BUG, "%zu random octets at once", n);
	code = wc_RNG_GenerateBlock(rng, out, (word32)n);
	if (code == 0)
		return OK;
	/* A generator that failed its own test is not asked again, but seeded anew. */
	memset(out, 0, n);
	wc_FreeRng(&generator);
	ready = false;
	return err_because(E_ENTROPY, "wolfCrypt's generator says %d", code);
}
