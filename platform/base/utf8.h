/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 (RFC 3629), one character at a time. */
#ifndef ONRAMP_BASE_UTF8_H
#define ONRAMP_BASE_UTF8_H

#include "platform/base/bytes.h"

/*
 * How many octets the first character of s has, its number in *scalar.  0 when
 * s is empty or does not begin with a well-formed sequence: overlong forms,
 * surrogates, numbers above U+10FFFF and sequences cut short are none.
 */
size_t utf8_next(struct span s, uint32_t *scalar);

#endif
