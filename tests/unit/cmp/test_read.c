/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking PKIMessages apart: our own, published ones, broken ones. */
#include <stdio.h>

#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t room[1 << 20];
static struct arena a = ARENA_ON(room);

static struct span done(struct derw *w)
{
	struct span out;

	CHECK_OK(derw_end(w, &out));
	return out;
}

/* A message with every field of the header, whose sizes a test may choose. */
struct sample {
	size_t nonce, kid, id;
	uint8_t body_tag;
	struct span general_info; /* instead of the usual; content of [8] */
	size_t certs;
	bool empty_certs;
};

static const struct sample usual = { 16, 20, 16, DER_CONTEXT(BODY_PKICONF), { NULL, 0 }, 2, false };

static void put_octets(struct derw *w, uint8_t n, size_t size)
{
	static const uint8_t octets[256] = { 1, 2, 3 };

	IN (w, DER_CONTEXT(n))
		derw_put(w, DER_OCTET_STRING, (struct span){ octets, size });
}

static void put_general_info(struct derw *w)
{
	IN (w, DER_SEQUENCE) {
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, IT_IMPLICIT_CONFIRM);
			derw_null(w);
		}
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, IT_CONFIRM_WAIT_TIME);
			derw_generalized_time(w, FAKE_NOW + 60);
		}
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, IT_CERT_PROFILE);
			IN (w, DER_SEQUENCE)
				derw_text(w, DER_UTF8, "lan");
		}
	}
}

static void put_header(struct derw *w, const struct sample *s)
{
	static const uint8_t alg[] = { 0x30, 3, 6, 1, 0x2a };

	IN (w, DER_SEQUENCE) {
		derw_uint(w, 2);
		IN (w, DER_CONTEXT(4))
			derw_raw(w, fake_name(&a, "Sender"));
		derw_put(w, DER_CONTEXT_PRIMITIVE(2), span_str("host.example"));
		IN (w, DER_CONTEXT(0))
			derw_generalized_time(w, FAKE_NOW);
		IN (w, DER_CONTEXT(1))
			derw_raw(w, SPAN(alg));
		put_octets(w, 2, s->kid);
		put_octets(w, 3, s->kid);
		put_octets(w, 4, s->id);
		put_octets(w, 5, s->nonce);
		put_octets(w, 6, s->nonce);
		IN (w, DER_CONTEXT(7))
			IN (w, DER_SEQUENCE)
				derw_text(w, DER_UTF8, "for people");
		IN (w, DER_CONTEXT(8))
			if (s->general_info.p != NULL)
				derw_raw(w, s->general_info);
			else
				put_general_info(w);
	}
}

static struct span sample(const struct sample *s)
{
	static const uint8_t bits[] = { 0x5a, 0xa5 };
	struct derw w = derw_in(&a, 8192);

	IN (&w, DER_SEQUENCE) {
		put_header(&w, s);
		IN (&w, s->body_tag)
			derw_null(&w);
		IN (&w, DER_CONTEXT(0))
			derw_bits(&w, SPAN(bits));
		if (s->certs > 0 || s->empty_certs)
			IN (&w, DER_CONTEXT(1))
				IN (&w, DER_SEQUENCE)
					for (size_t i = 0; i < s->certs; i++)
						IN (&w, DER_SEQUENCE)
							derw_uint(&w, (uint32_t)i);
	}
	return done(&w);
}

static void reads_every_field(void)
{
	struct cmp_message m;

	arena_reset(&a);
	CHECK_OK(cmp_read(sample(&usual), &m));
	CU_ASSERT_EQUAL(m.header.pvno, 2);
	CU_ASSERT(span_equal(m.header.sender_name, fake_name(&a, "Sender")));
	CU_ASSERT_EQUAL(m.header.recipient.p[0], DER_CONTEXT_PRIMITIVE(2));
	CU_ASSERT(m.header.has_time);
	CU_ASSERT_EQUAL(m.header.time, FAKE_NOW);
	CU_ASSERT_EQUAL(m.header.protection_alg.n, 5);
	CU_ASSERT_EQUAL(m.header.sender_kid.n, 20);
	CU_ASSERT_EQUAL(m.header.recip_kid.n, 20);
	CU_ASSERT_EQUAL(m.header.transaction_id.n, 16);
	CU_ASSERT_EQUAL(m.header.sender_nonce.n, 16);
	CU_ASSERT_EQUAL(m.header.recip_nonce.n, 16);
	CU_ASSERT(span_is(m.header.free_text, "for people"));
	CU_ASSERT(m.header.implicit_confirm);
	CU_ASSERT(m.header.has_confirm_wait);
	CU_ASSERT_EQUAL(m.header.confirm_wait, FAKE_NOW + 60);
	CU_ASSERT(span_is(m.header.profile, "lan"));
	CU_ASSERT_EQUAL(m.body, BODY_PKICONF);
	CU_ASSERT_EQUAL(m.content.n, 2);
	CU_ASSERT(m.has_protection);
	CU_ASSERT_EQUAL(m.protection.n, 2);
	CU_ASSERT_EQUAL(m.cert_count, 2);
}

