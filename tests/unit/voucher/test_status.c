/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "tests/unit/test.h"
#include "voucher/voucher.h"

static uint8_t room[2048];

static void says(const char *reason, const char *want)
{
	struct arena a = ARENA_ON(room);
	struct span json;

	CHECK_OK(status_write(&a, reason, &json));
	if (!span_is(json, want))
		printf("%.*s\n", (int)json.n, (const char *)json.p);
	CU_ASSERT(span_is(json, want));
}

/* RFC 8995 5.7: keys in lower case, version and status always. */
static void success_needs_no_reason(void)
{
	says(NULL, "{\"version\":1,\"status\":true}");
}

static void failure_has_one(void)
{
	says("voucher is for another device",
	     "{\"version\":1,\"status\":false,\"reason\":\"voucher is for another device\"}");
}

static void the_reason_is_a_json_string(void)
{
	says("a \"b\"\n\\", "{\"version\":1,\"status\":false,\"reason\":\"a \\\"b\\\"\\n\\\\\"}");
}

/* Every sentence the agent may send fits, and names neither serial number nor nonce. */
static void every_sentence_of_the_table_fits(void)
{
	for (enum err e = OK + 1; e < ERR_COUNT; e++) {
		struct arena a = ARENA_ON(room);
		struct span json;

		CHECK_OK(status_write(&a, err_text(e), &json));
	}
}

static void what_does_not_fit_is_refused(void)
{
	struct arena a = ARENA_ON(room), small = { room, STATUS_SIZE_MAX - 1, 0 };
	char words[STATUS_SIZE_MAX + 1];
	struct span json;

	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	CHECK_ERR(status_write(&a, words, &json), E_SPACE);
	CU_ASSERT(json.n == 0);
	CHECK_ERR(status_write(&small, NULL, &json), E_SPACE);
}

const struct test_suite suite_voucher_status = {
	"voucher/status",
	{
		{ "success needs no reason", success_needs_no_reason },
		{ "failure has one", failure_has_one },
		{ "the reason is a JSON string", the_reason_is_a_json_string },
		{ "every sentence of the table fits", every_sentence_of_the_table_fits },
		{ "what does not fit is refused", what_does_not_fit_is_refused },
	}
};
