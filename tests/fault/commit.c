/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One commit, to be killed: store opened, a generation staged under a journal,
 * adopted, journal cleared, as agent/enrol.c and agent/commit.c do it.
 *
 *	commit write DIR TEXT	every file of the generation says TEXT
 *	commit renew DIR TEXT	the same, and the voucher is carried over from the live one
 *	commit wipe DIR		as after a reset
 *	commit look DIR		prints TEXT of the live generation; 1 when it is no whole one
 *
 * With ONRAMP_COMMIT_REPORTS in the environment, what is done is said on standard error,
 * as "durable: NAME" of DIR: no power cut may take it back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/store/file.h"
#include "platform/store/generation.h"

static const char *const files[] = { "key.pem",   "cert.pem",  "chain.pem",
	                             "roots.pem", "meta.json", "onramp_state" };
enum { FILES = sizeof files / sizeof *files };

static const char birth[] = "voucher";

static enum err report(enum err e, const char *name)
{
	if (e == OK && getenv("ONRAMP_COMMIT_REPORTS") != NULL)
		fprintf(stderr, "durable: %s\n", name);
	return e;
}

/* A renewal keeps what made the owner the owner, as agent/commit.c does. */
static enum err put_voucher(struct generation *g, bool renewal)
{
	static uint8_t room[4096];
	struct arena a = ARENA_ON(room);

	return renewal ? generation_carry(g, &a, "voucher.vcj", FILE_PUBLIC)
	               : generation_put(g, "voucher.vcj", FILE_PUBLIC, span_str(birth));
}

static enum err write_generation(struct store *s, const char *text, bool renewal)
{
	struct generation g;
	enum err e = generation_begin(s, &g);

	if (e == OK)
		e = report(journal_write(s, &(struct journal){ g.number, span_str("enrolling\n") }),
		           "journal");
	for (size_t i = 0; i < FILES && e == OK; i++)
		e = generation_put(&g, files[i], i == 0 ? FILE_SECRET : FILE_PUBLIC,
		                   span_str(text));
	if (e == OK)
		e = put_voucher(&g, renewal);
	if (e == OK)
		e = report(generation_adopt(&g), "live");
	if (e == OK)
		e = report(journal_clear(s), "journal");
	generation_close(&g);
	return e;
}

/* As /etc/config/onramp_state leads to the live one. */
static enum err link_result(const char *dir)
{
	char path[256];

	snprintf(path, sizeof path, "%s/../result", dir);
	return file_replace_link(path, "state/live/onramp_state");
}

static int write_one(const char *dir, const char *text, bool renewal)
{
	struct store s;
	enum err e = store_open(&s, dir);

	if (e == OK)
		e = write_generation(&s, text, renewal);
	store_close(&s);
	if (e == OK)
		e = report(link_result(dir), "../result");
	if (e != OK)
		fprintf(stderr, "%s\n", err_reason(e));
	return err_exit_status(e);
}

static int wipe_all(const char *dir)
{
	struct store s;
	enum err e = store_open_to_wipe(&s, dir);

	if (e == OK)
		e = report(store_wipe(&s), ".");
	store_close(&s);
	if (e != OK)
		fprintf(stderr, "%s\n", err_reason(e));
	return err_exit_status(e);
}

static int look(const char *dir)
{
	static uint8_t room[65536];
	struct arena a = ARENA_ON(room);
	struct span first, other;
	struct store s;

	if (store_look(&s, dir) != OK)
		return 1;
	if (s.live == 0) {
		printf("none\n");
		return 0;
	}
	if (store_get(&s, &a, files[0], &first) != OK)
		return 1;
	for (size_t i = 1; i < FILES; i++)
		if (store_get(&s, &a, files[i], &other) != OK || !span_equal(first, other))
			return 1;
	if (store_get(&s, &a, "voucher.vcj", &other) != OK || !span_is(other, birth))
		return 1;
	printf("%.*s\n", (int)first.n, (const char *)first.p);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "write") == 0)
		return write_one(argv[2], argv[3], false);
	if (argc == 4 && strcmp(argv[1], "renew") == 0)
		return write_one(argv[2], argv[3], true);
	if (argc == 3 && strcmp(argv[1], "wipe") == 0)
		return wipe_all(argv[2]);
	if (argc == 3 && strcmp(argv[1], "look") == 0)
		return look(argv[2]);
	return 2;
}
