/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making it durable: the files of a generation, then the one rename that shows
 * them all.  Result files and the UCI view are part of the generation, so they
 * change with it.
 */
#include <stdio.h>

#include "agent/flow.h"
#include "agent/progress.h"
#include "agent/uci_view.h"
#include "platform/base/date.h"
#include "platform/codec/json.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"

enum { RESULT_MAX = 4096 };

/* PEM blocks, one file. */
struct bundle {
	char *text;
	size_t cap, n;
	enum err err;
};

static struct bundle bundle_in(struct arena *a)
{
	struct bundle b = { .cap = PEM_FILE_MAX };

	b.text = arena_take(a, b.cap);
	if (b.text == NULL)
		b.err = err_because(E_SPACE, "no memory for a PEM file");
	return b;
}

static void add_cert(struct bundle *b, struct span der)
{
	if (b->err == OK && der.n > 0)
		b->err = pem_write(b->text, b->cap, &b->n, "CERTIFICATE", der);
}

static enum err put_bundle(struct onboard *o, const char *name, const struct bundle *b)
{
	struct span text = { (const uint8_t *)b->text, b->n };

	if (b->err != OK)
		return b->err;
	return generation_put(&o->attempt.generation, name, FILE_PUBLIC, text);
}

static enum err put_one(struct onboard *o, const char *name, struct span der)
{
	size_t mark = arena_mark(o->arena);
	struct bundle b = bundle_in(o->arena);
	enum err e;

	add_cert(&b, der);
	e = put_bundle(o, name, &b);
	arena_rewind(o->arena, mark);
	return e;
}

static enum err put_chain(struct onboard *o, const char *name, struct span leaf,
                          const struct cmp_issued *issued)
{
	size_t mark = arena_mark(o->arena);
	struct bundle b = bundle_in(o->arena);
	enum err e;

	add_cert(&b, leaf);
	for (size_t i = 0; i < issued->chain_count; i++)
		add_cert(&b, issued->chain[i]);
	e = put_bundle(o, name, &b);
	arena_rewind(o->arena, mark);
	return e;
}

enum err stage_crl(struct onboard *o, const struct octets *der)
{
	struct generation *g = &o->attempt.generation;

	return der->n > 0 ? generation_put_octets(g, "crl.der", FILE_PUBLIC, der) : OK;
}

enum err stage_roots(struct onboard *o, const struct span *roots, size_t count)
{
	size_t mark = arena_mark(o->arena);
	struct bundle b = bundle_in(o->arena);
	enum err e;

	for (size_t i = 0; i < count; i++)
		add_cert(&b, roots[i]);
	e = put_bundle(o, "roots.pem", &b);
	arena_rewind(o->arena, mark);
	return e;
}

struct root_list {
	struct span certs[ROOTS_MAX];
	size_t n;
};

static void add_root(struct root_list *l, struct span der)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_equal(l->certs[i], der))
			return;
	if (l->n == ROOTS_MAX)
		log_warning("more than %d roots: one is left out", (int)ROOTS_MAX);
	else
		l->certs[l->n++] = der;
}

/* The anchor the certificate leads to first, then the others the CA gave, then those
   that were held before. */
static enum err put_roots(struct onboard *o, const struct cmp_issued *issued)
{
	const struct anchors *held = &o->attempt.owner.roots;
	struct root_list l = { .n = 0 };

	add_root(&l, issued->anchor);
	for (size_t i = 0; i < issued->ca_pubs_count; i++)
		add_root(&l, issued->ca_pubs[i]);
	for (size_t i = 0; i < held->n; i++)
		add_root(&l, held->a[i].der);
	return stage_roots(o, l.certs, l.n);
}

/* What UCI and meta.json say about the certificate. */
struct result {
	struct cert cert;
	char fingerprint[8 + 2 * HASH_SIZE_MAX];
	struct date_text not_after;
};

static enum err describe(struct span der, struct result *r)
{
	struct digest d;
	enum err e = cert_read(der, &r->cert);
	size_t n = 0;

