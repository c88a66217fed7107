/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a certificate is for the host that was meant: RFC 9525. */
#include <arpa/inet.h>

#include "platform/pki/internal.h"

struct address {
	uint8_t octets[16];
	size_t n; /* 4 or 16 */
};

static bool is_address(const char *host, struct address *out)
{
	if (inet_pton(AF_INET, host, out->octets) == 1)
		out->n = 4;
	else if (inet_pton(AF_INET6, host, out->octets) == 1)
		out->n = 16;
	else
		return false;
	return true;
}

/*
 * RFC 9525 6.3: a wildcard is the whole left-most label, and stands for exactly
 * one label.  "*.com" would stand for everybody's names: two labels are demanded
 * behind it.
 */
static bool wildcard_matches(struct span pattern, struct span host)
{
	struct span base = { pattern.p + 2, pattern.n - 2 };
	const uint8_t *dot = memchr(host.p, '.', host.n);
	size_t label = dot == NULL ? host.n : (size_t)(dot - host.p);

	return dot != NULL && dns_name_valid(base) && memchr(base.p, '.', base.n) != NULL &&
	       dns_name_equal(base, (struct span){ dot + 1, host.n - label - 1 });
}

static bool presented_matches(struct span presented, struct span host)
{
	if (presented.n > 2 && presented.p[0] == '*' && presented.p[1] == '.')
		return wildcard_matches(presented, host);
	return dns_name_equal(presented, host);
}

bool cert_matches_host(const struct cert *c, const char *host)
{
	struct address address;
	bool literal = is_address(host, &address);
	struct span name = span_str(host);
	enum err e;
	struct der san = der_open(c->san, &e);

	/* an absolute name ends with a period, one in a certificate never does */
	if (!literal && name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	if (!literal && !host_name_valid(name))
		return false;
	while (der_more(&san)) {
		struct general_name g = general_name_next(&san);

		if (e != OK)
			return false;
		if (literal ? g.form == FORM_IP &&
		                      span_equal(g.value,
		                                 (struct span){ address.octets, address.n })
		            : g.form == FORM_DNS && presented_matches(g.value, name))
			return true;
	}
	return false;
}