static void refuses_every_prefix_and_a_tail(void)
{
	uint8_t longer[8192] = { 0 };
	struct cmp_message m;
	struct span good;

	arena_reset(&a);
	good = sample(&usual);
	CHECK_OK(cmp_read(good, &m));
	for (size_t n = 0; n < good.n; n++)
		CHECK_ERR(cmp_read((struct span){ good.p, n }, &m), E_CMP_SYNTAX);
	memcpy(longer, good.p, good.n);
	CHECK_ERR(cmp_read((struct span){ longer, good.n + 1 }, &m), E_CMP_SYNTAX);
}

/* What we would keep or send back has a size. */
static void bounds_what_a_peer_chooses(void)
{
	struct cmp_message m;
	struct sample s = usual;

	arena_reset(&a);
	s.nonce = s.kid = s.id = CMP_NONCE_MAX;
	CHECK_OK(cmp_read(sample(&s), &m));
	s.nonce = CMP_NONCE_MAX + 1;
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
	s = usual;
	s.kid = CMP_NONCE_MAX + 1;
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
	s = usual;
	s.id = CMP_NONCE_MAX + 1;
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
}

static void takes_as_many_certs_as_it_can(void)
{
	struct cmp_message m;
	struct sample s = usual;

	arena_reset(&a);
	s.certs = POOL_MAX + 3;
	CHECK_OK(cmp_read(sample(&s), &m));
	CU_ASSERT_EQUAL(m.cert_count, POOL_MAX);
	CU_ASSERT_EQUAL(m.certs_ignored, 3);
	s.certs = 0;
	CHECK_OK(cmp_read(sample(&s), &m));
	CU_ASSERT_EQUAL(m.cert_count, 0);
	s.empty_certs = true; /* SIZE (1..MAX) */
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
}

static void knows_the_bodies(void)
{
	struct cmp_message m;
	struct sample s = usual;

	arena_reset(&a);
	for (uint8_t tag = 0; tag <= 30; tag++) {
		s.body_tag = DER_CONTEXT(tag);
		CHECK_ERR(cmp_read(sample(&s), &m), tag <= BODY_LAST ? OK : E_CMP_SYNTAX);
		if (tag <= BODY_LAST)
			CU_ASSERT_EQUAL(m.body, tag);
	}
	s.body_tag = 0x99; /* primitive */
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
	s.body_tag = 0x79; /* application */
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
}

/* RFC 9483 3.5: generalInfo is handled gracefully, but it is a list of something. */
static void handles_odd_general_info(void)
{
	struct cmp_message m;
	struct sample s = usual;

	arena_reset(&a);
	s.general_info = test_hex(&a, "30 0c 30 0a 06 08 2b 06 01 05 05 07 04 0d");
	CHECK_OK(cmp_read(sample(&s), &m));
	CU_ASSERT_FALSE(m.header.implicit_confirm); /* no NULL, no grant */
	s.general_info = test_hex(&a, "30 0f 30 0d 06 08 2b 06 01 05 05 07 04 0d 01 01 ff");
	CHECK_OK(cmp_read(sample(&s), &m));
	CU_ASSERT_FALSE(m.header.implicit_confirm);
	s.general_info = test_hex(&a, "30 0e 30 0c 06 08 2b 06 01 05 05 07 04 0d 05 00");
	CHECK_OK(cmp_read(sample(&s), &m));
	CU_ASSERT(m.header.implicit_confirm);
	s.general_info = test_hex(&a, "30 00");
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
	s.general_info = test_hex(&a, "30 04 30 02 05 00");
	CHECK_ERR(cmp_read(sample(&s), &m), E_CMP_SYNTAX);
}

/* ---- published messages */

