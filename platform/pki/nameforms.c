/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the forms of general names are compared with a base, RFC 5280 4.2.1.10. */
#include "platform/pki/internal.h"

static bool address_base_valid(struct span base)
{
	size_t half = base.n / 2;
	bool ended = false;

	if (base.n != 8 && base.n != 32)
		return false;
	/* RFC 4632: a mask is ones, then zeros */
	for (size_t bit = 0; bit < 8 * half; bit++) {
		bool one = (base.p[half + bit / 8] & 0x80 >> bit % 8) != 0;

		if (one && ended)
			return false;
		ended = !one;
	}
	return true;
}

static bool address_within(struct span base, struct span address)
{
	if (base.n != 2 * address.n)
		return false;
	for (size_t i = 0; i < address.n; i++)
		if ((base.p[i] ^ address.p[i]) & base.p[address.n + i])
			return false;
	return true;
}

static struct span after(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

/* What is behind "*." of a wildcard; the name itself when it is none. */
static struct span wildcard_base(struct span name)
{
	return name.n > 2 && name.p[0] == '*' && name.p[1] == '.' ? after(name, 2) : name;
}

static bool is_wildcard(struct span name)
{
	return wildcard_base(name).n != name.n;
}

static bool dns_valid(struct span name)
{
	return dns_name_valid(wildcard_base(name));
}

/*
 * RFC 5280 4.2.1.10 has no form with a leading dot for dNSName, but CAs are made with
 * it, and it is read as in URIs: the names below.  Excluding, it excludes the name too.
 */
static bool has_dot(struct span base)
{
	return base.n > 0 && base.p[0] == '.';
}

static struct span without_dot(struct span base)
{
	return has_dot(base) ? after(base, 1) : base;
}

/* All that a wildcard stands for is within when what is behind it is. */
static bool dns_within(struct span base, struct span name)
{
	if (has_dot(base) && dns_name_equal(without_dot(base), name))
		return false;
	return dns_name_within(without_dot(base), wildcard_base(name));
}

/* ... and some of it is, when the base is one label longer. */
static bool dns_touches(struct span dotted, struct span name)
{
	struct span base = without_dot(dotted);
	const uint8_t *dot = base.n > 0 ? memchr(base.p, '.', base.n) : NULL;

	return dns_name_within(base, wildcard_base(name)) ||
	       (is_wildcard(name) && dot != NULL &&
	        dns_name_equal(wildcard_base(name), after(base, (size_t)(dot - base.p) + 1)));
}

/* ".example.com": names below it; "example.com": that host alone. */
static bool host_within(struct span base, struct span host)
{
	if (has_dot(base))
		return host.n >= base.n && dns_name_within(without_dot(base), host);
	return dns_name_equal(base, host);
}

static bool host_base_valid(struct span base)
{
	return host_name_valid(without_dot(base));
}

/* The domain of a mailbox, and the length of its local part; empty when there is no `@`. */
static struct span mail_domain(struct span mailbox, size_t *local)
{
	size_t i = mailbox.n;

	while (i > 0 && mailbox.p[i - 1] != '@')
		i--;
	*local = i > 0 ? i - 1 : 0;
	return i > 0 ? after(mailbox, i) : NO_BYTES;
}

/* RFC 5321 4.1.2: an `@` of its own has a local part only inside quotes; of two without
   them nobody knows which one begins the domain. */
static bool local_valid(struct span local)
{
	if (local.n >= 2 && local.p[0] == '"' && local.p[local.n - 1] == '"')
		return true;
	return local.n > 0 && memchr(local.p, '@', local.n) == NULL;
}

static bool mail_valid(struct span mailbox)
{
	size_t local;
	struct span domain = mail_domain(mailbox, &local);

	return local_valid((struct span){ mailbox.p, local }) && dns_name_valid(domain);
}

static bool mail_base_valid(struct span base)
{
	return mail_valid(base) || host_base_valid(base);
}

static bool mail_within(struct span base, struct span mailbox)
{
	size_t base_local, local;
	struct span base_domain = mail_domain(base, &base_local);
	struct span domain = mail_domain(mailbox, &local);

	if (base_local == 0)
		return host_within(base, domain);
	return base_local == local && memcmp(base.p, mailbox.p, local) == 0 &&
	       dns_name_equal(base_domain, domain);
}

/* URI = scheme ":" "//" [ userinfo "@" ] host [ ":" port ] ... (RFC 3986 3); host or empty */
static struct span uri_host(struct span uri)
{
	size_t begin = 0, end;

	while (begin < uri.n && uri.p[begin] != ':')
		begin++;
	if (uri.n - begin < 3 || memcmp(uri.p + begin, "://", 3) != 0)
		return NO_BYTES;
	begin += 3;
	for (end = begin; end < uri.n && memchr("/?#", uri.p[end], 3) == NULL; end++)
		if (uri.p[end] == '@')
			begin = end + 1;
	for (size_t i = begin; i < end; i++)
		if (uri.p[i] == ':')
			end = i;
	return (struct span){ uri.p + begin, end - begin };
}

/* RFC 5280 4.2.1.10: without a host name as authority it MUST be refused. */
static bool uri_valid(struct span uri)
{
	return host_name_valid(uri_host(uri));
}

static bool uri_within(struct span base, struct span uri)
{
	return host_within(base, uri_host(uri));
}

static bool dns_base_valid(struct span base)
{
	return base.n == 0 || dns_name_valid(without_dot(base));
}

static bool address_valid(struct span address)
{
	return address.n == 4 || address.n == 16;
}

/* directoryName has been read with its frame */
static bool always(struct span name)
{
	(void)name;
	return true;
}

const struct name_form_rules name_forms[FORMS] = {
	[FORM_OTHER] = { .word = "otherName" },
	[FORM_RFC822] = { "rfc822Name", mail_base_valid, mail_valid, mail_within, mail_within },
	[FORM_DNS] = { "dNSName", dns_base_valid, dns_valid, dns_within, dns_touches },
	[FORM_X400] = { .word = "x400Address" },
	[FORM_DIRECTORY] = { "directoryName", always, always, name_within, name_may_be_within },
	[FORM_EDI] = { .word = "ediPartyName" },
	[FORM_URI] = { "URI", host_base_valid, uri_valid, uri_within, uri_within },
	[FORM_IP] = { "iPAddress", address_base_valid, address_valid, address_within,
	              address_within },
	[FORM_REGISTERED] = { .word = "registeredID" },
};
