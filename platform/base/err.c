/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error table as data, and the words kept beside the last failure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platform/base/err.h"
#include "platform/base/limits.h"

struct row {
	const char *name, *text;
	enum verdict verdict;
	int status;
};

#define X(code, verdict, status, text) [code] = { #code, text, verdict, status },
static const struct row table[] = { ERR_TABLE(X) };
#undef X

/* The code stands beside its words, so that nobody reads those of another failure. */
static enum err kept_for = OK;
static char kept[ERR_REASON_MAX];

/* A number that is no code can only come from ourselves. */
static const struct row *row(enum err e)
{
	return &table[(unsigned)e < ERR_COUNT ? e : E_BUG];
}

enum verdict err_verdict(enum err e)
{
	return row(e)->verdict;
}

int err_exit_status(enum err e)
{
	return row(e)->status;
}

const char *err_name(enum err e)
{
	return row(e)->name;
}

const char *err_text(enum err e)
{
	return row(e)->text;
}

/* Quoted peer text may hold UTF-8: never leave half a character behind the cut. */
static void cut(char *words, size_t n)
{
	static const char dots[] = "...";

	n -= sizeof dots;
	while (n > 0 && ((unsigned char)words[n] & 0xc0) == 0x80)
		n--;
	memcpy(words + n, dots, sizeof dots);
}

enum err err_because(enum err e, const char *format, ...)
{
	char words[sizeof kept];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(words, sizeof words, format, args);
	va_end(args);
	if (n < 0)
		words[0] = '\0';
	else if ((size_t)n >= sizeof words)
		cut(words, sizeof words);
	/* not in place: the reason so far may be one of the arguments */
	memcpy(kept, words, sizeof kept);
	kept_for = e;
	return e;
}

enum err err_within(enum err outer, enum err e, const char *what)
{
	if (err_verdict(e) == FINE)
		return e;
	return err_because(err_verdict(e) == HALT ? e : outer, "%s: %s", what, err_reason(e));
}

const char *err_reason(enum err e)
{
	return e != OK && e == kept_for && kept[0] != '\0' ? kept : err_text(e);
}

void err_forget(void)
{
	kept_for = OK;
	kept[0] = '\0';
}
