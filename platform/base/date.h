/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dates as text, to and from seconds since 1970 UTC.  Pure; no time zone data,
 * no locale.  Years 0001 to 9999.
 */
#ifndef ONRAMP_BASE_DATE_H
#define ONRAMP_BASE_DATE_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"

/* 9999-12-31T23:59:59Z: RFC 5280 4.1.2.5, "no well-defined expiration date". */
#define DATE_NEVER INT64_C(253402300799)

/* UTCTime content, YYMMDDHHMMSSZ (RFC 5280 4.1.2.5.1: 00-49 is 20xx). */
MUST_CHECK enum err date_from_utctime(struct span content, int64_t *seconds);

/* GeneralizedTime content, YYYYMMDDHHMMSSZ, no fraction (RFC 5280 4.1.2.5.2). */
MUST_CHECK enum err date_from_generalized(struct span content, int64_t *seconds);

/* RFC 3339 date-time; fractions and offsets taken, lower-case t and z too. */
MUST_CHECK enum err date_from_rfc3339(struct span text, int64_t *seconds);

/* RFC 9110 IMF-fixdate only: "Sun, 06 Nov 1994 08:49:37 GMT". */
MUST_CHECK enum err date_from_http(struct span text, int64_t *seconds);

/* A writer's buffer: longest form and a NUL. */
struct date_text {
	char s[32];
};
const char *date_to_rfc3339(struct date_text *t, int64_t seconds);     /* 2026-11-23T09:00:00Z */
const char *date_to_generalized(struct date_text *t, int64_t seconds); /* 20261123090000Z */
const char *date_to_utctime(struct date_text *t, int64_t seconds); /* 261123090000Z; 1950..2049 */

#endif
