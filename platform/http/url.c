/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs: read strictly, compared by origin, resolved against each other. */
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#include "platform/base/log.h"
#include "platform/http/url.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, LABEL_MAX = 63 };

/* Not <ctype.h>: no locale has a word in this. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool among(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* What is left to read; the first refusal ends it. */
struct rest {
	const char *p, *end;
};

static enum err refuse(const char *text, const char *why)
{
	struct quoted q;

	return err_because(E_RANGE, "URL %s: %s", log_quote(&q, span_str(text)), why);
}

/* A blank or a line's end would end the request line. */
enum err url_check_path(const char *path)
{
	const char *c = path;
	struct quoted q;

	while (*c > ' ' && *c < 0x7f && *c != '#')
		c++;
	if (path[0] != '/' || *c != '\0')
		return err_because(E_RANGE, "not a path: %s", log_quote(&q, span_str(path)));
	return OK;
}

/* scheme "://", RFC 3986 3.1: without case. */
static bool take_scheme(struct rest *r, bool *tls)
{
	static const char https[] = "https://", http[] = "http://";

	*tls = strncasecmp(r->p, https, sizeof https - 1) == 0;
	if (!*tls && strncasecmp(r->p, http, sizeof http - 1) != 0)
		return false;
	r->p += *tls ? sizeof https - 1 : sizeof http - 1;
	return true;
}

/* "[" IPv6address [ "%25" ZoneID ] "]", RFC 6874 2; kept in one form, to be compared. */
static const char *take_literal(struct rest *r, struct url *out)
{
	const char *close = memchr(r->p, ']', (size_t)(r->end - r->p)), *zone, *end;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n;

	if (close == NULL)
		return "the bracket is not closed";
	zone = memchr(r->p, '%', (size_t)(close - r->p));
	end = zone != NULL ? zone : close;
	n = (size_t)(end - r->p - 1);
	if (n >= sizeof text)
		return "not an IPv6 address";
	memcpy(text, r->p + 1, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &address) != 1 ||
	    inet_ntop(AF_INET6, &address, out->host, INET6_ADDRSTRLEN) == NULL)
		return "not an IPv6 address";
	r->p = close + 1;
	if (zone == NULL)
		return NULL;
	if (strncmp(zone, "%25", 3) != 0 || close - zone <= 3 || close - zone - 3 >= IF_NAMESIZE)
		return "a zone is written %25 and the name of an interface";
	for (const char *c = zone + 3; c < close; c++)
		if (!is_alnum(*c) && !among(*c, "-._~"))
			return "a zone is written %25 and the name of an interface";
	n = strlen(out->host);
	snprintf(out->host + n, sizeof out->host - n, "%%%.*s", (int)(close - zone - 3), zone + 3);
	return NULL;
}

/*
 * A name of letters, digits, hyphens and (SRV hosts, Windows) underscores.
 * getaddrinfo(3) would read 0x7f.1 as an address: what ends in a number has to
 * be a dotted quad.
 */
static const char *check_name(const char *host, bool *literal)
{
	const char *label = host, *c = host;
	struct in_addr address;

	for (; *c != '\0'; c++) {
		if (*c == '.' && c == label)
			return "an empty label in the host name";
		if (*c == '.')
			label = c + 1;
		else if (!is_alnum(*c) && !among(*c, "-_"))
			return "not a host name (internationalized ones are written xn--)";
		if (c - label >= LABEL_MAX)
			return "a label of the host name is too long";
	}
	*literal = inet_pton(AF_INET, host, &address) == 1;
	if (c == label)
		return "the host name ends in a dot";
	if (is_digit(*label) && !*literal &&
	    (label[strspn(label, "0123456789")] == '\0' || strncasecmp(label, "0x", 2) == 0))
		return "not an IPv4 address, yet it ends in a number";
	return NULL;
}

static const char *take_host(struct rest *r, struct url *out)
{
	size_t n = strcspn(r->p, ":/?");

	if (*r->p == '[') {
		out->literal = true;
		return take_literal(r, out);
	}
	if (n == 0)
		return "the host is missing";
	memcpy(out->host, r->p, n);
	out->host[n] = '\0';
	r->p += n;
	return check_name(out->host, &out->literal);
}

static const char *take_port(struct rest *r, struct url *out)
{
	unsigned long port = 0;
	unsigned digits = 0;

	out->port = out->tls ? PORT_HTTPS : PORT_HTTP;
	if (*r->p != ':')
		return NULL;
	for (r->p++; is_digit(*r->p) && digits < 6; r->p++, digits++)
		port = port * 10 + (unsigned long)(*r->p - '0');
	if (digits == 0 || port < 1 || port > UINT16_MAX)
		return "a port is a number from 1 to 65535";
	out->port = (uint16_t)port;
	return NULL;
}

/* path-abempty [ "?" query ], RFC 3986 3.3 and 3.4. */
static const char *take_path(struct rest *r, struct url *out)
{
	if (*r->p != '\0' && *r->p != '/' && *r->p != '?')
		return "after host and port comes a path";
	for (const char *c = r->p; c < r->end; c++) {
		if (*c == '#')
			return "a fragment is of no use here";
		if (*c == '%' && !(is_hex(c[1]) && is_hex(c[2])))
			return "% without two hexadecimal digits";
		if (!is_alnum(*c) && !among(*c, "-._~!$&'()*+,;=:@/?%"))
			return "an octet that a URL does not have";
	}
	if (snprintf(out->path, sizeof out->path, "%s%s", *r->p == '?' ? "/" : "", r->p) >= URL_MAX)
		return "too long";
	return NULL;
}

