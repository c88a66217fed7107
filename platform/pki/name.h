/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distinguished names and general names. */
#ifndef ONRAMP_PKI_NAME_H
#define ONRAMP_PKI_NAME_H

#include "platform/base/arena.h"
#include "platform/base/log.h"

/* NULL-DN, an empty RDNSequence, DER. */
extern const struct span NAME_EMPTY;

/*
 * Name comparison, RFC 5280 7.1: attribute by attribute; PrintableString and
 * UTF8String compared without case and with inner blanks folded (ASCII), domain
 * components without case (7.3), any other value byte by byte.  Both are whole Names, DER; a malformed one equals
 * nothing but itself.
 */
bool name_equal(struct span a, struct span b);
/* b's first RDNs are a (for directoryName constraints). */
bool name_within(struct span base, struct span name);
/* The same for what must not be within: values that cannot be compared count as equal, which
   are those of other string types, and with other octets than printable ASCII. */
bool name_may_be_within(struct span base, struct span name);
bool name_is_empty(struct span name);

/* First value of an attribute, content octets; false when there is none. */
bool name_attribute(struct span name, struct span oid, struct span *value);
extern const struct span OID_AT_COMMON_NAME, OID_AT_SERIAL_NUMBER;

/* "CN=x,O=y" in a log line: RFC 4514 order reversed is left to people; quoted and cut. */
const char *name_text(struct quoted *q, struct span name);

/* The same for JSON, which has quotes and escapes of its own: what is no text as \XX
   (RFC 4514 2.4); cut where it is longer than the line. */
struct name_line {
	char text[4 * LOG_QUOTE_MAX];
};
struct span name_plain(struct name_line *line, struct span name);

/* The same, whole, piece by piece: to be quoted by who puts it.  Separators in values are
   escaped (RFC 4514 2.4), and letters that look like ASCII's and are none. */
typedef void name_put(void *to, struct span piece);
void name_write(struct span name, name_put *put, void *to);

/*
 * A Name from "/O=Org/CN=router 1" (openssl's form, \/ escapes) or
 * "CN=router 1,O=Org" (RFC 4514 order, last RDN first), as UTF8String
 * (PrintableString for C and serialNumber, IA5String for DC and emailAddress).
 */
MUST_CHECK enum err name_from_text(struct arena *a, const char *text, struct span *name);

#endif
