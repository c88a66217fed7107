/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may sign an answer; and that no bit of what is signed can change. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[4 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;

static enum err enrol(void (*bend)(struct fake_ca *, struct fake_message *))
{
	struct fake_row script[] = { { REPLY_GRANT, bend }, { REPLY_NONE, NULL } };
	struct cmp_issued issued;

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued);
}

static bool says(const char *text)
{
	bool found = strstr(err_reason(E_CMP_SIGNER), text) != NULL;

	if (!found)
		printf("reason: %s\n", err_reason(E_CMP_SIGNER));
	return found;
}

static void sign_as(struct fake_ca *c, struct fake_message *m, const char *name, struct span cert)
{
	m->sender = fake_name(c->arena, name);
	m->certs[0] = cert;
}

static void by_ca_signer(struct fake_ca *c, struct fake_message *m)
{
	sign_as(c, m, "CA signer", c->ca_signer);
}

static void by_no_role(struct fake_ca *c, struct fake_message *m)
{
	sign_as(c, m, "No role", c->no_role);
}

static void roles(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(enrol(NULL));
	CHECK_OK(enrol(by_ca_signer));
	CHECK_ERR(enrol(by_no_role), E_CMP_SIGNER);
	CU_ASSERT(says("id-kp-cmcRA"));
	ca.trusted.authority = AUTHORITY_ANY;
	CHECK_OK(enrol(by_no_role));
	fake_ca_close(&ca);
}

/* ---- what a certificate says that it is for */

#define SERVER "06 08 2b 06 01 05 05 07 03 01"
#define CLIENT "06 08 2b 06 01 05 05 07 03 02"
#define KGA    "06 08 2b 06 01 05 05 07 03 20"
#define RA     "06 08 2b 06 01 05 05 07 03 1c"
#define ANY    "06 04 55 1d 25 00"

static const char *purposes;
static bool purposes_critical, of_a_ca;
static uint32_t usage;

static void by_purposes(struct fake_ca *c, struct fake_message *m)
{
	struct fake_cert signer = { .subject = "RA 2",
		                    .issuer = "Root",
		                    .issuer_key = c->root_key,
		                    .spki = signer_spki(c->ra_key),
		                    .key_usage = usage,
		                    .ca = of_a_ca };

	if (purposes != NULL)
		signer.extensions = fake_extension(c->arena, test_hex(c->arena, "55 1d 25"),
		                                   purposes_critical, test_hex(c->arena, purposes));
	sign_as(c, m, "RA 2", fake_cert(c->arena, &signer));
}

static enum err revoked_by(void (*bend)(struct fake_ca *, struct fake_message *))
{
	const struct fake_row script[] = { { REPLY_REVOKED, bend }, { REPLY_NONE, NULL } };
	enum cmp_revocation outcome;

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_revoke(&ca.client, &a, REASON_UNSPECIFIED, &outcome);
}

/* RFC 5280 4.2.1.12, below anchors that the operator gave for this CA. */
static void extended_key_usage(void)
{
	static const struct {
		const char *purposes;
		bool critical, ca;
		enum err by_operator, by_role;
	} rows[] = {
		{ NULL, false, false, OK, E_CMP_SIGNER },
		{ "30 0a" SERVER, false, false, E_CMP_SIGNER, E_CMP_SIGNER },
		{ "30 0a" CLIENT, true, false, E_CMP_SIGNER, E_CMP_SIGNER },
		{ "30 14" SERVER CLIENT, false, false, E_CMP_SIGNER, E_CMP_SIGNER },
		{ "30 0a" KGA, false, false, E_CMP_SIGNER, E_CMP_SIGNER },
		{ "30 14" SERVER RA, true, false, OK, OK },
		{ "30 06" ANY, false, false, OK, E_CMP_SIGNER },
		{ "30 10" SERVER ANY, false, false, OK, E_CMP_SIGNER },
		{ "30 0a" SERVER, false, true, OK, E_CMP_SIGNER }, /* it certifies servers */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err want = rows[i].by_operator;

		fake_ca_open(&ca, &ca_arena);
		purposes = rows[i].purposes;
		purposes_critical = rows[i].critical;
		of_a_ca = rows[i].ca;
		ca.trusted.authority = AUTHORITY_ANY;
		if (!CHECK_ERR(enrol(by_purposes), want) ||
		    !CHECK_ERR(revoked_by(by_purposes), want))
			printf("row %zu\n", i);
		ca.trusted.authority = AUTHORITY_BY_EKU;
		if (!CHECK_ERR(enrol(by_purposes), rows[i].by_role))
			printf("row %zu, by role\n", i);
		fake_ca_close(&ca);
	}
}

