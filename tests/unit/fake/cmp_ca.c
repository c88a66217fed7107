/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CA for the CMP client's tests. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

enum { NOT_CONFIRMED = 99 };

struct moment fake_time = { TIME_SET, FAKE_NOW };

static struct moment now(void)
{
	return fake_time;
}

static struct span done(struct derw *w)
{
	struct span out;

	CHECK_OK(derw_end(w, &out));
	return out;
}

struct span fake_ca_cert(struct fake_ca *ca, const char *subject, const char *purpose,
                         const struct signer *key)
{
	return fake_cert(ca->arena, &(struct fake_cert){
					    .subject = subject,
					    .issuer = "Root",
					    .issuer_key = ca->root_key,
					    .spki = signer_spki(key),
					    .key_usage = KU_DIGITAL_SIGNATURE,
					    .purpose = purpose,
				    });
}

static struct span self_signed(struct fake_ca *ca, const char *name, const struct signer *key)
{
	return fake_cert(ca->arena, &(struct fake_cert){
					    .subject = name,
					    .issuer = name,
					    .issuer_key = key,
					    .spki = signer_spki(key),
					    .ca = true,
				    });
}

static void make_device(struct fake_ca *ca)
{
	struct credential *d = &ca->device;

	d->key = ca->device_key;
	d->chain[0] = fake_cert(ca->arena, &(struct fake_cert){
						   .subject = "Device 1",
						   .issuer = "Maker",
						   .issuer_key = ca->stranger_key,
						   .spki = signer_spki(ca->device_key),
						   .key_usage = KU_DIGITAL_SIGNATURE,
					   });
	d->chain[1] = self_signed(ca, "Maker", ca->stranger_key);
	d->count = 2;
	CHECK_OK(cert_read(d->chain[0], &d->leaf));
}

/* ---- requests, held against the profile */

static struct span protected_part(struct fake_ca *ca, const struct cmp_message *m)
{
	struct derw w = derw_in(ca->arena, m->header_and_body.n + 8);

	derw_put(&w, DER_SEQUENCE, m->header_and_body);
	return done(&w);
}

static void hold_signature(struct fake_ca *ca, const struct cmp_message *m)
{
	const struct cmp_header *h = &m->header;
	const struct credential *signer = ca->client.signer;
	struct public_key key;
	struct sig_alg alg;

	CU_ASSERT(span_equal(h->sender_name, credential_subject(signer)));
	CU_ASSERT(span_equal(h->sender_kid, credential_kid(signer)));
	CHECK_OK(sig_alg_read(h->protection_alg, &alg));
	CHECK_OK(public_key_read(signer_spki(signer->key), &key));
	CHECK_OK(sig_verify(&key, &alg, protected_part(ca, m), m->protection));
	/* the self-signed one is left out */
	CU_ASSERT_EQUAL(m->cert_count, 1);
	CU_ASSERT(span_equal(m->certs[0], signer->chain[0]));
}

/* RFC 9483 4.1.5: no certificates, the reference as senderKID and as the sender's CN. */
static void hold_mac(struct fake_ca *ca, const struct cmp_message *m)
{
	const struct cmp_header *h = &m->header;

	CU_ASSERT(span_equal(h->sender_name, fake_name(ca->arena, "pledge-1")));
	CU_ASSERT(span_is(h->sender_kid, "pledge-1"));
	CHECK_OK(mac_params_read(h->protection_alg, &ca->mac));
	CU_ASSERT_EQUAL(ca->mac.scheme, ca->client.secret->scheme);
	CHECK_OK(mac_verify(h->protection_alg, span_str("shared"), NULL, protected_part(ca, m),
	                    m->protection));
	CU_ASSERT_EQUAL(m->cert_count, 0);
}

/* RFC 9483 3.1, 3.2, 3.3 */
static void hold_header(struct fake_ca *ca, const struct cmp_message *m, bool opens)
{
	const struct cmp_header *h = &m->header;

	CU_ASSERT_EQUAL(h->transaction_id.n, 16);
	CU_ASSERT_EQUAL(h->sender_nonce.n, 16);
	CU_ASSERT(h->has_time == (fake_time.confidence == TIME_SET));
	CU_ASSERT(opens ? h->recip_nonce.p == NULL : span_equal(h->recip_nonce, SPAN(ca->nonce)));
	CU_ASSERT_FATAL(m->has_protection);
	if (ca->client.secret != NULL)
		hold_mac(ca, m);
	else
		hold_signature(ca, m);
}

