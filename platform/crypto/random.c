/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers: wolfCrypt's generator, one for the process, seeded once the
 * kernel is ready.  Nothing forks without exec behind this: a child that drew
 * from it would repeat its parent's numbers.
 */
#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/time.h>

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

static void on_alarm(int signal_number)
{
	(void)signal_number; /* it interrupts, that is all */
}

/* A signal just before the call would be slept over, and no signal tells that the time
   for all of it is over: so the wait is interrupted each second, to look. */
static bool kernel_gives_in_time(void)
{
	const struct itimerval second = { { .tv_sec = 1 }, { .tv_sec = 1 } }, never = { 0 };
	struct sigaction act = { .sa_handler = on_alarm }, before;
	bool given;

	sigaction(SIGALRM, &act, &before);
	setitimer(ITIMER_REAL, &second, NULL);
	given = kernel_gives(0);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	return given;
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
		if (kernel_gives_in_time())
			return OK;
	}
	if (clock_stopped())
		return err_within(E_ENTROPY, clock_check(), "the kernel's random numbers");
	return err_because(E_ENTROPY, "getrandom: %s", strerror(errno));
}

/* No memory is no lack of entropy. */
static enum err failed(const struct call *call, int code, const char *what)
{
	enum err e = call_worked(call, code);

	return e == E_CRYPTO ? err_because(E_ENTROPY, "%s: wolfCrypt says %d", what, code) : e;
}

static enum err seed(void)
{
	enum err e = rng_wait_for_kernel();
	struct call call;

	if (e != OK)
		return e;
	call = call_begin(CALL_RNG);
	e = failed(&call, wc_InitRng(&generator), "no seed from /dev/urandom");
	ready = e == OK;
	return e;
}

enum err rng_library(struct WC_RNG **out)
{
	enum err e = OK;

	*out = NULL;
	if (!ready)
		e = seed();
	if (e == OK)
		*out = &generator;
	return e;
}

enum err rng_bytes(uint8_t *out, size_t n)
{
	WC_RNG *rng;
	enum err e = rng_library(&rng);
	struct call call;

	memset(out, 0, n);
	if (e != OK)
		return e;
	if (n > RNG_MAX_BLOCK_LEN)
		return err_because(E_BUG, "%zu random octets at once", n);
	call = call_begin(CALL_RNG);
	e = failed(&call, wc_RNG_GenerateBlock(rng, out, (word32)n), "the generator");
	if (e == OK)
		return OK;
	/* A generator that failed its own test is not asked again, but seeded anew. */
	memset(out, 0, n);
	wc_FreeRng(&generator);
	ready = false;
	return e;
}
