/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a template and what the device knows to what is asked for (RFC 9483 4.3.3). */
#include "cmp/fill.h"

static enum err requested_subject(const struct cmp_facts *f, struct arena *a, struct span *out)
{
	*out = credential_subject(f->idevid);
	return f->subject != NULL && f->subject[0] != '\0' ? name_from_text(a, f->subject, out)
	                                                   : OK;
}

/* RFC 9483 4.1.1: the subject is not optional in a request; NULL-DN is for us to fill in. */
static enum err fill_subject(const struct cmp_template *t, const struct cmp_names *names,
                             struct arena *a, struct span *out)
{
	*out = names->requested;
	if (!t->present || t->subject.n == 0 || name_is_empty(t->subject))
		return OK;
	return cmp_fill_name(names, t->subject, a, out);
}

/* What is empty in the issuer's name we do not know; a name without the rest is asked for. */
static enum err take_issuer(const struct cmp_template *t, struct arena *a, struct span *out)
{
	const struct cmp_names unknown = { NAME_EMPTY, NAME_EMPTY };
	enum err e = OK;

	*out = NO_BYTES;
	if (t->present && t->issuer.n > 0)
		e = cmp_fill_name(&unknown, t->issuer, a, out);
	if (e == OK && name_is_empty(*out))
		*out = NO_BYTES;
	return err_within(E_CMP_TEMPLATE, e, "issuer");
}

static bool has_san(struct span extensions)
{
	struct cert like = { .extensions = extensions };
	struct span value;
	bool critical;

	return cert_extension(&like, CE_SUBJECT_ALT_NAME, &critical, &value);
}

/* What the operator asked for and the template does not allow is said. */
static void say_overruled(const struct cmp_template *t, const struct cmp_facts *f,
                          const struct cmp_names *names, const struct cmp_params *out)
{
	struct quoted is, was;

	if (!t->present)
		return;
	if (f->subject != NULL && f->subject[0] != '\0' &&
	    !name_equal(out->subject, names->requested))
		log_notice("the CA's template makes the subject %s of %s, which was asked for",
		           name_text(&is, out->subject), name_text(&was, names->requested));
	if (f->issuer.n > 0 && !span_equal(f->issuer, out->issuer))
		log_notice("the CA's template overrules the issuer that was asked for, %s",
		           name_text(&was, f->issuer));
	if (f->validity.n > 0 && !span_equal(f->validity, out->validity))
		log_notice("the CA's template overrules the validity that was asked for");
}

enum err cmp_apply_template(const struct cmp_template *t, const struct cmp_facts *f,
                            struct arena *a, struct cmp_params *out)
{
	struct cmp_names names = { .device = credential_subject(f->idevid) };
	enum err e = requested_subject(f, a, &names.requested);

	if (e == OK)
		e = fill_subject(t, &names, a, &out->subject);
	if (e == OK)
		e = t->present ? cmp_fill_extensions(f, t->extensions, a, &out->extensions)
		               : cmp_requested_extensions(f, a, &out->extensions);
	if (e == OK)
		e = take_issuer(t, a, &out->issuer);
	if (e != OK)
		return e;
	out->validity = t->present ? t->validity : f->validity;
	if (!t->present)
		out->issuer = f->issuer;
	say_overruled(t, f, &names, out);
	if (name_is_empty(out->subject) && !has_san(out->extensions))
		return err_because(E_CMP_TEMPLATE, "it leaves the device without a name");
	return OK;
}
