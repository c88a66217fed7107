/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp --san`: the alternative names that are asked for. */
#include <string.h>
#include <strings.h>

#include "agent/cmp_tool.h"

static bool begins(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* Without a prefix by its looks: an address, a URI, a mail address, or a DNS name. */
static enum cmp_name_kind kind_by_looks(const char *name)
{
	if (cmp_name_param(CMP_NAME_IP, name) == OK)
		return CMP_NAME_IP;
	if (strstr(name, "://") != NULL || begins(name, "urn:"))
		return CMP_NAME_URI;
	return strchr(name, '@') != NULL ? CMP_NAME_EMAIL : CMP_NAME_DNS;
}

/* --san NAME, with or without "DNS:" and its like. */
static enum err take_name(const char *text, struct tool_names *n)
{
	static const char *const prefixes[CMP_NAME_KINDS] = { "DNS:", "IP:", "URI:", "email:" };
	enum cmp_name_kind kind = CMP_NAME_KINDS;
	enum err e;

	for (int i = 0; i < CMP_NAME_KINDS && kind == CMP_NAME_KINDS; i++)
		if (begins(text, prefixes[i])) {
			kind = i;
			text += strlen(prefixes[i]);
		}
	if (kind == CMP_NAME_KINDS)
		kind = kind_by_looks(text);
	e = cmp_name_param(kind, text);
	if (e != OK)
		return err_because(E_USAGE,
		                   "--san %s; names are DNS:, IP:, URI: or email:, one "
		                   "by each --san",
		                   err_reason(e));
	n->of[kind].s[n->of[kind].n++] = text;
	return OK;
}

enum err tool_names(const struct cmp_tool *t, struct tool_names *n, struct cmp_facts *out)
{
	enum err e = OK;

	*n = (struct tool_names){ .of = { { .n = 0 } } };
	for (size_t i = 0; i < t->san.n && e == OK; i++)
		e = take_name(t->san.s[i], n);
	out->dns_names = n->of[CMP_NAME_DNS].s;
	out->dns_count = n->of[CMP_NAME_DNS].n;
	out->ip_addresses = n->of[CMP_NAME_IP].s;
	out->ip_count = n->of[CMP_NAME_IP].n;
	out->uris = n->of[CMP_NAME_URI].s;
	out->uri_count = n->of[CMP_NAME_URI].n;
	out->emails = n->of[CMP_NAME_EMAIL].s;
	out->email_count = n->of[CMP_NAME_EMAIL].n;
	return e;
}
