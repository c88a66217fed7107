/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `onramp cmp` proposes after a failure. */
#include <stdio.h>

#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "tests/unit/test.h"

static const struct tool_operation ir = { "ir", TOOL_IR, NULL, "", "", "" };
static struct cmp_tool t;
static char said[2048];

static void keep(void *context, enum log_level level, const char *line)
{
	(void)context;
	(void)level;
	snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", line);
}

static bool hints(enum err e, const char *words)
{
	said[0] = '\0';
	log_to(keep, NULL);
	tool_hint(&t, e);
	log_to(NULL, NULL);
	return strstr(said, words) != NULL;
}

static void another_mac_is_proposed(void)
{
	struct cmp_secret secret = { .scheme = MAC_PBMAC1 };

	t = (struct cmp_tool){ .operation = &ir, .client.secret = &secret };
	CU_ASSERT(hints(E_CMP_REJECTED, "--mac pbm"));
	CU_ASSERT(hints(E_CMP_ERROR, "--mac pbm"));
	CU_ASSERT_FALSE(hints(E_CMP_SIGNER, "--mac pbm"));
	CU_ASSERT_FALSE(hints(OK, "--mac pbm"));
	t.mac = "pbmac1"; /* the operator's own word */
	CU_ASSERT_FALSE(hints(E_CMP_REJECTED, "--mac pbm"));
	t = (struct cmp_tool){ .operation = &ir };
	CU_ASSERT_FALSE(hints(E_CMP_REJECTED, "--mac pbm"));
}

static void another_ca_of_the_name_is_proposed(void)
{
	t = (struct cmp_tool){ .operation = &ir };
	CU_ASSERT_FALSE(hints(E_CMP_SIGNER, "--trusted"));
	t.trusted_files.s[t.trusted_files.n++] = "ca.pem";
	CU_ASSERT(hints(E_CMP_SIGNER, "--trusted"));
	CU_ASSERT(hints(E_CMP_SIGNER, "--untrusted"));
	CU_ASSERT_FALSE(hints(E_CMP_ERROR, "--trusted"));
}

static void without_a_stop_nothing_is_lost(void)
{
	t = (struct cmp_tool){ .operation = &ir };
	CU_ASSERT_FALSE(hints(E_CMP_TIMEOUT, "--journal"));
}

const struct test_suite suite_agent_cmp_hint = {
	"agent/cmp_hint",
	{
		{ "another MAC is proposed", another_mac_is_proposed },
		{ "another CA of the name is proposed", another_ca_of_the_name_is_proposed },
		{ "without a stop nothing is lost", without_a_stop_nothing_is_lost },
	},
};