static const char *read_parts(struct rest *r, struct url *out)
{
	const char *why;

	if (r->end - r->p >= URL_MAX)
		return "too long";
	if (!take_scheme(r, &out->tls))
		return "neither https:// nor http://";
	if (memchr(r->p, '@', strcspn(r->p, "/?")) != NULL)
		return "user names and passwords are not taken";
	why = take_host(r, out);
	if (why == NULL)
		why = take_port(r, out);
	return why != NULL ? why : take_path(r, out);
}

enum err url_read(const char *text, struct url *out)
{
	struct rest r = { text, text + strlen(text) };
	const char *why;

	*out = (struct url){ 0 };
	why = read_parts(&r, out);
	if (why == NULL)
		return OK;
	*out = (struct url){ 0 };
	return refuse(text, why);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->tls == b->tls && a->port == b->port && strcasecmp(a->host, b->host) == 0;
}

/* host [ ":" port ], with or without the zone of a literal. */
static int write_authority(const struct url *u, bool with_zone, char *out, size_t cap)
{
	bool bracket = strchr(u->host, ':') != NULL;
	const char *zone = bracket ? strchr(u->host, '%') : NULL;
	int host = zone != NULL ? (int)(zone - u->host) : URL_MAX;
	char port[8] = "";

	if (u->port != (u->tls ? PORT_HTTPS : PORT_HTTP))
		snprintf(port, sizeof port, ":%u", (unsigned)u->port);
	if (zone == NULL || !with_zone)
		return snprintf(out, cap, "%s%.*s%s%s", bracket ? "[" : "", host, u->host,
		                bracket ? "]" : "", port);
	return snprintf(out, cap, "[%.*s%%25%s]%s", host, u->host, zone + 1, port);
}

static enum err fits(int n, size_t cap)
{
	return n >= 0 && (size_t)n < cap ? OK : err_because(E_SPACE, "a host of %d octets", n);
}

enum err url_host(const struct url *u, char *out, size_t cap)
{
	return fits(write_authority(u, false, out, cap), cap);
}

enum err url_origin(const struct url *u, char *out, size_t cap)
{
	char authority[URL_MAX + 16];
	enum err e = fits(write_authority(u, true, authority, sizeof authority), sizeof authority);

	if (e != OK)
		return e;
	return fits(snprintf(out, cap, "%s://%s", u->tls ? "https" : "http", authority), cap);
}

/* The last segment goes, up to and without its slash. */
static size_t without_segment(const char *path, size_t n)
{
	while (n > 0 && path[n - 1] != '/')
		n--;
	return n > 0 ? n - 1 : 0;
}

/* RFC 3986 5.2.4, in place, for a path that begins with a slash; a query stays as it is. */
static void remove_dots(char *path)
{
	char *query = path + strcspn(path, "?"), *in = path;
	size_t n = 0;

	while (in < query) {
		size_t segment = 1 + strcspn(in + 1, "/?");
		bool last = in + segment == query;

		if (segment == 2 && in[1] == '.') {
			if (last)
				path[n++] = '/';
		} else if (segment == 3 && in[1] == '.' && in[2] == '.') {
			n = without_segment(path, n);
			if (last)
				path[n++] = '/';
		} else {
			memmove(path + n, in, segment);
			n += segment;
		}
		in += segment;
	}
	memmove(path + n, query, strlen(query) + 1);
}

/* A scheme is before the first of "/?#", and is followed by a colon. */
static bool is_absolute(const char *reference)
{
	return reference[strcspn(reference, ":/?#")] == ':';
}

/* How much of the base's path a reference keeps, RFC 3986 5.2.2 and 5.2.3. */
static int kept_path(const char *base, const char *reference)
{
	int path = (int)strcspn(base, "?");

	if (*reference == '/')
		return 0;
	if (*reference == '?')
		return path;
	if (*reference == '\0')
		return (int)strlen(base);
	while (path > 0 && base[path - 1] != '/')
		path--;
	return path;
}

/* Writes the target's whole text, which url_read() then judges. */
static enum err join(const struct url *base, const char *reference, char *out, size_t cap)
{
	const char *root = base->path[0] == '\0' ? "/" : base->path;
	char origin[URL_MAX];
	enum err e = url_origin(base, origin, sizeof origin);
	int n;

	if (e != OK)
		return e;
	if (is_absolute(reference))
		n = snprintf(out, cap, "%s", reference);
	else if (strncmp(reference, "//", 2) == 0)
		n = snprintf(out, cap, "%s:%s", base->tls ? "https" : "http", reference);
	else
		n = snprintf(out, cap, "%s%.*s%s", origin, kept_path(root, reference), root,
		             reference);
	return n >= 0 && (size_t)n < cap ? OK : refuse(reference, "too long");
}

enum err url_resolve(const struct url *base, const char *location, struct url *out)
{
	char reference[URL_MAX], text[3 * URL_MAX];
	size_t n = strcspn(location, "#");
	enum err e;

	*out = (struct url){ 0 };
	if (n >= sizeof reference)
		return refuse(location, "too long");
	/* RFC 9110 10.2.2: a fragment is allowed there, and nothing to us */
	memcpy(reference, location, n);
	reference[n] = '\0';
	e = join(base, reference, text, sizeof text);
	if (e == OK)
		e = url_read(text, out);
	if (e == OK)
		remove_dots(out->path);
	return e;
}
