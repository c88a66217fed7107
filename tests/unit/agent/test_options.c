/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines. */
#include "agent/options.h"
#include "tests/unit/test.h"

static bool flag;
static const char *text;
static long number;
static struct text_list list;
static const struct option_row rows[] = {
	{ "--flag", OPTION_FLAG, &flag, NULL, "" },
	{ "--text", OPTION_TEXT, &text, "T", "" },
	{ "--number", OPTION_NUMBER, &number, "N", "" },
	{ "--list", OPTION_LIST, &list, "L", "" },
	{ 0 },
};
static const struct command_line line = { .usage = "", .teaches = "", .rows = rows };

static enum err parse(int *argc, char **argv)
{
	bool helped;

	flag = false;
	text = NULL;
	number = -1;
	list.n = 0;
	return options_read(&line, argc, argv, &helped);
}

#define ARGS(...)                                  \
	char *argv[] = { "c", __VA_ARGS__, NULL }; \
	int argc = (int)(sizeof argv / sizeof *argv) - 1

static void options_and_operands_mix(void)
{
	ARGS("one", "--flag", "--text", "t", "--number=7", "two", "--list", "a", "--list=b", "--",
	     "--three");

	CHECK_OK(parse(&argc, argv));
	CU_ASSERT(flag && number == 7 && list.n == 2);
	CU_ASSERT_STRING_EQUAL(text, "t");
	CU_ASSERT_STRING_EQUAL(list.s[1], "b");
	CU_ASSERT_EQUAL_FATAL(argc, 4);
	CU_ASSERT_STRING_EQUAL(argv[1], "one");
	CU_ASSERT_STRING_EQUAL(argv[3], "--three");
}

static void wrong_lines_are_refused(void)
{
	{
		ARGS("--nothing");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
	{
		ARGS("--text");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
	{
		ARGS("--flag=1");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
	{
		ARGS("--number", "7x");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
	{
		ARGS("--number", "-7");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
	{
		ARGS("--number", "99999999999999999999");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
	{
		ARGS("--tex", "x");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
	}
}

static void a_global_option_goes_before_the_command(void)
{
	{
		ARGS("--root", "x");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
		CU_ASSERT_STRING_EQUAL(err_reason(E_USAGE), "--root goes before the command");
	}
	{
		ARGS("--rood", "x");
		CHECK_ERR(parse(&argc, argv), E_USAGE);
		CU_ASSERT_STRING_EQUAL(err_reason(E_USAGE), "unknown option --rood");
	}
}

const struct test_suite suite_agent_options = {
	"agent/options",
	{
		{ "options and operands mix", options_and_operands_mix },
		{ "wrong lines are refused", wrong_lines_are_refused },
		{ "a global option goes before the command",
	          a_global_option_goes_before_the_command },
	},
};
