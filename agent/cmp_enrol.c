/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp ir`, cr, kur and p10cr: what to ask for, and what came of it. */
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/store/target.h"

/* RFC 9483 4.1: whoever has no certificate yet is called by its reference. */
static const char *subject_by_reference(const struct cmp_tool *t, char *room, size_t cap)
{
	size_t n = (size_t)snprintf(room, cap, "/CN=");

	for (const char *c = t->ref; *c != '\0' && n + 3 < cap; c++) {
		if (*c == '/' || *c == '\\')
			room[n++] = '\\';
		room[n++] = *c;
	}
	room[n] = '\0';
	return room;
}

static enum err facts_of(const struct cmp_tool *t, struct tool_names *n, char *room, size_t cap,
                         struct cmp_facts *out)
{
	const char *subject = t->subject;
	enum err e;

	if (subject == NULL && t->client.secret != NULL)
		subject = subject_by_reference(t, room, cap);
	*out = (struct cmp_facts){ .idevid = &t->identity, .subject = subject };
	e = tool_names(t, n, out);
	return e == OK ? tool_terms_read(t, out) : e;
}

static enum err kind_named(const char *option, const char *name, enum key_kind *out)
{
	if (key_kind_from_name(name, out) != OK)
		return err_because(E_USAGE, "%s: %s", option, err_reason(E_CONFIG));
	return key_kind_available(*out)
	               ? OK
	               : err_because(E_ALGORITHM, "the library makes no %s keys", name);
}

/* A key that was there before is what it is. */
static enum err compare_kind(const struct cmp_tool *t, const struct cmp_template *template,
                             enum key_kind wanted)
{
	enum key_kind is;
	bool known = key_kind_of(signer_spki(t->new_key), &is);

	if (known && is == wanted)
		return OK;
	if (t->keytype != NULL)
		return err_because(E_USAGE, "--keytype %s: the key in %s is %s%s", t->keytype,
		                   t->newkey, known ? "" : "of no kind that we make, not ",
		                   known ? key_kind_name(is) : t->keytype);
	if (template->has_key_kind)
		log_warning("--newkey %s: the CA's template asks for another kind of key, %s",
		            t->newkey, key_kind_name(wanted));
	return OK;
}

/* The key in hand, or the kind of the one that the CA is to make (RFC 9483 4.1.6). */
static enum err choose_key(struct cmp_tool *t, const struct cmp_template *template,
                           struct cmp_params *w)
{
	bool any = t->central != NULL && strcmp(t->central, "any") == 0;
	enum key_kind kind = template->has_key_kind ? template->key_kind : KEY_KIND_EC256;
	enum err e = OK;

	if (t->keytype != NULL)
		e = kind_named("--keytype", t->keytype, &kind);
	else if (t->central != NULL && !any)
		e = kind_named("--central", t->central, &kind);
	if (e == OK && t->keytype != NULL && template->has_key_kind && kind != template->key_kind)
		log_warning("--keytype %s: the CA's template asks for %s", t->keytype,
		            key_kind_name(template->key_kind));
	if (e == OK && t->central == NULL)
		e = tool_key(t, kind);
	if (e == OK && t->central == NULL)
		e = compare_kind(t, template, kind);
	w->key = t->new_key;
	t->central_kind = kind;
	if (t->central != NULL && (!any || template->has_key_kind))
		w->central = &t->central_kind;
	return e;
}

/* --label is the word for the operation itself; this one has its own. */
static enum err try_template(struct cmp_tool *t, void *context)
{
	struct cmp_client c = t->client;

	c.path = t->url_path;
	if (t->label != NULL)
		c.labels = CMP_LABELS_LONG;
	return cmp_get_template(&c, t->arena, context);
}

static enum err param_by_names(struct cmp_tool *t, struct cmp_params *w)
{
	char subject[2 * NAME_MAX_DER];
	struct tool_names names;
	struct cmp_template template = { .present = false };
	struct cmp_facts facts;
	enum err e = facts_of(t, &names, subject, sizeof subject, &facts);

	if (e == OK && t->follow_template)
		e = tool_try(t, &(struct tool_attempt){ try_template, &template });
	if (e == OK)
		e = choose_key(t, &template, w);
	return e == OK ? cmp_apply_template(&template, &facts, t->arena, w) : e;
}

static enum err read_csr(struct cmp_tool *t, struct span *out)
{
	const struct tool_pem p = { "--csr", t->csr, "CERTIFICATE REQUEST",
		                    "NEW CERTIFICATE REQUEST" };

	return tool_read_der(t, &p, out);
}

/* Whose private key we have: --newkey's, or our own one's. */
static enum err csr_key(struct cmp_tool *t, struct span spki, struct cmp_params *w)
{
	enum err e = OK;

	if (t->newkey != NULL && !target_is_there(t->newkey))
		return err_because(E_USAGE,
		                   "--newkey %s: not there; %s signs again with the key "
		                   "of --csr",
		                   t->newkey, t->operation->name);
	if (t->newkey != NULL)
		e = tool_key(t, KEY_KIND_EC256);
	w->key = t->newkey != NULL ? t->new_key : t->identity.key;
	if (e == OK && (w->key == NULL || !public_key_equal(signer_spki(w->key), spki)))
		e = err_because(E_USAGE,
		                "--csr %s: its key is not %s; name the private key by "
		                "--newkey, or use p10cr",
		                t->csr, t->newkey != NULL ? "--newkey's" : "--key's");
	return e;
}

/* RFC 9483 4.1.1 asks by CRMF, whoever wrote the names down. */
static enum err param_by_csr(struct cmp_tool *t, struct cmp_params *w)
{
	struct cmp_facts terms = { .idevid = &t->identity };
	struct span csr, spki;
	enum err e = read_csr(t, &csr);

	if (e == OK)
		e = cmp_params_of_csr(csr, w, &spki);
	if (e == OK)
		e = csr_key(t, spki, w);
	if (e == OK)
		e = tool_terms_read(t, &terms);
	w->issuer = terms.issuer;
	w->validity = terms.validity;
	return e;
}

static enum err param(struct cmp_tool *t, struct cmp_params *w)
{
	return t->csr != NULL ? param_by_csr(t, w) : param_by_names(t, w);
}

/* What the CA made is perhaps not what was asked for. */
static void say_key(struct cmp_tool *t, struct span spki)
{
	enum key_kind kind;
	const char *name = key_kind_of(spki, &kind) ? key_kind_name(kind) : "another kind";
	char text[64];

	snprintf(text, sizeof text, "%s, made by the CA", name);
	tool_say(t, "key", NULL, text);
	tool_say(t, NULL, "key_kind", name);
}

static enum err say_issued(struct cmp_tool *t, const struct cmp_issued *issued)
{
	struct cert c;
	enum err e = cert_read(issued->cert, &c);

	if (e != OK)
		return e;
	tool_say_name(t, "certificate for", NULL, c.subject);
	tool_say_name(t, "issued by", NULL, c.issuer);
	tool_say_date(t, "valid until", NULL, c.not_after);
	tool_say(t, "confirmed", NULL, issued->confirmed_implicitly ? "implicitly" : "by certConf");
	if (issued->with_modifications)
		tool_say(t, "granted", NULL, "with modifications of the request");
	if (cmp_issued_changes(issued)[0] != '\0')
		tool_say(t, "changed by the CA", "changed_by_ca", cmp_issued_changes(issued));
	tool_say(t, NULL, "status", issued->with_modifications ? "grantedWithMods" : "accepted");
	tool_say(t, NULL, "confirmed", issued->confirmed_implicitly ? "implicit" : "explicit");
	tool_say_number(t, "CAs above", "chain", (int64_t)issued->chain_count);
	if (issued->ca_pubs_count > 0 || t->json)
		tool_say_number(t, "new roots", "ca_pubs", (int64_t)issued->ca_pubs_count);
	if (issued->key != NULL)
		say_key(t, c.spki);
	tool_say_flag(t, "key_delivered", issued->key != NULL);
	tool_say_cert(t, &c);
	/* a journal alone keeps no certificate */
	return t->certout == NULL && t->fullchainout == NULL && !t->json && !t->reject
	               ? tool_write_certs(t, "--certout", "-", &issued->cert, 1)
	               : OK;
}

/* --reject: that is what was wanted. */
static enum err say_rejected(struct cmp_tool *t, const struct cmp_issued *issued)
{
	struct cert c;
	enum err e = cert_read(issued->cert, &c);

	if (e != OK)
		return e;
	if (!t->refused)
		return err_because(E_ISSUED_UNWANTED, "--reject: the CA did not confirm that it "
		                                      "knows");
	tool_say_name(t, "rejected:", NULL, c.subject);
	tool_say(t, NULL, "status", "accepted");
	tool_say(t, NULL, "confirmed", "rejected");
	tool_say_cert(t, &c);
	return OK;
}

static enum err ask(struct cmp_tool *t, enum cmp_request kind, struct cmp_params *w)
{
	struct cmp_issued issued;
	enum err e;

	w->confirm = t->implicit_confirm ? CMP_CONFIRM_IMPLICIT : CMP_CONFIRM_EXPLICIT;
	e = tool_enrol(t, kind, w, &issued);
	t->stored = t->stored && e != OK;
	if (e == OK)
		e = tool_in_place_commit(t);
	if (e == E_ISSUED_UNWANTED)
		e = say_rejected(t, &issued);
	else if (e == OK)
		e = say_issued(t, &issued);
	signer_close(issued.key);
	return e;
}

enum err tool_run_ir(struct cmp_tool *t)
{
	struct cmp_params w = { .key = NULL };
	enum err e = param(t, &w);

	return e == OK ? ask(t, CMP_IR, &w) : e;
}

enum err tool_run_cr(struct cmp_tool *t)
{
	struct cmp_params w = { .key = NULL };
	enum err e = param(t, &w);

	return e == OK ? ask(t, CMP_CR, &w) : e;
}

enum err tool_run_kur(struct cmp_tool *t)
{
	static const struct cmp_template none = { .present = false };
	struct cmp_facts terms = { .idevid = &t->identity };
	struct cmp_params w = { .key = NULL };
	enum err e = tool_in_force(t);

	if (e == OK)
		e = cmp_update_params(&t->identity.leaf, t->arena, &w);
	if (e == OK)
		e = tool_terms_read(t, &terms);
	w.issuer = terms.issuer;
	w.validity = terms.validity;
	if (e == OK)
		e = choose_key(t, &none, &w);
	return e == OK ? ask(t, CMP_KUR, &w) : e;
}

enum err tool_run_p10cr(struct cmp_tool *t)
{
	struct cmp_params w = { .key = NULL };
	enum err e = t->csr != NULL ? read_csr(t, &w.csr) : param_by_names(t, &w);

	return e == OK ? ask(t, CMP_P10CR, &w) : e;
}
