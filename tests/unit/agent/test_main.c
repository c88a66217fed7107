/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program itself: main.c is read here, with its main() by another name. */
#define main onramp_main
#include "agent/main.c"
#undef main

#include <fcntl.h>

#include "tests/unit/test.h"

/* What `onramp --version` prints is of no interest here. */
static int run_quietly(char **argv)
{
	int kept = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int status;

	fflush(stdout);
	dup2(nowhere, STDOUT_FILENO);
	status = onramp_main(2, argv);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(nowhere);
	return status;
}

/* Libraries read it: proxies, resolver options, certificate files, debug switches. */
static void the_environment_is_left_behind(void)
{
	char *given[] = { "http_proxy=http://127.0.0.1:1",
		          "PATH=/bin",
		          "RES_OPTIONS=ndots:9",
		          "LD_PRELOAD=/tmp/x.so",
		          "TZ=UTC",
		          "SSLKEYLOGFILE=/tmp/keys",
		          "LC_ALL=C",
		          "PATHS=/x",
		          NULL };
	char name[] = "onramp", option[] = "--version", *argv[] = { name, option, NULL };
	char **before = environ;

	environ = given;
	CU_ASSERT_EQUAL(run_quietly(argv), 0);
	CU_ASSERT_PTR_NULL(getenv("http_proxy"));
	CU_ASSERT_PTR_NULL(getenv("RES_OPTIONS"));
	CU_ASSERT_PTR_NULL(getenv("LD_PRELOAD"));
	CU_ASSERT_PTR_NULL(getenv("SSLKEYLOGFILE"));
	CU_ASSERT_PTR_NULL(getenv("PATHS"));
	CU_ASSERT_PTR_NOT_NULL(getenv("PATH"));
	CU_ASSERT_PTR_NOT_NULL(getenv("TZ"));
	CU_ASSERT_PTR_NOT_NULL(getenv("LC_ALL"));
	environ = before;
}

static void an_unknown_command_is_refused(void)
{
	char name[] = "onramp", command[] = "enrol", *argv[] = { name, command, NULL };

	CU_ASSERT_EQUAL(run_quietly(argv), err_exit_status(E_USAGE));
}

const struct test_suite suite_agent_main = {
	"agent/main",
	{
		{ "the environment is left behind", the_environment_is_left_behind },
		{ "an unknown command is refused", an_unknown_command_is_refused },
	},
};
