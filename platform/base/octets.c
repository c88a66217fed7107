/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets in memory or in a file, by pieces. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/base/octets.h"

static enum err outside(void)
{
	return err_because(E_BUG, "octets behind the end are asked for");
}

enum err octets_within(const struct octets *o, size_t at, size_t n, struct octets *out)
{
	*out = NO_OCTETS;
	if (at > o->n || n > o->n - at)
		return outside();
	if (o->p != NULL)
		*out = octets_of((struct span){ o->p + at, n });
	else
		*out = octets_in(o->fd, o->from + at, n);
	return OK;
}

void octets_close(struct octets *o)
{
	if (o->p == NULL && o->n > 0 && o->fd >= 0)
		close(o->fd);
	*o = NO_OCTETS;
}

/* A page begins there: other files than whole ones are not mapped. */
enum err octets_map(const struct octets *o, struct span *out)
{
	void *at;

	*out = (struct span){ o->p, o->n };
	if (o->p != NULL || o->n == 0)
		return OK;
	*out = NO_BYTES;
	if (o->from != 0)
		return err_because(E_BUG, "a part of a file is not mapped");
	at = mmap(NULL, o->n, PROT_READ, MAP_PRIVATE, o->fd, 0);
	if (at == MAP_FAILED)
		return err_because(E_STORE, "cannot map a file: %s", strerror(errno));
	*out = (struct span){ at, o->n };
	return OK;
}

void octets_unmap(const struct octets *o, struct span s)
{
	if (o->p == NULL && s.n > 0)
		munmap((void *)(uintptr_t)s.p, s.n);
}

static enum err read_file(int fd, uint64_t from, uint8_t *to, size_t n)
{
	while (n > 0) {
		ssize_t got = pread(fd, to, n, (off_t)from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_because(E_STORE, "cannot read a file: %s", strerror(errno));
		if (got == 0)
			return err_because(E_STORE, "a file became shorter while it was read");
		to += got;
		from += (uint64_t)got;
		n -= (size_t)got;
	}
	return OK;
}

static bool is_in(const struct window *w, const struct octets *o, size_t at, size_t n)
{
	uint64_t from = o->from + at;

	return w->n > 0 && w->fd == o->fd && from >= w->from && from - w->from <= w->n &&
	       n <= w->n - (size_t)(from - w->from);
}

/* What is behind them comes along: it is what is asked for next. */
static enum err look(const struct octets *o, struct window *w, size_t at)
{
	size_t left = o->n - at, n = left < sizeof w->room ? left : sizeof w->room;
	enum err e;

	w->n = 0;
	e = read_file(o->fd, o->from + at, w->room, n);
	if (e != OK)
		return e;
	w->fd = o->fd;
	w->from = o->from + at;
	w->n = n;
	return OK;
}

enum err octets_part(const struct octets *o, struct window *w, size_t at, size_t n,
                     struct span *out)
{
	enum err e = OK;

	*out = NO_BYTES;
	if (at > o->n || n > o->n - at)
		return outside();
	if (o->p != NULL) {
		*out = (struct span){ o->p + at, n };
		return OK;
	}
	if (n > sizeof w->room)
		return err_because(E_TOO_BIG, "an element of %zu octets in a file, at most %zu", n,
		                   sizeof w->room);
	if (n > 0 && !is_in(w, o, at, n))
		e = look(o, w, at);
	if (e == OK && n > 0)
		*out = (struct span){ w->room + (o->from + at - w->from), n };
	return e;
}

enum err octets_next(const struct octets *o, struct window *w, size_t *at, struct span *out)
{
	size_t left = *at < o->n ? o->n - *at : 0;
	size_t n = o->p != NULL || left < sizeof w->room ? left : sizeof w->room;
	enum err e = octets_part(o, w, *at, n, out);

	if (e == OK)
		*at += n;
	return e;
}

enum err octets_hold(const struct octets *o, uint8_t *room, size_t cap, struct span *out)
{
	enum err e;

	*out = NO_BYTES;
	if (o->p != NULL || o->n == 0) {
		*out = (struct span){ o->p, o->n };
		return OK;
	}
	if (o->n > cap)
		return err_because(E_TOO_BIG, "an element of %zu octets in a file, at most %zu",
		                   o->n, cap);
	e = read_file(o->fd, o->from, room, o->n);
	if (e == OK)
		*out = (struct span){ room, o->n };
	return e;
}
