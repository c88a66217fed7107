/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --journal FILE: a transaction that waits outlives the process (RFC 9483 4.4).
 *
 *	Journal ::= SEQUENCE {
 *		operation  UTF8String,
 *		place      UTF8String,      -- of the server, with path and labels
 *		keyName    UTF8String,      -- the file of the key, for the words
 *		key        OCTET STRING,    -- SHA-256 of what is certified
 *		request    OCTET STRING,    -- SHA-256 of what else is asked for
 *		results    UTF8String,      -- where they go
 *		state      OCTET STRING }   -- the client's own
 *
 * The CA's approval is for this key and these names alone: another line is told so
 * before it polls, and may neither use it up nor lose it.
 *
 * It holds no secret, but who changes it decides where we go on: 0600.
 */
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/codec/der.h"
#include "platform/codec/derw.h"
#include "platform/crypto/hash.h"
#include "platform/store/file.h"

enum {
	PLACE_MAX = 3 * URL_MAX,
	RESULTS_MAX = 6 * PATH_NAME_MAX,
	FILE_MAX = CMP_STATE_MAX + PLACE_MAX + RESULTS_MAX + PATH_NAME_MAX + 256
};

/* Requests go on where they began: another line is another transaction. */
static const char *place_of(const struct cmp_tool *t, char *room, size_t cap)
{
	snprintf(room, cap, "%s %s %s", t->server != NULL ? t->server : "files", t->operation_path,
	         t->labels != NULL ? t->labels : "");
	return room;
}

static const char *results_of(const struct cmp_tool *t, char *room, size_t cap)
{
	const struct {
		const char *option, *path;
	} rows[] = {
		{ "certout", t->certout },     { "fullchainout", t->fullchainout },
		{ "chainout", t->chainout },   { "cacertsout", t->cacertsout },
		{ "newkeyout", t->newkeyout },
	};
	size_t n = 0;

	room[0] = '\0';
	for (size_t i = 0; i < sizeof rows / sizeof *rows && n < cap; i++)
		if (rows[i].path != NULL)
			n += (size_t)snprintf(room + n, cap - n, "%s--%s %s", n > 0 ? " " : "",
			                      rows[i].option, rows[i].path);
	return room;
}

static const char *key_name(const struct cmp_tool *t)
{
	return t->csr != NULL ? t->csr : t->newkey != NULL ? t->newkey : "";
}

/* Field by field, each with its length: no two requests are the same octets. */
static enum err digest_of(const struct cmp_tool *t, const struct span *fields, size_t n,
                          struct digest *out)
{
	size_t mark = arena_mark(t->arena);
	struct derw w = derw_in(t->arena, FILE_MAX);
	struct span all;
	enum err e;

	IN (&w, DER_SEQUENCE)
		for (size_t i = 0; i < n; i++)
			derw_put(&w, DER_OCTET_STRING, fields[i]);
	e = derw_end(&w, &all);
	if (e == OK)
		e = hash_of(HASH_SHA256, all, out);
	arena_rewind(t->arena, mark);
	return e;
}

enum err tool_journal_bind(struct cmp_tool *t, const struct cmp_params *w)
{
	const struct span key[] = {
		w->key != NULL ? signer_spki(w->key) : NO_BYTES,
		w->csr,
		t->central != NULL ? span_str(t->central) : NO_BYTES,
	};
	/* not the validity: --days count from each call */
	const struct span request[] = { w->subject, w->extensions, w->issuer, t->client.profile };
	enum err e = digest_of(t, key, sizeof key / sizeof *key, &t->bound.key);

	return e == OK ? digest_of(t, request, sizeof request / sizeof *request, &t->bound.request)
	               : e;
}

static enum err save(void *context, struct span state)
{
	struct cmp_tool *t = context;
	size_t mark = arena_mark(t->arena);
	struct derw w = derw_in(t->arena, FILE_MAX);
	char place[PLACE_MAX], results[RESULTS_MAX];
	struct span file;
	enum err e;

	if (state.n == 0) {
		t->waits = false;
		return file_remove(t->journal_file);
	}
	IN (&w, DER_SEQUENCE) {
		derw_text(&w, DER_UTF8, t->operation->name);
		derw_text(&w, DER_UTF8, place_of(t, place, sizeof place));
		derw_text(&w, DER_UTF8, key_name(t));
		derw_put(&w, DER_OCTET_STRING, digest_span(&t->bound.key));
		derw_put(&w, DER_OCTET_STRING, digest_span(&t->bound.request));
		derw_text(&w, DER_UTF8, results_of(t, results, sizeof results));
		derw_put(&w, DER_OCTET_STRING, state);
	}
	e = derw_end(&w, &file);
	if (e == OK)
		e = file_replace(t->journal_file, file, 0600);
	t->waits = t->waits || e == OK;
	arena_rewind(t->arena, mark);
	return e;
}

