/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a new certificate leads, and who may bring a new root. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

static enum err enrol_by(void (*bend)(struct fake_ca *, struct fake_message *),
                         const struct span *pool, size_t n)
{
	struct fake_row script[] = { { REPLY_GRANT, bend }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.client.pool = pool;
	ca.client.pool_count = n;
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued);
}

static void pin(enum anchor_kind kind, struct span der)
{
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, kind, der));
}

static bool says(const char *text)
{
	bool found = strstr(err_reason(E_ISSUED_CHAIN), text) != NULL;

	if (!found)
		printf("reason: %s\n", err_reason(E_ISSUED_CHAIN));
	return found;
}

static struct span sub_ca(void)
{
	return fake_cert(&ca_arena, &(struct fake_cert){ .subject = "Sub",
	                                                 .issuer = "Root",
	                                                 .issuer_key = ca.root_key,
	                                                 .spki = signer_spki(ca.stranger_key),
	                                                 .ca = true });
}

static struct span sub;

static void bring_sub(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->certs[m->cert_count++] = sub;
}

/* The chain comes in extraCerts, or is known from caCerts. */
static void through_a_sub_ca(void)
{
	fake_ca_open(&ca, &ca_arena);
	sub = sub_ca();
	ca.issue.issuer = "Sub";
	ca.issue.issuer_key = ca.stranger_key;
	CHECK_OK(enrol_by(bring_sub, NULL, 0));
	CU_ASSERT_EQUAL(issued.chain_count, 1);
	CU_ASSERT(span_equal(issued.chain[0], sub));
	CU_ASSERT(span_equal(issued.anchor, ca.root));
	CHECK_OK(enrol_by(NULL, &sub, 1));
	CU_ASSERT_EQUAL(issued.chain_count, 1);
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	fake_ca_close(&ca);
}

static void of_another_pki(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.issue.issuer = "Stranger";
	ca.issue.issuer_key = ca.stranger_key;
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	/* a root is no anchor for being known (RFC 9733 5.1) */
	CHECK_ERR(enrol_by(NULL, &ca.stranger, 1), E_ISSUED_CHAIN);
	fake_ca_close(&ca);
}

static void no_certs(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->cert_count = 0;
}

/* RFC 9483 4.1, RFC 9733 5.1: a pinned signer may name the root, its own too. */
static void a_pinned_end_entity(void)
{
	fake_ca_open(&ca, &ca_arena);
	pin(ANCHOR_CERT, ca.ra);
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	CU_ASSERT(says("send its root in caPubs"));
	CHECK_ERR(enrol_by(NULL, &ca.root, 1), E_ISSUED_CHAIN);
	ca.ca_pubs[0] = ca.stranger;
	ca.ca_pubs[1] = ca.root;
	ca.ca_pubs_count = 2;
	CHECK_OK(enrol_by(no_certs, NULL, 0));
	/* only the one that it ends at */
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
	CU_ASSERT(span_equal(issued.ca_pubs[0], ca.root));
	CU_ASSERT(span_equal(issued.anchor, ca.root));
	ca.ca_pubs_count = 1;
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	CU_ASSERT(says("none of the 1"));
	pin(ANCHOR_KEY, signer_spki(ca.ra_key));
	ca.ca_pubs_count = 2;
	CHECK_OK(enrol_by(NULL, NULL, 0));
	fake_ca_close(&ca);
}

static void by_root(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->root_key;
	m->kid = fake_kid(c->arena, signer_spki(c->root_key));
	m->sender = fake_name(c->arena, "Root");
	m->certs[0] = c->root;
}

/* An anchor held already is enough: nothing new is installed. */
static void nothing_new(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.ca_pubs[0] = ca.stranger;
	ca.ca_pubs[1] = ca.root;
	ca.ca_pubs_count = 2;
	CHECK_OK(enrol_by(NULL, NULL, 0));
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 0);
	fake_ca_close(&ca);
}

/* A root of another PKI by the pinned CA itself: authorized. Not without a status by an RA. */
static void a_root_of_another_pki(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.issue.issuer = "Stranger";
	ca.issue.issuer_key = ca.stranger_key;
	ca.ca_pubs[0] = ca.stranger;
	ca.ca_pubs_count = 1;
	CHECK_OK(enrol_by(by_root, NULL, 0));
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
	CU_ASSERT(span_equal(issued.anchor, ca.stranger));
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	CU_ASSERT(says("status of its sender"));
	fake_ca_close(&ca);
}

/* CertificateList (RFC 5280 5.1) with one serial number in it or none. */
static struct span crl(const char *issuer, const struct signer *key, uint32_t revoked)
{
	struct derw tbs = derw_in(&ca_arena, 512), w = derw_in(&ca_arena, 1024);
	struct span part, signature, out;

