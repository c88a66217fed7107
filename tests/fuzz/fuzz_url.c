/* SPDX-License-Identifier: GPL-2.0-or-later */
/* url_read; what was read is written back and read again, and resolved */
#include <stdlib.h>
#include <string.h>

#include "platform/http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_be_clean(const struct url *u)
{
	for (const char *c = u->host; *c != '\0'; c++)
		must(*c > ' ' && *c < 0x7f && strchr("/?#@[]\\", *c) == NULL);
	for (const char *c = u->path; *c != '\0'; c++)
		must(*c > ' ' && *c < 0x7f && *c != '#' && *c != '\\');
	must(u->host[0] != '\0' && u->port != 0);
	must(u->path[0] == '\0' || u->path[0] == '/');
}

/* The origin names the same place, and a path leads back to itself. */
static void round_trip(const struct url *u)
{
	char origin[URL_MAX];
	struct url again, to;

	must_be_clean(u);
	if (url_origin(u, origin, sizeof origin) != OK)
		return;
	must(url_read(origin, &again) == OK && url_same_origin(u, &again));
	must(again.literal == u->literal && again.path[0] == '\0');
	if (url_resolve(&again, u->path, &to) == OK) {
		must_be_clean(&to);
		must(url_same_origin(u, &to) || strncmp(u->path, "//", 2) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char base_text[] = "https://[fe80::1%25eth0]:8443/a/b/../c?d";
	char text[2 * URL_MAX];
	struct url u, base;

	if (n >= sizeof text)
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	if (url_read(text, &u) == OK)
		round_trip(&u);
	must(url_read(base_text, &base) == OK);
	if (url_resolve(&base, text, &u) == OK)
		round_trip(&u);
	return 0;
}