struct contents {
	struct span operation, place, key_name, key, request, results, state;
};

static enum err parse(const struct cmp_tool *t, struct span file, struct contents *out)
{
	enum err e;
	struct der c = der_open(file, &e), j = der_enter(&c, DER_SEQUENCE);

	out->operation = der_get(&j, DER_UTF8);
	out->place = der_get(&j, DER_UTF8);
	out->key_name = der_get(&j, DER_UTF8);
	out->key = der_get(&j, DER_OCTET_STRING);
	out->request = der_get(&j, DER_OCTET_STRING);
	out->results = der_get(&j, DER_UTF8);
	out->state = der_get(&j, DER_OCTET_STRING);
	der_end(&j);
	der_end(&c);
	if (e == OK)
		return OK;
	return err_because(E_STORE,
	                   "--journal %s: no journal, or damaged: %s; without it the line begins "
	                   "anew",
	                   t->journal_file, err_reason(e));
}

/* What the transaction is for is what the line asks for. */
static enum err compare(const struct cmp_tool *t, const struct contents *j)
{
	char place[PLACE_MAX], results[RESULTS_MAX];
	const struct {
		const char *what;
		struct span was;
		bool same;
	} rows[] = {
		{ "operation", j->operation, span_is(j->operation, t->operation->name) },
		{ "server", j->place, span_is(j->place, place_of(t, place, sizeof place)) },
		{ "key", j->key_name, span_equal(j->key, digest_span(&t->bound.key)) },
		{ "request (subject, names, profile)", NO_BYTES,
		  span_equal(j->request, digest_span(&t->bound.request)) },
		{ "result files", j->results,
		  span_is(j->results, results_of(t, results, sizeof results)) },
	};
	struct quoted q;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!rows[i].same)
			return err_because(
				E_USAGE,
				"--journal %s: waits for another %s%s%s; run the line that began "
				"it, or remove the file",
				t->journal_file, rows[i].what, rows[i].was.n > 0 ? ": " : "",
				rows[i].was.n > 0 ? log_quote(&q, rows[i].was) : "");
	return OK;
}

static enum err read_contents(struct cmp_tool *t, struct contents *out)
{
	struct span file;
	bool absent;
	enum err e = file_read(t->arena, t->journal_file, FILE_MAX, &file, &absent);

	t->waits = e == OK && !absent;
	return t->waits ? parse(t, file, out) : e;
}

enum err tool_journal_read(struct cmp_tool *t, struct span *state)
{
	struct contents j;
	enum err e;

	*state = NO_BYTES;
	if (t->journal_file == NULL)
		return OK;
	t->journal = (struct cmp_journal){ save, t };
	t->client.journal = &t->journal;
	e = read_contents(t, &j);
	if (e == OK && t->waits)
		e = compare(t, &j);
	if (e == OK && t->waits)
		*state = j.state;
	return e;
}

enum err tool_journal_wants_key(struct cmp_tool *t, const char *path)
{
	size_t mark = arena_mark(t->arena);
	struct contents j;
	struct quoted q;
	enum err e = OK;

	if (t->journal_file != NULL)
		e = read_contents(t, &j);
	if (e == OK && t->journal_file != NULL && t->waits)
		e = err_because(E_USAGE,
		                "--newkey %s: not there, and --journal %s waits for a certificate "
		                "for the key in %s",
		                path, t->journal_file, log_quote(&q, j.key_name));
	arena_rewind(t->arena, mark);
	return e;
}

/*
 * Undecided: no answer came to the last message, the time is over while the CA thinks,
 * or it is our own fault.  The same command, run again, then resumes the transaction.
 */
static bool may_go_on(const struct cmp_tool *t, enum err e)
{
	return e != OK && (t->unanswered || e == E_CMP_TIMEOUT || err_verdict(e) == HALT);
}

enum err tool_journal_close(const struct cmp_tool *t, enum err e)
{
	char reason[ERR_REASON_MAX];
	enum err removed;

	if (t->journal_file == NULL)
		return e;
	if (may_go_on(t, e)) {
		if (t->waits)
			log_notice("run the same command again to resume (%s)", t->journal_file);
		return e;
	}
	snprintf(reason, sizeof reason, "%s", err_reason(e));
	removed = file_remove(t->journal_file);
	if (e == OK)
		return removed;
	if (removed != OK)
		log_warning("%s", err_reason(removed));
	return err_because(e, "%s", reason);
}
