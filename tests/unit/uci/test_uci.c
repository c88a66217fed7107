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
	expect("config t s\noption a v#no\n", "s", "a", "v");
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
		{ "config t s\n\noption\n", "line 3" },
		{ "config t s\noption a b c\n", "line 2" },
		{ "config t s\noption a-b c\n", "line 2" },
		{ "config t s\noption a 'b\n", "line" },
		{ "config t s\noption a \"b\\", "line 2" },
		{ "config t s\noption a 'b'; opti c d\n", "line 2" },
		{ "config t s\noption a 'b\n\nc'\noption c\\\nd e f\n", "line 6" },
		{ "config t s-x\n", "line 1" },
		{ "config\n", "line 1" },
		{ "package\n", "line 1" },
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

/*
 * Lines, and what OpenWrt's uci of 2026 makes of them: sections as @TYPE:NAME, and in them
 * options as a=b and list values as a+=b, in their order, odd octets in hex.
 */
#define IN_S    "config t s\n"
#define REFUSED NULL
static const struct {
	const char *text, *means;
} as_openwrt[] = {
	{ "package onramp\n\nconfig t 's'\n\toption a 'v'\n\n", "@t:s a=v" },
	{ "package onramp\n", "" },
	{ "package\nconfig t s\n", REFUSED },
	{ "package \nconfig t s\n", REFUSED },
	{ "package 'on ramp'\nconfig t s\n", REFUSED },
	{ "package on-ramp\nconfig t s\n", "@t:s" },
	{ "p onramp\nconfig t s\n", "@t:s" },
	{ IN_S "package other\noption a 1\n", "@t:s a=1" },
	{ "package a b\nconfig t s\n", REFUSED },
	{ "packages a\nconfig t s\n", REFUSED },
	{ IN_S "option a CN=router#1\n", "@t:s a=CN\\x3drouter" },
	{ IN_S "option a 'CN=router#1'\n", "@t:s a=CN\\x3drouter#1" },
	{ IN_S "option a \"CN=router#1\"\n", "@t:s a=CN\\x3drouter#1" },
	{ IN_S "option a CN=router\\#1\n", "@t:s a=CN\\x3drouter#1" },
	{ IN_S "option a '1'#on since 2026\n", "@t:s a=1" },
	{ IN_S "option a # nothing\n", "@t:s" },
	{ IN_S "#option a b\n", "@t:s" },
	{ IN_S "  # option a b\n", "@t:s" },
	{ IN_S "option #a b\n", REFUSED },
	{ IN_S "option a b #c\n", "@t:s a=b" },
	{ IN_S "option a b#c d e f\n", "@t:s a=b" },
	{ "config t#s\noption a b\n", "@t: a=b" },
	{ "config #t\n", REFUSED },
	{ "# only a comment", "" },
	{ IN_S "option a 'b''#'\n", "@t:s a=b#" },
	{ IN_S "option a ''\n", "@t:s" },
	{ IN_S "option a\n", "@t:s" },
	{ IN_S "option a ", "@t:s" },
	{ IN_S "option a \"\"\n", "@t:s" },
	{ IN_S "option a 1\noption a ''\n", "@t:s a=1" },
	{ IN_S "option a 1\noption a\n", "@t:s a=1" },
	{ IN_S "option a 1\noption a 2\n", "@t:s a=2" },
	{ IN_S "option\n", REFUSED },
	{ IN_S "option \n", REFUSED },
	{ IN_S "option ''\n", REFUSED },
	{ IN_S "option a-b c\n", REFUSED },
	{ IN_S "option a b c\n", REFUSED },
	{ IN_S "option 'a' \"b\"\n", "@t:s a=b" },
	{ "option a b\n", REFUSED },
	{ "list a b\n", REFUSED },
	{ IN_S "list a\n", "@t:s a+=" },
	{ IN_S "list a ''\nlist a x\n", "@t:s a+= a+=x" },
	{ IN_S "option a 1\nlist a 2\n", "@t:s a+=1 a+=2" },
	{ IN_S "list a 1\nlist a 2\noption a 3\n", "@t:s a=3" },
	{ IN_S "list a 1\noption a ''\n", "@t:s a+=1" },
	{ IN_S "option b 0\nlist a 1\noption c 9\nlist a 2\n", "@t:s b=0 a+=1 a+=2 c=9" },
	{ IN_S "list a 1 2\n", REFUSED },
	{ IN_S "option a CN=rou\\\nter\n", "@t:s a=CN\\x3drouter" },
	{ IN_S "option a CN=rou\\\r\nter\n", "@t:s a=CN\\x3drouter" },
	{ IN_S "option a CN=rou\\\n ter\n", REFUSED },
	{ IN_S "option a \"CN=rou\\\nter\"\n", "@t:s a=CN\\x3drouter" },
	{ IN_S "option a 'CN=rou\\\nter'\n", "@t:s a=CN\\x3drou\\x5c\\x0ater" },
	{ IN_S "option a 'two\nlines'\n", "@t:s a=two\\x0alines" },
	{ IN_S "option a b\\", "@t:s a=b" },
	{ IN_S "option a b\\\n", "@t:s a=b" },
	{ IN_S "option a \\\nb\n", "@t:s a=b" },
	{ IN_S "option a x\\ y\n", "@t:s a=x\\x20y" },
	{ IN_S "option a x\\;y\n", "@t:s a=x;y" },
	{ IN_S "option a \"x\\\"y\\\\z\"\n", "@t:s a=x\"y\\x5cz" },
	{ IN_S "option a it\\'s\n", "@t:s a=it's" },
	{ IN_S "option a 'it'\\''s'\n", "@t:s a=it's" },
	{ IN_S "opt\\\nion a b\n", REFUSED },
	{ IN_S "option a 'ec256'\v\n", "@t:s a=ec256" },
	{ IN_S "option a\vec256\n", "@t:s a=ec256" },
	{ IN_S "\v\foption a b\n", "@t:s a=b" },
	{ IN_S "option\va b\n", REFUSED },
	{ IN_S "option\ta\tb\t\n", "@t:s a=b" },
	{ IN_S "option a b\r\n", "@t:s a=b" },
	{ "config t s\r\n\toption a 'b'\r\n", "@t:s a=b" },
	{ IN_S "\r\n\r\n", "@t:s" },
	{ IN_S "option a b\rc\n", REFUSED },
	{ IN_S "option a 'b'; option c 'd'\n", "@t:s a=b c=d" },
	{ IN_S "option a 'b';option c d\n", "@t:s a=b c=d" },
	{ IN_S "option a b ; option c d\n", "@t:s a=b c=d" },
	{ IN_S "option a b; option c d\n", "@t:s a=b" },
	{ IN_S "option a 'b';\n", REFUSED },
	{ IN_S "option a 'b'; \n", REFUSED },
	{ IN_S "option a b;\noption c d\n", "@t:s a=b c=d" },
	{ IN_S "option a; option c d\n", "@t:s" },
	{ IN_S "option a ;option c d\n", REFUSED },
	{ IN_S ";\n", REFUSED },
	{ "config t ; option a b\n", REFUSED },
	{ "config t 's' ; option a 'b' ; list c 'd'\n", "@t:s a=b c+=d" },
	{ "config t; option a b\n", "@t:" },
	{ IN_S "option a 'b' ;; option c d\n", REFUSED },
	{ IN_S "option a 'b' # ; option c d\n", "@t:s a=b" },
	{ "c t s\no a b\nl c d\n", "@t:s a=b c+=d" },
	{ "co t s\n", REFUSED },
	{ "cfg t s\n", REFUSED },
	{ IN_S "ox a b\n", REFUSED },
	{ IN_S "lists a b\n", REFUSED },
	{ IN_S "options a b\n", REFUSED },
	{ IN_S "Option a b\n", REFUSED },
	{ "'config' t s\n", REFUSED },
	{ "config\n", REFUSED },
	{ "config ", REFUSED },
	{ "config t\n", "@t:" },
	{ "config t ''\noption a b\n", "@t: a=b" },
	{ "config t s-x\n", REFUSED },
	{ "config t-y!z s\n", "@t-y!z:s" },
	{ "config \"t u\" s\n", REFUSED },
	{ "config t s x\n", REFUSED },
	{ "config t\nconfig t\noption a b\n", "@t: @t: a=b" },
	{ IN_S "option a 1\nconfig t z\nconfig t s\noption b 2\n", "@t:s a=1 b=2 @t:z" },
	{ IN_S "config u s\n", REFUSED },
	{ IN_S "option a 'b\n", REFUSED },
	{ IN_S "option a \"b\n", REFUSED },
	{ IN_S "option a \"b\\", REFUSED },
	{ IN_S "option a 'b'c\"d\"\n", "@t:s a=bcd" },
	{ "", "" },
	{ "\n\n", "" },
	{ IN_S "option a b", "@t:s a=b" },
	{ IN_S "option a '\303\244'\n", "@t:s a=\\xc3\\xa4" },
};
enum { LINES = sizeof as_openwrt / sizeof *as_openwrt };

