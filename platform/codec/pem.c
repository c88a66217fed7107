/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM (RFC 7468): blocks out of text, and into it. */
#include <stdio.h>

#include "platform/base/limits.h"
#include "platform/base/log.h"
#include "platform/codec/b64.h"
#include "platform/codec/der.h"
#include "platform/codec/pem.h"

static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";

static bool starts(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

static void skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

/* The next line without its end; *text moves behind it. eol = CRLF / CR / LF. */
static struct span line(struct span *text)
{
	struct span l = { text->p, 0 };

	while (l.n < text->n && l.p[l.n] != '\n' && l.p[l.n] != '\r')
		l.n++;
	skip(text, l.n);
	if (starts(*text, "\r\n"))
		skip(text, 2);
	else if (text->n > 0)
		skip(text, 1);
	return l;
}

/*
 * preeb = "-----BEGIN " label "-----" *WSP eol (RFC 7468 3); posteb likewise.
 * An empty label is allowed there but tells nothing here.
 */
static bool label_of(struct span l, const char *prefix, struct span *label)
{
	size_t n = strlen(dashes);

	while (l.n > 0 && (l.p[l.n - 1] == ' ' || l.p[l.n - 1] == '\t'))
		l.n--;
	if (!starts(l, prefix))
		return false;
	skip(&l, strlen(prefix));
	if (l.n <= n || !span_is((struct span){ l.p + l.n - n, n }, dashes))
		return false;
	*label = (struct span){ l.p, l.n - n };
	for (size_t i = 0; i < label->n; i++)
		if (label->p[i] < 0x20 || label->p[i] > 0x7e)
			return false;
	return true;
}

static enum err broken(struct span label, const char *why)
{
	return err_because(E_TEXT, "PEM block %s: %s", log_quote(&(struct quoted){ 0 }, label),
	                   why);
}

/* The lines up to the END line, which must close the same label; *text moves behind it, or to
   the BEGIN line of another block before it. */
static enum err enclosed(struct span *text, struct span label, struct span *lines)
{
	*lines = (struct span){ text->p, 0 };
	while (text->n > 0) {
		struct span l, closed = NO_BYTES;

		if (starts(*text, begin))
			break;
		l = line(text);
		if (starts(l, end)) {
			if (!label_of(l, end, &closed) || !span_equal(label, closed))
				return broken(label, "its END line is broken or of another label");
			return OK;
		}
		if (l.n > 0 && memchr(l.p, ':', l.n) != NULL)
			return broken(label, "has headers: encrypted, or not RFC 7468");
		lines->n = (size_t)(text->p - lines->p);
	}
	return broken(label, "has no end");
}

static enum err body(struct arena *a, struct span *text, struct pem *out)
{
	size_t mark = arena_mark(a);
	struct span base64;
	enum err e = enclosed(text, out->label, &base64);

	if (e == OK)
		e = b64_decode(a, B64_LINES, base64, &out->der);
	if (e == OK && out->der.n == 0)
		e = broken(out->label, "is empty");
	if (e != OK)
		arena_rewind(a, mark);
	return e;
}

enum err pem_next(struct arena *a, struct span *text, struct pem *out)
{
	*out = (struct pem){ NO_BYTES, NO_BYTES };
	while (text->n > 0) {
		struct pem p = { NO_BYTES, NO_BYTES };
		struct span l = line(text);
		enum err e;

		if (!starts(l, begin))
			continue;
		if (!label_of(l, begin, &p.label))
			return broken(l, "its BEGIN line is broken");
		e = body(a, text, &p);
		if (e == OK)
			*out = p;
		return e;
	}
	return OK;
}

static bool fills(struct span file)
{
	struct der_head head;

	return der_head(file, &head) == OK && head.size + head.n == file.n;
}

static bool has_block(struct span file)
{
	while (file.n > 0)
		if (starts(line(&file), begin))
			return true;
	return false;
}

bool pem_is_der(struct span file)
{
	return file.n > 0 && file.p[0] == DER_SEQUENCE && (fills(file) || !has_block(file));
}

static enum err one_certificate(struct arena *a, struct span file, struct span *cert)
{
	enum err e;
	struct der c = der_open(file, &e);

	der_element_of(&c, DER_SEQUENCE);
	der_end(&c);
	return e == OK ? arena_copy(a, file, cert) : e;
}

static enum err too_many(size_t cap)
{
	return err_because(E_SPACE, "more than %zu certificates", cap);
}

/* The first fault is the one that is returned when nothing is left. */
static void note_broken(enum err *fault, char why[ERR_REASON_MAX], size_t number)
{
	log_warning("block %zu of the file is left out: %s", number, err_reason(E_TEXT));
	if (*fault == OK)
		snprintf(why, ERR_REASON_MAX, "%s", err_reason(E_TEXT));
	*fault = E_TEXT;
}

enum err pem_certificates(struct arena *a, struct span file, struct span *certs, size_t cap,
                          size_t *count)
{
	struct pem block;
	size_t number = 0;
	enum err e, fault = OK;
	char why[ERR_REASON_MAX] = "no certificate, neither PEM nor DER";

	*count = 0;
	if (file.n > PEM_FILE_MAX)
		return err_because(E_TOO_BIG, "a file of %zu octets, at most %d are read", file.n,
		                   PEM_FILE_MAX);
	if (pem_is_der(file)) {
		e = cap > 0 ? one_certificate(a, file, &certs[0]) : too_many(cap);
		*count = e == OK ? 1 : 0;
		return e;
	}
	while ((e = pem_next(a, &file, &block)) == E_TEXT || (e == OK && block.label.n > 0)) {
		number++;
		if (e == E_TEXT)
			note_broken(&fault, why, number);
		if (e == E_TEXT || !span_is(block.label, "CERTIFICATE"))
			continue;
		if (*count == cap)
			return too_many(cap);
		certs[(*count)++] = block.der;
	}
	return e == OK && *count == 0 ? err_because(E_TEXT, "%s", why) : e;
}

static char *put(char *to, const char *s)
{
	size_t n = strlen(s);

	memcpy(to, s, n);
	return to + n;
}

/* RFC 7468 2: generators wrap at 64 characters, 48 octets. */
enum err pem_write(char *out, size_t cap, size_t *n, const char *label, struct span der)
{
	enum { LINE = 48 };
	size_t lines = der.n / LINE + (der.n % LINE != 0);
	size_t frame = strlen(begin) + strlen(end) + 2 * (strlen(label) + strlen(dashes) + 1);
	char *to = out + *n;

	if (der.n > cap || frame + lines + B64_SIZE(der.n) > cap - *n)
		return err_because(E_SPACE, "a PEM block of %zu octets does not fit", der.n);
	to = put(put(put(put(to, begin), label), dashes), "\n");
	for (size_t i = 0; i < der.n; i += LINE) {
		size_t part = der.n - i < LINE ? der.n - i : LINE;

		to += b64_write(to, (struct span){ der.p + i, part });
		*to++ = '\n';
	}
	to = put(put(put(put(to, end), label), dashes), "\n");
	*n = (size_t)(to - out);
	return OK;
}
