/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words: sentences put together piece by piece, failures kept for later. */
#include <stdarg.h>
#include <stdio.h>

#include "cmp/internal.h"

void cmp_say(struct cmp_text *t, const char *format, ...)
{
	va_list args;
	int n;

	t->full = t->full || t->cap == 0;
	if (t->full)
		return;
	va_start(args, format);
	n = vsnprintf(t->p + t->n, t->cap - t->n, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= t->cap - t->n) {
		t->full = true;
		t->n = t->cap - 1;
	} else {
		t->n += (size_t)n;
	}
}

void cmp_fault_keep(struct cmp_fault *f, enum err e)
{
	if (e == OK || (f->e != OK && err_verdict(e) != HALT))
		return;
	f->e = e;
	snprintf(f->why, sizeof f->why, "%s", err_reason(e));
}

enum err cmp_fault_say(const struct cmp_fault *f)
{
	return f->e == OK ? OK : err_because(f->e, "%s", f->why);
}
