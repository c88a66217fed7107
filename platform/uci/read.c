/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a UCI file as OpenWrt's own tools do:
 *
 *	package NAME
 *	config TYPE ['NAME']
 *		option NAME [VALUE]
 *		list NAME [VALUE]
 *
 * Commands may be cut to their first letter, and several of them separated by `;`.  A
 * word is any run of '...' (nothing special inside), "..." and bare text (a backslash
 * takes the next character as it is, and joins lines); quotes hold line breaks.  A #
 * outside quotes ends the line, wherever it stands.
 *
 * Those tools work on the line in place, which shows: a `;` that ends a bare word ends
 * the line as well.  What they do with a line we do, so that one file has one meaning.
 */
#include "platform/uci/internal.h"

static bool more(const struct uci_reader *r)
{
	return r->err == OK && r->p < r->line_end;
}

/* The current character; NUL at the end of the line. */
static uint8_t at(const struct uci_reader *r)
{
	return more(r) ? *r->p : 0;
}

void uci_fault(struct uci_reader *r, const char *what)
{
	if (r->err == OK)
		r->err = err_because(E_CONFIG, "line %u: %s", r->line, what);
}

/* The line gets longer by the next one; false at the end of the text. */
static bool append_line(struct uci_reader *r)
{
	if (r->line_end == r->end)
		return false;
	r->line++;
	do {
		/* to the other tools the line would end there */
		if (*r->line_end == 0)
			uci_fault(r, "a NUL octet");
	} while (*r->line_end++ != '\n' && r->line_end < r->end);
	return true;
}

static void end_line(struct uci_reader *r)
{
	r->p = r->line_end;
}

static bool control(uint8_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* isspace() of the C locale */
static bool blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(struct uci_reader *r)
{
	while (more(r) && blank(*r->p))
		r->p++;
}

/* A word on its way into the arena's rest. */
struct word {
	uint8_t *text;
	size_t n;
	const uint8_t *begun; /* in the text */
};

static void keep(struct uci_reader *r, struct word *w)
{
	if (control(*r->p))
		uci_fault(r, "a control byte");
	else if (w->n >= UCI_LINE_MAX || w->n + 1 >= arena_rest(r->arena).n)
		uci_fault(r, "a value longer than we take");
	else
		w->text[w->n++] = *r->p;
	r->p++;
}

/* True when a character follows that is to be taken as it is; else the lines are joined. */
static bool escapes(struct uci_reader *r)
{
	size_t left;

	r->p++;
	left = (size_t)(r->line_end - r->p);
	if (at(r) != 0 && at(r) != '\n' && !(left == 2 && memcmp(r->p, "\r\n", 2) == 0))
		return true;
	end_line(r);
	append_line(r);
	return false;
}

static void quoted(struct uci_reader *r, struct word *w)
{
	uint8_t quote = *r->p++;

	while (r->err == OK) {
		if (r->p == r->line_end && !append_line(r)) {
			uci_fault(r, "a quote is not closed");
		} else if (*r->p == quote) {
			r->p++;
			return;
		} else if (quote == '\'' || *r->p != '\\' || escapes(r)) {
			keep(r, w);
		}
	}
}

/* What ends a word may be written over by its end, and so is gone. */
static void end_word(struct uci_reader *r, const struct word *w)
{
	if (at(r) == '#')
		end_line(r);
	else if (at(r) != ';')
		r->p += more(r);
	else if (w->n == (size_t)(r->p - w->begun))
		end_line(r);
}

static void run(struct uci_reader *r, struct word *w)
{
	do {
		uint8_t c = at(r);

		if (c == '\'' || c == '"')
			quoted(r, w);
		else if (c == 0 || c == '#' || c == ';')
			return;
		else if (c != '\\' || escapes(r))
			keep(r, w);
	} while (more(r) && !blank(*r->p));
}

static const char *done(struct uci_reader *r, const struct word *w)
{
	if (arena_rest(r->arena).n <= w->n)
		uci_fault(r, "the file needs more memory than we take");
	if (r->err != OK)
		return "";
	w->text[w->n] = '\0';
	arena_keep(r->arena, w->n + 1);
	return (const char *)w->text;
}

/* The next word; empty at the end of the command, and of a NUL in the text. */
const char *uci_word(struct uci_reader *r)
{
	struct word w = { r->arena->base + r->arena->used, 0, NULL };

	skip_blanks(r);
	w.begun = r->p;
	if (at(r) == ';') {
		r->p++;
		return "";
	}
	run(r, &w);
	end_word(r, &w);
	return done(r, &w);
}

/* The first word of a command ends with a blank, as nothing else does. */
static const char *command(struct uci_reader *r)
{
	struct word w = { r->arena->base + r->arena->used, 0, NULL };

	while (at(r) == ' ' || at(r) == '\t')
		r->p++;
	if (at(r) == '#')
		end_line(r);
	while (more(r) && *r->p != ' ' && *r->p != '\t')
		keep(r, &w);
	if (w.n > 0 && !more(r))
		uci_fault(r, "expected `config`, `option`, `list` or `package`, and a word");
	r->p += more(r);
	return done(r, &w);
}

static void line(struct uci_reader *r)
{
	static const struct {
		const char *word;
		void (*read)(struct uci_reader *r);
	} commands[] = {
		{ "package", uci_read_package },
		{ "config", uci_read_config },
		{ "option", uci_read_option },
		{ "list", uci_read_list },
	};

	skip_blanks(r);
	while (more(r)) {
		const char *word = command(r);
		size_t i = 0;

		if (*word == '\0')
			return;
		while (i < 4 && strcmp(word, commands[i].word) != 0 &&
		       !(word[0] == commands[i].word[0] && word[1] == '\0'))
			i++;
		if (i == 4)
			uci_fault(r, "expected `config`, `option`, `list` or `package`");
		else
			commands[i].read(r);
		if (r->err == OK && *uci_word(r) != '\0')
			uci_fault(r, "too many words");
	}
}

enum err uci_read(struct arena *a, struct span text, struct uci *out)
{
	struct uci_reader r = { .arena = a, .end = text.p + text.n };

	r.p = r.line_end = text.p;
	*out = (struct uci){ NULL, 0 };
	if (text.n > UCI_FILE_MAX)
		return err_because(E_CONFIG, "larger than %d bytes", (int)UCI_FILE_MAX);
	r.options = arena_take(a, UCI_OPTIONS_MAX * sizeof *r.options);
	if (r.options == NULL)
		return err_because(E_SPACE, "no memory for a UCI file");
	while (r.err == OK && append_line(&r)) {
		line(&r);
		end_line(&r);
	}
	if (r.err == OK)
		*out = (struct uci){ r.options, r.n };
	return r.err;
}