/* What a request asks for: subject, publicKey, extensions (RFC 4211 5, RFC 2986 4.1). */
struct wanted {
	struct span subject, spki, extensions;
};

/* "algorithm" and no key: the CA is to make it (RFC 9483 4.1.6). */
static void hold_public_key(struct fake_ca *ca, struct span fields, struct wanted *out)
{
	struct derw w = derw_in(ca->arena, SPKI_MAX);
	enum err e;
	struct der c = der_open(fields, &e);

	der_element_of(&c, DER_SEQUENCE);
	ca->without_key = der_bit_octets(&c).n == 0;
	der_end(&c);
	CHECK_OK(e);
	derw_put(&w, DER_SEQUENCE, fields);
	out->spki = ca->without_key ? NO_BYTES : done(&w);
}

static void hold_template(struct fake_ca *ca, struct der *in, struct wanted *out)
{
	struct der template = der_enter(in, DER_SEQUENCE);
	struct der subject;

	der_skip(&template, DER_CONTEXT(3)); /* issuer and validity: asked for, not held */
	der_skip(&template, DER_CONTEXT(4));
	subject = der_enter(&template, DER_CONTEXT(5));
	out->subject = der_element_of(&subject, DER_SEQUENCE);
	ca->without_key = true;
	if (der_at(&template, DER_CONTEXT(6)))
		hold_public_key(ca, der_get(&template, DER_CONTEXT(6)), out);
	out->extensions = der_more(&template) ? der_get(&template, DER_CONTEXT(9)) : NO_BYTES;
	der_end(&template);
}

static void hold_popo(struct der *message, struct span request, struct span spki)
{
	struct der popo = der_enter(message, DER_CONTEXT(1));
	struct public_key key;
	struct sig_alg alg;

	CHECK_OK(sig_alg_read(der_element_of(&popo, DER_SEQUENCE), &alg));
	CHECK_OK(public_key_read(spki, &key));
	CHECK_OK(sig_verify(&key, &alg, request, der_bit_octets(&popo)));
	der_end(&popo);
}

