/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protection by a shared secret, and never a mixture of kinds. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

static const struct fake_row granted[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };
static const struct fake_row long_way[] = {
	{ REPLY_WAITING, NULL },  { REPLY_POLL_REP, NULL }, { REPLY_GRANT, NULL },
	{ REPLY_PKI_CONF, NULL }, { REPLY_NONE, NULL },
};

static enum err ask(enum cmp_request kind, const struct fake_row *script)
{
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.kind = kind;
	return cmp_enrol(&ca.client, kind, &a, &ca.params, NULL, &issued);
}

static void begin(enum mac_scheme scheme)
{
	fake_ca_open(&ca, &ca_arena);
	ca.secret.scheme = scheme;
	ca.client.signer = NULL;
	ca.client.secret = &ca.secret;
}

static const enum mac_scheme schemes[] = { MAC_PBMAC1, MAC_PASSWORD_BASED };

static void both_schemes(void)
{
	static const enum cmp_request kinds[] = { CMP_IR, CMP_CR, CMP_P10CR };

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 3; k++) {
			begin(schemes[i]);
			CHECK_OK(ask(kinds[k], granted));
			ca.params.confirm = CMP_CONFIRM_EXPLICIT;
			CHECK_OK(ask(kinds[k], long_way));
			CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
			fake_ca_close(&ca);
		}
}

/* RFC 9483 4.1.5: the KDF's parameters "SHOULD stay the same in the operation". */
static void one_salt(void)
{
	struct cmp_message first, last;

	begin(MAC_PBMAC1);
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(ask(CMP_IR, long_way));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &first));
	CHECK_OK(cmp_read(ca.link.sent[3].body, &last));
	CU_ASSERT(span_equal(first.header.protection_alg, last.header.protection_alg));
	ca.params.confirm = CMP_CONFIRM_IMPLICIT;
	CHECK_OK(ask(CMP_IR, granted));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &last));
	CU_ASSERT_FALSE(span_equal(first.header.protection_alg, last.header.protection_alg));
	fake_ca_close(&ca);
}

static void never_a_kur(void)
{
	begin(MAC_PBMAC1);
	CHECK_ERR(ask(CMP_KUR, granted), E_CONFIG);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	ca.client.signer = &ca.device;
	CHECK_ERR(ask(CMP_IR, granted), E_BUG);
	ca.client.signer = NULL;
	ca.client.secret = NULL;
	CHECK_ERR(ask(CMP_IR, granted), E_BUG);
	fake_ca_close(&ca);
}

static void sizes_of_the_secret(void)
{
	static const uint8_t octets[CMP_SECRET_MAX + 1];

	begin(MAC_PBMAC1);
	ca.secret.value = NO_BYTES;
	CHECK_ERR(ask(CMP_IR, granted), E_CONFIG);
	ca.secret.value = (struct span){ octets, sizeof octets };
	CHECK_ERR(ask(CMP_IR, granted), E_CONFIG);
	ca.secret.value = span_str("shared");
	ca.secret.reference = NO_BYTES;
	CHECK_ERR(ask(CMP_IR, granted), E_CONFIG);
	ca.secret.reference = (struct span){ octets, CMP_NONCE_MAX + 1 };
	CHECK_ERR(ask(CMP_IR, granted), E_CONFIG);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

static void other_secret(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->secret = span_str("guessed");
}

static void spoiled(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->spoiled = true;
}

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void by_signature(struct fake_ca *c, struct fake_message *m)
{
	m->by_mac = false;
	m->certs[0] = c->ra;
	m->cert_count = 1;
}

static void too_much_work(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->mac.iterations = MAC_ROUNDS_MAX + 1;
}

static void too_little_work(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->mac.iterations = MAC_ITERATIONS_MIN - 1;
}

static void bad_macs(void)
{
	static void (*const bends[])(struct fake_ca *, struct fake_message *) = {
		other_secret, spoiled, bare, by_signature, too_much_work, too_little_work,
	};

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof bends / sizeof *bends; k++) {
			struct fake_row script[] = { { REPLY_GRANT, bends[k] },
				                     { REPLY_NONE, NULL } };

			begin(schemes[i]);
			CHECK_ERR(ask(CMP_IR, script), E_CMP_PROTECTION);
			fake_ca_close(&ca);
		}
}

static void by_mac(struct fake_ca *c, struct fake_message *m)
{
	m->by_mac = true;
	m->secret = span_str("shared");
	CHECK_OK(mac_params_new(MAC_PBMAC1, &m->mac));
	(void)c;
}

