/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PEM blocks of a text that is read by pieces. */
#include <stdio.h>

#include "platform/base/log.h"
#include "platform/codec/b64.h"
#include "platform/codec/der.h"
#include "platform/codec/pem_reader.h"

enum { PIECE_MAX = 1024, CHARACTERS_MAX = 4096 };

static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";

void pem_reader_begin(struct pem_reader *r, const struct octets *text)
{
	r->text = text;
	r->at = 0;
	r->within = false;
	r->label[0] = '\0';
	r->w.n = 0;
}

/* A line, or a piece of one that is long. */
struct piece {
	struct span s;
	bool begins; /* a line */
};

static enum err next_piece(struct pem_reader *r, struct piece *out)
{
	size_t left = r->text->n - r->at, n = 0;
	struct span s;
	enum err e = octets_part(r->text, &r->w, r->at, left < PIECE_MAX ? left : PIECE_MAX, &s);

	if (e != OK)
		return e;
	while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r')
		n++;
	*out = (struct piece){ { s.p, n }, !r->within };
	r->within = n == s.n;
	r->at += n + (n < s.n);
	return OK;
}

static bool starts(const struct piece *p, const char *with)
{
	size_t n = strlen(with);

	return p->begins && p->s.n >= n && memcmp(p->s.p, with, n) == 0;
}

/* preeb = "-----BEGIN " label "-----" *WSP eol (RFC 7468 3); posteb likewise. */
static bool label_of(struct span l, const char *prefix, struct span *label)
{
	size_t before = strlen(prefix), n = strlen(dashes);

	while (l.n > 0 && (l.p[l.n - 1] == ' ' || l.p[l.n - 1] == '\t'))
		l.n--;
	if (l.n <= before + n || memcmp(l.p + l.n - n, dashes, n) != 0)
		return false;
	*label = (struct span){ l.p + before, l.n - before - n };
	for (size_t i = 0; i < label->n; i++)
		if (label->p[i] < 0x20 || label->p[i] > 0x7e)
			return false;
	return label->n < PEM_LABEL_MAX;
}

static enum err broken(struct span label, const char *why)
{
	return err_because(E_TEXT, "PEM block %s: %s", log_quote(&(struct quoted){ 0 }, label),
	                   why);
}

enum err pem_reader_find(struct pem_reader *r)
{
	struct piece p;
	struct span label;

	r->label[0] = '\0';
	while (r->at < r->text->n) {
		enum err e = next_piece(r, &p);

		if (e != OK)
			return e;
		if (!starts(&p, begin))
			continue;
		if (!label_of(p.s, begin, &label))
			return broken(p.s, "its BEGIN line is broken");
		snprintf(r->label, sizeof r->label, "%.*s", (int)label.n, (const char *)label.p);
		return OK;
	}
	return OK;
}

/* Characters, until they are octets. */
struct decoder {
	const struct pem_sink *to;
	char characters[CHARACTERS_MAX];
	size_t n;
	bool any, padded;
};

static enum err flush(struct decoder *d)
{
	uint8_t room[CHARACTERS_MAX];
	struct arena a = ARENA_ON(room);
	struct span octets;
	enum err e;

	if (d->n == 0)
		return OK;
	e = b64_decode(&a, B64_STRICT, (struct span){ (const uint8_t *)d->characters, d->n },
	               &octets);
	d->n = 0;
	d->any = d->any || octets.n > 0;
	return e == OK ? d->to->put(d->to->context, octets) : e;
}

static enum err take_line(struct decoder *d, struct span line)
{
	enum err e = OK;

	for (size_t i = 0; i < line.n && e == OK; i++) {
		uint8_t c = line.p[i];

		if (c == ' ' || c == '\t')
			continue;
		if (d->padded && c != '=')
			return err_because(E_TEXT, "base64 goes on behind its padding");
		d->padded = c == '=';
		d->characters[d->n++] = (char)c;
		if (d->n == sizeof d->characters)
			e = flush(d);
	}
	return e;
}

static enum err is_end(const struct pem_reader *r, struct span line, bool *ends)
{
	struct span closed;

	*ends = label_of(line, end, &closed) && span_is(closed, r->label);
	return *ends ? OK
	             : broken(span_str(r->label), "its END line is broken or of another label");
}

/* d NULL: nobody wants to know. */
static enum err read_body(struct pem_reader *r, struct decoder *d)
{
	struct piece p;
	bool ends = false;
	enum err e = OK;

