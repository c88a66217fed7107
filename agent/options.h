/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines: long options in one table, for parsing and for --help.
 */
#ifndef ONRAMP_AGENT_OPTIONS_H
#define ONRAMP_AGENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/base/err.h"

/* kind FLAG sets *flag, TEXT *text, NUMBER *number, LIST appends to a struct text_list;
   HEADING is no option, its name a line above those that follow in the help. */
enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST, OPTION_HEADING };

enum { TEXT_LIST_MAX = 16 };
struct text_list {
	const char *s[TEXT_LIST_MAX];
	size_t n;
};

struct option_row {
	const char *name; /* "--server" */
	enum option_kind kind;
	void *to;             /* bool, const char *, long, struct text_list */
	const char *argument; /* "URL" in the help; NULL for flags */
	const char *help;     /* NULL: understood, but not shown */
};

struct command_line {
	const char *usage;             /* "onramp verify FILE [options]" */
	const char *teaches;           /* paragraphs above the options */
	const struct option_row *rows; /* ends with a NULL name */
	const char *examples;          /* below them; NULL */
};

/*
 * Fills what the rows point at; operands are left in argv[1..*argc-1].  --help
 * prints the text to stdout and sets *helped.  E_USAGE with the reason.
 */
MUST_CHECK enum err options_read(const struct command_line *c, int *argc, char **argv,
                                 bool *helped);

#endif
