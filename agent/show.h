/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Things in words on stdout, for `onramp show`. Nothing shown is believed. */
#ifndef ONRAMP_AGENT_SHOW_H
#define ONRAMP_AGENT_SHOW_H

#include "platform/pki/cms.h"

void show_line(const char *label, const char *format, ...) PRINTF_LIKE(2, 3);
void show_certificate(const struct cert *c);
void show_cms(struct arena *a, const struct cms *m);

/* A voucher or voucher-request in JSON; E_VOUCHER_SYNTAX when it is neither. */
MUST_CHECK enum err show_voucher_json(struct arena *a, struct span json);

#endif
