/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alternative names that an operator asks for (RFC 5280 4.2.1.6):
 *
 *	GeneralName ::= CHOICE {
 *		rfc822Name                 [1] IA5String,
 *		dNSName                    [2] IA5String,
 *		uniformResourceIdentifier  [6] IA5String,
 *		iPAddress                  [7] OCTET STRING, ... }
 */
#include <arpa/inet.h>

#include "cmp/fill.h"

enum { ADDRESS_MAX = 16, DNS_NAME_MAX = 253, LABEL_MAX = 63, LOCAL_PART_MAX = 64 };

static bool is_alnum(uint8_t c)
{
	uint8_t lower = c | 0x20;

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

static bool among(uint8_t c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

/* A label of RFC 1034 3.5, as RFC 1123 2.1 changes it: letters, digits, inner hyphens. */
static bool is_label(struct span s)
{
	if (s.n == 0 || s.n > LABEL_MAX || !is_alnum(s.p[0]) || !is_alnum(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

static struct span first_of(struct span s, char end)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, end, s.n) : NULL;

	return (struct span){ s.p, at != NULL ? (size_t)(at - s.p) : s.n };
}

/* The preferred syntax, and no last label of digits alone: 300.1.1.1 is a wrong address. */
static bool is_host(struct span s)
{
	struct span label = NO_BYTES;

	if (s.n == 0 || s.n > DNS_NAME_MAX)
		return false;
	for (size_t at = 0; at <= s.n; at += label.n + 1) {
		label = first_of((struct span){ s.p + at, s.n - at }, '.');
		if (!is_label(label))
			return false;
	}
	for (size_t i = 0; i < label.n; i++)
		if (label.p[i] < '0' || label.p[i] > '9')
			return true;
	return false;
}

/* "*.example": what CAs issue, though RFC 5280 leaves it to others (RFC 6125 6.4.3). */
static bool is_dns_name(struct span s)
{
	bool wild = s.n > 2 && s.p[0] == '*' && s.p[1] == '.';

	return is_host(wild ? (struct span){ s.p + 2, s.n - 2 } : s);
}

static size_t read_address(const char *text, uint8_t b[ADDRESS_MAX])
{
	return inet_pton(AF_INET, text, b) == 1    ? 4
	       : inet_pton(AF_INET6, text, b) == 1 ? ADDRESS_MAX
	                                           : 0;
}

static bool is_address(struct span s)
{
	char text[64];
	uint8_t b[ADDRESS_MAX];

	if (s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return read_address(text, b) > 0;
}

/* "Local-part@Domain" (RFC 5321 4.1.2), the local part without quotes. */
static bool is_mailbox(struct span s)
{
	struct span local = first_of(s, '@');
	uint8_t before = '.';

	if (local.n == 0 || local.n > LOCAL_PART_MAX || local.n == s.n)
		return false;
	for (size_t i = 0; i < local.n; before = local.p[i++])
		if (!is_alnum(local.p[i]) && !among(local.p[i], "!#$%&'*+-/=?^_`{|}~") &&
		    (local.p[i] != '.' || before == '.'))
			return false;
	return before != '.' && is_host((struct span){ s.p + local.n + 1, s.n - local.n - 1 });
}

/* host [ ":" port ] behind "//" [ userinfo "@" ] (RFC 3986 3.2). */
static bool is_authority(struct span s)
{
	size_t begin = 0;
	struct span host;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '@')
			begin = i + 1;
	s = (struct span){ s.p + begin, s.n - begin };
	host = first_of(s, ':');
	if (s.n > 0 && s.p[0] == '[') {
		host = first_of((struct span){ s.p + 1, s.n - 1 }, ']');
		if (host.n + 1 == s.n || !is_address(host) || memchr(host.p, ':', host.n) == NULL)
			return false;
		begin = host.n + 2;
	} else {
		if (!is_host(host) && !is_address(host))
			return false;
		begin = host.n;
	}
	if (begin == s.n)
		return true;
	for (size_t i = begin + 1; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.p[begin] == ':' && s.n - begin <= sizeof ":65535" - 1;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Unreserved, reserved, and %41 (RFC 3986 2). */
static bool are_uri_octets(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool escape = s.p[i] == '%' && i + 2 < s.n && is_hex(s.p[i + 1]) &&
		              is_hex(s.p[i + 2]);

		if (!is_alnum(s.p[i]) && !among(s.p[i], "-._~:/?#[]@!$&'()*+,;=") && !escape)
			return false;
	}
	return true;
}

/* "MUST NOT be a relative URI"; an authority has a host name or an address in it. */
static bool is_uri(struct span s)
{
	struct span scheme = first_of(s, ':'), rest, authority;

	if (scheme.n == 0 || scheme.n + 1 >= s.n || !is_alnum(scheme.p[0]) || scheme.p[0] < 'A')
		return false;
	for (size_t i = 0; i < scheme.n; i++)
		if (!is_alnum(scheme.p[i]) && !among(scheme.p[i], "+-."))
			return false;
	rest = (struct span){ s.p + scheme.n + 1, s.n - scheme.n - 1 };
	if (!are_uri_octets(rest))
		return false;
	if (rest.n < 2 || memcmp(rest.p, "//", 2) != 0)
		return true;
	authority = (struct span){ rest.p + 2, 0 };
	while (authority.n < rest.n - 2 && !among(authority.p[authority.n], "/?#"))
		authority.n++;
	return is_authority(authority);
}

static const struct name_rule {
	uint8_t tag;
	bool (*holds)(struct span text);
	const char *what;
} rules[CMP_NAME_KINDS] = {
	[CMP_NAME_DNS] = { DER_CONTEXT_PRIMITIVE(2), is_dns_name, "a DNS name" },
	[CMP_NAME_IP] = { DER_CONTEXT_PRIMITIVE(7), is_address, "an IP address" },
	[CMP_NAME_URI] = { DER_CONTEXT_PRIMITIVE(6), is_uri,
	                   "an absolute URI, scheme:... with a host name or address behind //" },
	[CMP_NAME_EMAIL] = { DER_CONTEXT_PRIMITIVE(1), is_mailbox, "a mail address" },
};

uint8_t cmp_name_tag(enum cmp_name_kind kind)
{
	return rules[kind].tag;
}

enum err cmp_name_param(enum cmp_name_kind kind, const char *name)
{
	struct quoted q;

	if (!rules[kind].holds(span_str(name)))
		return err_because(E_CONFIG, "%s is not %s", log_quote(&q, span_str(name)),
		                   rules[kind].what);
	return OK;
}

enum err cmp_put_name(struct derw *w, enum cmp_name_kind kind, const char *name)
{
	uint8_t address[ADDRESS_MAX];
	enum err e = cmp_name_param(kind, name);

	if (e != OK)
		return e;
	if (kind == CMP_NAME_IP)
		derw_put(w, rules[kind].tag, (struct span){ address, read_address(name, address) });
	else
		derw_put(w, rules[kind].tag, span_str(name));
	return OK;
}