struct shown {
	char text[512];
	size_t n;
};

static void show(struct shown *s, const char *text, bool literal)
{
	for (; *text != '\0' && s->n + 5 < sizeof s->text; text++) {
		uint8_t c = (uint8_t)*text;

		if (!literal && (c < 33 || c > 126 || strchr("\\|=", c) != NULL))
			s->n += (size_t)snprintf(s->text + s->n, 5, "\\x%02x", c);
		else
			s->text[s->n++] = *text;
	}
	s->text[s->n] = '\0';
}

static void show_option(struct shown *s, const struct uci_option *o)
{
	show(s, " ", true);
	show(s, o->name, false);
	show(s, o->list ? "+=" : "=", true);
	show(s, o->value, false);
}

/* Values of one list stand together, where its first one does. */
static void show_section(struct shown *s, const struct uci *u, unsigned number)
{
	bool done[64] = { false };

	for (size_t i = 0; i < u->n; i++) {
		const struct uci_option *o = &u->options[i];

		if (o->section_number != number || done[i])
			continue;
		if (o->name == NULL) {
			show(s, s->n > 0 ? " @" : "@", true);
			show(s, o->type, false);
			show(s, ":", true);
			show(s, o->section, false);
			continue;
		}
		for (size_t k = i; k < u->n; k++) {
			const struct uci_option *other = &u->options[k];

			if (other->section_number != number || other->name == NULL ||
			    strcmp(other->name, o->name) != 0)
				continue;
			done[k] = true;
			show_option(s, other);
		}
	}
}

