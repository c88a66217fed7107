/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a decoder finds, as events; rendered at once, as text or as JSON.
 *
 * A decoder opens groups and lists, names values, and closes what it opened; it
 * knows nothing of the form.  Nothing is kept, so there is nothing to free, and
 * the memory needed does not depend on what is shown.
 *
 * Names and words are ours.  Text and octets are a peer's: they are escaped,
 * cut at VIEW_STRING_MAX and VIEW_HEX_MAX, and the cut is visible.
 *
 * Not more than VIEW_SIZE_MAX octets are written.  When they are used up,
 * view_full() says so, what follows is dropped, and what is open can still be
 * closed: the JSON is well-formed whatever happens.
 */
#ifndef ONRAMP_BASE_VIEW_H
#define ONRAMP_BASE_VIEW_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"

struct view_form;
extern const struct view_form VIEW_TEXT, VIEW_JSON;

struct view {
	const struct view_form *form;
	void (*put)(void *to, const char *s, size_t n);
	void *to;
	size_t left;      /* octets that may still be written */
	unsigned depth;   /* groups and lists that are open */
	unsigned dropped; /* opened when there was no more room: not written */
	uint64_t lists;   /* a bit for each open one, 1 for a list */
	bool fresh;       /* nothing stands in the innermost one yet */
	bool begun;       /* something is written */
	bool full;        /* there is no more room */
	size_t string;    /* octets of the open text; more than may be: it is cut */
};

/* The outermost group is open at once and closed by view_end(), with a new line. */
void view_begin(struct view *v, const struct view_form *form,
                void (*put)(void *to, const char *s, size_t n), void *to);
void view_end(struct view *v);
bool view_full(const struct view *v);
/* Some room more, for a last word. */
void view_reserve(struct view *v);

/* name: of a member of a group, NULL in lists. */
void view_group(struct view *v, const char *name);
void view_list(struct view *v, const char *name);
void view_close(struct view *v);

void view_number(struct view *v, const char *name, int64_t number);
void view_bool(struct view *v, const char *name, bool value);
void view_word(struct view *v, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
void view_text(struct view *v, const char *name, struct span text);
void view_hex(struct view *v, const char *name, struct span octets);

/* A text that comes in pieces. */
void view_text_open(struct view *v, const char *name);
void view_text_add(struct view *v, struct span piece);
void view_text_close(struct view *v);

#endif
