/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that put a PKIMessage into words. */
#ifndef ONRAMP_CMP_SHOW_H
#define ONRAMP_CMP_SHOW_H

#include "cmp/internal.h"

/* showbody.c: the body's content, two blanks in front of each line. */
MUST_CHECK enum err cmp_show_body(struct cmp_text *t, const struct cmp_message *m);

/* show.c: one certificate on a line: subject, issuer, serial number, validity. */
void cmp_show_cert(struct cmp_text *t, const char *what, struct span der);

#endif
