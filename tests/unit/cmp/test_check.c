/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generic validation of RFC 9483 3.5: every check by its code, and their order. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;

/* An ir answered by one bent ip. */
static enum err enrol(void (*bend)(struct fake_ca *, struct fake_message *))
{
	struct fake_row script[] = { { REPLY_GRANT, bend }, { REPLY_NONE, NULL } };
	struct cmp_issued issued;
	struct moment time = fake_time;

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	fake_time = time;
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued);
}

static void begin(void)
{
	fake_time = (struct moment){ TIME_SET, FAKE_NOW };
	fake_ca_open(&ca, &ca_arena);
}

static void end(void)
{
	fake_ca_close(&ca);
}

static const uint8_t other[16] = { 0xaa, 0xbb };

static void pvno_1(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->pvno = 1;
}

static void pvno_3(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->pvno = 3;
}

static void pvno_4(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->pvno = 4;
}

static void versions(void)
{
	begin();
	CHECK_OK(enrol(NULL));
	CHECK_OK(enrol(pvno_3));
	CHECK_ERR(enrol(pvno_1), E_CMP_VERSION);
	CHECK_ERR(enrol(pvno_4), E_CMP_VERSION);
	end();
}

static void other_id(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->id = SPAN(other);
}

static void no_id(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->id = NO_BYTES;
}

static void transactions(void)
{
	begin();
	CHECK_ERR(enrol(other_id), E_CMP_TRANSACTION);
	CHECK_ERR(enrol(no_id), E_CMP_TRANSACTION);
	CU_ASSERT(strstr(err_reason(E_CMP_TRANSACTION), "missing") != NULL);
	end();
}

static void body_cp(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->body = BODY_CP;
}

static void body_poll_rep(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->body = BODY_POLL_REP;
}

static void body_pki_conf(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->body = BODY_PKICONF;
}

static void bodies(void)
{
	begin();
	CHECK_ERR(enrol(body_cp), E_CMP_BODY);
	CHECK_ERR(enrol(body_poll_rep), E_CMP_BODY);
	CHECK_ERR(enrol(body_pki_conf), E_CMP_BODY);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_BODY),
	                       "it is a pkiConf message, expected ip, error");
	end();
}

static void short_nonce(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->sender_nonce.n = 15;
}

static void no_nonce(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->sender_nonce = NO_BYTES;
}

static void no_echo(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->recip_nonce = NO_BYTES;
}

static void other_echo(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->recip_nonce = SPAN(other);
}

static void short_echo(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->recip_nonce.n--;
}

static void nonces(void)
{
	begin();
	CHECK_ERR(enrol(short_nonce), E_CMP_NONCE);
	CHECK_ERR(enrol(no_nonce), E_CMP_NONCE);
	CHECK_ERR(enrol(no_echo), E_CMP_NONCE);
	CHECK_ERR(enrol(other_echo), E_CMP_NONCE);
	CHECK_ERR(enrol(short_echo), E_CMP_NONCE);
	end();
}

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void spoil(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->spoiled = true;
}

static void protection(void)
{
	begin();
	CHECK_ERR(enrol(bare), E_CMP_PROTECTION);
	CHECK_ERR(enrol(spoil), E_CMP_PROTECTION);
	end();
}

static void an_hour_ago(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->time = FAKE_NOW - 3600;
}

static void in_an_hour(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->time = FAKE_NOW + 3600;
}

static void almost_now(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->time = FAKE_NOW + CLOCK_SKEW_MAX_S;
}

static void no_time(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->has_time = false;
}

/* Only a clock that is set judges messageTime. */
static void times(void)
{
	begin();
	CHECK_OK(enrol(almost_now));
	CHECK_OK(enrol(no_time));
	CHECK_ERR(enrol(an_hour_ago), E_CMP_TIME);
	CHECK_ERR(enrol(in_an_hour), E_CMP_TIME);
	fake_time.confidence = TIME_FLOOR;
	CHECK_OK(enrol(in_an_hour));
	CHECK_OK(enrol(an_hour_ago));
	fake_time = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(enrol(an_hour_ago));
	end();
}

