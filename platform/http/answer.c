/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An answer's header, line by line, and its body (RFC 9110, RFC 9112).
 *
 * libcurl finds the end of the answer; what it lets pass is judged here, more
 * strictly than it does: where two readers may differ on where an answer ends,
 * the peer could hide another one behind it.
 */
#include <errno.h>
#include <strings.h>
#include <unistd.h>

#include "platform/base/date.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/http/internal.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = (struct span){ s.p + 1, s.n - 1 };
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Of what is left in *list, up to the separator. */
static struct span take_until(struct span *list, char separator)
{
	const uint8_t *at = list->n > 0 ? memchr(list->p, separator, list->n) : NULL;
	struct span item = { list->p, at != NULL ? (size_t)(at - list->p) : list->n };
	size_t used = item.n + (at != NULL);

	*list = (struct span){ list->p + used, list->n - used };
	return item;
}

static bool is_word(struct span s, const char *word)
{
	return s.n == strlen(word) && strncasecmp((const char *)s.p, word, s.n) == 0;
}

/* 1*DIGIT, saturating. */
static bool read_number(struct span s, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out > UINT64_MAX / 10 - 1 ? UINT64_MAX : *out * 10 + (s.p[i] - '0');
	}
	return s.n > 0;
}

static enum err bad_field(const char *name, struct span value)
{
	struct quoted q;

	return err_because(E_HTTP, "%s: %s", name, log_quote(&q, value));
}

/* The first one counts; parameters do not. */
static enum err content_type(struct answer *a, struct span value)
{
	char *out = a->x->media_type;
	struct span type = trim(take_until(&value, ';'));
	size_t n = type.n < MEDIA_TYPE_MAX - 1 ? type.n : MEDIA_TYPE_MAX - 1;

	if (out[0] != '\0')
		return OK;
	for (size_t i = 0; i < n; i++) {
		char c = (char)type.p[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[n] = '\0';
	return OK;
}

/* RFC 9110 10.2.3: seconds, or a date, which only a believed clock can use. */
static enum err retry_after(struct answer *a, struct span value)
{
	struct moment now = clock_now();
	uint64_t seconds;
	int64_t date;

	if (a->x->retry_after >= 0)
		return OK;
	if (read_number(value, &seconds))
		a->x->retry_after = seconds < INT32_MAX ? (int64_t)seconds : INT32_MAX;
	else if (date_from_http(value, &date) == OK && now.confidence == TIME_SET &&
	         date >= now.seconds)
		a->x->retry_after = date - now.seconds < INT32_MAX ? date - now.seconds : INT32_MAX;
	return OK;
}

static enum err location(struct answer *a, struct span value)
{
	char *out = a->x->location;

	if (out[0] != '\0')
		return OK;
	a->far = value.n >= URL_MAX;
	if (!a->far) {
		memcpy(out, value.p, value.n);
		out[value.n] = '\0';
	}
	return OK;
}

/* RFC 9112 6.3, 5: one number, however often it is said. */
static enum err content_length(struct answer *a, struct span value)
{
	uint64_t length;

	if (!read_number(value, &length) || (a->has_length && length != a->length))
		return bad_field("Content-Length", value);
	a->has_length = true;
	a->length = length;
	return OK;
}

/* RFC 9112 6.1: we sent no TE, so there is but one; libcurl would inflate the others. */
static enum err transfer_encoding(struct answer *a, struct span value)
{
	if (a->framing == CHUNKED || !is_word(value, "chunked"))
		return bad_field("Transfer-Encoding", value);
	a->framing = CHUNKED;
	return OK;
}

static enum err content_encoding(struct answer *a, struct span value)
{
	(void)a;
	return is_word(value, "identity") ? OK : bad_field("Content-Encoding", value);
}

/* RFC 9112 9.3: `close` wins; `keep-alive` is what an HTTP/1.0 server keeps by. */
static enum err connection(struct answer *a, struct span value)
{
	while (value.n > 0) {
		struct span option = trim(take_until(&value, ','));

		a->closes |= is_word(option, "close");
		a->keep |= is_word(option, "keep-alive");
	}
	a->keep &= !a->closes;
	return OK;
}

static const struct field {
	const char *name;
	enum err (*read)(struct answer *a, struct span value);
} fields[] = {
	{ "Connection", connection },
	{ "Content-Encoding", content_encoding },
	{ "Content-Length", content_length },
	{ "Content-Type", content_type },
	{ "Location", location },
	{ "Retry-After", retry_after },
	{ "Transfer-Encoding", transfer_encoding },
};

/* libcurl reads these line by line: folded, they would mean one thing to it and another to us. */
static bool is_framing(const struct field *f)
{
	return f->read == content_length || f->read == transfer_encoding;
}

static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", s.p[i]))
			return false;
	return s.n > 0;
}

static enum err not_a_field(struct span line)
{
	struct quoted q;

