/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distinguished names as people write them, both ways. */
#include <stdio.h>

#include "platform/base/utf8.h"
#include "platform/pki/internal.h"

/* RFC 4514 3 and what certificates of devices carry; the string type each is written in. */
#define AT   "\x55\x04"
#define UCL  "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01"
#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01\x09"
static const struct type_row {
	const char *word;
	struct span oid;
	uint8_t tag;
} types[] = {
	{ "CN", OCTETS(AT "\x03"), DER_UTF8 },
	{ "SN", OCTETS(AT "\x04"), DER_UTF8 },
	{ "serialNumber", OCTETS(AT "\x05"), DER_PRINTABLE },
	{ "C", OCTETS(AT "\x06"), DER_PRINTABLE },
	{ "L", OCTETS(AT "\x07"), DER_UTF8 },
	{ "ST", OCTETS(AT "\x08"), DER_UTF8 },
	{ "STREET", OCTETS(AT "\x09"), DER_UTF8 },
	{ "O", OCTETS(AT "\x0a"), DER_UTF8 },
	{ "OU", OCTETS(AT "\x0b"), DER_UTF8 },
	{ "title", OCTETS(AT "\x0c"), DER_UTF8 },
	{ "GN", OCTETS(AT "\x2a"), DER_UTF8 },
	{ "dnQualifier", OCTETS(AT "\x2e"), DER_PRINTABLE },
	{ "organizationIdentifier", OCTETS(AT "\x61"), DER_UTF8 },
	{ "UID", OCTETS(UCL "\x01"), DER_UTF8 },
	{ "DC", OCTETS(UCL "\x19"), DER_IA5 },
	{ "emailAddress", OCTETS(PKCS "\x01"), DER_IA5 },
};

enum { TYPES = sizeof types / sizeof *types };

static void put_type(struct span oid, name_put *put, void *to)
{
	char dotted[40];

	for (size_t i = 0; i < TYPES; i++)
		if (span_equal(types[i].oid, oid)) {
			put(to, span_str(types[i].word));
			return;
		}
	put(to, span_str(der_oid_text(oid, dotted, sizeof dotted)));
}

/*
 * Letters that look like those of ASCII, or like nothing (Unicode's UTS 39): who compares
 * two names by eye would take one for the other.  By blocks, so that a word of such a
 * script is escaped as a whole.
 */
static bool looks_like_ascii(uint32_t scalar)
{
	static const struct {
		uint32_t from, to;
	} blocks[] = {
		{ 0x00a0, 0x00a0 },   /* a blank */
		{ 0x00ad, 0x00ad },   /* soft hyphen */
		{ 0x0131, 0x0131 },   /* dotless i */
		{ 0x017f, 0x017f },   /* long s */
		{ 0x0180, 0x024f },   /* Latin Extended-B: clicks, turned letters */
		{ 0x0250, 0x036f },   /* phonetic letters, modifiers, combining marks */
		{ 0x0370, 0x06ff },   /* Greek, Cyrillic, Armenian, Hebrew, Arabic */
		{ 0x07c0, 0x07ff },   /* NKo */
		{ 0x10a0, 0x10ff },   /* Georgian */
		{ 0x13a0, 0x16ff },   /* Cherokee, Canadian syllabics, Ogham, runes */
		{ 0x1c80, 0x1dff },   /* Cyrillic and phonetic extensions */
		{ 0x1f00, 0x209f },   /* Greek extended; blanks, dashes, primes; raised figures */
		{ 0x2100, 0x22ff },   /* letterlike, number forms, arrows, operators */
		{ 0x2c60, 0x2e7f },   /* Latin Extended-C, Coptic, further punctuation */
		{ 0x3000, 0x3003 },   /* blanks and stops of CJK */
		{ 0xa4d0, 0xa7ff },   /* Lisu, Vai, Cyrillic and Latin extensions */
		{ 0xab30, 0xabbf },   /* Latin Extended-E, Cherokee */
		{ 0xfb00, 0xfb4f },   /* ligatures */
		{ 0xfe00, 0xfe6f },   /* variation selectors, small forms */
		{ 0xff00, 0xffff },   /* wide and narrow forms */
		{ 0x10000, 0x10ffff } /* mathematical letters, scripts of old, tags */
	};

	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
		if (scalar >= blocks[i].from && scalar <= blocks[i].to)
			return true;
	return false;
}

static void put_hex(struct span octets, name_put *put, void *to)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < octets.n; i++) {
		const uint8_t text[] = { '\\', (uint8_t)digits[octets.p[i] >> 4],
			                 (uint8_t)digits[octets.p[i] & 15] };

		put(to, SPAN(text));
	}
}

