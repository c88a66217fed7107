/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a UCI file: every value in single quotes, ' as '\''. */
#include <stdio.h>

#include "platform/uci/uci.h"

static void text(struct uciw *w, const char *s)
{
	size_t n = strlen(s);

	if (w->err == OK && n >= w->cap - w->n)
		w->err = err_because(E_SPACE, "a UCI file outgrows its buffer");
	if (w->err != OK)
		return;
	memcpy(w->buf + w->n, s, n + 1);
	w->n += n;
}

static void value(struct uciw *w, const char *s)
{
	text(w, "'");
	for (; *s != '\0'; s++) {
		char one[2] = { *s, '\0' };

		if ((unsigned char)*s < 0x20 || *s == 0x7f) {
			w->err = err_because(E_CONFIG, "a control byte in a UCI value");
			return;
		}
		text(w, *s == '\'' ? "'\\''" : one);
	}
	text(w, "'");
}

static void line(struct uciw *w, const char *key, const char *name, const char *v)
{
	text(w, key);
	text(w, name);
	text(w, " ");
	value(w, v);
	text(w, "\n");
}

void uciw_comment(struct uciw *w, const char *s)
{
	text(w, "# ");
	text(w, s);
	text(w, "\n");
}

void uciw_section(struct uciw *w, const char *type, const char *name)
{
	text(w, "\n");
	line(w, "config ", type, name);
}

void uciw_option(struct uciw *w, const char *name, const char *v)
{
	line(w, "\toption ", name, v);
}

void uciw_list(struct uciw *w, const char *name, const char *v)
{
	line(w, "\tlist ", name, v);
}

enum err uciw_end(const struct uciw *w, struct span *out)
{
	*out = w->err == OK ? (struct span){ (const uint8_t *)w->buf, w->n } : NO_BYTES;
	return w->err;
}