static void put_again(struct derw *w, const struct cmp_message *m)
{
	IN (w, DER_SEQUENCE) {
		derw_raw(w, m->header_and_body);
		if (m->has_protection)
			IN (w, DER_CONTEXT(0))
				derw_bits(w, m->protection);
		if (m->cert_count > 0)
			IN (w, DER_CONTEXT(1))
				IN (w, DER_SEQUENCE)
					for (size_t i = 0; i < m->cert_count; i++)
						derw_raw(w, m->certs[i]);
	}
}

static void put_some(struct derw *w, uint8_t n, uint8_t tag, struct span s)
{
	if (s.p != NULL)
		IN (w, DER_CONTEXT(n))
			derw_put(w, tag, s);
}

/* The header from what was read of it; generalInfo is not kept whole. */
static void put_header_again(struct derw *w, const struct cmp_header *h)
{
	derw_uint(w, h->pvno);
	derw_raw(w, h->sender);
	derw_raw(w, h->recipient);
	if (h->has_time)
		IN (w, DER_CONTEXT(0))
			derw_generalized_time(w, h->time);
	if (h->protection_alg.n > 0)
		IN (w, DER_CONTEXT(1))
			derw_raw(w, h->protection_alg);
	put_some(w, 2, DER_OCTET_STRING, h->sender_kid);
	put_some(w, 3, DER_OCTET_STRING, h->recip_kid);
	put_some(w, 4, DER_OCTET_STRING, h->transaction_id);
	put_some(w, 5, DER_OCTET_STRING, h->sender_nonce);
	put_some(w, 6, DER_OCTET_STRING, h->recip_nonce);
}

static void hold_same(const char *path)
{
	struct span file = test_file(&a, path);
	struct derw w = derw_in(&a, file.n + 16), head = derw_in(&a, 4096);
	struct cmp_message m;
	enum err e;

	CHECK_OK(cmp_read(file, &m));
	put_again(&w, &m);
	CU_ASSERT(span_equal(done(&w), file));
	put_header_again(&head, &m.header);

	struct der c = der_open(m.header_and_body, &e);
	struct span header = der_get(&c, DER_SEQUENCE), again = done(&head);

	CU_ASSERT(again.n <= header.n && memcmp(again.p, header.p, again.n) == 0);
	CU_ASSERT(m.header.transaction_id.n >= 16 || m.cert_count == 0);
}

static void reads_whole_transactions(void)
{
	static const char *const folders[] = { "CrDelayed", "CrWithSignatureProtection",
		                               "IrWithMacProtection", "Kur", "Rr" };
	char path[512];
	size_t seen = 0;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *root;
		char **names;
		size_t n;

		snprintf(path, sizeof path, "siemens-cmp/lwcmpra/%s", folders[i]);
		root = test_vectors(path);
		if (root == NULL)
			return;
		arena_reset(&a);
		names = test_directory(&a, root, &n);
		for (size_t j = 0; j < n; j++, seen++) {
			snprintf(path, sizeof path, "%s/%s", root, names[j]);
			hold_same(path);
		}
	}
	CU_ASSERT_EQUAL(seen, 36);
}

static void reads_single_messages(void)
{
	static const char *const names[] = { "rfc4210-PKIMessageTestCase.der",
		                             "rfc9480-CertRepMessageTestCase.der",
		                             "rfc9480-V3CertConfMessageTestCase.der",
		                             "rfc9810-CertRepMessageTestCase.der",
		                             "rfc9810-V3CertConfMessageTestCase.der" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[128];
		const char *file;

		snprintf(path, sizeof path, "cmp-der/%s", names[i]);
		file = test_vectors(path);
		if (file == NULL)
			return;
		arena_reset(&a);
		hold_same(file);
	}
}

const struct test_suite suite_cmp_read = {
	"cmp/read",
	{
		{ "every field of the header and the message", reads_every_field },
		{ "every prefix is refused, and a byte behind it",
	          refuses_every_prefix_and_a_tail },
		{ "nonces, key and transaction identifiers have a size",
	          bounds_what_a_peer_chooses },
		{ "extraCerts beyond the limit are passed over", takes_as_many_certs_as_it_can },
		{ "every PKIBody and nothing else", knows_the_bodies },
		{ "generalInfo is handled gracefully", handles_odd_general_info },
		{ "published transactions read and written again", reads_whole_transactions },
		{ "published messages read and written again", reads_single_messages },
	}
};