	return err_because(E_HTTP, "not a header field: %s", log_quote(&q, line));
}

/* field-name ":" OWS field-value OWS; no blank before the colon. */
static enum err read_field(struct answer *a)
{
	struct span line = { a->field, a->field_n }, value = line, name = take_until(&value, ':');

	if (name.n == line.n || !is_token(name))
		return not_a_field(line);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (!is_word(name, fields[i].name))
			continue;
		if ((a->folded && is_framing(&fields[i])) || a->field_cut)
			return err_because(
				a->field_cut ? E_TOO_BIG : E_HTTP, "%s: %s", fields[i].name,
				a->field_cut ? "longer than we take" : "folded over lines");
		return fields[i].read(a, trim(value));
	}
	return OK;
}

static void add_to_field(struct answer *a, struct span part)
{
	size_t room = sizeof a->field - a->field_n;

	a->field_cut |= part.n > room;
	if (part.n > room)
		part.n = room;
	if (part.n > 0)
		memcpy(a->field + a->field_n, part.p, part.n);
	a->field_n += part.n;
}

static enum err end_header(struct answer *a);

/*
 * RFC 9112 5.2: obs-fold = OWS CRLF RWS, which "MUST" be read as a blank.  So a field is
 * read when the line behind it has come.
 */
static enum err take_field_line(struct answer *a, struct span line)
{
	enum err e = OK;

	if (line.n > 0 && is_blank(line.p[0])) {
		if (a->field_n == 0)
			return not_a_field(line);
		a->folded = true;
		add_to_field(a, span_str(" "));
		add_to_field(a, trim(line));
		return OK;
	}
	if (a->field_n > 0)
		e = read_field(a);
	a->field_n = 0;
	a->folded = a->field_cut = false;
	add_to_field(a, line);
	return e == OK && line.n == 0 ? end_header(a) : e;
}

/* HTTP-version SP 3DIGIT [ SP reason-phrase ], RFC 9112 4. */
static enum err read_status(struct answer *a, struct span line)
{
	static const char version[] = "HTTP/1.";
	const size_t minor = sizeof version - 1, code = minor + 2, end = code + 3;
	uint64_t status;
	struct quoted q;

	if (line.n < end || memcmp(line.p, version, minor) != 0 ||
	    (line.p[minor] != '0' && line.p[minor] != '1') || line.p[minor + 1] != ' ' ||
	    !read_number((struct span){ line.p + code, 3 }, &status) || status < 100 ||
	    (line.n > end && line.p[end] != ' '))
		return err_because(E_HTTP, "not a status line: %s", log_quote(&q, line));
	if (status == 101)
		return err_because(E_HTTP, "the server changes the protocol unasked (101)");
	a->at = status < 200 ? IN_INTERIM : IN_FIELDS;
	a->x->status = (unsigned)status;
	a->old = line.p[minor] == '0';
	a->keep = !a->old;
	return OK;
}

/* The body may still turn out to be one for the spool. */
static size_t body_most(const struct answer *a)
{
	size_t spool = a->x->spool != NULL ? a->x->spool->max : 0;

	return a->body_max > spool ? a->body_max : spool;
}

/* RFC 9110 15.4: of these, the Location says all; their bodies are for people. */
static bool leads_elsewhere(const struct answer *a)
{
	unsigned status = a->x->status;

	return a->x->headers_of_redirects && a->x->location[0] != '\0' &&
	       (status == 301 || status == 302 || status == 307 || status == 308);
}

/* RFC 9112 6.3: what tells where the body ends. */
static enum err end_header(struct answer *a)
{
	unsigned status = a->x->status;

	a->at = AT_BODY;
	if (a->far && status >= 300 && status < 400)
		return err_because(E_REDIRECT, "a Location of %d octets or more", (int)URL_MAX);
	if (a->framing == CHUNKED && a->has_length)
		return err_because(E_HTTP, "both Transfer-Encoding and Content-Length");
	if (status == 204 || status == 304) {
		a->framing = BY_LENGTH;
		a->length = 0;
	} else if (a->has_length) {
		a->framing = BY_LENGTH;
	}
	a->enough = leads_elsewhere(a) && !(a->framing == BY_LENGTH && a->length == 0);
	if (a->enough)
		return OK;
	if (a->framing == BY_LENGTH && a->length > body_most(a))
		return err_because(E_TOO_BIG, "a body of %llu octets is announced, at most %zu",
		                   (unsigned long long)a->length, body_most(a));
	/* RFC 9112 6.1: HTTP/1.0 has no chunks, so who sends them may frame the next wrongly */
	if (a->framing == UNTIL_CLOSE || (a->framing == CHUNKED && a->old))
		a->keep = false;
	return OK;
}

