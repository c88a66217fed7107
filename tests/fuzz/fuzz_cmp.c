/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmp_read, every reader of bodies, templates applied, cmp_check, chains of what came */
#include <stdlib.h>

#include "cmp/fill.h"
#include "platform/pki/trusted_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t room[1 << 20];

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void inside(struct span part, struct span whole)
{
	must(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void look_at(const struct cmp_message *m, struct span whole)
{
	const struct cmp_header *h = &m->header;

	inside(h->sender, whole);
	inside(h->recipient, whole);
	inside(h->sender_nonce, whole);
	inside(h->recip_nonce, whole);
	inside(m->header_and_body, whole);
	inside(m->content, m->header_and_body);
	inside(m->protection, whole);
	must(h->sender.n <= CMP_PEER_MAX && h->sender_nonce.n <= CMP_NONCE_MAX);
	must(m->body <= BODY_LAST && m->cert_count <= POOL_MAX);
	for (size_t i = 0; i < m->cert_count; i++)
		inside(m->certs[i], whole);
}

/* A template from anywhere, filled in for a device that knows a little. */
static void apply(struct span content, struct arena *a)
{
	static const uint8_t subject[] = { 0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 6,   3,  0x55,
		                           4,    5,    0x13, 4,    'S',  'N',  '-', '1' };
	static const char *const dns[] = { "gate.example" }, *const ip[] = { "10.0.0.1" };
	struct credential device = { .leaf = { .subject = SPAN(subject) } };
	struct cmp_facts f = { .idevid = &device,
		               .dns_names = dns,
		               .dns_count = 1,
		               .ip_addresses = ip,
		               .ip_count = 1 };
	struct cmp_template t;
	struct cmp_params w = { .key = NULL };

	if (cmp_template_read(content, &t) != OK)
		return;
	must(!t.present || span_equal(t.bytes, content));
	if (cmp_apply_template(&t, &f, a, &w) == OK)
		must(w.subject.n >= 2 && w.subject.p[0] == DER_SEQUENCE);
}

static struct moment now(void)
{
	return (struct moment){ TIME_SET, INT64_C(1800000000) };
}

static enum err no_exchange(struct link *l, struct exchange *x, struct arena *a)
{
	(void)l;
	(void)x;
	(void)a;
	return E_UNREACHABLE;
}

static struct chain no_chain(const struct link *l)
{
	(void)l;
	return (struct chain){ NULL, 0 };
}

/* The message as if it answered our request, its last certificate being the anchor. */
static void judge(const struct cmp_message *m, struct arena *a)
{
	static const struct link_ops ops = { .exchange = no_exchange, .peer_chain = no_chain };
	struct link link = { .ops = &ops };
	struct trusted trusted = { .link = &link, .authority = AUTHORITY_ANY };
	static const struct credential nobody;
	static const struct cmp_secret secret = { { (const uint8_t *)"r", 1 },
		                                  { (const uint8_t *)"s", 1 },
		                                  MAC_PASSWORD_BASED };
	struct cmp_client client = { .trusted = &trusted, .path = "/", .now = now };
	struct cmp_session *s;
	struct cmp_pool pool = { .n = 0 };
	struct cmp_issued issued = { .chain_count = 0 };
	struct cert cert;

	if (m->cert_count > 0)
		must(anchors_add(&trusted.anchors, ANCHOR_CERT, m->certs[m->cert_count - 1]) == OK);
	/* an octet of theirs says which way: both are gone */
	if ((m->der.p[m->der.n - 1] & 1) != 0)
		client.secret = &secret;
	else
		client.signer = &nobody;
	if (cmp_session_new(&client, a, cmp_request_op(CMP_IR), &s) != OK)
		return;
	s->in = *m;
	s->allowed = ~UINT32_C(0);
	if (m->header.transaction_id.n == CMP_ID_SIZE)
		memcpy(s->txn.id, m->header.transaction_id.p, CMP_ID_SIZE);
	if (m->header.recip_nonce.n == CMP_NONCE_SIZE)
		memcpy(s->txn.nonce, m->header.recip_nonce.p, CMP_NONCE_SIZE);
	if (cmp_check(s) == OK)
		must(!s->authentic || s->signer.n > 0 || client.secret != NULL);
	if (cmp_cert_rep_read(m->content, &s->rep) != OK || cert_read(s->rep.cert, &cert) != OK)
		return;
	cmp_pool_fill(&pool, s);
	s->signer = (struct path){ .certs = { s->rep.cert }, .n = 1 };
	if (cmp_issued_chain(s, &cert, &pool, &issued) == OK)
		must(issued.chain_count < PATH_DEPTH_MAX && issued.anchor.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span input = { p, n };
	struct arena a = ARENA_ON(room);
	struct cmp_poll_rep poll;
	struct cmp_status status;
	struct cmp_message m;
	struct cmp_csr csr;

	log_limit(LOG_LEVEL_ERROR);
	apply(input, &a);
	if (cmp_read(input, &m) != OK)
		return 0;
	look_at(&m, input);
	if (cmp_poll_rep_read(m.content, &poll) == OK)
		must(poll.check_after >= 0 && poll.check_after <= CMP_CHECK_AFTER_MAX_S);
	if (cmp_csr_read(m.content, &csr) == OK)
		must(csr.subject.n > 0 && csr.spki.n > 0);
	if (cmp_error_read(m.content, &status) == OK)
		must(cmp_status_refused(&status, E_CMP_ERROR, "error") != OK);
	apply(m.content, &a);
	judge(&m, &a);
	return 0;
}
