/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that a line of `onramp cmp` names: none is written that another option
 * reads or writes, and each can be written, before anything is sent.
 */
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/store/target.h"

/* MAKES: read where it is there, else written. */
enum use { READS, WRITES, MAKES };

static const struct file_option {
	const char *name;
	enum use use;
	const char *beside; /* written, too: what follows the path; or NULL */
} file_options[] = {
	{ "--cert", READS, NULL },          { "--key", READS, NULL },
	{ "--secret-file", READS, NULL },   { "--trusted", READS, NULL },
	{ "--untrusted", READS, NULL },     { "--crl", READS, NULL },
	{ "--csr", READS, NULL },           { "--oldroot", READS, NULL },
	{ "--crl-issuer", READS, NULL },    { "--oldcrl", READS, NULL },
	{ "--pass-file", READS, NULL },     { "--tls-trusted", READS, NULL },
	{ "--tls-cert", READS, NULL },      { "--tls-key", READS, NULL },
	{ "--reqin", READS, NULL },         { "--rspin", READS, NULL },
	{ "--reqout", WRITES, NULL },       { "--rspout", WRITES, NULL },
	{ "--newkey", MAKES, NULL },        { "--newkeyout", WRITES, NULL },
	{ "--certout", WRITES, NULL },      { "--fullchainout", WRITES, NULL },
	{ "--chainout", WRITES, NULL },     { "--cacertsout", WRITES, NULL },
	{ "--rootout", WRITES, NULL },      { "--crlout", WRITES, NULL },
	{ "--template-out", WRITES, NULL }, { "--journal", WRITES, NULL },
	{ "--journal", WRITES, ".lock" },   { "--journal", WRITES, ".tmp" },
	{ "--dump", WRITES, "/index.txt" },
};

enum { FILES_MAX = 8 * TEXT_LIST_MAX };
struct file {
	const char *option, *path;
	bool written;
};
struct files {
	struct file f[FILES_MAX];
	size_t n;
	char room[4][PATH_NAME_MAX]; /* of names beside others */
	size_t used;
};

static bool is_standard(const char *path)
{
	return strcmp(path, TARGET_STANDARD) == 0;
}

static bool is_written(enum use use, const char *path)
{
	return use == MAKES ? !target_is_there(path) : use == WRITES;
}

static void collect(const struct cmp_tool *t, const struct file_option *o, struct files *to)
{
	const char *paths[TEXT_LIST_MAX];
	size_t n = tool_option_texts(t, o->name, paths);

	for (size_t i = 0; i < n && to->n < FILES_MAX; i++) {
		const char *path = paths[i];

		if (o->beside != NULL && to->used < sizeof to->room / sizeof *to->room) {
			char *room = to->room[to->used++];

			snprintf(room, sizeof to->room[0], "%s%s", path, o->beside);
			path = room;
		}
		to->f[to->n++] = (struct file){ o->name, path, is_written(o->use, path) };
	}
}

static void collect_all(const struct cmp_tool *t, struct files *to)
{
	to->n = to->used = 0;
	for (size_t i = 0; i < sizeof file_options / sizeof *file_options; i++)
		collect(t, &file_options[i], to);
}

/* ---- what may be one file */

static bool named(const char *option, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(option, *names) == 0)
			return true;
	return false;
}

/* A newer list takes the place of the one held; a renewal that of what it renews. */
static bool may_be_one(const struct cmp_tool *t, const struct file *a, const struct file *b)
{
	static const char *const lists[] = { "--oldcrl", "--crlout", NULL };
	const char *const pair[] = { "--cert",           "--key", "--newkey", "--newkeyout",
		                     t->in_place.option, NULL };

	if (named(a->option, lists) && named(b->option, lists))
		return true;
	return t->in_place.option != NULL && named(a->option, pair) && named(b->option, pair);
}

static bool are_one(const struct file *a, const struct file *b)
{
	/* one is the standard input, the other the standard output */
	if (is_standard(a->path) && is_standard(b->path))
		return a->written == b->written;
	if (!b->written && is_standard(b->path))
		return false;
	return target_same(a->path, b->path);
}