/* A separator inside a value is escaped (RFC 4514 2.4), so that none can be forged; and
   letters that could be taken for others, octet by octet. */
static void put_value(struct span value, name_put *put, void *to)
{
	size_t begun = 0, n;

	for (size_t i = 0; i < value.n; i += n) {
		struct span rest = { value.p + i, value.n - i };
		uint32_t scalar = 0;
		bool wide, separator = memchr(",+=\\", value.p[i], 4) != NULL;

		n = utf8_next(rest, &scalar);
		wide = n > 1 && looks_like_ascii(scalar);
		n = n > 0 ? n : 1;
		if (!separator && !wide)
			continue;
		put(to, (struct span){ value.p + begun, i - begun });
		if (wide)
			put_hex((struct span){ rest.p, n }, put, to);
		else
			put(to, span_str("\\"));
		begun = wide ? i + n : i;
	}
	put(to, (struct span){ value.p + begun, value.n - begun });
}

void name_write(struct span name, name_put *put, void *to)
{
	enum err e;
	struct der c = der_open(name, &e);
	struct der rdns = der_enter(&c, DER_SEQUENCE);
	const char *separator = "";

	while (der_more(&rdns)) {
		struct der rdn = der_enter(&rdns, DER_SET);

		while (der_more(&rdn)) {
			struct name_attr a = name_attr_next(&rdn);

			if (e != OK)
				break;
			put(to, span_str(separator));
			put_type(a.oid, put, to);
			put(to, span_str("="));
			put_value(a.value, put, to);
			separator = der_more(&rdn) ? "+" : ",";
		}
	}
}

/* As much as log_quote() shows, and one octet more, by which it sees the cut. */
struct line {
	uint8_t text[LOG_QUOTE_MAX + 1];
	size_t n;
};

static void put_in_line(void *to, struct span piece)
{
	struct line *l = to;
	size_t room = sizeof l->text - l->n;
	size_t n = piece.n < room ? piece.n : room;

	if (n > 0)
		memcpy(l->text + l->n, piece.p, n);
	l->n += n;
}

const char *name_text(struct quoted *q, struct span name)
{
	struct line l = { .n = 0 };

	name_write(name, put_in_line, &l);
	return log_quote(q, (struct span){ l.text, l.n });
}

struct plain {
	struct name_line *line;
	size_t n;
	bool full;
};

static void put_plain(void *to, struct span piece)
{
	struct plain *p = to;

	while (piece.n > 0) {
		const bool ascii = piece.p[0] >= 0x20 && piece.p[0] < 0x7f;
		size_t n = ascii ? 1 : log_plain(piece);
		size_t room = sizeof p->line->text - p->n;

		p->full = p->full || room < (n > 0 ? n : sizeof "\\00");
		if (p->full)
			return;
		if (n > 0)
			memcpy(p->line->text + p->n, piece.p, n);
		else
			snprintf(p->line->text + p->n, room, "\\%02X", (unsigned)piece.p[0]);
		p->n += n > 0 ? n : sizeof "\\00" - 1;
		n = n > 0 ? n : 1;
		piece = (struct span){ piece.p + n, piece.n - n };
	}
}

struct span name_plain(struct name_line *line, struct span name)
{
	struct plain p = { .line = line };

	name_write(name, put_plain, &p);
	return (struct span){ (const uint8_t *)line->text, p.n };
}

/* Text being read: what is left of it, and what separates its RDNs. */
struct reading {
	const char *at, *whole;
	char separator; /* '/' or ',' */
};

static enum err refuse(const struct reading *r, const char *why)
{
	struct quoted q;

	return err_because(E_CONFIG, "name %s: %s", log_quote(&q, span_str(r->whole)), why);
}

/* NULL, and the reason kept, when none of ours stands here. */
static const struct type_row *read_type(struct reading *r)
{
	size_t n;

	while (*r->at == ' ')
		r->at++;
	n = strcspn(r->at, "=/,+ ");
	for (size_t i = 0; r->at[n] == '=' && i < TYPES; i++)
		if (strlen(types[i].word) == n && memcmp(types[i].word, r->at, n) == 0) {
			r->at += n + 1;
			return &types[i];
		}
	return NULL;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *d = c == '\0' ? NULL : strchr(digits, c);
	int v = d == NULL ? -1 : (int)(d - digits);

	return v < 16 ? v : v - 6;
}