static void hold_crmf(struct fake_ca *ca, const struct cmp_message *m, struct wanted *out)
{
	enum err e;
	struct der c = der_open(m->content, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der message = der_enter(&list, DER_SEQUENCE);
	struct span request = der_element_of(&message, DER_SEQUENCE);
	struct der outer = der_within(&message, request);
	struct der in = der_enter(&outer, DER_SEQUENCE);

	CU_ASSERT_EQUAL(der_uint(&in), 0);
	hold_template(ca, &in, out);
	ca->controls = der_more(&in) ? der_get(&in, DER_SEQUENCE) : NO_BYTES;
	der_end(&in);
	ca->without_popo = !der_more(&message);
	CU_ASSERT(ca->without_popo == ca->without_key);
	if (!ca->without_popo)
		hold_popo(&message, request, out->spki);
	der_end(&message);
	der_end(&list);
	der_end(&c);
	CHECK_OK(e);
}

static void hold_p10(const struct cmp_message *m, struct wanted *out)
{
	enum err e;
	struct der c = der_open(m->content, &e);
	struct der request = der_enter(&c, DER_SEQUENCE);
	struct span info = der_element_of(&request, DER_SEQUENCE);
	struct cmp_csr csr;
	struct public_key key;
	struct sig_alg alg;

	CHECK_OK(cmp_csr_read(m->content, &csr));
	CHECK_OK(sig_alg_read(der_element_of(&request, DER_SEQUENCE), &alg));
	CHECK_OK(public_key_read(csr.spki, &key));
	CHECK_OK(sig_verify(&key, &alg, info, der_bit_octets(&request)));
	*out = (struct wanted){ csr.subject, csr.spki, csr.extensions };
}

static void hold_cert_conf(struct fake_ca *ca, const struct cmp_message *m)
{
	enum err e;
	struct der c = der_open(m->content, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der in = der_enter(&list, DER_SEQUENCE);
	struct span hash = der_get(&in, DER_OCTET_STRING);
	struct cmp_status status;
	struct digest d;

	CHECK_OK(hash_of(ca->cert_hash != HASH_NONE ? ca->cert_hash : HASH_SHA256, ca->issued, &d));
	CU_ASSERT(span_equal(hash, digest_span(&d)));
	ca->confirmed_id = der_int(&in);
	CU_ASSERT_EQUAL(ca->confirmed_id, ca->cert_req_id);
	cmp_status_read(&in, &status);
	ca->confirmed_with_alg = der_more(&in);
	if (ca->confirmed_with_alg) {
		struct der alg = der_enter(&in, DER_CONTEXT(0));
		enum hash h;

		CHECK_OK(hash_alg_read(der_element_of(&alg, DER_SEQUENCE), &h));
		CU_ASSERT_EQUAL(h, HASH_SHA256);
	}
	CU_ASSERT_EQUAL(m->header.pvno, ca->confirmed_with_alg || ca->without_key ? 3 : 2);
	der_end(&in);
	der_end(&list);
	der_end(&c);
	CHECK_OK(e);
	ca->confirmed = status.status;
	ca->confirmed_fail_info = status.fail_info;
}

/* ---- bodies */

static struct span status_info(struct fake_ca *ca, uint32_t status)
{
	struct derw w = derw_in(ca->arena, 1024);

	cmp_put_status(&w, (enum pki_status)status, ca->text, ca->fail_info);
	return done(&w);
}

static void issue(struct fake_ca *ca, const struct wanted *wanted)
{
	struct fake_cert c = ca->issue;

	if (c.issuer_key == NULL) {
		c.issuer = "Root";
		c.issuer_key = ca->root_key;
	}
	if (c.subject == NULL)
		c.subject_der = wanted->subject;
	if (c.spki.n == 0)
		c.spki = wanted->spki;
	if (c.extensions.n == 0)
		c.extensions = wanted->extensions;
	ca->issued = fake_cert(ca->arena, &c);
}

/* CertifiedKeyPair */
static void put_key_pair(struct derw *w, const struct fake_ca *ca)
{
	IN (w, DER_SEQUENCE) {
		IN (w, DER_CONTEXT(0))
			derw_raw(w, ca->issued);
		if (ca->enveloped.n > 0)
			IN (w, DER_CONTEXT(0))
				derw_raw(w, ca->enveloped);
	}
}

static struct span cert_rep(struct fake_ca *ca, uint32_t status, bool with_cert)
{
	struct derw w = derw_in(ca->arena, 2 * CERT_SIZE_MAX);

	IN (&w, DER_SEQUENCE) {
		if (with_cert && ca->ca_pubs_count > 0)
			IN (&w, DER_CONTEXT(1))
				IN (&w, DER_SEQUENCE)
					for (size_t i = 0; i < ca->ca_pubs_count; i++)
						derw_raw(&w, ca->ca_pubs[i]);
		IN (&w, DER_SEQUENCE)
			IN (&w, DER_SEQUENCE) {
				derw_int(&w, ca->cert_req_id);
				derw_raw(&w, status_info(ca, status));
				if (with_cert)
					put_key_pair(&w, ca);
			}
	}
	return done(&w);
}

static struct span poll_rep(struct fake_ca *ca)
{
	struct derw w = derw_in(ca->arena, 256);

	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SEQUENCE) {
			derw_int(&w, ca->cert_req_id);
			derw_int(&w, ca->check_after);
		}
	return done(&w);
}

static struct span error_content(struct fake_ca *ca, uint32_t status)
{
	struct derw w = derw_in(ca->arena, 1024);

	IN (&w, DER_SEQUENCE)
		derw_raw(&w, status_info(ca, status));
	return done(&w);
}

/* RFC 9483 4.3.2, 4.3.4: two answers have another type than their request, and these two
   requests have a value; RFC 9483 4.3.1, 4.3.3: the others have none. */
static const struct {
	uint8_t asked, answered; /* last arc of id-it */
} info_types[] = { { 20, 18 }, { 22, 23 } };

/* genp: the type that answers what was asked, and ca->info. */
static struct span info(struct fake_ca *ca)
{
	enum err e;
	struct der c = der_open(ca->opening, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der in = der_enter(&list, DER_SEQUENCE);
	struct span type = der_oid(&in);
	struct derw w = derw_in(ca->arena, ca->info.n + 64);
	uint8_t arcs[] = { 0x2b, 6, 1, 5, 5, 7, 4, 0 };

	CU_ASSERT_FATAL(type.n == sizeof arcs);
	memcpy(arcs, type.p, sizeof arcs);
	ca->info_asked = NO_BYTES;
	for (size_t i = 0; i < sizeof info_types / sizeof *info_types; i++)
		if (type.p[7] == info_types[i].asked) {
			arcs[7] = info_types[i].answered;
			ca->info_asked = der_element(&in);
		}
	der_end(&in);
	der_end(&list);
	der_end(&c);
	CHECK_OK(e);
	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SEQUENCE) {
			derw_put(&w, DER_OID, SPAN(arcs));
			derw_raw(&w, ca->info);
		}
	return done(&w);
}

static struct span null_content(struct fake_ca *ca)
{
	struct derw w = derw_in(ca->arena, 8);

	derw_null(&w);
	return done(&w);
}

static struct span revoked(struct fake_ca *ca)
{
	struct derw w = derw_in(ca->arena, 1024);

	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SEQUENCE)
			derw_raw(&w, status_info(ca, ca->status));
	return done(&w);
}

