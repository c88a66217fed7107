/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long options by table: `--name VALUE` or `--name=VALUE`; `--` ends them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "platform/base/log.h"

static void print_help(const struct command_line *c)
{
	printf("Usage: %s\n\n%s\n", c->usage, c->teaches);
	if (c->rows[0].name != NULL)
		printf("\nOptions:\n");
	for (const struct option_row *r = c->rows; r->name != NULL; r++) {
		char left[40];

		if (r->help == NULL)
			continue;
		if (r->kind == OPTION_HEADING) {
			printf(" %s\n", r->name);
			continue;
		}
		snprintf(left, sizeof left, "%s %s", r->name, r->argument ? r->argument : "");
		printf("  %-24s %s\n", left, r->help);
	}
	if (c->examples != NULL)
		printf("\nExamples:\n%s", c->examples);
}

/* The row of `--name` or `--name=value`; *value points behind the `=`, or is NULL. */
static const struct option_row *find(const struct command_line *c, const char *arg,
                                     const char **value)
{
	size_t n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	for (const struct option_row *r = c->rows; r->name != NULL; r++)
		if (r->kind != OPTION_HEADING && strlen(r->name) == n &&
		    strncmp(r->name, arg, n) == 0)
			return r;
	return NULL;
}

static enum err take_number(const struct option_row *r, const char *value)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(value, &end, 10);
	if (end == value || *end != '\0' || errno != 0 || v < 0)
		return err_because(E_USAGE, "%s wants a number, not \"%s\"", r->name, value);
	*(long *)r->to = v;
	return OK;
}

enum { ROWS_MAX = 128 };

/* The second value would take the place of the first. */
static enum err take_once(const struct command_line *c, const struct option_row *r, bool *taken)
{
	size_t i = (size_t)(r - c->rows);

	if (i >= ROWS_MAX)
		return err_because(E_BUG, "more than %d options", (int)ROWS_MAX);
	if (taken[i] && (r->kind == OPTION_TEXT || r->kind == OPTION_NUMBER))
		return err_because(E_USAGE, "%s is there twice", r->name);
	taken[i] = true;
	return OK;
}

static enum err take(const struct option_row *r, const char *value)
{
	struct text_list *list = r->to;

	switch (r->kind) {
	case OPTION_FLAG:
		*(bool *)r->to = true;
		return OK;
	case OPTION_TEXT:
		*(const char **)r->to = value;
		return OK;
	case OPTION_NUMBER:
		return take_number(r, value);
	case OPTION_LIST:
		if (list->n == TEXT_LIST_MAX)
			return err_because(E_USAGE, "%s more than %d times", r->name,
			                   (int)TEXT_LIST_MAX);
		list->s[list->n++] = value;
		return OK;
	case OPTION_HEADING:
		break;
	}
	return E_BUG;
}

/* Two options are everybody's, and main() reads them. */
static enum err unknown(const char *option)
{
	static const char *const global[] = { "--root", "--config" };

	for (size_t i = 0; i < sizeof global / sizeof *global; i++)
		if (strcmp(option, global[i]) == 0)
			return err_because(E_USAGE, "%s goes before the command", option);
	return err_because(E_USAGE, "unknown option %s", option);
}

enum err options_read(const struct command_line *c, int *argc, char **argv, bool *helped)
{
	bool taken[ROWS_MAX] = { false };
	int kept = 1, i;

	*helped = false;
	for (i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		const struct option_row *r;
		const char *value;
		enum err e;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help(c);
			*helped = true;
			return OK;
		}
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[kept++] = argv[i];
			continue;
		}
		r = find(c, argv[i], &value);
		if (r == NULL)
			return unknown(argv[i]);
		if (r->kind == OPTION_FLAG && value != NULL)
			return err_because(E_USAGE, "%s takes no value", r->name);
		if (r->kind != OPTION_FLAG && value == NULL && ++i < *argc)
			value = argv[i];
		if (r->kind != OPTION_FLAG && value == NULL)
			return err_because(E_USAGE, "%s wants %s", r->name, r->argument);
		e = take_once(c, r, taken);
		if (e == OK)
			e = take(r, value);
		if (e != OK)
			return e;
	}
	for (i += i < *argc; i < *argc; i++)
		argv[kept++] = argv[i];
	*argc = kept;
	return OK;
}
