/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --journal FILE: a transaction that waits outlives the process (RFC 9483 4.4).
 *
 *	Journal ::= SEQUENCE {
 *		operation  UTF8String,
 *		place      UTF8String,      -- of the server, with path and labels
 *		state      OCTET STRING }   -- the client's own
 *
 * It holds no secret, but who changes it decides where we go on: 0600.
 */
#include <stdio.h>

#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/codec/der.h"
#include "platform/codec/derw.h"
#include "platform/store/file.h"

enum { PLACE_MAX = 3 * URL_MAX, FILE_MAX = CMP_STATE_MAX + PLACE_MAX + 64 };

/* Requests go on where they began: another line is another transaction. */
static const char *place_of(const struct cmp_tool *t, char *room, size_t cap)
{
	snprintf(room, cap, "%s %s %s", t->server, t->operation_path,
	         t->labels != NULL ? t->labels : "");
	return room;
}

static enum err save(void *context, struct span state)
{
	struct cmp_tool *t = context;
	size_t mark = arena_mark(t->arena);
	struct derw w = derw_in(t->arena, FILE_MAX);
	char place[PLACE_MAX];
	struct span file;
	enum err e;

	if (state.n == 0) {
		t->waits = false;
		return file_remove(t->journal_file);
	}
	IN (&w, DER_SEQUENCE) {
		derw_text(&w, DER_UTF8, t->operation->name);
		derw_text(&w, DER_UTF8, place_of(t, place, sizeof place));
		derw_put(&w, DER_OCTET_STRING, state);
	}
	e = derw_end(&w, &file);
	if (e == OK)
		e = file_replace(t->journal_file, file, 0600);
	t->waits = t->waits || e == OK;
	arena_rewind(t->arena, mark);
	return e;
}

static enum err parse(const struct cmp_tool *t, struct span file, struct span *state)
{
	char room[PLACE_MAX];
	struct span operation, place;
	struct quoted what, where;
	enum err e;
	struct der c = der_open(file, &e), j = der_enter(&c, DER_SEQUENCE);

	operation = der_get(&j, DER_UTF8);
	place = der_get(&j, DER_UTF8);
	*state = der_get(&j, DER_OCTET_STRING);
	der_end(&j);
	der_end(&c);
	if (e != OK)
		return err_because(
			E_STORE,
			"%s is no journal, or damaged: %s; without it the line begins anew",
			t->journal_file, err_reason(e));
	if (!span_is(operation, t->operation->name) ||
	    !span_is(place, place_of(t, room, sizeof room)))
		return err_because(E_USAGE, "%s waits for another line: %s at %s", t->journal_file,
		                   log_quote(&what, operation), log_quote(&where, place));
	return OK;
}

enum err tool_journal_read(struct cmp_tool *t, struct span *state)
{
	struct span file;
	bool absent;
	enum err e;

	*state = NO_BYTES;
	if (t->journal_file == NULL)
		return OK;
	t->journal = (struct cmp_journal){ save, t };
	t->client.journal = &t->journal;
	e = file_read(t->arena, t->journal_file, FILE_MAX, &file, &absent);
	t->waits = e == OK && !absent;
	return t->waits ? parse(t, file, state) : e;
}

/*
 * Undecided: no answer came to the last message, the time is over while the CA thinks,
 * or it is our own fault.  The same line then goes on with the transaction.
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
			log_notice("the same line goes on with the transaction in %s",
			           t->journal_file);
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
