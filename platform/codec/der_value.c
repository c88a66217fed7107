/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of the universal types, in the only form DER has for each. */
#include <inttypes.h>
#include <stdio.h>

#include "platform/base/date.h"
#include "platform/codec/der.h"

/* The same as the cursor's own faults: first one kept, the element gone. */
static struct span fault(struct der *c, enum err e, const char *why)
{
	if (der_ok(c))
		der_fail(c, err_because(e, "%s", why));
	return NO_BYTES;
}

/* X.690 8.2.2 and 11.1: one octet, 00 or FF. */
bool der_bool_of(struct der *c, uint8_t tag)
{
	struct span s = der_get(c, tag);

	if (!der_ok(c))
		return false;
	if (s.n != 1 || (s.p[0] != 0x00 && s.p[0] != 0xff))
		return fault(c, E_NOT_DER, "a BOOLEAN is not 00 or FF"), false;
	return s.p[0] == 0xff;
}

bool der_bool(struct der *c)
{
	return der_bool_of(c, DER_BOOLEAN);
}

/* X.690 11.5: a value that equals the DEFAULT is left out. */
bool der_bool_default(struct der *c, bool dflt)
{
	bool v;

	if (!der_at(c, DER_BOOLEAN))
		return dflt;
	v = der_bool(c);
	if (der_ok(c) && v == dflt)
		fault(c, E_NOT_DER, "a DEFAULT is encoded");
	return der_ok(c) ? v : dflt;
}

void der_null(struct der *c)
{
	if (der_get(c, DER_NULL).n > 0)
		fault(c, E_NOT_DER, "a NULL has content");
}

/* X.690 8.3.2: the first nine bits are not all the same. */
struct span der_integer_of(struct der *c, uint8_t tag)
{
	struct span s = der_get(c, tag);

	if (!der_ok(c))
		return s;
	if (s.n == 0)
		return fault(c, E_NOT_DER, "an INTEGER is empty");
	if (s.n > 1 && (s.p[0] == 0x00 ? s.p[1] < 0x80 : s.p[0] == 0xff && s.p[1] >= 0x80))
		return fault(c, E_NOT_DER, "an INTEGER is not in its shortest form");
	return s;
}

struct span der_integer(struct der *c)
{
	return der_integer_of(c, DER_INTEGER);
}

int64_t der_int(struct der *c)
{
	struct span s = der_integer(c);
	uint64_t v;

	if (!der_ok(c))
		return 0;
	if (s.n > 8)
		return fault(c, E_RANGE, "an INTEGER has more than eight octets"), 0;
	v = s.p[0] >= 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return (int64_t)v;
}

