/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <unistd.h>

#include "platform/base/log.h"
#include "platform/base/utf8.h"
#include "tests/unit/test.h"

static void quotes_to(const char *text, const char *want)
{
	struct quoted q;

	CU_ASSERT_STRING_EQUAL(log_quote(&q, span_str(text)), want);
}

static void plain_text_stays(void)
{
	quotes_to("", "\"\"");
	quotes_to("JADA123456789", "\"JADA123456789\"");
	quotes_to("a b~!#", "\"a b~!#\"");
	quotes_to("K\xc3\xb6ln \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80",
	          "\"K\xc3\xb6ln \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80\"");
}

static void quotes_cannot_be_left(void)
{
	quotes_to("a\"b", "\"a\\x22b\"");
	quotes_to("a\\b", "\"a\\x5cb\"");
}

static void controls_are_escaped(void)
{
	static const uint8_t nul[] = { 'a', 0, 'b' };
	struct quoted q;

	quotes_to("\x1b[2J\x1b]0;t\x07", "\"\\x1b[2J\\x1b]0;t\\x07\"");
	quotes_to("line\r\nother: line\t", "\"line\\x0d\\x0aother: line\\x09\"");
	quotes_to("\x7f", "\"\\x7f\"");
	quotes_to("\xc2\x9b"
	          "2J",
	          "\"\\xc2\\x9b2J\""); /* CSI as one C1 character */
	CU_ASSERT_STRING_EQUAL(log_quote(&q, SPAN(nul)), "\"a\\x00b\"");
}

static void disguises_are_escaped(void)
{
	quotes_to("\xe2\x80\xae", "\"\\xe2\\x80\\xae\"");          /* U+202E */
	quotes_to("\xe2\x81\xa6", "\"\\xe2\\x81\\xa6\"");          /* U+2066 */
	quotes_to("\xe2\x80\x8b", "\"\\xe2\\x80\\x8b\"");          /* U+200B */
	quotes_to("\xe2\x80\xa8", "\"\\xe2\\x80\\xa8\"");          /* U+2028 */
	quotes_to("\xd8\x9c", "\"\\xd8\\x9c\"");                   /* U+061C */
	quotes_to("\xef\xbb\xbf", "\"\\xef\\xbb\\xbf\"");          /* U+FEFF */
	quotes_to("\xf3\xa0\x80\xa1", "\"\\xf3\\xa0\\x80\\xa1\""); /* a tag */
}

/* The edges of what is invisible or turns text around, and their neighbours outside. */
static void only_disguises_are(void)
{
	static const char *const shown[] = {
		"\xc2\xa0",         "\xc2\xac",     "\xc2\xae",     "\xd8\x86",
		"\xd8\x9b",         "\xe1\xa0\x8d", "\xe2\x80\x8a", "\xe2\x80\x90",
		"\xe2\x80\xa7",     "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe2\x81\xb0",
		"\xef\xbb\xbe",     "\xef\xbf\xb8", "\xef\xbf\xbc", "\xf0\x9d\x85\xb2",
		"\xf0\x9d\x85\xbb",
	};
	static const char *const hidden[] = {
		"\xc2\x80",         "\xc2\x9f",         "\xc2\xad",         "\xd8\x80",
		"\xd8\x85",         "\xdb\x9d",         "\xdc\x8f",         "\xe1\xa0\x8e",
		"\xe2\x80\x8b",     "\xe2\x80\x8f",     "\xe2\x80\xae",     "\xe2\x81\xa0",
		"\xe2\x81\xaf",     "\xef\xbf\xb9",     "\xef\xbf\xbb",     "\xf0\x91\x82\xbd",
		"\xf0\x9d\x85\xb3", "\xf0\x9d\x85\xba", "\xf3\xa0\x80\x80", "\xf3\xa0\xbf\xbf",
	};
	struct quoted q;

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		CU_ASSERT_PTR_NULL(strchr(log_quote(&q, span_str(shown[i])), '\\'));
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		CU_ASSERT_EQUAL(strlen(log_quote(&q, span_str(hidden[i]))),
		                2 + 4 * strlen(hidden[i]));
}

static void broken_utf8_is_escaped(void)
{
	quotes_to("\xc0\xaf", "\"\\xc0\\xaf\"");
	quotes_to("\xe2\x82", "\"\\xe2\\x82\"");
	quotes_to("\xe2\x82z", "\"\\xe2\\x82z\"");
	quotes_to("\xed\xa0\x80", "\"\\xed\\xa0\\x80\"");
	quotes_to("\xff", "\"\\xff\"");
}

static void long_text_is_cut_between_characters(void)
{
	char text[LOG_QUOTE_MAX + 8], want[sizeof(struct quoted)];
	struct quoted q;

	memset(text, 'x', sizeof text);
	snprintf(want, sizeof want, "\"%.*s\"", LOG_QUOTE_MAX, text);
	CU_ASSERT_STRING_EQUAL(log_quote(&q, (struct span){ (uint8_t *)text, LOG_QUOTE_MAX }),
	                       want);
	strcat(want, "...");
	CU_ASSERT_STRING_EQUAL(log_quote(&q, (struct span){ (uint8_t *)text, LOG_QUOTE_MAX + 1 }),
	                       want);
	/* the three octets of U+20AC stand around the limit, at each place */
	for (size_t back = 1; back < 3; back++) {
		memset(text, 'x', sizeof text);
		memcpy(text + LOG_QUOTE_MAX - back, "\xe2\x82\xac", 3);
		snprintf(want, sizeof want, "\"%.*s\"...", (int)(LOG_QUOTE_MAX - back), text);
		CU_ASSERT_STRING_EQUAL(log_quote(&q, (struct span){ (uint8_t *)text, sizeof text }),
		                       want);
	}
}

