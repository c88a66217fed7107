/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UCI: OpenWrt's grammar in, nothing else; what we write, we and a shell read. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/store/file.h"
#include "platform/uci/uci.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena arena = ARENA_ON(room);

static enum err read_text(const char *text, struct uci *u)
{
	arena_reset(&arena);
	return uci_read(&arena, span_str(text), u);
}

static void expect(const char *text, const char *section, const char *name, const char *value)
{
	struct uci u;
	const char *got;

	CHECK_OK(read_text(text, &u));
	got = uci_get(&u, section, name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(got);
	CU_ASSERT_STRING_EQUAL(got, value);
}

static void reads_every_way_of_quoting(void)
{
	expect("config t 's'\n\toption a 'x y'\n", "s", "a", "x y");
	expect("config t s\noption a \"x \\\"y\\\" \\\\z\"\n", "s", "a", "x \"y\" \\z");
	expect("config t s\n option a x\\ y\n", "s", "a", "x y");
	expect("config t s\n option a 'it'\\''s'\n", "s", "a", "it's");
	expect("config t s\n option a 'two\nlines'\n", "s", "a", "two\nlines");
	expect("config 't' \"s\"\noption 'a' v # comment\n", "s", "a", "v");
	expect("config t s\noption a v#no\n", "s", "a", "v#no");
	expect("config t s\noption a ''\n", "s", "a", "");
	expect("# c\n\nconfig t s\r\n\toption a b\r\n", "s", "a", "b");
	expect("config t s\noption a b", "s", "a", "b");
}

static void last_option_wins_and_sections_merge(void)
{
	struct uci u;

	expect("config t s\noption a 1\noption a 2\n", "s", "a", "2");
	expect("config t s\noption a 1\nconfig t z\nconfig t s\noption b 3\n", "s", "b", "3");
	CHECK_OK(read_text("config t s\nlist l x\nlist l y\nconfig t\nconfig t\n", &u));
	CU_ASSERT_EQUAL_FATAL(u.n, 5);
	CU_ASSERT(u.options[1].list && u.options[2].list);
	CU_ASSERT_STRING_EQUAL(u.options[2].value, "y");
	CU_ASSERT_EQUAL(u.options[3].section_number, 1);
	CU_ASSERT_EQUAL(u.options[4].section_number, 2);
	CU_ASSERT_PTR_NULL(uci_get(&u, "s", "nothing"));
}

static void refuses_with_the_line(void)
{
	static const struct {
		const char *text, *line;
	} bad[] = {
		{ "option a b\n", "line 1" },
		{ "config t s\nconfigure x\n", "line 2" },
		{ "config t s\n\noption a\n", "line 3" },
		{ "config t s\noption a b c\n", "line 2" },
		{ "config t s\noption a-b c\n", "line 2" },
		{ "config t s\noption a 'b\n", "line" },
		{ "config t s\noption a \"b\\", "line 2" },
		{ "config t s\noption a b\\", "line 2" },
		{ "config t s\noption a b; option c d\n", "line 2" },
		{ "config t s-x\n", "line 1" },
		{ "config\n", "line 1" },
		{ "package onramp\n", "line 1" },
		{ "config t s\noption a 'b\x01'\n", "line 2" },
		{ "config t s\noption a 'b\x1b[31m'\n", "line 2" },
		{ "config t s\nconfig u s\n", "line 2" },
	};
	struct uci u;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_ERR(read_text(bad[i].text, &u), E_CONFIG);
		CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_CONFIG), bad[i].line));
		CU_ASSERT_EQUAL(u.n, 0);
	}
}

static void is_bounded(void)
{
	static char text[UCI_FILE_MAX + 64];
	struct uci u;
	size_t n = 0;

	memset(text, 'x', UCI_FILE_MAX + 1);
	CHECK_ERR(read_text(text, &u), E_CONFIG);

	n = (size_t)snprintf(text, sizeof text, "config t s\noption a '");
	memset(text + n, 'v', UCI_LINE_MAX + 1);
	snprintf(text + n + UCI_LINE_MAX + 1, 8, "'\n");
	CHECK_ERR(read_text(text, &u), E_CONFIG);

	n = (size_t)snprintf(text, sizeof text, "config t s\n");
	for (size_t i = 0; i < UCI_OPTIONS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "list a b\n");
	CHECK_ERR(read_text(text, &u), E_CONFIG);
}

