/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks a file of third-party vectors (wycheproof/NAME), read in place. */
#ifndef ONRAMP_TESTS_UNIT_CRYPTO_WYCHEPROOF_H
#define ONRAMP_TESTS_UNIT_CRYPTO_WYCHEPROOF_H

#include <stdio.h>

#include <jansson.h>
#include <wolfssl/version.h>

#include "tests/unit/test.h"

/* Returns whether the vector is accepted. */
typedef bool wycheproof_try(struct arena *a, const json_t *group, const json_t *vector);

static inline struct span wycheproof_hex(struct arena *a, const json_t *o, const char *name)
{
	return test_hex(a, json_string_value(json_object_get(o, name)));
}

static inline unsigned wycheproof_number(const json_t *o, const char *name)
{
	return (unsigned)json_integer_value(json_object_get(o, name));
}

/*
 * Valid, and yet refused by later versions of wolfSSL than 5.7.2: its s^-1 is such
 * that no signer comes upon it.  A loss of nothing, as nothing invalid is taken.
 */
static inline bool wycheproof_refused_by_library(const char *name, unsigned number)
{
	return LIBWOLFSSL_VERSION_HEX > 0x05007002 && number == 433 &&
	       strcmp(name, "ecdsa_secp256r1_sha256") == 0;
}

/* `valid` must be accepted, `invalid` refused, and `acceptable` is what the caller says. */
static inline void wycheproof_run(const char *name, wycheproof_try *try, bool take_acceptable)
{
	static uint8_t room[1 << 18];
	struct arena a = ARENA_ON(room);
	char path[128];
	const char *found;
	json_t *file, *group, *vector;
	size_t i, k, seen = 0;

	snprintf(path, sizeof path, "wycheproof/%s_test.json", name);
	found = test_vectors(path);
	if (found == NULL)
		return;
	file = json_load_file(found, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	json_array_foreach(json_object_get(file, "testGroups"), i, group)
		json_array_foreach(json_object_get(group, "tests"), k, vector)
	{
		const char *result = json_string_value(json_object_get(vector, "result"));
		bool want = strcmp(result, "valid") == 0 ||
		            (strcmp(result, "acceptable") == 0 && take_acceptable);
		bool got = try(&a, group, vector);

		if (!got && wycheproof_refused_by_library(name, wycheproof_number(vector, "tcId")))
			want = false;
		CU_ASSERT_EQUAL(got, want);
		if (got != want)
			printf("%s %u (%s): %s\n", name, wycheproof_number(vector, "tcId"),
			       json_string_value(json_object_get(vector, "comment")),
			       got ? "accepted" : err_reason(E_SIGNATURE));
		arena_reset(&a);
		seen++;
	}
	CU_ASSERT_EQUAL(seen, wycheproof_number(file, "numberOfTests"));
	json_decref(file);
}

#endif