/* The answer that belongs to the request. */
static unsigned answer_to(enum cmp_request kind)
{
	return kind == CMP_IR ? BODY_IP : kind == CMP_KUR ? BODY_KUP : BODY_CP;
}

static void fill_body(struct fake_ca *ca, enum fake_reply reply, struct fake_message *m)
{
	m->body = answer_to(ca->kind);
	switch (reply) {
	case REPLY_GRANT:
		m->content = cert_rep(ca, ca->status, true);
		break;
	case REPLY_REJECTION:
		m->content = cert_rep(ca, PKI_REJECTION, false);
		break;
	case REPLY_WAITING:
		m->content = cert_rep(ca, PKI_WAITING, false);
		break;
	case REPLY_ERROR:
	case REPLY_ERROR_WAITING:
		m->body = BODY_ERROR;
		m->content = error_content(ca, reply == REPLY_ERROR ? PKI_REJECTION : PKI_WAITING);
		break;
	case REPLY_POLL_REP:
		m->body = BODY_POLL_REP;
		m->content = poll_rep(ca);
		break;
	case REPLY_PKI_CONF:
		m->body = BODY_PKICONF;
		m->content = null_content(ca);
		break;
	case REPLY_INFO:
		m->body = BODY_GENP;
		m->content = info(ca);
		break;
	case REPLY_REVOKED:
		m->body = BODY_RP;
		m->content = revoked(ca);
		break;
	case REPLY_NONE:
		CU_FAIL("more requests than the script has answers");
		break;
	}
}

/* ---- answers */

static void put_tagged(struct derw *w, uint8_t n, struct span octets)
{
	if (octets.p == NULL)
		return;
	IN (w, DER_CONTEXT(n))
		derw_put(w, DER_OCTET_STRING, octets);
}

static void put_header(struct derw *w, const struct fake_message *m)
{
	static const uint8_t implicit_confirm[] = { 0x2b, 6, 1, 5, 5, 7, 4, 13 };

	IN (w, DER_SEQUENCE) {
		derw_uint(w, m->pvno);
		IN (w, DER_CONTEXT(4))
			derw_raw(w, m->sender);
		IN (w, DER_CONTEXT(4))
			derw_raw(w, NAME_EMPTY);
		if (m->has_time)
			IN (w, DER_CONTEXT(0))
				derw_generalized_time(w, m->time);
		if (!m->unprotected)
			IN (w, DER_CONTEXT(1)) {
				if (m->alg_id.n > 0)
					derw_raw(w, m->alg_id);
				else if (m->by_mac)
					mac_params_write(w, &m->mac);
				else
					sig_alg_write(w,
					              m->alg != NULL ? m->alg : signer_alg(m->key));
			}
		put_tagged(w, 2, m->kid);
		put_tagged(w, 4, m->id);
		put_tagged(w, 5, m->sender_nonce);
		put_tagged(w, 6, m->recip_nonce);
		if (m->implicit)
			IN (w, DER_CONTEXT(8))
				IN (w, DER_SEQUENCE)
					IN (w, DER_SEQUENCE) {
						derw_put(w, DER_OID, SPAN(implicit_confirm));
						derw_null(w);
					}
	}
}

