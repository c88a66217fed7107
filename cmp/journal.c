/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction that outlives the process, as octets: written when we begin to
 * wait and before certConf, so that polling or confirming can be resumed.
 * It is our own file that is read back; damage is found, malice is not the case.
 *
 * TransactionState ::= SEQUENCE {
 *	version        INTEGER (1),
 *	request        INTEGER,              -- enum cmp_request
 *	path           UTF8String,           -- where the first request went
 *	transactionID  OCTET STRING,
 *	nonce          OCTET STRING,         -- senderNonce of our last message
 *	delayed        OCTET STRING,         -- ... of the delayed request; empty: none
 *	peerNonce      OCTET STRING,         -- senderNonce received last
 *	peer           OCTET STRING,         -- sender received last: GeneralName, DER
 *	pollId         INTEGER,
 *	polls          INTEGER,
 *	left           INTEGER,              -- milliseconds that the transaction has left
 *	pause          INTEGER,              -- milliseconds before the next poll
 *	begun          INTEGER,              -- seconds since 1970; 0: unknown
 *	saved          INTEGER,              -- the same: left and pause are as of then
 *	kept           SEQUENCE OF Certificate,
 *	mac        [0] AlgorithmIdentifier OPTIONAL,
 *	issued     [1] Issued OPTIONAL,
 *	signer     [2] Certificate OPTIONAL } -- of the answer that brought caPubs
 *
 * Issued ::= SEQUENCE {
 *	certificate  Certificate,
 *	certReqId    INTEGER,
 *	modified     BOOLEAN,
 *	anchor       Certificate,
 *	chain        SEQUENCE OF Certificate,
 *	caPubs       SEQUENCE OF Certificate }
 */
#include "cmp/internal.h"

enum { STATE_VERSION = 1 };

/* ---- writing */

static void put_certs(struct derw *w, const struct span *certs, size_t count)
{
	IN (w, DER_SEQUENCE)
		for (size_t i = 0; i < count; i++)
			derw_raw(w, certs[i]);
}

static void put_kept(struct derw *w, const struct cmp_kept *k)
{
	size_t at = 0;

	IN (w, DER_SEQUENCE)
		for (size_t i = 0; i < k->count; at += k->size[i++])
			derw_raw(w, (struct span){ k->bytes + at, k->size[i] });
}

static void put_issued(struct derw *w, const struct cmp_issued *i, int64_t cert_req_id)
{
	IN (w, DER_CONTEXT(1))
		IN (w, DER_SEQUENCE) {
			derw_raw(w, i->cert);
			derw_int(w, cert_req_id);
			derw_bool(w, i->with_modifications);
			derw_raw(w, i->anchor);
			put_certs(w, i->chain, i->chain_count);
			put_certs(w, i->ca_pubs, i->ca_pubs_count);
		}
}

static void put_numbers(struct derw *w, const struct cmp_session *s, int64_t pause_ms)
{
	const struct cmp_txn *t = &s->txn;
	int64_t left = s->patience - clock_ticks();
	struct moment now = s->client->now();

	derw_int(w, t->poll_id);
	derw_uint(w, t->polls);
	derw_int(w, left > 0 ? left : 0);
	derw_int(w, pause_ms);
	derw_int(w, t->begun.confidence == TIME_SET ? t->begun.seconds : 0);
	derw_int(w, now.confidence == TIME_SET ? now.seconds : 0);
}

static void put_state(struct derw *w, const struct cmp_session *s, int64_t pause_ms)
{
	const struct cmp_txn *t = &s->txn;

	IN (w, DER_SEQUENCE) {
		derw_uint(w, STATE_VERSION);
		derw_uint(w, s->params_kind);
		derw_text(w, DER_UTF8, s->path);
		derw_put(w, DER_OCTET_STRING, SPAN(t->id));
		derw_put(w, DER_OCTET_STRING, SPAN(t->nonce));
		derw_put(w, DER_OCTET_STRING, t->delayed ? SPAN(t->delayed_nonce) : NO_BYTES);
		derw_put(w, DER_OCTET_STRING, (struct span){ t->peer_nonce, t->peer_nonce_size });
		derw_put(w, DER_OCTET_STRING, (struct span){ t->peer, t->peer_size });
		put_numbers(w, s, pause_ms);
		put_kept(w, &t->kept);
		if (s->client->secret != NULL)
			IN (w, DER_CONTEXT(0))
				mac_params_write(w, &s->mac.params);
		if (s->issued != NULL)
			put_issued(w, s->issued, s->rep.cert_req_id);
		if (s->issued != NULL && s->issued->ca_pubs_count > 0 && s->giver.n > 0)
			IN (w, DER_CONTEXT(2))
				derw_raw(w, s->giver);
	}
}

