/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHAKE256 as an extendable-output function, where wolfSSL has it. */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/sha3.h>

#include "platform/crypto/internal.h"

#ifdef WOLFSSL_SHAKE256

static int absorb(wc_Shake *state, struct span s)
{
	return s.n > 0 ? wc_Shake256_Update(state, s.p, (word32)s.n) : 0;
}

enum err shake256(struct span a, struct span b, uint8_t *out, size_t n)
{
	wc_Shake state;
	int code = wc_InitShake256(&state, NULL, INVALID_DEVID);

	if (code != 0)
		return library_failed("SHAKE256", code);
	code = absorb(&state, a);
	if (code == 0)
		code = absorb(&state, b);
	if (code == 0)
		code = wc_Shake256_Final(&state, out, (word32)n);
	wc_Shake256_Free(&state);
	return code == 0 ? OK : library_failed("SHAKE256", code);
}

#else

enum err shake256(struct span a, struct span b, uint8_t *out, size_t n)
{
	(void)a;
	(void)b;
	(void)out;
	(void)n;
	return err_because(E_ALGORITHM, "SHAKE256 is not in this build of wolfSSL");
}

#endif
