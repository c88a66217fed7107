/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line per event, on stderr (procd carries it to syslog) or to a sink of
 * the caller's.  Never key material, never whole bodies; peer text only through
 * log_quote().
 */
#ifndef ONRAMP_BASE_LOG_H
#define ONRAMP_BASE_LOG_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"
#include "platform/base/limits.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Where lines go: text without newline. NULL restores stderr. */
typedef void log_sink(void *context, enum log_level level, const char *line);
void log_to(log_sink *sink, void *context);

/* Lines above the level are dropped. Default: LOG_LEVEL_NOTICE. */
void log_limit(enum log_level level);

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_notice(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * Peer text made harmless: at most LOG_QUOTE_MAX bytes of it, in double quotes,
 * everything but printable ASCII and well-formed UTF-8 above U+009F (C1
 * controls and bidirectional overrides too) as \xNN; `...` after the closing
 * quote when cut.  Lives in struct quoted, so that several fit one statement:
 *
 *	err_because(E_X, "serial %s", log_quote(&(struct quoted){ 0 }, s));
 */
struct quoted {
	char text[4 * LOG_QUOTE_MAX + 8];
};
const char *log_quote(struct quoted *q, struct span peer_text);

/* How many octets of s may be shown as they are: its first character's; 0: it must be escaped. */
size_t log_plain(struct span s);

/* Bytes as lower-case hex, at most 32 of them, then `...`. */
const char *log_hex(struct quoted *q, struct span bytes);

#endif
