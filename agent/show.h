/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `onramp show`: what a file holds, whatever it is, told to a view.
 *
 * Knows PKIMessages and parts of them, certificates, CRLs, PKCS#10 requests, CMS,
 * vouchers and voucher-requests, any other JSON, and any other DER as a tree; in
 * DER, PEM or base64.  Nothing is verified, and the first thing shown says so.
 * Private keys are named, never shown: what begins like one, broken or not, and what
 * a PEM label calls one.
 *
 * What is broken is shown as far as it can be read.  The last thing shown is then
 * `broken`: the offset, the element, what was found and what was expected; and
 * the code is returned, with the same words as its reason.
 */
#ifndef ONRAMP_AGENT_SHOW_H
#define ONRAMP_AGENT_SHOW_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"
#include "platform/base/view.h"
#include "platform/codec/syntax.h"

/* The syntax of all that is known here, for any number of files; it lives in the arena. */
MUST_CHECK enum err show_syntax(struct arena *a, struct grammar *out);

/* The view is begun, and left to be ended. */
MUST_CHECK enum err show_file(struct view *v, struct arena *a, const struct grammar *g,
                              struct span file);

/* Shared with show_voucher.c: one file, and the first fault found in it. */
struct show {
	struct view *view;
	struct arena *arena;
	const struct grammar *grammar;
	unsigned nested; /* documents around this one */
	enum err e;
	enum err refused; /* of good syntax, but no reader of ours takes it */
	size_t offset;    /* in the document named in the words */
	char words[ERR_REASON_MAX];
};

/* The document by the name of its kind; within: what it was found in, or "". */
void show_der(struct show *s, const char *within, struct span der);
/* Binary leaves of vouchers are decoded. */
void show_json(struct show *s, const char *name, struct span json);
/* The first one is kept. where: "Certificate.tbsCertificate", or "". */
void show_fault(struct show *s, enum err e, size_t offset, const char *within, const char *where);

#endif