static enum err check_pair(const struct cmp_tool *t, const struct file *out, const struct file *f)
{
	if (may_be_one(t, out, f) || !are_one(out, f))
		return OK;
	if (t->operation->bit == TOOL_KUR && strcmp(f->option, "--cert") == 0)
		return err_because(E_USAGE,
		                   "%s %s: is the file of --cert; to renew in place, "
		                   "name --key by --newkey, too",
		                   out->option, out->path);
	return err_because(E_USAGE, "%s %s: is also the file of %s; name another one", out->option,
	                   out->path, f->option);
}

static enum err check_standard(struct cmp_tool *t, const struct files *files)
{
	const char *reader = NULL;

	for (size_t i = 0; i < files->n; i++) {
		const struct file *f = &files->f[i];
		bool out = f->written && target_same(f->path, TARGET_STANDARD);

		t->results_beside |= out;
		if (!out && !is_standard(f->path))
			continue;
		if (out && t->json)
			return err_because(E_USAGE,
			                   "%s - and --json: both write to the standard "
			                   "output; name a file",
			                   f->option);
		if (!f->written && reader != NULL)
			return err_because(E_USAGE,
			                   "%s - and %s -: the standard input is read "
			                   "once; name a file",
			                   reader, f->option);
		if (!f->written)
			reader = f->option;
	}
	return OK;
}

/* --newkey and --certout lead to where --key and --cert are: both change, or neither. */
static void find_in_place(struct cmp_tool *t)
{
	const char *key = t->newkey != NULL ? t->newkey : t->newkeyout;
	bool renews = t->operation->bit == TOOL_KUR && key != NULL && t->cert != NULL &&
	              !is_standard(key) && !is_standard(t->cert) && target_same(key, t->key);

	t->in_place.option = NULL;
	if (renews && t->certout != NULL && target_same(t->certout, t->cert))
		t->in_place.option = "--certout";
	else if (renews && t->fullchainout != NULL && target_same(t->fullchainout, t->cert))
		t->in_place.option = "--fullchainout";
}

static enum err check_each(const struct files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct file *f = &files->f[i];
		enum err e = OK;

		if (f->written && strcmp(f->option, "--dump") != 0)
			e = target_check(f->path);
		if (e != OK)
			return err_because(e, "%s %s", f->option, err_reason(e));
	}
	return OK;
}

/* The journal is replaced and removed: of what is no file, or a link, only the target. */
static enum err resolve_journal(struct cmp_tool *t)
{
	enum err e;

	if (t->journal_file == NULL)
		return OK;
	e = target_resolve(t->journal_file, t->journal_path);
	if (e != OK)
		return err_because(E_USAGE, "--journal %s", err_reason(e));
	t->journal_file = t->journal_path;
	return OK;
}

enum err tool_files(struct cmp_tool *t)
{
	struct files files;
	enum err e = resolve_journal(t);

	if (e != OK)
		return e;
	find_in_place(t);
	collect_all(t, &files);
	e = check_standard(t, &files);
	for (size_t i = 0; i < files.n && e == OK; i++)
		for (size_t k = 0; k < files.n && e == OK; k++)
			if (i != k && files.f[i].written &&
			    (strcmp(files.f[i].option, "--journal") != 0 ||
			     strcmp(files.f[k].option, "--journal") != 0))
				e = check_pair(t, &files.f[i], &files.f[k]);
	return e == OK ? check_each(&files) : e;
}

/* ---- reading and writing, the option before the words */

static enum err of_option(enum err e, const char *option)
{
	return e == OK ? OK : err_because(e, "%s %s", option, err_reason(e));
}

enum err tool_read(const struct cmp_tool *t, const char *option, const char *path, size_t max,
                   struct span *out)
{
	enum err e = target_read(t->arena, path, max, out, NULL);

	if (e == OK)
		e = key_refuse_pkcs12(*out, path);
	return of_option(e, option);
}

enum err tool_write(const struct cmp_tool *t, const char *option, const char *path,
                    struct span content, unsigned mode)
{
	return path != NULL ? of_option(target_write(path, content, mode, t->ends), option) : OK;
}
