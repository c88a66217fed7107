/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 (RFC 4648), strict by default, with the one tolerance vouchers need. */
#ifndef ONRAMP_CODEC_B64_H
#define ONRAMP_CODEC_B64_H

#include "platform/base/arena.h"

enum b64_kind {
	B64_STRICT, /* RFC 4648 4, padding demanded, no white space, trailing bits zero */
	B64_ANY,    /* section 4 or 5 alphabet (not mixed), padding or none: nonces (RFC 8995 C) */
	B64_LINES   /* as STRICT but line breaks and blanks between characters: PEM bodies */
};

/* Octets in the arena.  E_TEXT for anything else than the alphabet asked for. */
MUST_CHECK enum err b64_decode(struct arena *a, enum b64_kind kind, struct span text,
                               struct span *out);

/* Section 4 with padding; NUL-terminated, the span without the NUL. */
MUST_CHECK enum err b64_encode(struct arena *a, struct span octets, struct span *out);

/* The same characters into a buffer of B64_SIZE(octets.n) and more, no NUL; how many. */
size_t b64_write(char *out, struct span octets);

#define B64_SIZE(octets) (((octets) + 2) / 3 * 4)

#endif