/* A CA in name only, and a pinned end entity, are for what they say. */
static void extended_key_usage_of_others(void)
{
	struct digest hash;

	fake_ca_open(&ca, &ca_arena);
	purposes = "30 0a" SERVER;
	of_a_ca = true;
	usage = KU_DIGITAL_SIGNATURE;
	ca.trusted.authority = AUTHORITY_ANY;
	CHECK_ERR(enrol(by_purposes), E_CMP_SIGNER);
	CU_ASSERT(says("something else"));
	of_a_ca = false;
	ca.trusted.anchors.n = 0;
	ca.ca_pubs[0] = ca.root;
	ca.ca_pubs_count = 1;
	CHECK_OK(hash_of(HASH_SHA256, signer_spki(ca.ra_key), &hash));
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_KEY_SHA256, digest_span(&hash)));
	CHECK_ERR(enrol(by_purposes), E_CMP_SIGNER);
	purposes = NULL;
	CHECK_OK(enrol(by_purposes));
	usage = 0;
	fake_ca_close(&ca);
}

/* ---- our own key */

static const struct signer *own;

static void by_ourselves(struct fake_ca *c, struct fake_message *m)
{
	m->key = own;
	m->kid = fake_kid(c->arena, signer_spki(own));
	sign_as(c, m, "RA", fake_ca_cert(c, "RA", "ra", own));
}