static void every_prefix_is_read_or_refused(void)
{
	static const char good[] = "config t 's'\n\toption a 'it'\\''s'\n\tlist l \"x\\\"y\"\n";
	struct uci u;

	for (size_t n = 0; n < sizeof good; n++) {
		enum err e;

		arena_reset(&arena);
		e = uci_read(&arena, (struct span){ (const uint8_t *)good, n }, &u);
		CU_ASSERT(e == OK || e == E_CONFIG);
	}
}

static void write_all_kinds(struct uciw *w)
{
	uciw_comment(w, "by a test");
	uciw_section(w, "result", "operational");
	uciw_option(w, "state", "it's 'quoted' $(touch /nowhere) `x` \\ \"d\"");
	uciw_list(w, "many", "one");
	uciw_list(w, "many", "two words");
}

static void what_is_written_is_read(void)
{
	char text[1024];
	struct uciw w = UCIW_ON(text);
	struct span out;
	struct uci u;

	write_all_kinds(&w);
	CHECK_OK(uciw_end(&w, &out));
	arena_reset(&arena);
	CHECK_OK(uci_read(&arena, out, &u));
	CU_ASSERT_STRING_EQUAL_FATAL(uci_get(&u, "operational", "state"),
	                             "it's 'quoted' $(touch /nowhere) `x` \\ \"d\"");
	CU_ASSERT_STRING_EQUAL(uci_get(&u, "operational", "many"), "two words");
}

/* A foreign reader: the shell, whose quoting UCI's is, sees the same value. */
static void a_shell_reads_what_is_written(void)
{
	char text[1024], path[512], command[1024];
	struct uciw w = UCIW_ON(text);
	struct span out;

	write_all_kinds(&w);
	CHECK_OK(uciw_end(&w, &out));
	snprintf(path, sizeof path, "%s/onramp_state", test_tmpdir());
	CHECK_OK(file_replace(path, out, 0644));
	snprintf(command, sizeof command,
	         "config() { :; }; list() { :; }; option() { got=$2; }; . %s; "
	         "[ \"$got\" = 'it'\\''s '\\''quoted'\\'' $(touch /nowhere) `x` \\ \"d\"' ]",
	         path);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void refuses_to_write_control_bytes(void)
{
	char text[64];
	struct uciw w = UCIW_ON(text);
	struct span out;

	uciw_section(&w, "t", "s");
	uciw_option(&w, "a", "x\ny");
	CHECK_ERR(uciw_end(&w, &out), E_CONFIG);
	CU_ASSERT_EQUAL(out.n, 0);
}

static void refuses_to_outgrow_its_buffer(void)
{
	char text[200];
	struct span out;
	size_t fits = 0;

	for (size_t cap = 1; cap < sizeof text; cap++) {
		struct uciw w = { text, cap, 0, OK };

		write_all_kinds(&w);
		if (uciw_end(&w, &out) == OK)
			fits++;
		else
			CHECK_ERR(w.err, E_SPACE);
		CU_ASSERT(w.n < cap);
	}
	CU_ASSERT(fits > 0);
}

const struct test_suite suite_uci_uci = {
	"uci/uci",
	{
		{ "every way of quoting is read", reads_every_way_of_quoting },
		{ "the last option wins, sections merge", last_option_wins_and_sections_merge },
		{ "what is wrong is refused with its line", refuses_with_the_line },
		{ "size, values and options are bounded", is_bounded },
		{ "every prefix is read or refused", every_prefix_is_read_or_refused },
		{ "what is written is read", what_is_written_is_read },
		{ "a shell reads what is written", a_shell_reads_what_is_written },
		{ "control bytes are not written", refuses_to_write_control_bytes },
		{ "a full buffer is an error", refuses_to_outgrow_its_buffer },
	},
};