/* An answer that was waited for may have been made when the request came. */
static void six_hours_pass(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	(void)m;
	fake_time.seconds += 6 * 3600;
}

static void time_of_production(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, six_hours_pass },
		{ REPLY_GRANT, NULL },
		{ REPLY_NONE, NULL },
	};
	struct cmp_issued issued;

	begin();
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	CHECK_OK(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued));
	CU_ASSERT_EQUAL(fake_time.seconds, FAKE_NOW + 6 * 3600);
	end();
}

/* The clock gets set while the CA thinks: nobody knows any more when it was asked. */
static void six_hours_pass_and_ntp_comes(struct fake_ca *c, struct fake_message *m)
{
	m->has_time = false;
	fake_time.confidence = TIME_SET;
	six_hours_pass(c, m);
}

static void an_hour_after(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->time = FAKE_NOW + 3600;
}

static void years_ahead(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->time = FAKE_NOW + 1000 * 86400;
}

static enum err late_answer(void (*change)(struct fake_ca *c, struct fake_message *m))
{
	const struct fake_row script[] = {
		{ REPLY_WAITING, six_hours_pass_and_ntp_comes },
		{ REPLY_GRANT, change },
		{ REPLY_NONE, NULL },
	};
	struct cmp_issued issued;

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	fake_time = (struct moment){ TIME_FLOOR, FAKE_NOW };
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued);
}

static void time_of_a_clock_that_gets_set(void)
{
	begin();
	CHECK_OK(late_answer(an_hour_after));
	CHECK_ERR(late_answer(years_ahead), E_CMP_TIME);
	end();
}

/* Everything is wrong at once; then one fault after the other is healed. */
static unsigned healed;

static void all_wrong(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->pvno = healed < 1 ? 7 : 2;
	if (healed < 2)
		m->id = SPAN(other);
	if (healed < 3)
		m->body = BODY_CP;
	if (healed < 4)
		m->sender_nonce.n = 15;
	if (healed < 5)
		m->recip_nonce = SPAN(other);
	m->spoiled = healed < 6;
	if (healed < 7)
		m->certs[0] = c->no_role;
	if (healed < 7)
		m->sender = fake_name(c->arena, "No role");
	if (healed < 8)
		m->time = FAKE_NOW - 3600;
}

static void order(void)
{
	static const enum err expected[] = { E_CMP_VERSION, E_CMP_TRANSACTION, E_CMP_BODY,
		                             E_CMP_NONCE,   E_CMP_NONCE,       E_CMP_PROTECTION,
		                             E_CMP_SIGNER,  E_CMP_TIME,        OK };

	begin();
	for (healed = 0; healed < sizeof expected / sizeof *expected; healed++)
		CHECK_ERR(enrol(all_wrong), expected[healed]);
	end();
}

/* What an error says is told, whatever keeps it from being believed. */
static void words_of_a_stray_error(void)
{
	static const struct fake_row script[] = { { REPLY_ERROR, no_echo }, { REPLY_NONE, NULL } };
	struct cmp_issued issued;

	begin();
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.text = "go away";
	CHECK_ERR(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued), E_CMP_NONCE);
	CU_ASSERT(strstr(err_reason(E_CMP_NONCE), "\"go away\"") != NULL);
	end();
}

const struct test_suite suite_cmp_check = {
	"cmp/check",
	{
		{ "pvno is 2 or 3", versions },
		{ "transactionID is there and ours", transactions },
		{ "a body that is not due is refused", bodies },
		{ "senderNonce and recipNonce", nonces },
		{ "protection is there and holds", protection },
		{ "messageTime, for a clock that is set", times },
		{ "messageTime is the time of production", time_of_production },
		{ "a clock that gets set meanwhile is no fault of the CA",
	          time_of_a_clock_that_gets_set },
		{ "the checks stand in the order of the RFC", order },
		{ "an error's words are kept in a failed check", words_of_a_stray_error },
	}
};