/* Seen to print "revoked": who has the key to be revoked has its certificate, too. */
static void our_own_key(void)
{
	fake_ca_open(&ca, &ca_arena);
	for (int any = 0; any < 2; any++) {
		ca.trusted.authority = any ? AUTHORITY_ANY : AUTHORITY_BY_EKU;
		own = ca.device_key;
		CHECK_ERR(revoked_by(by_ourselves), E_CMP_SIGNER);
		CU_ASSERT(says("our own key"));
		CHECK_ERR(enrol(by_ourselves), E_CMP_SIGNER);
		own = ca.new_key;
		CHECK_ERR(enrol(by_ourselves), E_CMP_SIGNER);
		CU_ASSERT(says("our own key"));
		CHECK_OK(revoked_by(by_ourselves));
	}
	/* not as an anchor, either */
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_KEY, signer_spki(ca.device_key)));
	own = ca.device_key;
	CHECK_ERR(revoked_by(by_ourselves), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

static void by_root(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->root_key;
	m->kid = fake_kid(c->arena, signer_spki(c->root_key));
	sign_as(c, m, "Root", c->root);
	m->cert_count = 0; /* an anchor need not come along */
}

static void by_sub_ca(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->ra_key;
	sign_as(c, m, "Sub", c->ca_signer);
}

/* A CA without any extended key usage speaks for the certificate it issued, only. */
static void the_issuer(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(enrol(by_root));
	ca.ca_signer = fake_cert(&ca_arena, &(struct fake_cert){ .subject = "Sub",
	                                                         .issuer = "Root",
	                                                         .issuer_key = ca.root_key,
	                                                         .spki = signer_spki(ca.ra_key),
	                                                         .ca = true });
	CHECK_ERR(enrol(by_sub_ca), E_CMP_SIGNER);
	ca.issue.issuer = "Sub";
	ca.issue.issuer_key = ca.ra_key;
	CHECK_OK(enrol(by_sub_ca));
	/* who is no CA did not issue anything, whatever the signature says */
	ca.issue.issuer = "No role";
	CHECK_ERR(enrol(by_no_role), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

static enum err plays(const struct fake_row *script, enum cmp_confirm confirm)
{
	struct cmp_issued issued;
	struct cmp_params w = ca.params;

	w.confirm = confirm;
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_enrol(&ca.client, CMP_IR, &a, &w, NULL, &issued);
}

static void a_sub_ca(void)
{
	ca.ca_signer = fake_cert(&ca_arena, &(struct fake_cert){ .subject = "Sub",
	                                                         .issuer = "Root",
	                                                         .issuer_key = ca.root_key,
	                                                         .spki = signer_spki(ca.ra_key),
	                                                         .ca = true });
	ca.issue.issuer = "Sub";
	ca.issue.issuer_key = ca.ra_key;
}

static void by_another_ca(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->stranger_key;
	m->kid = fake_kid(c->arena, signer_spki(c->stranger_key));
	sign_as(c, m, "Other",
	        fake_cert(c->arena, &(struct fake_cert){ .subject = "Other",
	                                                 .issuer = "Root",
	                                                 .issuer_key = c->root_key,
	                                                 .spki = signer_spki(c->stranger_key),
	                                                 .ca = true }));
}

/* RFC 9480 8.7: from its patience to its pkiConf; none decides about another's certificate. */
static void a_ca_by_itself(void)
{
	static const struct fake_row whole[] = {
		{ REPLY_WAITING, by_sub_ca }, { REPLY_POLL_REP, by_sub_ca },
		{ REPLY_GRANT, by_sub_ca },   { REPLY_PKI_CONF, by_sub_ca },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row refused[] = { { REPLY_ERROR, by_sub_ca },
		                                   { REPLY_NONE, NULL } };
	static const struct fake_row elsewhere[] = { { REPLY_GRANT, by_sub_ca },
		                                     { REPLY_PKI_CONF, by_another_ca },
		                                     { REPLY_NONE, NULL } };
	static const struct fake_row by_nobody[] = { { REPLY_WAITING, by_no_role },
		                                     { REPLY_NONE, NULL } };
	static const struct fake_row informs[] = { { REPLY_INFO, by_sub_ca },
		                                   { REPLY_NONE, NULL } };
	struct cmp_template t;

	fake_ca_open(&ca, &ca_arena);
	a_sub_ca();
	CHECK_OK(plays(whole, CMP_CONFIRM_EXPLICIT));
	CHECK_ERR(plays(refused, CMP_CONFIRM_IMPLICIT), E_CMP_ERROR);
	CHECK_ERR(plays(elsewhere, CMP_CONFIRM_EXPLICIT), E_CMP_SIGNER);
	CHECK_ERR(plays(by_nobody, CMP_CONFIRM_IMPLICIT), E_CMP_SIGNER);
	arena_reset(&a);
	fake_ca_plays(&ca, informs);
	CHECK_OK(cmp_get_template(&ca.client, &a, &t));
	fake_ca_close(&ca);
}

static void a_ca_that_revokes(void)
{
	fake_ca_open(&ca, &ca_arena);
	a_sub_ca();
	CHECK_ERR(revoked_by(by_sub_ca), E_CMP_SIGNER); /* ours is the maker's */
	ca.device.leaf.der = fake_cert(&ca_arena,
	                               &(struct fake_cert){ .subject = "Device 1",
	                                                    .issuer = "Sub",
	                                                    .issuer_key = ca.ra_key,
	                                                    .spki = signer_spki(ca.device_key) });
	CHECK_OK(revoked_by(by_sub_ca));
	CHECK_ERR(revoked_by(by_another_ca), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

static void without_cert_sign(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->ra_key;
	sign_as(c, m, "Sub",
	        fake_cert(c->arena, &(struct fake_cert){ .subject = "Sub",
	                                                 .issuer = "Root",
	                                                 .issuer_key = c->root_key,
	                                                 .spki = signer_spki(c->ra_key),
	                                                 .ca = true,
	                                                 .key_usage = KU_DIGITAL_SIGNATURE }));
}

static void a_ca_in_name_only(void)
{
	static const struct fake_row script[] = { { REPLY_WAITING, without_cert_sign },
		                                  { REPLY_NONE, NULL } };

	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(plays(script, CMP_CONFIRM_IMPLICIT), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

static void by_stranger(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->stranger_key;
	m->kid = fake_kid(c->arena, signer_spki(c->stranger_key));
	sign_as(c, m, "Stranger", c->stranger);
}

static void other_kid(struct fake_ca *c, struct fake_message *m)
{
	m->kid = fake_kid(c->arena, signer_spki(c->root_key));
}

static void no_kid(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->kid = NO_BYTES;
}

static void other_sender(struct fake_ca *c, struct fake_message *m)
{
	m->sender = fake_name(c->arena, "Somebody");
}

static void no_certs(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->cert_count = 0;
}

static void names(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(enrol(by_stranger), E_CMP_SIGNER);
	CHECK_ERR(enrol(other_kid), E_CMP_SIGNER);
	CU_ASSERT(says("senderKID"));
	CHECK_OK(enrol(no_kid));
	CHECK_ERR(enrol(other_sender), E_CMP_SIGNER);
	CU_ASSERT(says("sender is"));
	CHECK_ERR(enrol(no_certs), E_CMP_SIGNER);
	CU_ASSERT(says("came or is known"));
	fake_ca_close(&ca);
}

static void without_skid(struct fake_ca *c, struct fake_message *m)
{
	m->certs[0] = fake_cert(c->arena, &(struct fake_cert){ .subject = "RA",
	                                                       .issuer = "Root",
	                                                       .issuer_key = c->root_key,
	                                                       .spki = signer_spki(c->ra_key),
	                                                       .purpose = "ra",
	                                                       .no_skid = true });
}

static void for_encipherment(struct fake_ca *c, struct fake_message *m)
{
	m->certs[0] = fake_cert(c->arena, &(struct fake_cert){ .subject = "RA",
	                                                       .issuer = "Root",
	                                                       .issuer_key = c->root_key,
	                                                       .spki = signer_spki(c->ra_key),
	                                                       .key_usage = KU_KEY_ENCIPHERMENT,
	                                                       .purpose = "ra" });
}

static void expired(struct fake_ca *c, struct fake_message *m)
{
	m->certs[0] = fake_cert(c->arena, &(struct fake_cert){ .subject = "RA",
	                                                       .issuer = "Root",
	                                                       .issuer_key = c->root_key,
	                                                       .spki = signer_spki(c->ra_key),
	                                                       .purpose = "ra",
	                                                       .not_after = FAKE_NOW - 1 });
}

static void certificates(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(enrol(without_skid)); /* senderKID is then the key's SHA-1 */
	CHECK_ERR(enrol(for_encipherment), E_CMP_SIGNER);
	CU_ASSERT(says("digitalSignature"));
	CHECK_ERR(enrol(expired), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

/* Look-alikes with the same key come first; rubbish, and more than we take, comes too. */
static void among_look_alikes(struct fake_ca *c, struct fake_message *m)
{
	static const uint8_t rubbish[] = { 0x30, 3, 2, 1, 5 };
	struct span ra = c->ra;

	m->cert_count = 0;
	m->certs[m->cert_count++] = SPAN(rubbish);
	for_encipherment(c, m);
	m->certs[m->cert_count++] = m->certs[0];
	expired(c, m);
	m->certs[m->cert_count++] = m->certs[0];
	m->certs[0] = SPAN(rubbish);
	m->certs[m->cert_count++] = ra;
}

static void beyond_the_limit(struct fake_ca *c, struct fake_message *m)
{
	for (m->cert_count = 0; m->cert_count < POOL_MAX; m->cert_count++)
		m->certs[m->cert_count] = c->stranger;
	m->certs[m->cert_count++] = c->ra;
}

static void any_order(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(enrol(among_look_alikes));
	CHECK_ERR(enrol(beyond_the_limit), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

/* RFC 8995 5.6.2: a pinned end entity, by certificate, key or hash: that key and no other. */
static void pins(void)
{
	struct digest hash;

	fake_ca_open(&ca, &ca_arena);
	ca.ca_pubs[0] = ca.root;
	ca.ca_pubs_count = 1;
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_CERT, ca.no_role));
	CHECK_OK(enrol(by_no_role));
	CHECK_ERR(enrol(by_root), E_CMP_SIGNER);
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_KEY, signer_spki(ca.ra_key)));
	CHECK_OK(enrol(by_no_role));
	CHECK_ERR(enrol(by_stranger), E_CMP_SIGNER);
	CHECK_OK(hash_of(HASH_SHA256, signer_spki(ca.ra_key), &hash));
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_KEY_SHA256, digest_span(&hash)));
	CHECK_OK(enrol(by_no_role));
	CHECK_ERR(enrol(by_stranger), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

static void by_renewed_root(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->root_key;
	m->kid = fake_kid(c->arena, signer_spki(c->root_key));
	sign_as(c, m, "Renewed",
	        fake_cert(c->arena, &(struct fake_cert){ .subject = "Renewed",
	                                                 .issuer = "Nobody",
	                                                 .issuer_key = c->stranger_key,
	                                                 .spki = signer_spki(c->root_key),
	                                                 .key_usage = KU_DIGITAL_SIGNATURE }));
}

/* RFC 8995 5.6.2: the pinned key in another certificate is still the pinned key. */
static void a_renewed_pin(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(enrol(by_renewed_root));
	fake_ca_close(&ca);
}

/* The certificate may be known from TLS alone. */
static void from_the_channel(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(enrol(no_certs), E_CMP_SIGNER);
	ca.link.chain = (struct chain){ &ca.ra, 1 };
	CHECK_OK(enrol(no_certs));
	fake_ca_close(&ca);
}

/* RFC 9733 4.1: it signs with its TLS credentials; another of its kind does not. */
static void by_the_registrar(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.link.chain = (struct chain){ &ca.no_role, 1 };
	CHECK_ERR(enrol(by_no_role), E_CMP_SIGNER);
	ca.trusted.peer_signs = true;
	CHECK_OK(enrol(by_no_role));
	ca.link.chain = (struct chain){ &ca.ra, 1 };
	CHECK_ERR(enrol(by_no_role), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

static void by_ra_below_sub(struct fake_ca *c, struct fake_message *m)
{
	m->certs[0] = fake_cert(c->arena, &(struct fake_cert){ .subject = "RA",
	                                                       .issuer = "Sub",
	                                                       .issuer_key = c->stranger_key,
	                                                       .spki = signer_spki(c->ra_key),
	                                                       .purpose = "ra" });
}

static enum err get_ca_certs(void)
{
	const struct fake_row script[] = { { REPLY_INFO, by_ra_below_sub }, { REPLY_NONE, NULL } };
	struct octets list;

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_get_ca_certs(&ca.client, &a, &list);
}

/* A signer without its intermediate: any operation may have it from what is known. */
static void from_what_is_known(void)
{
	struct span sub;

	fake_ca_open(&ca, &ca_arena);
	sub = fake_cert(&ca_arena, &(struct fake_cert){ .subject = "Sub",
	                                                .issuer = "Root",
	                                                .issuer_key = ca.root_key,
	                                                .spki = signer_spki(ca.stranger_key),
	                                                .ca = true });
	CHECK_ERR(enrol(by_ra_below_sub), E_CMP_SIGNER);
	CHECK_ERR(get_ca_certs(), E_CMP_SIGNER);
	ca.client.pool = &sub;
	ca.client.pool_count = 1;
	CHECK_OK(enrol(by_ra_below_sub));
	CHECK_OK(get_ca_certs());
	/* known is not trusted */
	ca.client.pool = &ca.stranger;
	ca.client.pool_count = 1;
	CHECK_ERR(enrol(by_stranger), E_CMP_SIGNER);
	fake_ca_close(&ca);
}

/* ---- every bit, every prefix of signed answers */

/* A session whose request is out; nothing but the answer is missing. */
static struct cmp_session *asked(const struct cmp_draft *d, struct span *request)
{
	struct cmp_session *s;

	arena_reset(&a);
	CHECK_OK(cmp_session_new(&ca.client, &a, cmp_request_op(CMP_IR), &s));
	CHECK_OK(cmp_session_params(s, CMP_IR, &ca.params));
	s->txn.begun = fake_time;
	CHECK_OK(rng_bytes(s->txn.id, sizeof s->txn.id));
	CHECK_OK(cmp_build(s, d, request));
	return s;
}

/* The CAs above our own certificate are at hand, too; we ourselves answer nobody. */
static void from_our_own_chain(void)
{
	struct cmp_pool pool = { .n = 0 };
	struct span request;
	struct cmp_session *s;
	bool has_ca = false, has_us = false;

	fake_ca_open(&ca, &ca_arena);
	ca.device.chain[ca.device.count++] = ca.ca_signer;
	s = asked(&cmp_request_op(CMP_IR)->ask, &request);
	cmp_pool_fill(&pool, s);
	for (size_t i = 0; i < pool.n; i++) {
		has_ca = has_ca || span_equal(pool.certs[i], ca.ca_signer);
		has_us = has_us || span_equal(pool.certs[i], ca.device.leaf.der);
	}
	CU_ASSERT(has_ca);
	CU_ASSERT_FALSE(has_us);
	fake_ca_close(&ca);
}

static enum err judge(struct cmp_session *s, struct span answer, unsigned body)
{
	enum err e = cmp_read(answer, &s->in);

	s->allowed = BODY_BIT(body) | BODY_BIT(BODY_ERROR);
	s->authentic = false;
	return e == OK ? cmp_check(s) : e;
}

/* Where the signed part and its signature end: extraCerts are not protected (RFC 9483 3.2). */
static size_t protected_end(const struct cmp_message *m)
{
	return (size_t)(m->protection.p - m->der.p) + m->protection.n;
}

/*
 * Outside the protection lie: the length of the whole message, and extraCerts.
 * A flip there is refused or changes nothing that is used; a flip anywhere else
 * is refused.  RFC 9483 3.6.4 is the one door: a flip must not make an
 * unprotected error of it, which would be taken for one that is not authentic.
 */
static size_t flip_all(enum fake_reply reply, unsigned body)
{
	struct fake_row row = { reply, NULL };
	struct span request, answer;
	struct cmp_session *s = asked(&cmp_request_op(CMP_IR)->ask, &request);
	uint8_t *bytes;
	size_t end, taken = 0, mark;

	answer = fake_ca_answer(&ca, request, &row);
	CHECK_OK(judge(s, answer, body));
	CU_ASSERT(s->authentic);
	end = protected_end(&s->in);
	bytes = (uint8_t *)(uintptr_t)answer.p;
	mark = arena_mark(&a);
	for (size_t bit = 0; bit < 8 * answer.n; bit++) {
		enum err e;

		bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		e = judge(s, answer, body);
		bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		arena_rewind(&a, mark);
		if (bit / 8 < end)
			CU_ASSERT(e != OK);
		if (e == OK)
			taken++;
	}
	CHECK_OK(judge(s, answer, body));
	return taken;
}

static void every_bit(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.ca_pubs[0] = ca.root;
	ca.ca_pubs_count = 1;
	/* the signer's certificate is all there is in extraCerts, so none is taken */
	CU_ASSERT_EQUAL(flip_all(REPLY_GRANT, BODY_IP), 0);
	CU_ASSERT_EQUAL(flip_all(REPLY_ERROR, BODY_IP), 0);
	fake_ca_close(&ca);
}

static void every_prefix(void)
{
	struct fake_row row = { REPLY_GRANT, NULL };
	struct span request, answer;
	struct cmp_session *s;

	fake_ca_open(&ca, &ca_arena);
	s = asked(&cmp_request_op(CMP_IR)->ask, &request);
	answer = fake_ca_answer(&ca, request, &row);
	CHECK_OK(judge(s, answer, BODY_IP));
	for (size_t n = 0; n < answer.n; n++)
		CHECK_ERR(judge(s, (struct span){ answer.p, n }, BODY_IP), E_CMP_SYNTAX);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_signer = {
	"cmp/signer",
	{
		{ "cmcRA, cmcCA, or the operator's word", roles },
		{ "an EKU without a role is for something else", extended_key_usage },
		{ "so it is of a pinned one, and of a CA in name only",
	          extended_key_usage_of_others },
		{ "our own key answers nothing", our_own_key },
		{ "the anchor itself; a CA for what it issued", the_issuer },
		{ "a CA that speaks for itself, from patience to pkiConf", a_ca_by_itself },
		{ "a revocation: by the CA that issued ours, not by another", a_ca_that_revokes },
		{ "a CA that may not sign certificates is none", a_ca_in_name_only },
		{ "senderKID, sender and certificate belong together", names },
		{ "key identifier, keyUsage and dates of the signer", certificates },
		{ "the signer is found among look-alikes and rubbish", any_order },
		{ "a pinned end entity: that key and no other", pins },
		{ "the pinned key in a renewed certificate", a_renewed_pin },
		{ "certificates of the TLS channel help", from_the_channel },
		{ "the registrar of the link, accepted by its name", by_the_registrar },
		{ "CA certificates that are known help, in every operation", from_what_is_known },
		{ "the CAs above our own certificate help", from_our_own_chain },
		{ "every bit of a signed answer", every_bit },
		{ "every prefix of a signed answer", every_prefix },
	}
};