static void mac_to_a_signature(void)
{
	static const struct fake_row script[] = { { REPLY_GRANT, by_mac }, { REPLY_NONE, NULL } };

	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(ask(CMP_IR, script), E_CMP_PROTECTION);
	fake_ca_close(&ca);
}

static bool says(const char *text)
{
	bool found = strstr(err_reason(E_CMP_PROTECTION), text) != NULL;

	if (!found)
		printf("reason: %s\n", err_reason(E_CMP_PROTECTION));
	return found;
}

/* RFC 9483 3.2: which kind was asked, and which came. */
static void the_other_kind_is_named(void)
{
	static const struct fake_row mac[] = { { REPLY_GRANT, by_mac }, { REPLY_NONE, NULL } };
	static const struct fake_row sig[] = { { REPLY_GRANT, by_signature },
		                               { REPLY_NONE, NULL } };

	begin(MAC_PBMAC1);
	CHECK_ERR(ask(CMP_IR, sig), E_CMP_PROTECTION);
	CU_ASSERT(says("answer is signed (ecdsa-with-SHA256), the request was MAC-protected "
	               "(PBMAC1): RFC 9483 3.2"));
	ca.client.secret = NULL;
	ca.client.signer = &ca.device;
	CHECK_ERR(ask(CMP_IR, mac), E_CMP_PROTECTION);
	CU_ASSERT(says("answer is MAC-protected ("));
	CU_ASSERT(says("), the request was signed: RFC 9483 3.2"));
	fake_ca_close(&ca);
}

static void by_a_stranger(struct fake_ca *c, struct fake_message *m)
{
	by_signature(c, m);
	m->key = c->stranger_key;
	m->kid = fake_kid(c->arena, signer_spki(c->stranger_key));
	m->sender = fake_name(c->arena, "Stranger");
	m->certs[0] = c->stranger;
	m->cert_count = 1;
}

/* Off by default, below anchors alone, and from who may sign. */
static void signed_answers_are_accepted(void)
{
	static const struct fake_row sig[] = { { REPLY_GRANT, by_signature },
		                               { REPLY_NONE, NULL } };
	static const struct fake_row strange[] = { { REPLY_GRANT, by_a_stranger },
		                                   { REPLY_NONE, NULL } };
	static const struct fake_row mac[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };

	begin(MAC_PASSWORD_BASED);
	ca.client.accept_signed = true;
	CHECK_OK(ask(CMP_IR, sig));
	CHECK_OK(ask(CMP_IR, mac));
	CHECK_ERR(ask(CMP_IR, strange), E_CMP_SIGNER);
	/* its caPubs are judged as those of any signer: no status, no root */
	ca.issue.issuer = "Stranger";
	ca.issue.issuer_key = ca.stranger_key;
	ca.ca_pubs[0] = ca.stranger;
	ca.ca_pubs_count = 1;
	CHECK_ERR(ask(CMP_IR, sig), E_ISSUED_CHAIN);
	CHECK_OK(ask(CMP_IR, mac));
	ca.trusted.anchors.n = 0;
	CHECK_ERR(ask(CMP_IR, sig), E_CMP_PROTECTION);
	fake_ca_close(&ca);
}

static void refused_bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

/* What nobody vouches for is quoted, an error or a rejection, and counts for nothing. */
static void words_of_a_refusal(void)
{
	static const struct fake_row no[] = { { REPLY_REJECTION, refused_bare },
		                              { REPLY_NONE, NULL } };
	static const struct fake_row yes[] = { { REPLY_GRANT, refused_bare },
		                               { REPLY_NONE, NULL } };

	begin(MAC_PBMAC1);
	ca.text = "not on a Sunday";
	CHECK_ERR(ask(CMP_IR, no), E_CMP_PROTECTION);
	CU_ASSERT(says("the message is a rejection"));
	CU_ASSERT(says("not on a Sunday"));
	CHECK_ERR(ask(CMP_IR, yes), E_CMP_PROTECTION);
	CU_ASSERT(strstr(err_reason(E_CMP_PROTECTION), "Sunday") == NULL);
	fake_ca_close(&ca);
}

/* Its own choice of scheme and salt: the secret decides (RFC 9483 4.1.5). */
static void another_scheme(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	CHECK_OK(mac_params_new(MAC_PASSWORD_BASED, &m->mac));
	m->kid = span_str("the CA's own");
	m->sender = NAME_EMPTY;
}

