/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs, as far as an agent meets them: RFC 3986 with http and https. */
#ifndef ONRAMP_HTTP_URL_H
#define ONRAMP_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/base/err.h"
#include "platform/base/limits.h"

struct url {
	bool tls;           /* https */
	char host[URL_MAX]; /* name, or address literal without brackets, zone decoded (%25) */
	bool literal;       /* an address */
	uint16_t port;      /* 443, 80 or as said */
	char path[URL_MAX]; /* "/..." with query; "" when absent */
};

/* Strict: no userinfo, no fragment, no control bytes, no blanks, port 1..65535,
   host not empty.  E_RANGE with the reason; text is quoted there. */
MUST_CHECK enum err url_read(const char *text, struct url *out);

bool url_same_origin(const struct url *a,
                     const struct url *b); /* scheme, host without case, port */

/* As the Host field has it: "[fe80::1]:8443"; no zone (RFC 6874 3), port only when not
   the scheme's own. */
MUST_CHECK enum err url_host(const struct url *u, char *out, size_t cap);

/* "https://[fe80::1%25eth0]:8443": port only when not the scheme's own. */
MUST_CHECK enum err url_origin(const struct url *u, char *out, size_t cap);

/* May it stand in a request line, query and all (RFC 9112 3)? E_RANGE. */
MUST_CHECK enum err url_check_path(const char *path);

/* A Location header against the URL it answers: absolute or path-absolute or
   relative (RFC 3986 5). */
MUST_CHECK enum err url_resolve(const struct url *base, const char *location, struct url *out);

#endif
