/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one decoder of UTF-8, for what is logged and what is written as JSON. */
#include "platform/base/utf8.h"

/* RFC 3629 3: the first octet tells the length of the sequence. */
static size_t length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >> 5 == 0x06)
		return 2;
	if (first >> 4 == 0x0e)
		return 3;
	return first >> 3 == 0x1e ? 4 : 0;
}

size_t utf8_next(struct span s, uint32_t *scalar)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s.n > 0 ? length(s.p[0]) : 0;
	uint32_t v;

	if (n == 0 || n > s.n)
		return 0;
	v = n == 1 ? s.p[0] : s.p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (s.p[i] & 0x3fu);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*scalar = v;
	return n;
}
