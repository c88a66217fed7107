/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling a template in: the extensions (RFC 9483 4.3.3). */
#include "cmp/fill.h"

enum { TAG_OTHER_NAME = DER_CONTEXT(0), TAG_DIRECTORY_NAME = DER_CONTEXT(4) };

/* Names asked for are used up one after the other, so that two empty names get two names. */
struct params {
	const struct cmp_facts *facts;
	struct arena *arena;
	size_t used[CMP_NAME_KINDS];
	bool has_usage, has_eku; /* the template had room for them */
};

/* The next name asked for, of a kind; NULL: none is left. */
static const char *next_param(struct params *v, enum cmp_name_kind kind)
{
	const struct cmp_facts *f = v->facts;
	const struct {
		const char *const *names;
		size_t count;
	} of[CMP_NAME_KINDS] = {
		[CMP_NAME_DNS] = { f->dns_names, f->dns_count },
		[CMP_NAME_IP] = { f->ip_addresses, f->ip_count },
		[CMP_NAME_URI] = { f->uris, f->uri_count },
		[CMP_NAME_EMAIL] = { f->emails, f->email_count },
	};

	return v->used[kind] < of[kind].count ? of[kind].names[v->used[kind]++] : NULL;
}

static enum err put_next(struct derw *w, struct params *v, enum cmp_name_kind kind)
{
	const char *name = next_param(v, kind);

	return name != NULL ? cmp_put_name(w, kind, name) : OK;
}

static enum err put_all_names(struct derw *w, struct params *v)
{
	enum err e = OK;

	for (int kind = 0; kind < CMP_NAME_KINDS && e == OK; kind++)
		for (const char *name; e == OK && (name = next_param(v, kind)) != NULL;)
			e = cmp_put_name(w, kind, name);
	return e;
}

static bool params_are_left(struct params *v)
{
	bool left = false;

	for (int kind = 0; kind < CMP_NAME_KINDS; kind++)
		left |= next_param(v, kind) != NULL;
	return left;
}

/* directoryName [4] Name, explicit: what is empty in it is the device's, or left out. */
static enum err put_directory_name(struct derw *w, struct params *v, struct span wanted)
{
	struct span device = credential_subject(v->facts->idevid), name = device;
	struct cmp_names names = { device, device };
	size_t mark = arena_mark(v->arena);
	enum err e = name_is_empty(wanted) ? OK : cmp_fill_name(&names, wanted, v->arena, &name);

	if (e == OK && !name_is_empty(name))
		IN (w, TAG_DIRECTORY_NAME)
			derw_raw(w, name);
	arena_rewind(v->arena, mark);
	return e;
}

/* otherName [0] OtherName ::= SEQUENCE { type-id OID, value [0] EXPLICIT ANY }: of a type
   that nobody here knows a value for. */
static bool is_empty_other_name(struct span content)
{
	enum err e;
	struct der c = der_open(content, &e);
	struct der value;

	der_oid(&c);
	value = der_enter(&c, DER_CONTEXT(0));
	return e == OK && (!der_more(&value) || der_element(&value).n == 2);
}

/* One GeneralName: as given, with what we know, or not at all. */
static enum err fill_general_name(struct derw *w, struct params *v, struct span name)
{
	enum err e;
	struct der c = der_open(name, &e);
	struct span content = der_get(&c, name.n > 0 ? name.p[0] : 0);

	if (e != OK)
		return e;
	if (name.p[0] == TAG_DIRECTORY_NAME)
		return put_directory_name(w, v, content);
	for (int kind = 0; content.n == 0 && kind < CMP_NAME_KINDS; kind++)
		if (name.p[0] == cmp_name_tag(kind))
			return put_next(w, v, kind);
	if (content.n > 0 && !(name.p[0] == TAG_OTHER_NAME && is_empty_other_name(content)))
		derw_raw(w, name);
	return OK;
}

/* GeneralNames, name by name: given ones stay, empty ones we know a value for are filled. */
static enum err fill_names(struct derw *w, struct params *v, struct span wanted)
{
	enum err e, filled = OK;
	struct der outer = der_open(wanted, &e);
	struct der names = der_enter(&outer, DER_SEQUENCE);

	if (wanted.n == 0 || (e == OK && names.n == 0))
		return put_all_names(w, v);
	while (der_more(&names) && filled == OK) {
		struct span name = der_element(&names);

		if (e == OK)
			filled = fill_general_name(w, v, name);
	}
	der_end(&outer);
	return e != OK ? e : filled;
}

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
struct extension {
	struct span oid;
	bool critical;
	struct span value;
};