	if (e == OK)
		e = hash_of(HASH_SHA256, der, &d);
	if (e != OK)
		return e;
	n += (size_t)snprintf(r->fingerprint, sizeof r->fingerprint, "sha256:");
	for (size_t i = 0; i < d.n; i++)
		n += (size_t)snprintf(r->fingerprint + n, sizeof r->fingerprint - n, "%02x",
		                      d.b[i]);
	date_to_rfc3339(&r->not_after, r->cert.not_after);
	return OK;
}

static void option_file(struct uciw *w, const struct onboard *o, const char *option,
                        const char *file)
{
	char path[PATH_NAME_MAX];

	if ((size_t)snprintf(path, sizeof path, "%s/live/%s", o->device->settings.state_dir,
	                     file) >= sizeof path)
		w->err = err_because(E_SPACE, "the path of %s is too long", file);
	uciw_option(w, option, path);
}

static enum err put_uci(struct onboard *o, const struct result *r, const char *state)
{
	char room[RESULT_MAX];
	struct uciw w = UCIW_ON(room);
	struct span text;
	enum err e;

	uciw_comment(&w, "Written by onramp; what it says is replaced as a whole.");
	uciw_section(&w, "result", "operational");
	uciw_option(&w, "state", state);
	option_file(&w, o, "cert", "cert.pem");
	option_file(&w, o, "key", "key.pem");
	option_file(&w, o, "chain", "chain.pem");
	option_file(&w, o, "fullchain", "fullchain.pem");
	option_file(&w, o, "roots", "roots.pem");
	uciw_option(&w, "not_after", r->not_after.s);
	uciw_option(&w, "fingerprint", r->fingerprint);
	e = uciw_end(&w, &text);
	return e == OK ? generation_put(&o->attempt.generation, "onramp_state", FILE_PUBLIC, text)
	               : e;
}

static const char *protocol_of(enum errand errand)
{
	static const char *const words[] = {
		[ERRAND_ONBOARD] = "brski, cmp ir",
		[ERRAND_RENEW] = "cmp kur",
		[ERRAND_REENROL] = "cmp ir",
	};

	return words[errand];
}

static enum err put_meta(struct onboard *o, const struct result *r, const struct cmp_issued *issued)
{
	const struct attempt *t = &o->attempt;
	char room[RESULT_MAX];
	struct jsonw w = JSONW_ON(room);
	struct moment now = clock_now();
	struct date_text date;
	struct name_line name;
	struct quoted q;
	struct span text;
	enum err e;

	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "subject", name_plain(&name, r->cert.subject));
	jsonw_string(&w, "issuer", name_plain(&name, r->cert.issuer));
	jsonw_string(&w, "serial", span_str(log_hex(&q, r->cert.serial)));
	jsonw_string(&w, "not_after", span_str(r->not_after.s));
	jsonw_string(&w, "fingerprint", span_str(r->fingerprint));
	jsonw_string(&w, "registrar", span_str(t->home[0] != '\0' ? t->home : t->origin));
	jsonw_string(&w, "protocol", span_str(protocol_of(o->errand)));
	jsonw_string(&w, "profile", span_str(profile_asked(o)));
	jsonw_string(&w, "status",
	             span_str(issued->with_modifications ? "grantedWithMods" : "accepted"));
	if (cmp_issued_changes(issued)[0] != '\0')
		jsonw_string(&w, "changed_by_ca", span_str(cmp_issued_changes(issued)));
	if (issued->subject_changed)
		jsonw_string(&w, "subject_asked", name_plain(&name, t->params.subject));
	if (now.confidence == TIME_SET)
		jsonw_string(&w, "enrolled_at", span_str(date_to_rfc3339(&date, now.seconds)));
	jsonw_close(&w, '}');
	e = jsonw_end(&w, &text);
	return e == OK ? generation_put(&o->attempt.generation, "meta.json", FILE_PUBLIC, text) : e;
}

