/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line per event, and peer text made harmless. */
#include <stdarg.h>
#include <stdio.h>

#include "platform/base/log.h"
#include "platform/base/utf8.h"

enum { HEX_OCTETS_MAX = 32 };

static void to_stderr(void *context, enum log_level level, const char *line)
{
	static const char *const word[] = {
		[LOG_LEVEL_ERROR] = "error: ", [LOG_LEVEL_WARNING] = "warning: ",
		[LOG_LEVEL_NOTICE] = "",       [LOG_LEVEL_INFO] = "",
		[LOG_LEVEL_DEBUG] = "debug: ",
	};

	(void)context;
	fprintf(stderr, "onramp: %s%s\n", word[level], line);
}

static log_sink *sink = to_stderr;
static void *sink_context;
static enum log_level limit = LOG_LEVEL_NOTICE;

void log_to(log_sink *to, void *context)
{
	sink = to != NULL ? to : to_stderr;
	sink_context = to != NULL ? context : NULL;
}

void log_limit(enum log_level level)
{
	limit = level;
}

/* The second line of defence: whoever forgot to quote still cannot break the line. */
static void say(enum log_level level, const char *format, va_list args)
{
	char line[LOG_LINE_MAX];

	if (level > limit)
		return;
	if (vsnprintf(line, sizeof line, format, args) < 0)
		return;
	for (char *c = line; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	sink(sink_context, level, line);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

void log_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_LEVEL_NOTICE, format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}

/*
 * Characters that change how the rest of a line looks or where it ends: C1
 * controls, directional marks and overrides, invisible and line-breaking ones,
 * tags.  From the Unicode general categories Cc, Cf, Zl and Zp.
 */
static bool disguises(uint32_t scalar)
{
	static const struct {
		uint32_t first, last;
	} range[] = {
		{ 0x0080, 0x009f },   { 0x00ad, 0x00ad },   { 0x0600, 0x0605 },
		{ 0x061c, 0x061c },   { 0x06dd, 0x06dd },   { 0x070f, 0x070f },
		{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },
		{ 0x110bd, 0x110bd }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof range / sizeof *range; i++)
		if (scalar >= range[i].first && scalar <= range[i].last)
			return true;
	return false;
}

size_t log_plain(struct span s)
{
	uint32_t scalar;
	size_t n = utf8_next(s, &scalar);

	if (n == 1)
		return scalar >= 0x20 && scalar < 0x7f && scalar != '"' && scalar != '\\';
	return n > 0 && !disguises(scalar) ? n : 0;
}

/* What was cut says so. */
static void finish(char *to, bool whole)
{
	static const char dots[] = "...";

	memcpy(to, whole ? "" : dots, whole ? 1 : sizeof dots);
}

static char *put_hex(char *to, uint8_t octet)
{
	*to++ = "0123456789abcdef"[octet >> 4];
	*to++ = "0123456789abcdef"[octet & 15];
	return to;
}

/* A whole character is shown or none of it: the cut never makes escapes of its octets. */
const char *log_quote(struct quoted *q, struct span s)
{
	char *to = q->text;
	size_t i = 0;

	*to++ = '"';
	while (i < s.n && i < LOG_QUOTE_MAX) {
		size_t n = log_plain((struct span){ s.p + i, s.n - i });

		if (i + n > LOG_QUOTE_MAX)
			break;
		if (n == 0) {
			*to++ = '\\';
			*to++ = 'x';
			to = put_hex(to, s.p[i++]);
		}
		for (; n > 0; n--)
			*to++ = (char)s.p[i++];
	}
	*to++ = '"';
	finish(to, i == s.n);
	return q->text;
}

const char *log_hex(struct quoted *q, struct span bytes)
{
	char *to = q->text;
	size_t n = bytes.n < HEX_OCTETS_MAX ? bytes.n : HEX_OCTETS_MAX;

	for (size_t i = 0; i < n; i++)
		to = put_hex(to, bytes.p[i]);
	finish(to, n == bytes.n);
	return q->text;
}
