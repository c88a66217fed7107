/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that fill a certificate request template in. */
#ifndef ONRAMP_CMP_FILL_H
#define ONRAMP_CMP_FILL_H

#include "cmp/internal.h"

/* Where values come from: what the operator wants, then what the device is called. */
struct cmp_names {
	struct span requested, device; /* Name, DER */
};

/* fill.c: a Name with empty values, filled in; NULL-DN when nothing is left. */
MUST_CHECK enum err cmp_fill_name(const struct cmp_names *names, struct span wanted,
                                  struct arena *a, struct span *out);

/* fillext.c: the content of Extensions, filled in; empty when nothing is left. */
MUST_CHECK enum err cmp_fill_extensions(const struct cmp_facts *f, struct span wanted,
                                        struct arena *a, struct span *out);
/* The same where there is no template: a subjectAltName, if names are requested. */
MUST_CHECK enum err cmp_requested_extensions(const struct cmp_facts *f, struct arena *a,
                                             struct span *out);

/* altname.c: a GeneralName, checked; and its tag. */
MUST_CHECK enum err cmp_put_name(struct derw *w, enum cmp_name_kind kind, const char *name);
uint8_t cmp_name_tag(enum cmp_name_kind kind);

#endif