/* RFC 4514 2.4: a backslash before two hex digits, or before the character itself. */
static bool read_escaped(struct reading *r, uint8_t *octet)
{
	int high = hex_digit(r->at[0]);
	int low = high < 0 ? -1 : hex_digit(r->at[1]);

	if (*r->at == '\0')
		return false;
	if (r->separator == ',' && low >= 0) {
		*octet = (uint8_t)(high << 4 | low);
		r->at += 2;
	} else {
		*octet = (uint8_t)*r->at++;
	}
	return true;
}

/* RFC 4514 3: characters that do not stand in a value unescaped. */
static bool ends_value(const struct reading *r)
{
	if (r->separator == '/')
		return *r->at == '/' || *r->at == '\0';
	return strchr(",+\";<>", *r->at) != NULL;
}

static enum err read_value(struct reading *r, uint8_t *out, size_t cap, size_t *n)
{
	if (r->separator == ',' && *r->at == '#')
		return refuse(r, "values in hex are not taken");
	for (*n = 0; !ends_value(r); (*n)++) {
		if (*n == cap)
			return refuse(r, "a value is too long");
		out[*n] = (uint8_t)*r->at++;
		if (out[*n] == '\\' && !read_escaped(r, &out[*n]))
			return refuse(r, "it ends after a backslash");
	}
	if (*r->at != '\0' && strchr("\";<>", *r->at) != NULL)
		return refuse(r, "one of \";<> needs a backslash before it");
	return *n > 0 ? OK : refuse(r, "a value is empty");
}

static bool is_utf8(struct span s)
{
	for (size_t n; s.n > 0; s.p += n, s.n -= n) {
		uint32_t scalar;

		n = utf8_next(s, &scalar);
		if (n == 0)
			return false;
	}
	return true;
}

/* The characters that a string type has. */
static bool fits(uint8_t tag, struct span s)
{
	static const char marks[] = " '()+,-./:=?";

	if (tag == DER_UTF8)
		return is_utf8(s);
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i], lower = c | 0x20;
		bool plain = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') ||
		             memchr(marks, c, sizeof marks - 1) != NULL;

		if (tag == DER_PRINTABLE ? !plain : c == 0 || c >= 0x80)
			return false;
	}
	return true;
}

static enum err read_attr(struct reading *r, struct derw *w)
{
	uint8_t room[NAME_MAX_DER];
	const struct type_row *type = read_type(r);
	struct span value = { room, 0 };
	enum err e;

	if (type == NULL)
		return refuse(r, "TYPE=VALUE with a TYPE known here must follow");
	e = read_value(r, room, sizeof room, &value.n);
	if (e == OK && !fits(type->tag, value))
		e = refuse(r, "a value has characters that its type does not");
	if (e != OK)
		return e;
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, type->oid);
		derw_put(w, type->tag, value);
	}
	return OK;
}

/* One RDN; `+` joins several attributes in the form of RFC 4514. */
static enum err read_rdn(struct reading *r, struct derw *w)
{
	size_t mark = derw_open(w, DER_SET);
	enum err e = read_attr(r, w);

	while (e == OK && *r->at == '+') {
		r->at++;
		e = read_attr(r, w);
	}
	derw_sort_set(w, mark);
	derw_close(w, mark);
	return e;
}

/* The RDNs in the order of the text; *n of them, each after ends[i - 1]. */
static enum err read_rdns(struct reading *r, struct derw *w, size_t *ends, size_t *n)
{
	enum err e = OK;

	for (*n = 0; e == OK && *r->at != '\0';) {
		if (*n == NAME_RDNS_MAX)
			return refuse(r, "it has too many RDNs");
		e = read_rdn(r, w);
		ends[(*n)++] = w->n;
		if (e == OK && *r->at == r->separator && *++r->at == '\0')
			e = refuse(r, "nothing follows its last separator");
	}
	return e;
}

enum err name_from_text(struct arena *a, const char *text, struct span *name)
{
	uint8_t room[NAME_MAX_DER];
	struct derw w = DERW_ON(room), out = derw_in(a, NAME_MAX_DER);
	bool slashes = *text == '/';
	struct reading r = { text + slashes, text, slashes ? '/' : ',' };
	size_t ends[NAME_RDNS_MAX], n;
	struct span rdns;
	enum err e = read_rdns(&r, &w, ends, &n);

	if (e == OK && (e = derw_end(&w, &rdns)) != OK)
		e = refuse(&r, "it is too long");
	if (e != OK)
		return e;
	IN (&out, DER_SEQUENCE) {
		/* RFC 4514 2.1: the last RDN is written first */
		for (size_t i = 0; i < n; i++) {
			size_t k = slashes ? i : n - 1 - i;
			size_t from = k == 0 ? 0 : ends[k - 1];

			derw_raw(&out, (struct span){ rdns.p + from, ends[k] - from });
		}
	}
	return derw_end(&out, name);
}
