/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of platform/crypto: openssl as the other opinion, and flipped bits. */
#ifndef ONRAMP_TESTS_UNIT_CRYPTO_TOOLS_H
#define ONRAMP_TESTS_UNIT_CRYPTO_TOOLS_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <wolfssl/version.h>

#include "tests/unit/test.h"

/* A file of the directory that the tests of one C file share. */
static inline const char *tools_path(const char *name)
{
	static char directory[512], path[1024];

	if (directory[0] == '\0')
		snprintf(directory, sizeof directory, "%s", test_tmpdir());
	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

static inline struct span tools_get(struct arena *a, const char *name)
{
	return test_file(a, tools_path(name));
}

static inline void tools_put(const char *name, struct span s)
{
	FILE *f = fopen(tools_path(name), "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(s.n == 0 || fwrite(s.p, 1, s.n, f) == s.n);
	CU_ASSERT_EQUAL(fclose(f), 0);
}

/* openssl's verdict; it runs in that directory. */
__attribute__((format(printf, 1, 2))) static inline bool openssl(const char *format, ...)
{
	char arguments[512], command[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(arguments, sizeof arguments, format, args);
	va_end(args);
	snprintf(command, sizeof command, "cd %s && openssl %s > out.log 2>&1", tools_path("."),
	         arguments);
	return system(command) == 0;
}

/*
 * NAME.pem (0600) and NAME.spki, by the arguments of `openssl genpkey`.  Once
 * per name and file of tests: RSA takes its time.
 */
static inline void tools_make_key(const char *name, const char *genpkey)
{
	char spki[64];

	snprintf(spki, sizeof spki, "%s.spki", name);
	if (test_file_exists(tools_path(spki)))
		return;
	CU_ASSERT_FATAL(openssl("genpkey %s -out %s.pem", genpkey, name));
	CU_ASSERT_FATAL(openssl("pkey -in %s.pem -pubout -outform DER -out %s.spki", name, name));
}

/* Calls try() with each bit of s flipped once, then restores it. */
static inline void tools_flip(struct span s, void (*try)(void *context), void *context)
{
	uint8_t *p = (uint8_t *)(uintptr_t)s.p;

	for (size_t bit = 0; bit < 8 * s.n; bit++) {
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		try(context);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* wolfSSL after 5.7.2 takes no key of small order, under which anybody signs anything. */
static inline bool tools_library_refuses_small_order(void)
{
	if (LIBWOLFSSL_VERSION_HEX <= 0x05007002)
		return false;
	test_skip("this wolfSSL takes no key of small order");
	return true;
}

#endif