	while (e == OK && r->at < r->text->n) {
		size_t from = r->at;

		e = next_piece(r, &p);
		if (e == OK && starts(&p, begin)) {
			r->at = from; /* another block, which is not to be lost */
			r->within = false;
			break;
		}
		if (e == OK && starts(&p, end)) {
			e = is_end(r, p.s, &ends);
			break;
		}
		if (e != OK || d == NULL)
			continue;
		if (p.s.n > 0 && memchr(p.s.p, ':', p.s.n) != NULL)
			return broken(span_str(r->label),
			              "has headers: encrypted, or not RFC 7468");
		e = take_line(d, p.s);
	}
	return e == OK && !ends ? broken(span_str(r->label), "has no end") : e;
}

enum err pem_reader_body(struct pem_reader *r, const struct pem_sink *to)
{
	struct decoder d = { .to = to };
	enum err e = read_body(r, &d);

	if (e == OK)
		e = flush(&d);
	if (e == OK && !d.any)
		e = broken(span_str(r->label), "is empty");
	return e;
}

enum err pem_reader_skip(struct pem_reader *r)
{
	return read_body(r, NULL);
}

enum err octets_are_der(const struct octets *o, bool *is)
{
	enum { HEAD_MAX = 6 };
	struct der_head head;
	struct window w = NO_WINDOW;
	struct span s;
	enum err e = octets_part(o, &w, 0, o->n < HEAD_MAX ? o->n : HEAD_MAX, &s);

	*is = e == OK && s.n > 0 && s.p[0] == DER_SEQUENCE && der_head(s, &head) == OK &&
	      head.n == o->n - head.size;
	return e;
}

/* ---- bundles */

struct one_cert {
	uint8_t room[CERT_SIZE_MAX];
	size_t n;
};

static enum err add_piece(void *context, struct span piece)
{
	struct one_cert *c = context;
	size_t left = sizeof c->room - c->n, n = piece.n < left ? piece.n : left;

	if (n > 0)
		memcpy(c->room + c->n, piece.p, n);
	c->n += n;
	return OK;
}

static enum err take_der(const struct octets *file, const struct cert_taker *to)
{
	struct window w = NO_WINDOW;
	struct span der;
	enum err e = octets_part(file, &w, 0, file->n < CERT_SIZE_MAX ? file->n : CERT_SIZE_MAX,
	                         &der);

	return e == OK ? to->take(to->context, 1, der) : e;
}

/* A block that is broken does not spoil the others; the first fault is the file's when nothing
   is left. */
static enum err leave_out(enum err e, size_t number, char why[ERR_REASON_MAX])
{
	if (e != E_TEXT)
		return e;
	log_warning("block %zu of the file is left out: %s", number, err_reason(e));
	if (why[0] == '\0')
		snprintf(why, ERR_REASON_MAX, "%s", err_reason(e));
	return OK;
}

struct bundle {
	struct pem_reader r;
	struct one_cert cert;
	size_t blocks, count;
	char why[ERR_REASON_MAX];
};

static enum err take_block(struct bundle *b, const struct cert_taker *to)
{
	const struct pem_sink sink = { add_piece, &b->cert };
	enum err e;

	if (strcmp(b->r.label, "CERTIFICATE") != 0)
		return leave_out(pem_reader_skip(&b->r), b->blocks, b->why);
	b->cert.n = 0;
	e = pem_reader_body(&b->r, &sink);
	if (e != OK)
		return leave_out(e, b->blocks, b->why);
	return to->take(to->context, ++b->count, (struct span){ b->cert.room, b->cert.n });
}

enum err bundle_each(const struct octets *file, const struct cert_taker *to)
{
	struct bundle b = { .count = 0 };
	bool der;
	enum err e = octets_are_der(file, &der);

	if (e != OK || der)
		return e == OK ? take_der(file, to) : e;
	pem_reader_begin(&b.r, file);
	while (e == OK && b.r.at < file->n) {
		e = pem_reader_find(&b.r);
		b.blocks++;
		if (e != OK)
			e = leave_out(e, b.blocks, b.why);
		else if (b.r.label[0] != '\0')
			e = take_block(&b, to);
	}
	if (e == OK && b.count == 0)
		e = err_because(E_TEXT, "%s",
		                b.why[0] != '\0' ? b.why : "no certificate, neither PEM nor DER");
	return e;
}