/*
 * What the voucher pinned, for later: a certificate, or a key.  Of a key that was
 * pinned by its hash, the peer has shown the whole.
 */
static enum err put_pin(struct onboard *o)
{
	const struct attempt *t = &o->attempt;
	struct anchor pin = voucher_pin(t->voucher);
	size_t mark = arena_mark(o->arena);
	struct bundle b = bundle_in(o->arena);
	struct cert peer = { .spki = pin.der };
	enum err e = b.err;

	if (e == OK && pin.kind == ANCHOR_KEY_SHA256)
		e = cert_read(link_peer_chain(t->link).certs[0], &peer);
	if (e == OK)
		e = pem_write(b.text, b.cap, &b.n,
		              pin.kind == ANCHOR_CERT ? "CERTIFICATE" : "PUBLIC KEY", peer.spki);
	if (e == OK)
		e = put_bundle(o, "pin.pem", &b);
	arena_rewind(o->arena, mark);
	return e;
}

static enum err put_voucher(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	enum err e = generation_put(&t->generation, "voucher.vcj", FILE_PUBLIC,
	                            voucher_bytes(t->voucher));

	return e == OK ? put_pin(o) : e;
}

static enum err carry_owner(struct onboard *o)
{
	static const char *const names[] = { "voucher.vcj", "pin.pem" };
	enum err e = OK;

	for (size_t i = 0; i < sizeof names / sizeof *names && e == OK; i++)
		e = generation_carry(&o->attempt.generation, o->arena, names[i], FILE_PUBLIC);
	return e == OK ? stage_crl(o, &o->attempt.owner.crl) : e;
}

enum err stage_sources(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	enum err e = o->errand == ERRAND_ONBOARD ? put_voucher(o) : carry_owner(o);

	if (e == OK && t->template.present)
		e = generation_put(&t->generation, "profile.der", FILE_PUBLIC, t->template.bytes);
	return e;
}

enum err stage_issued(struct onboard *o, const struct cmp_issued *issued)
{
	struct result r;
	enum err e = describe(issued->cert, &r);

	if (e == OK)
		e = put_one(o, "cert.pem", issued->cert);
	if (e == OK)
		e = put_chain(o, "chain.pem", NO_BYTES, issued);
	if (e == OK)
		e = put_chain(o, "fullchain.pem", issued->cert, issued);
	if (e == OK)
		e = put_roots(o, issued);
	if (e == OK)
		e = put_meta(o, &r, issued);
	return e == OK ? put_uci(o, &r, "enrolled") : e;
}

enum err stage_view(struct onboard *o, struct span cert, const char *state)
{
	struct result r;
	enum err e = describe(cert, &r);

	return e == OK ? put_uci(o, &r, state) : e;
}

/* What is live now must be whole: the key fits, the chain is there. */
static enum err read_back(struct device *d, struct arena *a, struct span expected)
{
	struct credential live = { .key = NULL };
	size_t mark = arena_mark(a);
	enum err e = device_live_credential(d, a, &live);

	if (e == OK && expected.n > 0 && !span_equal(live.leaf.der, expected))
		e = err_because(E_STORE, "live/cert.pem is not the certificate just written");
	signer_close(live.key);
	arena_rewind(a, mark);
	return e == OK ? OK : err_within(E_STORE, e, "reading back what was stored");
}

enum err make_live(struct device *d, struct arena *a, struct generation *g, struct span expected)
{
	enum err e = generation_adopt(g);

	if (e == OK && d->store.journalled == g->number) /* not what waits in another one */
		e = journal_clear(&d->store);
	if (e == OK)
		e = read_back(d, a, expected);
	if (e != OK)
		return e;
	uci_view_show(&d->settings);
	progress_detail("%s/live -> gen/%04u", d->settings.state_dir, g->number);
	return OK;
}

enum err commit(struct onboard *o)
{
	struct attempt *t = &o->attempt;

	return make_live(o->device, o->arena, &t->generation, t->issued.cert);
}