bool cmp_journal_there(const struct cmp_session *s)
{
	return s->client->journal != NULL && s->op->certifies;
}

static enum err save(struct cmp_session *s, int64_t pause_ms)
{
	const struct cmp_journal *j = s->client->journal;
	size_t mark = arena_mark(s->arena);
	struct derw w;
	struct span state;
	enum err e;

	if (!cmp_journal_there(s))
		return OK;
	s->untimed = s->client->now().confidence != TIME_SET;
	w = derw_in(s->arena, CMP_STATE_MAX);
	put_state(&w, s, pause_ms);
	e = err_within(E_TOO_BIG, derw_end(&w, &state), "state of the transaction");
	if (e == OK)
		e = j->save(j->context, state);
	arena_rewind(s->arena, mark);
	return e;
}

enum err cmp_journal_waiting(struct cmp_session *s, int64_t milliseconds)
{
	return save(s, milliseconds);
}

enum err cmp_journal_confirming(struct cmp_session *s)
{
	s->txn.delayed = false;
	return save(s, 0);
}

enum err cmp_journal_ended(struct cmp_session *s)
{
	const struct cmp_journal *j = s->client->journal;

	return j != NULL && s->op->certifies ? j->save(j->context, NO_BYTES) : OK;
}

/* ---- reading */

static void get_fixed(struct der *c, uint8_t *to, size_t n)
{
	struct span s = der_get(c, DER_OCTET_STRING);

	if (s.n == n)
		memcpy(to, s.p, n);
	else
		der_fail(c, E_RANGE);
}

static size_t get_some(struct der *c, uint8_t *to, size_t cap)
{
	struct span s = der_get(c, DER_OCTET_STRING);

	if (s.n > cap) {
		der_fail(c, E_RANGE);
		return 0;
	}
	memcpy(to, s.p, s.n);
	return s.n;
}

static size_t get_certs(struct der *c, struct span *to, size_t cap)
{
	struct der list = der_enter(c, DER_SEQUENCE);
	size_t n = 0;

	while (der_more(&list)) {
		struct span cert = der_element_of(&list, DER_SEQUENCE);

		if (n == cap)
			der_fail(&list, E_RANGE);
		else
			to[n++] = cert;
	}
	return n;
}

static void get_kept(struct der *c, struct cmp_kept *k)
{
	struct span certs[CMP_KEPT_CERTS_MAX];
	size_t n = get_certs(c, certs, CMP_KEPT_CERTS_MAX), used = 0;

	for (size_t i = 0; i < n; i++) {
		if (certs[i].n > CMP_KEPT_MAX - used) {
			der_fail(c, E_RANGE);
			return;
		}
		memcpy(k->bytes + used, certs[i].p, certs[i].n);
		k->size[k->count++] = certs[i].n;
		used += certs[i].n;
	}
}

static void get_issued(struct der *c, struct cmp_state *out)
{
	struct cmp_issued *i = &out->issued;

	if (!der_at(c, DER_CONTEXT(1)))
		return;

	struct der outer = der_enter(c, DER_CONTEXT(1));
	struct der in = der_enter(&outer, DER_SEQUENCE);

	out->has_issued = true;
	i->cert = der_element_of(&in, DER_SEQUENCE);
	out->cert_req_id = der_int(&in);
	i->with_modifications = der_bool(&in);
	i->anchor = der_element_of(&in, DER_SEQUENCE);
	i->chain_count = get_certs(&in, i->chain, PATH_DEPTH_MAX);
	i->ca_pubs_count = get_certs(&in, i->ca_pubs, CA_PUBS_MAX);
	der_end(&in);
	der_end(&outer);
}

static void get_signer(struct der *c, struct cmp_state *out)
{
	if (!der_at(c, DER_CONTEXT(2)))
		return;

	struct der in = der_enter(c, DER_CONTEXT(2));

	out->signer = der_element_of(&in, DER_SEQUENCE);
	der_end(&in);
}

/* Sums of it with the clock and with what has passed do not overflow. */
static int64_t get_milliseconds(struct der *c)
{
	int64_t n = der_int(c);

	return n < INT64_MAX / 4 ? n : INT64_MAX / 4;
}

/* Milliseconds since then; 0 where a clock did not know: the longer wait is the safe one. */
static int64_t since(const struct cmp_session *s, int64_t saved)
{
	struct moment now = s->client->now();

	if (now.confidence != TIME_SET || saved <= 0 || now.seconds <= saved)
		return 0;
	return (now.seconds - saved) * 1000;
}

