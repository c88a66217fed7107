/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is asked for a name, and in which order its addresses are tried. */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>

#include "platform/net/internal.h"

static struct dns_source dns;
static const char *hosts = "/etc/hosts";

void names_files(const char *resolv_conf, const char *hosts_file)
{
	if (resolv_conf != NULL)
		dns.resolv_conf = resolv_conf;
	if (hosts_file != NULL)
		hosts = hosts_file;
}

void names_servers(const char *servers)
{
	dns.servers = servers;
}

void addresses_add(struct addresses *list, const struct address *a)
{
	if (list->n < ADDRESSES_MAX)
		list->a[list->n++] = *a;
}

static bool read_v4(const char *text, struct address *out)
{
	*out = (struct address){ .n = sizeof out->at.v4, .at.v4.sin_family = AF_INET };
	return inet_pton(AF_INET, text, &out->at.v4.sin_addr) == 1;
}

/* RFC 4007 11: a zone is the name of an interface, or its number. */
static bool read_zone(const char *zone, uint32_t *out)
{
	char *end;
	unsigned long number;

	*out = if_nametoindex(zone);
	if (*out != 0)
		return true;
	number = strtoul(zone, &end, 10);
	*out = (uint32_t)number;
	return zone[0] >= '0' && zone[0] <= '9' && *end == '\0' && number <= UINT32_MAX;
}

static bool read_v6(const char *text, struct address *out)
{
	char digits[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "%");

	*out = (struct address){ .n = sizeof out->at.v6, .at.v6.sin6_family = AF_INET6 };
	if (n >= sizeof digits)
		return false;
	memcpy(digits, text, n);
	digits[n] = '\0';
	return inet_pton(AF_INET6, digits, &out->at.v6.sin6_addr) == 1 &&
	       (text[n] == '\0' || read_zone(text + n + 1, &out->at.v6.sin6_scope_id));
}

bool literal_read(const char *text, struct address *out)
{
	return read_v4(text, out) || read_v6(text, out);
}

/* The name itself or one below it, without case; a dot may be at its end. */
static bool is_below(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	if (n > 0 && name[n - 1] == '.')
		n--;
	return n >= d && strncasecmp(name + n - d, domain, d) == 0 &&
	       (n == d || name[n - d - 1] == '.');
}

/* RFC 6761 6.3: always the loopback addresses, whoever else says what. */
static void add_loopback(struct addresses *out)
{
	struct address a;

	if (read_v6("::1", &a))
		addresses_add(out, &a);
	if (read_v4("127.0.0.1", &a))
		addresses_add(out, &a);
}

/* RFC 8305 4: families in turn, so that one that leads nowhere costs one attempt. */
static void take_turns(const struct addresses *first, const struct addresses *second,
                       struct addresses *out)
{
	for (size_t i = 0; i < first->n || i < second->n; i++) {
		if (i < first->n)
			addresses_add(out, &first->a[i]);
		if (i < second->n)
			addresses_add(out, &second->a[i]);
	}
}

static void find_in_hosts(const char *name, struct addresses *out)
{
	struct addresses all = { 0 }, v6 = { 0 }, v4 = { 0 };

	hosts_find(hosts, name, &all);
	for (size_t i = 0; i < all.n; i++)
		addresses_add(all.a[i].at.any.sa_family == AF_INET6 ? &v6 : &v4, &all.a[i]);
	take_turns(&v6, &v4, out);
}

static enum err find_in_dns(const char *name, int64_t deadline, struct addresses *out)
{
	struct addresses v6, v4;
	enum err e = dns_find(&dns, name, deadline, &v6, &v4);

	if (e == OK)
		take_turns(&v6, &v4, out);
	return e;
}

static enum err find(const char *host, int64_t deadline, struct addresses *out)
{
	struct address a;

	if (strchr(host, ':') != NULL || read_v4(host, &a)) {
		if (!literal_read(host, &a))
			return err_because(E_UNREACHABLE, "no such address or interface");
		addresses_add(out, &a);
	} else if (is_below(host, "localhost")) {
		add_loopback(out);
	} else if (is_below(host, "invalid")) {
		return err_because(E_UNREACHABLE, "cannot be resolved: a name that never exists "
		                                  "(RFC 6761 6.4)");
	} else {
		find_in_hosts(host, out);
		if (out->n == 0)
			return find_in_dns(host, deadline, out);
	}
	return OK;
}

enum err names_resolve(const char *host, uint16_t port, int64_t deadline, struct addresses *out)
{
	enum err e;

	out->n = 0;
	e = find(host, deadline, out);
	for (size_t i = 0; i < out->n; i++)
		if (out->a[i].at.any.sa_family == AF_INET6)
			out->a[i].at.v6.sin6_port = htons(port);
		else
			out->a[i].at.v4.sin_port = htons(port);
	return e;
}