static struct span write_part(struct fake_ca *ca, const struct fake_message *m)
{
	struct derw w = derw_in(ca->arena, m->content.n + 4096);

	IN (&w, DER_SEQUENCE) {
		put_header(&w, m);
		IN (&w, (uint8_t)DER_CONTEXT(m->body))
			derw_raw(&w, m->content);
	}
	return done(&w);
}

static struct span protect(struct fake_ca *ca, const struct fake_message *m, struct span part)
{
	struct span protection = NO_BYTES;
	struct mac_params params = m->mac;
	struct mac_key key;
	struct digest tag;

	if (m->unprotected)
		return NO_BYTES;
	if (m->by_mac) {
		/* what nobody computes, the fake does not either */
		if (params.iterations > MAC_ROUNDS_MAX)
			params.iterations = MAC_ITERATIONS_MIN;
		CHECK_OK(mac_key_derive(&params, m->secret, &key));
		CHECK_OK(mac_of(&key, part, &tag));
		CHECK_OK(arena_copy(ca->arena, digest_span(&tag), &protection));
	} else {
		protection = fake_sign(ca->arena, m->key, m->alg, part);
	}
	if (m->spoiled)
		((uint8_t *)(uintptr_t)protection.p)[protection.n - 1] ^= 1;
	return protection;
}

static struct span write_answer(struct fake_ca *ca, const struct fake_message *m)
{
	struct span part = write_part(ca, m), protection = protect(ca, m, part);
	struct derw w = derw_in(ca->arena, part.n + 40 * 1024);
	enum err e;
	struct der c = der_open(part, &e);

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, der_get(&c, DER_SEQUENCE));
		if (!m->unprotected)
			IN (&w, DER_CONTEXT(0))
				derw_bits(&w, protection);
		if (m->cert_count > 0)
			IN (&w, DER_CONTEXT(1))
				IN (&w, DER_SEQUENCE)
					for (size_t i = 0; i < m->cert_count; i++)
						derw_raw(&w, m->certs[i]);
	}
	return done(&w);
}

static struct fake_message proper(struct fake_ca *ca, const struct fake_row *row)
{
	const struct cmp_header *h = &ca->request.header;
	struct fake_message m = {
		.pvno = 2,
		.sender = fake_name(ca->arena, "RA"),
		.kid = fake_kid(ca->arena, signer_spki(ca->ra_key)),
		.id = h->transaction_id,
		.sender_nonce = SPAN(ca->nonce),
		.recip_nonce = h->sender_nonce,
		.has_time = true,
		.time = FAKE_NOW,
		.implicit = row->reply == REPLY_GRANT && ca->asked_implicit && !ca->refuse_implicit,
		.key = ca->ra_key,
		.certs = { ca->ra },
		.cert_count = 1,
		.status = 200,
		.media_type = "application/pkixcmp",
	};

	if (ca->client.secret != NULL) {
		m.by_mac = true;
		m.mac = ca->mac;
		m.secret = span_str("shared");
		m.kid = NO_BYTES;
		m.cert_count = 0;
	}
	memcpy(ca->before, ca->nonce, sizeof ca->nonce);
	CHECK_OK(rng_bytes(ca->nonce, sizeof ca->nonce));
	fill_body(ca, row->reply, &m);
	return m;
}

static bool asks_for_certificate(unsigned body)
{
	return body == BODY_IR || body == BODY_CR || body == BODY_KUR || body == BODY_P10CR;
}

/* Takes a request in, in the order of things: opening, polling, confirming. */
static void receive(struct fake_ca *ca, struct span request)
{
	struct wanted wanted = { .subject = NO_BYTES };
	struct span copy;
	bool opens;

	CHECK_OK(arena_copy(ca->arena, request, &copy));
	CHECK_OK(cmp_read(copy, &ca->request));
	opens = ca->request.body != BODY_CERT_CONF && ca->request.body != BODY_POLL_REQ;
	hold_header(ca, &ca->request, opens);
	if (opens) {
		ca->opening_nonce = ca->request.header.sender_nonce;
		ca->opening = ca->request.content;
		ca->asked_implicit = ca->request.header.implicit_confirm;
		ca->transactions++;
		ca->without_key = false;
	}
	if (asks_for_certificate(ca->request.body)) {
		if (ca->request.body == BODY_P10CR)
			hold_p10(&ca->request, &wanted);
		else
			hold_crmf(ca, &ca->request, &wanted);
		if (ca->issued.n == 0)
			issue(ca, &wanted);
	}
	if (ca->request.body == BODY_CERT_CONF)
		hold_cert_conf(ca, &ca->request);
	else
		CU_ASSERT_EQUAL(ca->request.header.pvno, ca->without_key ? 3 : 2);
}