static void reads_as_openwrt_does(void)
{
	CU_ASSERT(LINES >= 60);
	for (size_t i = 0; i < LINES; i++) {
		struct shown s = { .n = 0 };
		struct uci u;
		enum err e = read_text(as_openwrt[i].text, &u);
		const char *means = as_openwrt[i].means;

		test_check_err(e, means == REFUSED ? E_CONFIG : OK, as_openwrt[i].text, __FILE__,
		               __LINE__);
		s.text[0] = '\0';
		for (unsigned number = 0; number < 8 && e == OK; number++)
			show_section(&s, &u, number);
		if (means != REFUSED && strcmp(s.text, means) != 0)
			printf("%s: %s, expected %s\n", as_openwrt[i].text, s.text, means);
		CU_ASSERT(means == REFUSED || strcmp(s.text, means) == 0);
	}
}

/* What the other tools let pass: an octet that no value of ours has. */
static void refuses_control_octets(void)
{
	static const uint8_t with_nul[] = IN_S "option a b\0c\n", first[] = IN_S "option \0c\n",
			     last[] = IN_S "option a b\0\n";
	struct uci u;

	CHECK_ERR(read_text(IN_S "option a 'b\x01'\n", &u), E_CONFIG);
	CHECK_ERR(read_text(IN_S "option a \"b\x7f\"\n", &u), E_CONFIG);
	CHECK_ERR(read_text(IN_S "option a b\x1b[1m\n", &u), E_CONFIG);
	CHECK_ERR(read_text(IN_S "option a 'b\v'\n", &u), E_CONFIG);
	CHECK_ERR(uci_read(&arena, (struct span){ with_nul, sizeof with_nul - 1 }, &u), E_CONFIG);
	CHECK_ERR(uci_read(&arena, (struct span){ first, sizeof first - 1 }, &u), E_CONFIG);
	CHECK_ERR(uci_read(&arena, (struct span){ last, sizeof last - 1 }, &u), E_CONFIG);
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
		{ "lines mean what they do to OpenWrt's tools", reads_as_openwrt_does },
		{ "control octets are refused", refuses_control_octets },
		{ "size, values and options are bounded", is_bounded },
		{ "every prefix is read or refused", every_prefix_is_read_or_refused },
		{ "what is written is read", what_is_written_is_read },
		{ "a shell reads what is written", a_shell_reads_what_is_written },
		{ "control bytes are not written", refuses_to_write_control_bytes },
		{ "a full buffer is an error", refuses_to_outgrow_its_buffer },
	},
};
