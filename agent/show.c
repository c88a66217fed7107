/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file is, and its documents one by one. */
#include <stdio.h>

#include "agent/show.h"
#include "cmp/syntax.h"
#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "platform/pki/syntax.h"
#include "platform/pki/x509.h"

static const struct syntax_module *const modules[] = {
	&PKI_CERTIFICATES, &PKI_EXTENSIONS, &PKI_ALGORITHMS, &PKI_CMS,       &CMP_MESSAGES,
	&CMP_INFO,         &CMP_STATUS,     &CMP_FAILURE,    &CRMF_REQUESTS, NULL,
};

void show_fault(struct show *s, enum err e, size_t offset, const char *within, const char *where)
{
	if (s->e != OK || e == OK)
		return;
	s->e = e;
	s->offset = offset;
	snprintf(s->words, sizeof s->words, "offset %zu, in %s%s%s: %s", offset, within,
	         *within != '\0' && *where != '\0' ? ": " : "", where, err_reason(e));
}

/* A fault inside of something has the code of that, unless it is our own trouble. */
static enum err code_of(const struct syntax_kind *k, enum err e)
{
	return k == NULL || k->broken == OK || e == E_TOO_BIG ? e : k->broken;
}

/* Syntax is not all that a reader asks for (RFC 5280 4): what it says stands behind it. */
static void show_refusal(struct show *s, const char *within, struct span der)
{
	struct cert c;
	enum err e = cert_read(der, &c);

	if (e == OK)
		return;
	view_word(s->view, "refused", "%s", err_reason(e));
	if (s->e != OK || s->refused != OK)
		return;
	s->refused = e;
	snprintf(s->words, sizeof s->words, "%s%s%s", within, *within != '\0' ? ": " : "",
	         err_reason(e));
}

void show_der(struct show *s, const char *within, struct span der)
{
	const struct syntax_kind *k = syntax_kind_of(s->grammar, der);
	struct walk w;

	if (s->nested == SHOW_NESTED_MAX) {
		show_fault(s, err_because(E_RANGE, "documents are nested too deep"), 0, within, "");
		return;
	}
	s->nested++;
	walk_document(&w, s->grammar, s->view, k, der);
	if (w.fault != OK)
		show_fault(s, err_because(code_of(k, w.fault), "%s", w.why), w.offset, within,
		           w.where);
	if (w.content.n > 0)
		show_json(s, "content", w.content);
	if (w.fault == OK && k != NULL && strcmp(k->type, "Certificate") == 0)
		show_refusal(s, within, der);
	s->nested--;
}

static bool ends_with(struct span s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* RFC 7468 10, 11: what calls itself a key, and does not look like one, may still be one. */
static void show_block(struct show *s, const struct pem *block, const char *within, size_t offset)
{
	const struct syntax_kind *k = syntax_kind_of(s->grammar, block->der);

	view_text(s->view, "label", block->label);
	view_number(s->view, "octets", (int64_t)block->der.n);
	if (ends_with(block->label, "PRIVATE KEY") && !syntax_is_key(s->grammar, k))
		show_fault(s,
		           err_because(E_UNEXPECTED,
		                       "a private key in no form known here; it is not shown"),
		           offset, within, "");
	else
		show_der(s, within, block->der);
}

static void show_pem(struct show *s, struct span file)
{
	struct span rest = file;
	struct pem block;
	enum err e = OK;

	view_list(s->view, "PEM");
	for (unsigned i = 0; !view_full(s->view); i++) {
		size_t mark = arena_mark(s->arena), offset = (size_t)(rest.p - file.p);
		char within[24];

		snprintf(within, sizeof within, "PEM[%u]", i);
		e = pem_next(s->arena, &rest, &block);
		show_fault(s, e, offset, within, "");
		if (e != OK || block.label.n == 0)
			break;
		view_group(s->view, NULL);
		show_block(s, &block, within, offset);
		view_close(s->view);
		arena_rewind(s->arena, mark);
	}
	view_close(s->view);
}

static bool is_pem(struct span file)
{
	static const char begin[] = "-----BEGIN ";

	for (size_t i = 0; i + sizeof begin <= file.n; i++)
		if (memcmp(file.p + i, begin, sizeof begin - 1) == 0)
			return memchr(file.p, '\0', file.n) == NULL;
	return false;
}

static bool is_json(struct span file)
{
	size_t i = 0;

	while (i < file.n && file.p[i] != '\0' && strchr(" \t\r\n", file.p[i]) != NULL)
		i++;
	return i < file.n && (file.p[i] == '{' || file.p[i] == '[');
}

/* One element, whole, of whatever type. */
static bool is_element(struct span file)
{
	struct der_head head;

	return der_head(file, &head) == OK && head.size + head.n == file.n;
}

static void show_octets(struct show *s, struct span der)
{
	view_number(s->view, "octets", (int64_t)der.n);
	show_der(s, "", der);
}

static void show_any(struct show *s, struct span file)
{
	struct span octets;

	if (file.n == 0)
		show_fault(s, err_because(E_TEXT, "the file is empty"), 0, "the file", "");
	else if (is_json(file))
		show_json(s, "JSON", file);
	else if (is_pem(file))
		show_pem(s, file);
	else if (file.p[0] == DER_SEQUENCE || is_element(file))
		show_octets(s, file);
	else if (b64_decode(s->arena, B64_LINES, file, &octets) == OK && octets.n > 0)
		show_octets(s, octets);
	else
		show_fault(s, err_because(E_TEXT, "neither DER, PEM, base64 nor JSON"), 0,
		           "the file", "");
}

enum err show_syntax(struct arena *a, struct grammar *out)
{
	return syntax_compile(a, modules, out);
}

enum err show_file(struct view *v, struct arena *a, const struct grammar *g, struct span file)
{
	struct show s = { .view = v, .arena = a, .grammar = g, .e = OK };

	view_word(v, "note", "nothing here was verified");
	show_any(&s, file);
	if (view_full(v)) {
		view_reserve(v);
		s.e = OK;
		show_fault(
			&s,
			err_because(E_TOO_BIG, "more than %d octets to show", (int)VIEW_SIZE_MAX),
			0, "the file", "");
	}
	if (s.e == OK)
		return s.refused == OK ? OK : err_because(s.refused, "%s", s.words);
	view_word(v, "error", "%s", err_name(s.e));
	view_number(v, "offset", (int64_t)s.offset);
	view_word(v, "broken", "%s", s.words);
	return err_because(s.e, "%s", s.words);
}
