/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `onramp cmp` with a CA that no network leads to (RFC 9483 6.4): messages are files, which
 * somebody carries.
 *
 *	--reqout Q --rspin A             our message to Q; its answer, as soon as it is in A
 *	--server URL --reqin Q --rspout A   the other side: Q to the server, its answer to A
 *
 * The transaction waits in the process between the two, as it waits for a server.
 */
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/codec/der.h"
#include "platform/http/link_http.h"
#include "platform/store/target.h"

#define MEDIA_CMP "application/pkixcmp"
enum { LOOK_MS = 200 };

bool tool_is_offline(const struct cmp_tool *t)
{
	return t->offline.rspin.n > 0;
}

/* ---- the link */

struct link_files {
	struct link link; /* first: a struct link is all that others see */
	struct cmp_tool *t;
};
static struct link_files files;

/* Somebody copies it while we look: it is there when its length is. */
static bool is_whole(struct span file)
{
	struct der_head head;

	return file.n > 0 && (file.p[0] != DER_SEQUENCE ||
	                      (der_head(file, &head) == OK && head.size + head.n <= file.n));
}

static enum err wait_for(struct cmp_tool *t, const char *path, struct arena *a, struct span *out)
{
	size_t mark = arena_mark(a);

	for (;;) {
		bool absent;
		enum err e = target_read(a, path, CMP_MESSAGE_MAX, out, &absent);

		if (e != OK)
			return err_because(e, "--rspin %s", err_reason(e));
		if (!absent && is_whole(*out))
			return OK;
		arena_rewind(a, mark);
		if (clock_ticks() >= t->ends || !clock_sleep(LOOK_MS))
			return err_because(E_CMP_TIMEOUT, "--rspin %s: no answer is there", path);
	}
}

static enum err exchange(struct link *l, struct exchange *x, struct arena *a)
{
	struct cmp_tool *t = ((struct link_files *)l)->t;
	struct tool_offline *o = &t->offline;
	size_t i = o->sent++;
	enum err e;

	if (i >= o->reqout.n || i >= o->rspin.n)
		return err_because(E_USAGE,
		                   "message %zu has no file: one more --reqout and --rspin", i + 1);
	e = tool_write(t, "--reqout", o->reqout.s[i], x->body, 0644);
	if (e != OK)
		return e;
	tool_note(t, "   %s waits for its answer in %s", o->reqout.s[i], o->rspin.s[i]);
	x->status = 200;
	x->retry_after = -1;
	x->location[0] = '\0';
	snprintf(x->media_type, sizeof x->media_type, MEDIA_CMP);
	return wait_for(t, o->rspin.s[i], a, &x->answer);
}

static struct chain peer_chain(const struct link *l)
{
	(void)l;
	return (struct chain){ NULL, 0 };
}

static void set_judge(struct link *l, const struct judge *j)
{
	(void)l;
	(void)j;
}

static void close_link(struct link *l)
{
	(void)l;
}

static const struct link_ops ops = { exchange, peer_chain, set_judge, close_link };

/* An answer that is there before the question is of another one. */
static enum err check_absent(const struct text_list *paths)
{
	char path[PATH_NAME_MAX];

	for (size_t i = 0; i < paths->n; i++)
		if (target_resolve(paths->s[i], path) == OK && target_is_there(path))
			return err_because(E_USAGE,
			                   "--rspin %s: is there before its request; remove it",
			                   paths->s[i]);
	return OK;
}

enum err tool_offline_open(struct cmp_tool *t, struct link **out)
{
	enum err e = check_absent(&t->offline.rspin);

	files = (struct link_files){ .link = { .ops = &ops, .origin = "http://offline" }, .t = t };
	*out = &files.link;
	return e;
}

/* ---- with a server: copies, and what is passed on */

void tool_offline_copy(struct cmp_tool *t, enum cmp_event what, const struct octets *message)
{
	struct tool_offline *o = &t->offline;
	bool sent = what == CMP_SENT;
	const struct text_list *to = sent ? &o->reqout : &o->rspout;
	size_t *i = sent ? &o->sent : &o->received;
	const char *option = sent ? "--reqout" : "--rspout";

	if (tool_is_offline(t) || *i >= to->n)
		return;
	if (message->p == NULL ||
	    tool_write(t, option, to->s[*i], (struct span){ message->p, message->n }, 0644) != OK)
		tool_note(t, "   %s %s: not written", option, to->s[*i]);
	++*i;
}

static enum err pass_on(struct cmp_tool *t, struct link *link, size_t i)
{
	struct exchange x = { .path = t->operation_path,
		              .sends = MEDIA_CMP,
		              .accepts = MEDIA_CMP,
		              .answer_max = CMP_MESSAGE_MAX,
		              .retry_after = -1 };
	size_t mark = arena_mark(t->arena);
	enum err e = tool_read(t, "--reqin", t->offline.reqin.s[i], CMP_MESSAGE_MAX, &x.body);

	if (e == OK)
		e = link_exchange(link, &x, t->arena);
	if (e == OK && (x.answer.n == 0 || strcmp(x.media_type, MEDIA_CMP) != 0))
		e = err_because(E_MEDIA_TYPE, "HTTP %u from %s: no CMP message", x.status,
		                t->operation_path);
	if (e == OK)
		e = tool_write(t, "--rspout", t->offline.rspout.s[i], x.answer, 0644);
	if (e == OK)
		tool_say(t, "passed on", NULL, t->offline.reqin.s[i]);
	arena_rewind(t->arena, mark);
	return e;
}

/* Nothing is verified here: whoever asked does that. */
enum err tool_relay(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->offline.reqin.n && e == OK; i++)
		e = pass_on(t, t->link, i);
	return e;
}
