/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing DER into a buffer of fixed size, in the order of the syntax.
 * Running out of room is kept in err and makes the rest a no-op, so one test
 * at the end is enough.
 */
#ifndef ONRAMP_CODEC_DERW_H
#define ONRAMP_CODEC_DERW_H

#include "platform/base/arena.h"
#include "platform/base/bytes.h"
#include "platform/base/err.h"
#include "platform/codec/der.h"

struct derw {
	uint8_t *buf;
	size_t cap, n;
	unsigned depth;
	enum err err;
};

#define DERW_ON(array)                           \
	{                                        \
		(array), sizeof(array), 0, 0, OK \
	}

/* A writer on cap bytes of the arena; an arena too small shows at derw_end(). */
struct derw derw_in(struct arena *a, size_t cap);

size_t derw_open(struct derw *w, uint8_t tag);
void derw_close(struct derw *w, size_t mark);

/*
 * IN(w, tag) { ... } puts what the block writes inside one element, so the
 * nesting of the C is the nesting of the ASN.1.  Do not leave the block early:
 * derw_end() would say E_BUG.
 */
#define IN(w, tag)      IN_(w, tag, __COUNTER__)
#define IN_(w, tag, id) IN__(w, tag, id)
#define IN__(w, tag, id)                                             \
	for (size_t m##id = derw_open((w), (tag)), o##id = 1; o##id; \
	     o##id = 0, derw_close((w), m##id))

void derw_put(struct derw *w, uint8_t tag, struct span content);
void derw_raw(struct derw *w, struct span encoding); /* already DER */
void derw_byte(struct derw *w, uint8_t b);
void derw_uint(struct derw *w, uint32_t v);
void derw_int(struct derw *w, int64_t v);
void derw_integer(struct derw *w, struct span big_endian); /* unsigned, any size, zeros stripped */
void derw_bool(struct derw *w, bool v);
void derw_null(struct derw *w);
void derw_bits(struct derw *w, struct span octets); /* BIT STRING, no unused bits */
void derw_flags(struct derw *w, uint32_t flags);    /* named BIT STRING */
void derw_text(struct derw *w, uint8_t tag, const char *s);
void derw_generalized_time(struct derw *w, int64_t seconds);
void derw_time(struct derw *w, int64_t seconds); /* UTCTime up to 2049 (RFC 5280 4.1.2.5) */

/* The content between mark (derw_open) and here, put into X.690 11.6 order. */
void derw_sort_set(struct derw *w, size_t mark);

/* What was written, in the writer's buffer. E_SPACE, or E_BUG for an open IN. */
MUST_CHECK enum err derw_end(const struct derw *w, struct span *out);

#endif