static enum err read_line(struct answer *a, struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
			return bad_field("a control octet in the header", line);
	if (a->at == AT_STATUS)
		return read_status(a, line);
	if (a->at == IN_FIELDS)
		return take_field_line(a, line);
	if (line.n > 0)
		return OK;
	a->at = AT_STATUS; /* behind an interim answer comes another one, RFC 9110 15.2 */
	return OK;
}

static struct span without_end(struct span line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

void answer_clear(struct exchange *x)
{
	x->status = 0;
	x->retry_after = -1;
	x->media_type[0] = x->location[0] = '\0';
	x->answer = NO_BYTES;
	x->large = NO_OCTETS;
}

void answer_begin(struct answer *a, struct exchange *x, struct arena *arena)
{
	size_t most = x->answer_max != 0 ? x->answer_max : HTTP_BODY_MAX;
	size_t room = arena_rest(arena).n;

	answer_clear(x);
	*a = (struct answer){ .x = x, .arena = arena, .body_max = most < room ? most : room };
}

bool answer_take_line(struct answer *a, struct span line)
{
	a->header += line.n;
	if (a->e == OK && a->header > HTTP_HEADER_MAX)
		a->e = err_because(E_TOO_BIG, "a header of more than %d octets",
		                   (int)HTTP_HEADER_MAX);
	/* trailer fields (RFC 9112 7.1.2) have no meaning to us */
	if (a->e == OK && a->at != AT_BODY)
		a->e = read_line(a, without_end(line));
	return a->e == OK && !a->enough;
}

static enum err write_spool(const struct answer *a, struct span part, uint64_t at)
{
	while (part.n > 0) {
		ssize_t n = pwrite(a->x->spool->fd, part.p, part.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_because(E_STORE, "a large answer cannot be kept: %s",
			                   strerror(errno));
		part = (struct span){ part.p + n, part.n - (size_t)n };
		at += (uint64_t)n;
	}
	return OK;
}

/* What came so far goes there, too, and the arena is as it was. */
static enum err turn_to_spool(struct answer *a)
{
	size_t mark = arena_mark(a->arena);
	enum err e = write_spool(a, (struct span){ arena_rest(a->arena).p, (size_t)a->body }, 0);

	arena_keep(a->arena, (size_t)a->body);
	arena_rewind(a->arena, mark);
	a->spooled = true;
	a->body_max = a->x->spool->max;
	return e;
}

bool answer_take_body(struct answer *a, struct span part)
{
	if (a->e == OK && !a->spooled && a->x->spool != NULL && part.n > a->body_max - a->body)
		a->e = turn_to_spool(a);
	if (a->e == OK && part.n > a->body_max - a->body)
		a->e = err_because(E_TOO_BIG, "a body of more than %zu octets", a->body_max);
	if (a->e != OK)
		return false;
	if (a->spooled) {
		a->e = write_spool(a, part, a->body);
		a->body += part.n;
		return a->e == OK;
	}
	/* nobody else takes from the arena meanwhile */
	memcpy(a->arena->base + a->arena->used + a->body, part.p, part.n);
	a->body += part.n;
	return true;
}

uint64_t answer_octets_max(const struct answer *a)
{
	if (a->at != AT_BODY)
		return HTTP_HEADER_MAX;
	return HTTP_HEADER_MAX + (uint64_t)HTTP_FRAMING_MAX * body_most(a);
}

enum err answer_end(struct answer *a, enum channel_io end)
{
	if (a->e != OK || a->enough)
		return a->e;
	if (a->at != AT_BODY || (a->framing == BY_LENGTH && a->body != a->length))
		return err_because(E_HTTP, "the answer breaks off");
	/* without a length only an orderly end is one */
	if (a->framing == UNTIL_CLOSE && end != CHANNEL_CLOSED)
		return err_because(E_HTTP, "the answer's end may have been cut off");
	if (a->spooled) {
		a->x->large = octets_in(a->x->spool->fd, 0, (size_t)a->body);
		return OK;
	}
	a->x->answer = (struct span){ arena_rest(a->arena).p, (size_t)a->body };
	arena_keep(a->arena, (size_t)a->body);
	return OK;
}

void answer_drop(struct answer *a)
{
	size_t mark = arena_mark(a->arena);

	if (!a->spooled)
		arena_keep(a->arena, (size_t)a->body);
	arena_rewind(a->arena, mark);
	answer_clear(a->x);
}
