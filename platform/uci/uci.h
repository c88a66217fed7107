/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UCI files of our own package: read as OpenWrt's tools read them, written whole.
 *
 * A file has one meaning, to us and to `uci`; what that refuses is refused with its
 * line number, and so are control bytes in values, and what is beyond our limits.
 * Reading copies into the caller's arena.
 */
#ifndef ONRAMP_UCI_UCI_H
#define ONRAMP_UCI_UCI_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"

struct uci_option {
	const char *type, *section; /* section "" when anonymous; repeated names merge */
	unsigned section_number;    /* in file order, from 0; merged sections share it */
	const char *name, *value;
	bool list; /* one entry per value */
	unsigned line;
};

struct uci {
	const struct uci_option *options; /* in file order; a section without options has
						   one entry with name NULL */
	size_t n;
};

MUST_CHECK enum err uci_read(struct arena *a, struct span text, struct uci *out); /* E_CONFIG */

/* The last value of an option; NULL when absent. */
const char *uci_get(const struct uci *u, const char *section, const char *name);

/* Writing: sections and options in order; values quoted; control bytes refused (E_CONFIG). */
struct uciw {
	char *buf;
	size_t cap, n;
	enum err err;
};
#define UCIW_ON(array)                        \
	{                                     \
		(array), sizeof(array), 0, OK \
	}
void uciw_comment(struct uciw *w, const char *text);
void uciw_section(struct uciw *w, const char *type, const char *name);
void uciw_option(struct uciw *w, const char *name, const char *value);
void uciw_list(struct uciw *w, const char *name, const char *value);
MUST_CHECK enum err uciw_end(const struct uciw *w, struct span *out);

#endif