uint32_t der_uint(struct der *c)
{
	struct span s = der_integer(c);
	uint32_t v = 0;

	if (!der_ok(c))
		return 0;
	if (s.p[0] >= 0x80)
		return fault(c, E_RANGE, "an INTEGER is negative"), 0;
	if (s.n > 5 || (s.n == 5 && s.p[0] != 0))
		return fault(c, E_RANGE, "an INTEGER is above 2^32-1"), 0;
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

/* X.690 8.6.2 and 11.2.1: at most seven bits unused, all of them zero. */
struct span der_bits_of(struct der *c, uint8_t tag)
{
	struct span s = der_get(c, tag);

	if (!der_ok(c))
		return s;
	if (s.n == 0 || s.p[0] > 7 || (s.n == 1 && s.p[0] > 0))
		return fault(c, E_NOT_DER, "a BIT STRING's count of unused bits is wrong");
	if (s.n > 1 && (s.p[s.n - 1] & ((1u << s.p[0]) - 1)) != 0)
		return fault(c, E_NOT_DER, "unused bits of a BIT STRING are set");
	return s;
}

struct span der_bits(struct der *c)
{
	return der_bits_of(c, DER_BIT_STRING);
}

struct span der_bit_octets(struct der *c)
{
	struct span s = der_bits(c);

	if (!der_ok(c))
		return s;
	if (s.p[0] != 0)
		return fault(c, E_RANGE, "a BIT STRING is not of whole octets");
	return (struct span){ s.p + 1, s.n - 1 };
}

/* X.690 11.2.2: named bits end with the last one that is set; none set is empty. */
uint32_t der_flags_of(struct der *c, uint8_t tag)
{
	struct span s = der_bits_of(c, tag);
	uint32_t flags = 0;

	if (!der_ok(c))
		return 0;
	if (s.n > 5)
		return fault(c, E_RANGE, "more than 32 named bits"), 0;
	if (s.n > 1 && (s.p[s.n - 1] >> s.p[0] & 1) == 0)
		return fault(c, E_NOT_DER, "named bits end with zero bits"), 0;
	for (size_t bit = 0; bit < 8 * (s.n - 1); bit++)
		if ((s.p[1 + bit / 8] & 0x80 >> bit % 8) != 0)
			flags |= UINT32_C(1) << bit;
	return flags;
}

uint32_t der_flags(struct der *c)
{
	return der_flags_of(c, DER_BIT_STRING);
}

static int64_t time_of(struct der *c, uint8_t tag, enum err (*read)(struct span, int64_t *))
{
	struct span s = der_get(c, tag);
	int64_t seconds = 0;
	enum err e = der_ok(c) ? read(s, &seconds) : OK;

	if (e != OK)
		der_fail(c, e);
	return seconds;
}

int64_t der_generalized_time(struct der *c)
{
	return time_of(c, DER_TIME, date_from_generalized);
}

int64_t der_time(struct der *c)
{
	return der_at(c, DER_UTCTIME) ? time_of(c, DER_UTCTIME, date_from_utctime)
	                              : der_generalized_time(c);
}

/* X.690 8.19.2: arcs of seven bits an octet, none with a leading 80, the last one ended. */
struct span der_oid_of(struct der *c, uint8_t tag)
{
	struct span s = der_get(c, tag);
	bool begins = true;

	if (!der_ok(c))
		return s;
	if (s.n == 0 || s.p[s.n - 1] >= 0x80)
		return fault(c, E_NOT_DER, "an OBJECT IDENTIFIER ends inside an arc");
	for (size_t i = 0; i < s.n; i++) {
		if (begins && s.p[i] == 0x80)
			return fault(c, E_NOT_DER, "an arc is not in its shortest form");
		begins = s.p[i] < 0x80;
	}
	return s;
}

struct span der_oid(struct der *c)
{
	return der_oid_of(c, DER_OID);
}

/* The next arc of *oid; false for one above 64 bits or cut short. */
static bool arc(struct span *oid, uint64_t *v)
{
	*v = 0;
	while (oid->n > 0 && *v >> 57 == 0) {
		uint8_t octet = *oid->p++;

		oid->n--;
		*v = *v << 7 | (octet & 0x7fu);
		if (octet < 0x80)
			return true;
	}
	return false;
}

/* X.690 8.19.4: the first two arcs share a subidentifier, 40 * first + second. */
static int arc_text(char *out, size_t cap, uint64_t v, bool first)
{
	unsigned root = v < 80 ? (unsigned)(v / 40) : 2;

	if (first)
		return snprintf(out, cap, "%u.%" PRIu64, root, v - 40 * root);
	return snprintf(out, cap, ".%" PRIu64, v);
}

/* Where an arc does not fit, dots stand behind the last one that leaves them room. */
const char *der_oid_text(struct span oid, char *out, size_t cap)
{
	static const char dots[] = "...";
	size_t n = 0, cut = 0;
	uint64_t v;

	if (cap < sizeof dots)
		return "";
	out[0] = '\0';
	while (oid.n > 0) {
		bool known = arc(&oid, &v);
		char word[24];
		size_t len = known ? (size_t)arc_text(word, sizeof word, v, n == 0) : 0;

		if (n + sizeof dots <= cap)
			cut = n;
		if (!known || n + len >= cap) {
			memcpy(out + cut, dots, sizeof dots);
			break;
		}
		memcpy(out + n, word, len + 1);
		n += len;
	}
	return out;
}
