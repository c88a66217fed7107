/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner of an enrolled device: what is in use, where his server is, and whether
 * the peer is it.
 */
#include <stdio.h>

#include "agent/flow.h"
#include "agent/life.h"
#include "agent/progress.h"
#include "platform/codec/json.h"
#include "platform/codec/pem.h"
#include "platform/pki/crl.h"

enum err meta_text(const struct device *d, struct arena *a, const char *name, char *out, size_t cap)
{
	size_t mark = arena_mark(a);
	const struct json *v = NULL;
	struct span file, text = NO_BYTES;
	enum err e = store_get(&d->store, a, "meta.json", &file);

	out[0] = '\0';
	if (e == OK)
		e = err_within(E_STORE, json_open(file, &v), "meta.json");
	if (e == OK && json_string(v, name, &text) == JSON_FOUND && text.n < cap) {
		memcpy(out, text.p, text.n);
		out[text.n] = '\0';
	}
	json_close(v);
	arena_rewind(a, mark);
	return e;
}

/* The certificate, not meta.json, is what has to be whole for a renewal.  Whoever it is, he
   has to prove that he is the owner. */
enum err owner_server(const struct device *d, struct arena *a, char url[URL_MAX])
{
	const struct settings *s = &d->settings;
	const char *instead = s->registrar_count > 0 ? s->registrars[0].url : NULL;
	enum err e;

	if (s->life.url != NULL) {
		snprintf(url, URL_MAX, "%s", s->life.url);
		return OK;
	}
	e = meta_text(d, a, "registrar", url, URL_MAX);
	if (e == OK && url[0] == '\0')
		e = err_because(E_CONFIG, "meta.json names no registrar: set option url of a "
		                          "section renew");
	if (e == OK || instead == NULL)
		return e;
	log_warning("%s: asking at %s", err_reason(e), instead);
	snprintf(url, URL_MAX, "%s", instead);
	return OK;
}

static enum err load_roots(const struct device *d, struct arena *a, struct owner *out)
{
	struct span file, certs[ROOTS_MAX];
	size_t n = 0;
	enum err e = store_get(&d->store, a, "roots.pem", &file);

	if (e == OK)
		e = pem_certificates(a, file, certs, ROOTS_MAX, &n);
	for (size_t i = 0; i < n && e == OK; i++)
		e = anchors_add(&out->roots, ANCHOR_CERT, certs[i]);
	return err_within(E_STORE, e, "roots.pem");
}

/* What the voucher pinned; there is none after an enrolment by older versions. */
static enum err load_pin(const struct device *d, struct arena *a, struct owner *out)
{
	struct pem block = { NO_BYTES, NO_BYTES };
	struct span file;
	bool absent;
	enum err e = store_find(&d->store, a, "pin.pem", &file, &absent);

	if (e != OK || absent)
		return e;
	e = pem_next(a, &file, &block);
	if (e == OK && block.der.n == 0)
		e = err_because(E_STORE, "nothing is in it");
	out->has_pin = e == OK;
	out->pin = (struct anchor){ span_is(block.label, "CERTIFICATE") ? ANCHOR_CERT : ANCHOR_KEY,
		                    block.der };
	return err_within(E_STORE, e, "pin.pem");
}

struct crl_held {
	struct octets der; /* open; empty: none */
	int64_t made, next;
};

/* It can be had again, and must not stand in the way of anything. */
static struct crl_held load_crl(const struct device *d)
{
	struct crl_held held = { .der = NO_OCTETS };
	struct octets der;
	bool absent;
	enum err e = store_open_file(&d->store, "crl.der", CRL_KEPT_MAX, &der, &absent);

	if (e == OK && absent)
		return held;
	if (e == OK)
		e = crl_dates(&der, &held.made, &held.next);
	if (e == OK) {
		held.der = der;
	} else {
		octets_close(&der);
		log_warning("crl.der is of no use: %s", err_reason(e));
	}
	return held;
}

static enum err load_owner(const struct device *d, struct arena *a, struct owner *out)
{
	enum err e = load_roots(d, a, out);

	if (e == OK)
		e = load_pin(d, a, out);
	out->crl = load_crl(d).der;
	return e;
}

/* A name that the operator wrote down, today or for the enrolment. */
static bool named_by_operator(const struct settings *s, const struct url *at)
{
	struct url u;

	if (s->life.url != NULL)
		return true;
	for (size_t i = 0; i < s->registrar_count; i++)
		if (url_read(s->registrars[i].url, &u) == OK && url_same_origin(&u, at))
			return true;
	return false;
}

enum err load_in_use(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct quoted q;
	enum err e = device_live_credential(o->device, o->arena, &t->live);

	if (e == OK)
		e = load_owner(o->device, o->arena, &t->owner);
	if (e == OK && meta_text(o->device, o->arena, "registrar", t->home, sizeof t->home) != OK)
		log_info("where it was enrolled is not known: %s", err_reason(E_STORE));
	if (e == OK)
		progress_detail("%s, %zu roots", name_text(&q, t->live.leaf.subject),
		                t->owner.roots.n);
	t->redirected = !named_by_operator(&o->device->settings, &t->at);
	return e;
}

enum err pin_owner_link(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct chain peer;
	struct cert server;
	struct quoted q;
	enum err e = pin_by_owner(o->arena, &t->owner, t->link, operator_host(o), clock_now(),
	                          &t->trusted);

	if (e != OK)
		return e;
	peer = link_peer_chain(t->link);
	if (peer.n == 0)
		progress_detail("plain HTTP: the messages protect themselves");
	else if (cert_read(peer.certs[0], &server) == OK)
		progress_detail("%s", name_text(&q, server.subject));
	return OK;
}

enum err life_look(const struct device *d, struct arena *a, struct life *out)
{
	struct credential live = { .key = NULL };
	struct crl_held crl;
	struct digest digest;
	struct span reason;
	struct journal journal;
	bool absent = true, waiting = false;
	enum err e = device_live_credential(d, a, &live);

	*out = (struct life){ .revoked = false };
	if (e == OK)
		e = hash_of(HASH_SHA256, live.leaf.der, &digest);
	if (e == OK)
		e = store_find(&d->store, a, "revoked", &reason, &absent);
	if (e == OK)
		e = journal_read(&d->store, a, &waiting, &journal);
	signer_close(live.key);
	if (e != OK)
		return e;
	out->lifetime = (struct lifetime){
		.not_before = live.leaf.not_before,
		.not_after = live.leaf.not_after,
		.seed = (uint32_t)digest.b[0] << 24 | (uint32_t)digest.b[1] << 16 |
		        (uint32_t)digest.b[2] << 8 | digest.b[3],
	};
	crl = load_crl(d);
	out->has_crl = crl.der.n > 0;
	octets_close(&crl.der);
	out->crl_made = crl.made;
	out->crl_next = crl.next;
	out->revoked = !absent;
	out->revoking = absent && is_revoking(d, a);
	out->waiting = waiting && !out->revoking;
	return OK;
}
