/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is among the registrars. */
#include <string.h>

#include "agent/candidates.h"
#include "agent/retry.h"

void candidates_from(struct candidates *cs, const struct settings *s, unsigned rounds_max)
{
	cs->n = s->registrar_count;
	cs->rounds_max = rounds_max;
	cs->met = false;
	for (size_t i = 0; i < cs->n; i++)
		cs->c[i] = (struct candidate){ .at = s->registrars[i] };
}

void candidates_only(struct candidates *cs, const struct registrar_setting *at, unsigned rounds_max)
{
	cs->n = 1;
	cs->rounds_max = rounds_max;
	cs->met = false;
	cs->c[0] = (struct candidate){ .at = *at };
}

static bool has_turn(const struct candidates *cs, const struct candidate *c)
{
	return cs->rounds_max == 0 || c->rounds < cs->rounds_max;
}

struct candidate *candidates_next(struct candidates *cs, int64_t now, int64_t *in_ms)
{
	struct candidate *next = NULL;

	for (size_t i = 0; i < cs->n; i++)
		if (has_turn(cs, &cs->c[i]) &&
		    (next == NULL || cs->c[i].not_before < next->not_before))
			next = &cs->c[i];
	*in_ms = next == NULL || next->not_before <= now ? 0 : next->not_before - now;
	return next;
}

bool candidates_others_due(const struct candidates *cs, const struct candidate *c, int64_t when)
{
	for (size_t i = 0; i < cs->n; i++)
		if (&cs->c[i] != c && has_turn(cs, &cs->c[i]) && cs->c[i].not_before < when)
			return true;
	return false;
}

struct candidate *candidates_journalled(struct candidates *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		if (cs->c[i].journalled)
			return &cs->c[i];
	return NULL;
}

static void begin_anew(struct candidates *cs)
{
	cs->met = true;
	for (size_t i = 0; i < cs->n; i++) {
		cs->c[i].failures = 0;
		if (cs->c[i].no_network)
			cs->c[i].not_before = 0;
	}
}

/* E_UNREACHABLE: a name that is not resolved, no route, nobody at the port.  Who only
   lets us wait may be somebody with too much to do. */
void candidates_connected(struct candidates *cs, struct candidate *c, enum err e)
{
	if (!cs->met && e != E_UNREACHABLE && e != E_TIMEOUT)
		begin_anew(cs);
	c->no_network = !cs->met && e == E_UNREACHABLE;
}

bool candidate_is_asked(const struct candidate *c)
{
	return c->waiting && c->request_size > 0;
}

void candidate_answered(struct candidate *c)
{
	c->waiting = false;
	wipe(&c->nonce, sizeof c->nonce);
	wipe(c->request, c->request_size);
	c->request_size = 0;
}

/* RFC 3986 6.2.3: without a path, and with the root alone, are one. */
static const char *path_of(const struct url *u)
{
	return u->path[0] != '\0' ? u->path : "/";
}

enum err candidate_asked_at(struct candidate *c, const struct url *at)
{
	struct url own;
	enum err e = url_read(c->at.url, &own);

	if (e != OK)
		return err_within(E_CONFIG, e, "registrar");
	c->asked_at = *at;
	c->redirected = !url_same_origin(&own, at);
	c->elsewhere = c->redirected || strcmp(path_of(&own), path_of(at)) != 0;
	return OK;
}

bool candidate_goes_home(struct candidate *c)
{
	struct url own;

	if (!candidate_is_asked(c) || !c->elsewhere || url_read(c->at.url, &own) != OK)
		return false;
	c->asked_at = own;
	c->elsewhere = c->redirected = false;
	return true;
}

static bool is_over(const struct candidate *c, int64_t when)
{
	return when - c->waiting_since > (int64_t)WAITING_MAX_S * 1000;
}

void candidate_failed(struct candidate *c, int64_t now, uint32_t random)
{
	c->failures++;
	c->rounds++;
	c->not_before = now + (c->no_network ? retry_no_network_ms(c->failures, random)
	                                     : retry_backoff_ms(c->failures, random));
	if (!candidate_is_asked(c) || is_over(c, now))
		candidate_answered(c);
}

enum err candidate_waits(struct candidate *c, int64_t now, int64_t pause_ms)
{
	if (!c->waiting)
		c->waiting_since = now;
	c->waiting = true;
	c->not_before = now + pause_ms;
	if (is_over(c, c->not_before))
		return err_because(E_TIMEOUT, "the registrar answered 202 for %d days",
		                   WAITING_MAX_S / 86400);
	return E_WAITING;
}
