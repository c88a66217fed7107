/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM (RFC 7468): text around DER, as key and certificate files carry it. */
#ifndef ONRAMP_CODEC_PEM_H
#define ONRAMP_CODEC_PEM_H

#include "platform/base/arena.h"

struct pem {
	struct span label; /* "CERTIFICATE", within the text */
	struct span der;   /* in the arena */
};

/*
 * The next block of *text, which moves on behind it.  OK with an empty label
 * when there is none left.  Text between blocks is skipped; a block that is
 * broken, has headers (encrypted keys) or mismatched labels is E_TEXT, and the next one
 * can be asked for.
 */
MUST_CHECK enum err pem_next(struct arena *a, struct span *text, struct pem *out);

/*
 * Whether a file is read as DER: it is one SEQUENCE, or begins like one and no PEM
 * block begins in it.  The explanatory text before a block (RFC 7468 2) may begin
 * with 0x30 as well: "0: Certificate", as openssl storeutl has it.
 */
bool pem_is_der(struct span file);

/*
 * All certificates of a file's bytes: PEM blocks labelled CERTIFICATE (others
 * skipped), or one DER certificate.  A block that is broken is named in a warning, and
 * does not spoil the others.
 * *count at most cap; E_TEXT when there is none, E_SPACE when there are more.
 */
MUST_CHECK enum err pem_certificates(struct arena *a, struct span file, struct span *certs,
                                     size_t cap, size_t *count);

/* Appends one block to out (cap bytes, *n used), 64 characters a line. */
MUST_CHECK enum err pem_write(char *out, size_t cap, size_t *n, const char *label, struct span der);

#endif