static void get_numbers(struct der *c, struct cmp_session *s, struct cmp_state *out)
{
	struct moment now = s->client->now();
	int64_t left, begun, saved, passed;

	s->txn.poll_id = (int32_t)der_int(c);
	s->txn.polls = der_uint(c);
	left = get_milliseconds(c);
	out->pause_ms = get_milliseconds(c);
	begun = der_int(c);
	saved = der_int(c);
	passed = since(s, saved);
	s->untimed = saved <= 0 || now.confidence != TIME_SET || now.seconds < saved;
	if (left < 0 || out->pause_ms < 0 || out->pause_ms > left)
		der_fail(c, E_RANGE);
	if (left <= passed)
		der_fail(c, err_because(E_CMP_GONE, "the time for it is over"));
	out->pause_ms = out->pause_ms > passed ? out->pause_ms - passed : 0;
	s->patience = clock_ticks() + left - passed;
	if (s->deadline > s->patience)
		s->deadline = s->patience;
	s->txn.begun = (struct moment){ begun > 0 ? TIME_SET : TIME_UNSET, begun };
}

/* The KDF's parameters stay what they were (RFC 9483 4.1.5), so the secret has to be the same. */
static enum err get_mac(struct der *c, struct cmp_session *s)
{
	const struct cmp_secret *secret = s->client->secret;
	struct mac_params params;
	enum err e;

	if (!der_at(c, DER_CONTEXT(0)))
		return secret == NULL ? OK
		                      : err_because(E_CMP_GONE, "it was begun with a signature");
	if (secret == NULL)
		return err_because(E_CMP_GONE, "it was begun with a shared secret");

	struct der in = der_enter(c, DER_CONTEXT(0));

	e = mac_params_read(der_element_of(&in, DER_SEQUENCE), &params);
	der_end(&in);
	return e == OK ? mac_key_derive(&params, secret->value, &s->mac) : e;
}

static void get_path(struct der *c, struct cmp_session *s)
{
	struct span path = der_get(c, DER_UTF8);

	if (path.n >= sizeof s->path) {
		der_fail(c, E_RANGE);
		return;
	}
	memcpy(s->path, path.p, path.n);
	s->path[path.n] = '\0';
}

static void get_transaction(struct der *c, struct cmp_txn *t)
{
	struct span delayed;

	get_fixed(c, t->id, sizeof t->id);
	get_fixed(c, t->nonce, sizeof t->nonce);
	delayed = der_get(c, DER_OCTET_STRING);
	t->delayed = delayed.n > 0;
	if (delayed.n == sizeof t->delayed_nonce)
		memcpy(t->delayed_nonce, delayed.p, delayed.n);
	else if (delayed.n > 0)
		der_fail(c, E_RANGE);
	t->peer_nonce_size = get_some(c, t->peer_nonce, sizeof t->peer_nonce);
	t->peer_size = get_some(c, t->peer, sizeof t->peer);
}

/* version and request, which say how to read on. */
static struct der begin(struct der *c, enum cmp_request *kind)
{
	struct der in = der_enter(c, DER_SEQUENCE);

	if (der_uint(&in) != STATE_VERSION)
		der_fail(&in, E_RANGE);
	*kind = (enum cmp_request)der_uint(&in);
	if (*kind > CMP_P10CR)
		der_fail(&in, E_RANGE);
	return in;
}

enum err cmp_state_kind(struct span state, enum cmp_request *kind)
{
	enum err e;
	struct der c = der_open(state, &e);

	begin(&c, kind);
	if (e != OK)
		*kind = CMP_IR;
	return err_within(E_CMP_GONE, e, "state of the transaction");
}

enum err cmp_state_restore(struct span state, struct cmp_session *s, struct cmp_state *out)
{
	enum err e, mac;
	struct der c = der_open(state, &e);

	*out = (struct cmp_state){ .pause_ms = 0 };

	struct der in = begin(&c, &out->kind);

	get_path(&in, s);
	get_transaction(&in, &s->txn);
	get_numbers(&in, s, out);
	get_kept(&in, &s->txn.kept);
	mac = get_mac(&in, s);
	get_issued(&in, out);
	get_signer(&in, out);
	der_end(&in);
	der_end(&c);
	if (e == OK && !s->txn.delayed && !out->has_issued)
		e = err_because(E_UNEXPECTED, "it neither waits nor confirms");
	return e != OK ? err_within(E_CMP_GONE, e, "state of the transaction") : mac;
}
