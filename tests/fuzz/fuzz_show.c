/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_file: whatever a file may hold, as text and as JSON */
#include <stdlib.h>

#include "agent/show.h"
#include "platform/base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t room[1 << 20];

/* The brackets of JSON outside of its strings, and what a terminal must not see. */
struct seen {
	size_t n;
	int depth;
	bool in_string, escaped;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look(struct seen *s, char c)
{
	bool escaped = s->escaped;

	must(c == '\n' || ((unsigned char)c >= ' ' && c != 0x7f));
	s->escaped = s->in_string && !escaped && c == '\\';
	if (c == '"' && !escaped)
		s->in_string = !s->in_string;
	if (s->in_string)
		return;
	s->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
	must(s->depth >= 0);
}

static void put(void *to, const char *text, size_t n)
{
	struct seen *s = to;

	s->n += n;
	for (size_t i = 0; i < n; i++)
		look(s, text[i]);
}

static enum err show(const struct view_form *form, struct span file, struct seen *s)
{
	static uint8_t syntax_room[1 << 17];
	static struct grammar syntax;
	struct arena a = ARENA_ON(room), once = ARENA_ON(syntax_room);
	struct view v;
	enum err e;

	if (syntax.count == 0)
		must(show_syntax(&once, &syntax) == OK);
	view_begin(&v, form, put, s);
	e = show_file(&v, &a, &syntax, file);
	must(v.depth == 1 && v.dropped == 0);
	view_end(&v);
	must(s->n <= VIEW_SIZE_MAX);
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct seen text = { .n = 0 }, json = { .n = 0 };
	struct span file = { p, n };
	enum err e;

	if (n > SHOW_FILE_MAX)
		return 0;
	log_limit(LOG_LEVEL_ERROR);
	e = show(&VIEW_TEXT, file, &text);
	must(show(&VIEW_JSON, file, &json) == e);
	must(json.depth == 0 && !json.in_string);
	return 0;
}