	IN (&tbs, DER_SEQUENCE) {
		derw_uint(&tbs, 1);
		sig_alg_write(&tbs, signer_alg(key));
		derw_raw(&tbs, fake_name(&ca_arena, issuer));
		derw_time(&tbs, FAKE_NOW - FAKE_DAY);
		derw_time(&tbs, FAKE_NOW + FAKE_DAY);
		if (revoked != 0)
			IN (&tbs, DER_SEQUENCE)
				IN (&tbs, DER_SEQUENCE) {
					derw_uint(&tbs, revoked);
					derw_time(&tbs, FAKE_NOW - FAKE_DAY);
				}
	}
	CHECK_OK(derw_end(&tbs, &part));
	CHECK_OK(signer_sign(key, part, &ca_arena, &signature));
	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, part);
		sig_alg_write(&w, signer_alg(key));
		derw_bits(&w, signature);
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

/* RFC 9483 3.5: with caPubs the status of the signer is checked. */
static void with_a_status(void)
{
	struct octets list;

	fake_ca_open(&ca, &ca_arena);
	ca.issue.issuer = "Stranger";
	ca.issue.issuer_key = ca.stranger_key;
	ca.ca_pubs[0] = ca.stranger;
	ca.ca_pubs_count = 1;
	list = octets_of(crl("Root", ca.root_key, 0));
	ca.client.crls = &list;
	ca.client.crl_count = 1;
	CHECK_OK(enrol_by(NULL, NULL, 0));
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
	list = octets_of(
		crl("Root", ca.root_key, 1)); /* every certificate of the fake CA has this number */
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

/* RFC 9483 4.1: the root of the signer's own certificate is no new anchor. */
static void no_lifting_up(void)
{
	struct octets list;

	fake_ca_open(&ca, &ca_arena);
	/* what is pinned is the CA between: the RA below it, the new certificate below the root */
	sub = sub_ca();
	ca.ra = fake_cert(&ca_arena, &(struct fake_cert){ .subject = "RA",
	                                                  .issuer = "Sub",
	                                                  .issuer_key = ca.stranger_key,
	                                                  .spki = signer_spki(ca.ra_key),
	                                                  .key_usage = KU_DIGITAL_SIGNATURE,
	                                                  .purpose = "ra",
	                                                  .serial = 9 });
	pin(ANCHOR_CERT, sub);
	ca.ca_pubs[0] = ca.root;
	ca.ca_pubs_count = 1;
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	list = octets_of(crl("Sub", ca.stranger_key, 0));
	ca.client.crls = &list;
	ca.client.crl_count = 1;
	CHECK_ERR(enrol_by(bring_sub, NULL, 0), E_ISSUED_CHAIN);
	CU_ASSERT(says("that this sender may give"));
	/* the root of others is fine: it is the signer's own that is not */
	ca.issue.issuer = "Maker";
	ca.issue.issuer_key = ca.stranger_key;
	ca.ca_pubs[0] = ca.device.chain[1];
	CHECK_OK(enrol_by(bring_sub, NULL, 0));
	fake_ca_close(&ca);
}

/* caPubs with things in it that are no roots. */
static void no_roots(void)
{
	static const uint8_t rubbish[] = { 0x30, 3, 2, 1, 5 };

	fake_ca_open(&ca, &ca_arena);
	pin(ANCHOR_CERT, ca.ra);
	ca.ca_pubs[0] = SPAN(rubbish);
	ca.ca_pubs[1] = ca.no_role;
	/* the root's name and key under another's signature */
	ca.ca_pubs[2] = fake_cert(&ca_arena, &(struct fake_cert){ .subject = "Root",
	                                                          .issuer = "Root",
	                                                          .issuer_key = ca.stranger_key,
	                                                          .spki = signer_spki(ca.root_key),
	                                                          .ca = true });
	ca.ca_pubs_count = 3;
	CHECK_ERR(enrol_by(NULL, NULL, 0), E_ISSUED_CHAIN);
	ca.ca_pubs[3] = ca.root;
	ca.ca_pubs_count = 4;
	CHECK_OK(enrol_by(NULL, NULL, 0));
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_chain = {
	"cmp/chain",
	{
		{ "through a CA of extraCerts or caCerts", through_a_sub_ca },
		{ "a certificate of another PKI", of_another_pki },
		{ "a pinned end entity names the root", a_pinned_end_entity },
		{ "an anchor held is enough", nothing_new },
		{ "a new root: by the pinned CA, not by any RA", a_root_of_another_pki },
		{ "a new root by an RA whose status is known", with_a_status },
		{ "the signer's own root does not lift itself up", no_lifting_up },
		{ "caPubs that hold no root", no_roots },
	}
};
