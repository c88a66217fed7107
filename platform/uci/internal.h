/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reading words and reading commands tell each other. */
#ifndef ONRAMP_UCI_INTERNAL_H
#define ONRAMP_UCI_INTERNAL_H

#include "platform/uci/uci.h"

struct uci_reader {
	struct arena *arena;
	const uint8_t *p, *line_end, *end; /* line_end: behind the line break */
	unsigned line;
	struct uci_option *options;
	size_t n;
	const char *type, *section; /* of the section we are in; type NULL before any */
	unsigned number, sections;
	enum err err;
};

void uci_fault(struct uci_reader *r, const char *what);
const char *uci_word(struct uci_reader *r);

/* The commands, behind their word. */
void uci_read_package(struct uci_reader *r);
void uci_read_config(struct uci_reader *r);
void uci_read_option(struct uci_reader *r);
void uci_read_list(struct uci_reader *r);

#endif
