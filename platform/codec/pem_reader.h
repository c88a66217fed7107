/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PEM (RFC 7468) out of text that is not held: pem.h's rules, block by block, line by line.
 *
 * Files of any size: a bundle of certificates, or a revocation list.
 */
#ifndef ONRAMP_CODEC_PEM_READER_H
#define ONRAMP_CODEC_PEM_READER_H

#include "platform/base/arena.h"
#include "platform/base/octets.h"

struct pem_reader {
	const struct octets *text;
	size_t at;
	bool within; /* a line: what comes is the rest of it */
	char label[PEM_LABEL_MAX];
	struct window w;
};
void pem_reader_begin(struct pem_reader *r, const struct octets *text);

/* Goes behind the next BEGIN line; r->label is empty when there is none. E_TEXT. */
MUST_CHECK enum err pem_reader_find(struct pem_reader *r);

/* The octets of the block found, in pieces, up to its END line. E_TEXT; or what put() returns. */
struct pem_sink {
	enum err (*put)(void *context, struct span piece);
	void *context;
};
MUST_CHECK enum err pem_reader_body(struct pem_reader *r, const struct pem_sink *to);
/* Passed over, whatever is in it. */
MUST_CHECK enum err pem_reader_skip(struct pem_reader *r);

/* Whether the text is one DER element, and so no PEM. */
MUST_CHECK enum err octets_are_der(const struct octets *o, bool *is);

/*
 * Each certificate of a bundle, PEM blocks labelled CERTIFICATE (others skipped), or one in
 * DER: in memory until take() returns; what it returns ends it, if that is not OK.  number:
 * from 1.  One of more than CERT_SIZE_MAX octets comes cut, so that nobody can read it.
 * E_TEXT when there is none.
 */
struct cert_taker {
	enum err (*take)(void *context, size_t number, struct span der);
	void *context;
};
MUST_CHECK enum err bundle_each(const struct octets *file, const struct cert_taker *to);

#endif
