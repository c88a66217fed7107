/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands before the library's functions, as the program's own symbols do. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "tests/unit/fake/library.h"

struct fake_library fake_library;

/* A pointer to a function, out of dlsym()'s pointer to an object. */
static void real_one(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();
	memcpy(function, &found, sizeof found);
}

int wolfSSL_CTX_UseSupportedCurve(WOLFSSL_CTX *ctx, word16 name)
{
	int (*real)(WOLFSSL_CTX *, word16);

	real_one(&real, "wolfSSL_CTX_UseSupportedCurve");
	return name == fake_library.lacks ? BAD_FUNC_ARG : real(ctx, name);
}

const char *wolfSSL_get_cipher_name(WOLFSSL *ssl)
{
	const char *(*real)(WOLFSSL *);

	real_one(&real, "wolfSSL_get_cipher_name");
	return fake_library.suite != NULL ? fake_library.suite : real(ssl);
}

const char *wolfSSL_get_curve_name(WOLFSSL *ssl)
{
	const char *(*real)(WOLFSSL *);

	real_one(&real, "wolfSSL_get_curve_name");
	return fake_library.group != NULL ? fake_library.group : real(ssl);
}

int wolfSSL_GetVersion(const WOLFSSL *ssl)
{
	int (*real)(const WOLFSSL *);

	real_one(&real, "wolfSSL_GetVersion");
	return fake_library.version != 0 ? fake_library.version : real(ssl);
}