/* Whatever comes in: the buffer holds it, and what goes out is one printable line. */
static void any_bytes_become_one_line(void)
{
	uint8_t text[2 * LOG_QUOTE_MAX];
	uint32_t seed = 1;

	for (int round = 0; round < 20000; round++) {
		struct quoted q;
		struct span s;

		for (size_t i = 0; i < sizeof text; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (uint8_t)(seed >> 24);
		}
		s = span_str(log_quote(&q, (struct span){ text, seed >> 8 & 127 }));
		CU_ASSERT_FATAL(s.n < sizeof q.text);
		while (s.n > 0) {
			uint32_t scalar = 0;
			size_t n = utf8_next(s, &scalar);

			CU_ASSERT_FATAL(n > 0 && scalar >= 0x20 &&
			                (scalar < 0x7f || scalar > 0x9f));
			s.p += n;
			s.n -= n;
		}
	}
	memset(text, 0xff, sizeof text);
	CU_ASSERT_EQUAL(strlen(log_quote(&(struct quoted){ 0 }, SPAN(text))),
	                4 * LOG_QUOTE_MAX + 5);
}

static void hex_is_cut_after_32(void)
{
	static const uint8_t b[33] = { 0x00, 0x9f, 0xff };
	struct quoted q;

	CU_ASSERT_STRING_EQUAL(log_hex(&q, (struct span){ b, 3 }), "009fff");
	CU_ASSERT_STRING_EQUAL(log_hex(&q, NO_BYTES), "");
	CU_ASSERT_EQUAL(strlen(log_hex(&q, (struct span){ b, 32 })), 64);
	CU_ASSERT_EQUAL(strlen(log_hex(&q, SPAN(b))), 67);
}

struct lines {
	unsigned count;
	enum log_level level;
	char last[2 * LOG_LINE_MAX];
};

static void keep(void *context, enum log_level level, const char *line)
{
	struct lines *l = context;

	l->count++;
	l->level = level;
	snprintf(l->last, sizeof l->last, "%s", line);
}

static void lines_go_to_the_sink_up_to_the_limit(void)
{
	struct lines l = { 0 };

	log_to(keep, &l);
	log_info("dropped");
	CU_ASSERT_EQUAL(l.count, 0);
	log_notice("step %s", "pin");
	CU_ASSERT_STRING_EQUAL(l.last, "step pin");
	CU_ASSERT_EQUAL(l.level, LOG_LEVEL_NOTICE);
	log_warning("w");
	CU_ASSERT_EQUAL(l.level, LOG_LEVEL_WARNING);
	log_limit(LOG_LEVEL_ERROR);
	log_warning("dropped");
	log_error("e");
	CU_ASSERT_EQUAL(l.count, 3);
	CU_ASSERT_EQUAL(l.level, LOG_LEVEL_ERROR);
	log_limit(LOG_LEVEL_DEBUG);
	log_info("i");
	log_debug("d");
	CU_ASSERT_EQUAL(l.count, 5);
	CU_ASSERT_EQUAL(l.level, LOG_LEVEL_DEBUG);
	log_limit(LOG_LEVEL_NOTICE);
	log_to(NULL, NULL);
}

/* Without a sink: one write on stderr, which here is a file. */
static void without_a_sink_lines_go_to_stderr(void)
{
	uint8_t block[256];
	struct arena a = ARENA_ON(block);
	char path[256];
	int before = dup(2);

	snprintf(path, sizeof path, "%s/stderr", test_tmpdir());
	CU_ASSERT_PTR_NOT_NULL_FATAL(freopen(path, "w", stderr));
	log_error("e");
	log_warning("w");
	log_notice("n");
	fflush(stderr);
	dup2(before, 2);
	close(before);
	CU_ASSERT(span_is(test_file(&a, path), "onramp: error: e\n"
	                                       "onramp: warning: w\n"
	                                       "onramp: n\n"));
}

static void a_line_stays_one_line(void)
{
	char text[2 * LOG_LINE_MAX];
	struct lines l = { 0 };

	log_to(keep, &l);
	log_error("%s", "a\nonramp: error: forged\x1b[0m\x7f~");
	CU_ASSERT_STRING_EQUAL(l.last, "a?onramp: error: forged?[0m?~");
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	log_error("%s", text);
	CU_ASSERT_EQUAL(strlen(l.last), LOG_LINE_MAX - 1);
	log_to(NULL, NULL);
}

const struct test_suite suite_base_log = {
	"base/log",
	{
		{ "plain text stays", plain_text_stays },
		{ "quotes cannot be left", quotes_cannot_be_left },
		{ "controls are escaped", controls_are_escaped },
		{ "disguises are escaped", disguises_are_escaped },
		{ "only disguises are, up to their edges", only_disguises_are },
		{ "broken UTF-8 is escaped", broken_utf8_is_escaped },
		{ "long text is cut between characters", long_text_is_cut_between_characters },
		{ "any bytes become one printable line", any_bytes_become_one_line },
		{ "hex is cut after 32 octets", hex_is_cut_after_32 },
		{ "lines go to the sink up to the limit", lines_go_to_the_sink_up_to_the_limit },
		{ "without a sink lines go to stderr", without_a_sink_lines_go_to_stderr },
		{ "a line stays one line", a_line_stays_one_line },
	}
};