static void their_own_parameters(void)
{
	static const struct fake_row script[] = { { REPLY_GRANT, another_scheme },
		                                  { REPLY_NONE, NULL } };

	begin(MAC_PBMAC1);
	CHECK_OK(ask(CMP_IR, script));
	fake_ca_close(&ca);
}

/* RFC 4210 5.3.21: errors are always signed; a failure either way, believed with anchors. */
static void signed_errors(void)
{
	static const struct fake_row script[] = { { REPLY_ERROR, by_signature },
		                                  { REPLY_NONE, NULL } };
	static const struct fake_row wait[] = { { REPLY_ERROR_WAITING, by_signature },
		                                { REPLY_NONE, NULL } };
	begin(MAC_PBMAC1);
	CHECK_ERR(ask(CMP_IR, script), E_CMP_ERROR);
	CU_ASSERT(strstr(err_reason(E_CMP_ERROR), "unprotected") == NULL);
	ca.trusted.anchors.n = 0;
	CHECK_ERR(ask(CMP_IR, script), E_CMP_ERROR);
	CU_ASSERT(strstr(err_reason(E_CMP_ERROR), "unprotected") != NULL);
	/* nobody in particular does not make us wait */
	CHECK_ERR(ask(CMP_IR, wait), E_CMP_ERROR);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	fake_ca_close(&ca);
}

/* The secret is all that is held: the root comes with the answer, and counts. */
static void root_by_secret(void)
{
	begin(MAC_PBMAC1);
	ca.trusted.anchors.n = 0;
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_ERR(ask(CMP_IR, long_way), E_ISSUED_CHAIN);
	ca.ca_pubs[0] = ca.root;
	ca.ca_pubs_count = 1;
	CHECK_OK(ask(CMP_IR, long_way));
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
	CU_ASSERT(span_equal(issued.anchor, ca.root));
	/* but one that does not lead to the certificate does not */
	ca.ca_pubs[0] = ca.stranger;
	CHECK_ERR(ask(CMP_IR, long_way), E_ISSUED_CHAIN);
	fake_ca_close(&ca);
}

/* ---- every bit of an answer */

static enum err judge(struct cmp_session *s, struct span answer)
{
	enum err e = cmp_read(answer, &s->in);

	s->allowed = BODY_BIT(BODY_IP) | BODY_BIT(BODY_ERROR);
	s->authentic = false;
	return e == OK ? cmp_check(s) : e;
}

static void every_bit(void)
{
	struct fake_row row = { REPLY_GRANT, NULL };
	struct span request, answer;
	struct cmp_session *s;
	uint8_t *bytes;
	size_t mark;

	begin(MAC_PASSWORD_BASED); /* its hundred-odd iterations are cheap */
	arena_reset(&a);
	CHECK_OK(cmp_session_new(&ca.client, &a, cmp_request_op(CMP_IR), &s));
	CHECK_OK(cmp_session_params(s, CMP_IR, &ca.params));
	s->txn.begun = fake_time;
	CHECK_OK(rng_bytes(s->txn.id, sizeof s->txn.id));
	CHECK_OK(cmp_build(s, &s->op->ask, &request));
	answer = fake_ca_answer(&ca, request, &row);
	CHECK_OK(judge(s, answer));
	mark = arena_mark(&a);
	bytes = (uint8_t *)(uintptr_t)answer.p;
	for (size_t bit = 0; bit < 8 * answer.n; bit++) {
		bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		CU_ASSERT(judge(s, answer) != OK);
		bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		arena_rewind(&a, mark);
	}
	CHECK_OK(judge(s, answer));
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_protect = {
	"cmp/protect",
	{
		{ "ir, cr, p10cr by PBMAC1 and PasswordBasedMac", both_schemes },
		{ "one salt as long as the operation lasts", one_salt },
		{ "never a kur, and never both kinds", never_a_kur },
		{ "sizes of secret and reference", sizes_of_the_secret },
		{ "another secret, other octets, another kind, too much work", bad_macs },
		{ "a MAC does not answer a signature", mac_to_a_signature },
		{ "scheme, salt, sender and senderKID are the peer's choice",
	          their_own_parameters },
		{ "a signed error is one, believed or not", signed_errors },
		{ "the other kind is named", the_other_kind_is_named },
		{ "signed answers, where the operator accepts them", signed_answers_are_accepted },
		{ "the words of an unprotected rejection", words_of_a_refusal },
		{ "caPubs by who knows the secret", root_by_secret },
		{ "every bit of an answer counts", every_bit },
	},
};
