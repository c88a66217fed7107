/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of platform/net tell each other. */
#ifndef ONRAMP_NET_INTERNAL_H
#define ONRAMP_NET_INTERNAL_H

#include <stdbool.h>

#include "platform/net/names.h"

/* An address literal, IPv4 or IPv6 with or without a zone; false: it is none. */
bool literal_read(const char *text, struct address *out);

/* Appends while there is room; the port is set by who has all. */
void addresses_add(struct addresses *list, const struct address *a);

/* Every address that a hosts file has for the name; none: the file does not know it. */
void hosts_find(const char *path, const char *name, struct addresses *out);

/* Where DNS is asked: a resolv.conf, NULL for the library's own; servers instead of it. */
struct dns_source {
	const char *resolv_conf, *servers;
};
MUST_CHECK enum err dns_find(const struct dns_source *from, const char *name, int64_t deadline,
                             struct addresses *v6, struct addresses *v4);

#endif