static void put_extension(struct derw *w, const struct extension *x)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, x->oid);
		if (x->critical)
			derw_bool(w, true);
		derw_put(w, DER_OCTET_STRING, x->value);
	}
}

static enum err put_san(struct derw *w, struct params *v, struct extension *x, struct arena *a)
{
	struct derw room = derw_in(a, CMP_TEMPLATE_MAX);
	enum err e = OK;

	IN (&room, DER_SEQUENCE)
		e = fill_names(&room, v, x->value);
	if (e == OK)
		e = derw_end(&room, &x->value);
	if (e == OK && x->value.n > 2)
		put_extension(w, x);
	return e;
}

/*
 * "the extension SHOULD be included and filled with content provided by the EE".  An
 * empty BasicConstraints is no gap: it says that the certificate is no CA's.
 */
static bool is_for_us_to_fill(const struct extension *x)
{
	static const uint8_t empty_sequence[] = { DER_SEQUENCE, 0 };

	if (span_equal(x->oid, CE_BASIC_CONSTRAINTS))
		return x->value.n == 0;
	return x->value.n == 0 || span_equal(x->value, SPAN(empty_sequence));
}

/* BIT STRING: what was asked for, or { digitalSignature(0) }: what a device does with its key. */
static enum err usage_value(const struct cmp_facts *f, struct arena *a, struct span *out)
{
	struct derw w = derw_in(a, 8);

	derw_flags(&w, f->key_usage != 0 ? f->key_usage : KU_DIGITAL_SIGNATURE);
	return derw_end(&w, out);
}

static enum err fill_extension(struct derw *w, struct params *v, struct extension *x)
{
	bool ours = is_for_us_to_fill(x);
	struct span given = x->value;
	char text[64];
	enum err e = OK;

	if (span_equal(x->oid, CE_SUBJECT_ALT_NAME))
		return put_san(w, v, x, v->arena);
	if (ours && span_equal(x->oid, CE_KEY_USAGE))
		e = usage_value(v->facts, v->arena, &x->value);
	else if (ours && span_equal(x->oid, CE_EXT_KEY_USAGE) && v->facts->eku.n > 0)
		x->value = v->facts->eku;
	if (e != OK)
		return e;
	v->has_usage |= span_equal(x->oid, CE_KEY_USAGE) && ours;
	v->has_eku |= span_equal(x->oid, CE_EXT_KEY_USAGE) && ours;
	if (ours && span_equal(x->value, given)) {
		log_info("the template leaves extension %s to us, and we to the CA",
		         der_oid_text(x->oid, text, sizeof text));
		return OK;
	}
	put_extension(w, x);
	return OK;
}

enum err cmp_fill_extensions(const struct cmp_facts *f, struct span wanted, struct arena *a,
                             struct span *out)
{
	struct derw w = derw_in(a, 2 * CMP_TEMPLATE_MAX);
	struct params v = { .facts = f, .arena = a };
	enum err e, filled = OK;
	struct der c = der_open(wanted, &e);

	while (der_more(&c) && filled == OK) {
		struct der in = der_enter(&c, DER_SEQUENCE);
		struct extension x = { .oid = der_oid(&in) };

		x.critical = der_bool_default(&in, false);
		x.value = der_get(&in, DER_OCTET_STRING);
		der_end(&in);
		if (der_ok(&in))
			filled = fill_extension(&w, &v, &x);
	}
	if (e == OK)
		e = filled != OK ? filled : derw_end(&w, out);
	if (e == OK && params_are_left(&v))
		log_notice("the CA's template has no place for some of the names requested");
	if (e == OK && ((f->key_usage != 0 && !v.has_usage) || (f->eku.n > 0 && !v.has_eku)))
		log_notice("the CA's template overrules the key usages that were asked for");
	return err_within(E_CMP_TEMPLATE, e, "extensions");
}

enum err cmp_requested_extensions(const struct cmp_facts *f, struct arena *a, struct span *out)
{
	struct derw w = derw_in(a, 2 * CMP_TEMPLATE_MAX);
	struct params v = { .facts = f, .arena = a };
	struct extension san = { .oid = CE_SUBJECT_ALT_NAME };
	struct extension usage = { .oid = CE_KEY_USAGE, .critical = true };
	enum err e = put_san(&w, &v, &san, a);

	if (e == OK && f->key_usage != 0) {
		e = usage_value(f, a, &usage.value);
		put_extension(&w, &usage);
	}
	if (f->eku.n > 0)
		put_extension(&w, &(struct extension){ .oid = CE_EXT_KEY_USAGE, .value = f->eku });
	return e == OK ? derw_end(&w, out) : e;
}