struct span fake_ca_answer(struct fake_ca *ca, struct span request, const struct fake_row *row)
{
	struct fake_message m;

	receive(ca, request);
	m = proper(ca, row);
	if (row->bend != NULL)
		row->bend(ca, &m);
	return write_answer(ca, &m);
}

static enum err serve(void *context, struct exchange *x)
{
	struct fake_ca *ca = context;
	const struct fake_row *row = &ca->script[ca->at];
	struct fake_message m;

	CU_ASSERT_STRING_EQUAL(x->sends, "application/pkixcmp");
	CU_ASSERT_FATAL(row->reply != REPLY_NONE);
	ca->at++;
	receive(ca, x->body);
	m = proper(ca, row);
	if (row->bend != NULL)
		row->bend(ca, &m);
	/* what does not arrive has no nonce that the client could echo */
	if (m.failure != OK || m.instead.p != NULL)
		memcpy(ca->nonce, ca->before, sizeof ca->nonce);
	if (m.failure != OK)
		return err_because(m.failure, "the test wants it so");
	fake_answer(x, m.status, m.media_type,
	            m.instead.p != NULL ? m.instead : write_answer(ca, &m));
	x->retry_after = m.retry_after > 0 ? m.retry_after : -1;
	return OK;
}

void fake_ca_plays(struct fake_ca *ca, const struct fake_row *script)
{
	ca->script = script;
	ca->at = 0;
	ca->issued = NO_BYTES;
	ca->confirmed = NOT_CONFIRMED;
	ca->transactions = 0;
	ca->link.count = 0;
	fake_time = (struct moment){ TIME_SET, FAKE_NOW };
}

void fake_ca_open(struct fake_ca *ca, struct arena *a)
{
	static const struct fake_row nothing[] = { { REPLY_NONE, NULL } };

	arena_reset(a);
	log_limit(LOG_LEVEL_ERROR);
	*ca = (struct fake_ca){ .arena = a };
	CHECK_OK(signer_generate(&ca->root_key, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&ca->ra_key, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&ca->device_key, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&ca->new_key, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&ca->stranger_key, KEY_KIND_EC256));
	ca->root = self_signed(ca, "Root", ca->root_key);
	ca->stranger = self_signed(ca, "Stranger", ca->stranger_key);
	ca->ra = fake_ca_cert(ca, "RA", "ra", ca->ra_key);
	ca->ca_signer = fake_ca_cert(ca, "CA signer", "ca", ca->ra_key);
	ca->no_role = fake_ca_cert(ca, "No role", NULL, ca->ra_key);
	make_device(ca);
	fake_link_open(&ca->link, a, serve, ca);
	ca->trusted = (struct trusted){ .link = &ca->link.link, .authority = AUTHORITY_BY_EKU };
	CHECK_OK(anchors_add(&ca->trusted.anchors, ANCHOR_CERT, ca->root));
	ca->client = (struct cmp_client){
		.trusted = &ca->trusted,
		.signer = &ca->device,
		.path = "/.well-known/cmp",
		.now = now,
	};
	ca->secret = (struct cmp_secret){ span_str("pledge-1"), span_str("shared"), MAC_PBMAC1 };
	ca->params = (struct cmp_params){
		.key = ca->new_key,
		.subject = fake_name(a, "router 1"),
		.confirm = CMP_CONFIRM_IMPLICIT,
	};
	fake_ca_plays(ca, nothing);
}

void fake_ca_close(struct fake_ca *ca)
{
	signer_close(ca->root_key);
	signer_close(ca->ra_key);
	signer_close(ca->device_key);
	signer_close(ca->new_key);
	signer_close(ca->stranger_key);
	log_limit(LOG_LEVEL_NOTICE);
}
