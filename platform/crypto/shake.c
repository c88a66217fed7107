/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHAKE256 as an extendable-output function, where wolfSSL has it. */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/sha3.h>

#include "platform/crypto/internal.h"

#ifdef WOLFSSL_SHAKE256

_Static_assert(sizeof(wc_Shake) <= sizeof(struct shake256), "its state fits");

enum err shake256_begin(struct shake256 *s)
{
	int code = wc_InitShake256((wc_Shake *)s, NULL, INVALID_DEVID);

	return code == 0 ? OK : library_failed("SHAKE256", code);
}

int shake256_update(struct shake256 *s, struct span piece)
{
	return piece.n > 0 ? wc_Shake256_Update((wc_Shake *)s, piece.p, (word32)piece.n) : 0;
}

enum err shake256_end(struct shake256 *s, enum err e, uint8_t *out, size_t n)
{
	int code = e == OK ? wc_Shake256_Final((wc_Shake *)s, out, (word32)n) : 0;

	wc_Shake256_Free((wc_Shake *)s);
	return code == 0 ? e : library_failed("SHAKE256", code);
}

#else

static enum err lacking(void)
{
	return err_because(E_ALGORITHM, "SHAKE256 is not in this build of wolfSSL");
}

enum err shake256_begin(struct shake256 *s)
{
	(void)s;
	return lacking();
}

int shake256_update(struct shake256 *s, struct span piece)
{
	(void)s;
	(void)piece;
	return -1;
}

enum err shake256_end(struct shake256 *s, enum err e, uint8_t *out, size_t n)
{
	(void)s;
	(void)out;
	(void)n;
	return e == OK ? lacking() : e;
}

#endif

enum err shake256(struct span a, struct span b, uint8_t *out, size_t n)
{
	struct shake256 s;
	enum err e = shake256_begin(&s);
	int code;

	if (e != OK)
		return e;
	code = shake256_update(&s, a);
	if (code == 0)
		code = shake256_update(&s, b);
	if (code != 0)
		e = library_failed("SHAKE256", code);
	return shake256_end(&s, e, out, n);
}
