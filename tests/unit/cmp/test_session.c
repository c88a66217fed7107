/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting, polling, nonces over a delay, new transactions. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

static enum err enrol(const struct fake_row *script)
{
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued);
}

static void begin(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.client.total_ms = 20000;
}

/* The body of request n. */
static struct cmp_message sent(size_t n)
{
	struct cmp_message m;

	CU_ASSERT_FATAL(n < ca.link.count);
	CHECK_OK(cmp_read(ca.link.sent[n].body, &m));
	return m;
}

static int64_t poll_id(size_t n)
{
	enum err e;
	struct cmp_message m = sent(n);
	struct der c = der_open(m.content, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der in = der_enter(&list, DER_SEQUENCE);
	int64_t id = der_int(&in);

	CU_ASSERT_EQUAL(m.body, BODY_POLL_REQ);
	CHECK_OK(e);
	return id;
}

/* RFC 9483 3.1, 5.1.5: the late answer echoes the request, or the last pollReq. */
static void echo_the_opening(struct fake_ca *c, struct fake_message *m)
{
	m->recip_nonce = c->opening_nonce;
}

static const struct fake_row after_one_poll[] = {
	{ REPLY_WAITING, NULL },
	{ REPLY_GRANT, NULL },
	{ REPLY_NONE, NULL },
};

static void waits_and_polls(void)
{
	begin();
	CHECK_OK(enrol(after_one_poll));
	CU_ASSERT_EQUAL(ca.link.count, 2);
	CU_ASSERT_EQUAL(poll_id(1), 0);
	CU_ASSERT(issued.confirmed_implicitly);
	/* same transaction, fresh nonce, addressed to who answered */
	CU_ASSERT(span_equal(sent(0).header.transaction_id, sent(1).header.transaction_id));
	CU_ASSERT_FALSE(span_equal(sent(0).header.sender_nonce, sent(1).header.sender_nonce));
	CU_ASSERT_FALSE(sent(1).header.implicit_confirm);
	CU_ASSERT_EQUAL(ca.transactions, 1);
	fake_ca_close(&ca);
}

static void as_long_as_asked(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_POLL_REP, NULL },
		{ REPLY_GRANT, echo_the_opening },
		{ REPLY_NONE, NULL },
	};
	int64_t began;

	begin();
	began = clock_ticks();
	ca.check_after = 1;
	CHECK_OK(enrol(script));
	CU_ASSERT(clock_ticks() - began >= 1000);
	CU_ASSERT_EQUAL(ca.link.count, 3);
	fake_ca_close(&ca);
}

static void waits_by_error(void)
{
	static const struct fake_row script[] = {
		{ REPLY_ERROR_WAITING, NULL },
		{ REPLY_GRANT, NULL },
		{ REPLY_NONE, NULL },
	};

	begin();
	CHECK_OK(enrol(script));
	CU_ASSERT_EQUAL(poll_id(1), -1);
	fake_ca_close(&ca);
}

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

/* RFC 9483 4.4: protection is required where somebody makes us wait. */
static void no_waiting_for_nobody(void)
{
	static const struct fake_row script[] = { { REPLY_ERROR_WAITING, bare },
		                                  { REPLY_NONE, NULL } };

	begin();
	CHECK_ERR(enrol(script), E_CMP_ERROR);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	CU_ASSERT(strstr(err_reason(E_CMP_ERROR), "unprotected error") != NULL);
	fake_ca_close(&ca);
}

/* The nonce before last, which is neither the last one's nor the delayed request's. */
static uint8_t previous[CMP_NONCE_SIZE];

static void keep_echo(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	memcpy(previous, m->recip_nonce.p, sizeof previous);
}

static void echo_kept(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->recip_nonce = SPAN(previous);
}

static void nonces_of_late_answers(void)
{
	static const struct fake_row late[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_GRANT, echo_the_opening },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row poll_rep[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_POLL_REP, echo_the_opening },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row stale[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_POLL_REP, keep_echo },
		{ REPLY_GRANT, echo_kept },
		{ REPLY_NONE, NULL },
	};

	begin();
	CHECK_OK(enrol(late));
	CHECK_ERR(enrol(poll_rep), E_CMP_NONCE);
	CHECK_ERR(enrol(stale), E_CMP_NONCE);
	fake_ca_close(&ca);
}

/* `waiting` once more: it is still the first request whose answer is delayed. */
static void waiting_once_more(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_WAITING, echo_the_opening },
		{ REPLY_GRANT, echo_the_opening },
		{ REPLY_NONE, NULL },
	};
	int64_t began;

	begin();
	began = clock_ticks();
	CHECK_OK(enrol(script));
	CU_ASSERT(clock_ticks() - began >= CMP_PAUSE_S * 1000);
	fake_ca_close(&ca);
}

/* The certConf is delayed: what was waited for before is forgotten. */
static void a_late_pki_conf(void)
{
	static const struct fake_row late[] = {
		{ REPLY_WAITING, NULL },  { REPLY_GRANT, NULL }, { REPLY_ERROR_WAITING, NULL },
		{ REPLY_PKI_CONF, NULL }, { REPLY_NONE, NULL },
	};
	static const struct fake_row forgotten[] = {
		{ REPLY_WAITING, NULL },       { REPLY_GRANT, NULL },
		{ REPLY_ERROR_WAITING, NULL }, { REPLY_PKI_CONF, echo_the_opening },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row conf_echoed[] = {
		{ REPLY_GRANT, NULL },
		{ REPLY_ERROR_WAITING, keep_echo },
		{ REPLY_PKI_CONF, echo_kept },
		{ REPLY_NONE, NULL },
	};

	begin();
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(enrol(late));
	CU_ASSERT_EQUAL(poll_id(3), -1);
	CHECK_ERR(enrol(forgotten), E_CMP_NONCE);
	CHECK_OK(enrol(conf_echoed));
	fake_ca_close(&ca);
}

/* The RA says `waiting`, the CA grants: each is judged by itself. */
static void by_ca_signer(struct fake_ca *c, struct fake_message *m)
{
	m->sender = fake_name(c->arena, "CA signer");
	m->certs[0] = c->ca_signer;
}

static void no_certs(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->cert_count = 0;
}

static void signers_alternate(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_GRANT, by_ca_signer },
		{ REPLY_PKI_CONF, no_certs }, /* known since `waiting` */
		{ REPLY_NONE, NULL },
	};

	begin();
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(enrol(script));
	fake_ca_close(&ca);
}

static void other_poll_id(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 08 30 06 02 01 05 02 01 01");
}

static void whole_message_id(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 08 30 06 02 01 ff 02 01 ff"); /* checkAfter -1 */
}

static void two_poll_reps(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 10 30 06 02 01 00 02 01 01 30 06 02 01 00 02 01 01");
}

static void shapes_of_poll_rep(void)
{
	struct fake_row script[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_POLL_REP, other_poll_id },
		{ REPLY_GRANT, NULL },
		{ REPLY_NONE, NULL },
	};

	begin();
	CHECK_ERR(enrol(script), E_CMP_CONTENT);
	script[1].bend = two_poll_reps;
	CHECK_ERR(enrol(script), E_CMP_SYNTAX);
	script[1].bend = whole_message_id;
	CHECK_OK(enrol(script));
	fake_ca_close(&ca);
}

/* A peer cannot make us wait longer than we have, nor for nothing. */
static void an_end_to_patience(void)
{
	static const struct fake_row long_wait[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_POLL_REP, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row once_more[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_WAITING, echo_the_opening },
		{ REPLY_NONE, NULL },
	};

	begin();
	ca.client.total_ms = 3000;
	ca.check_after = INT64_C(1) << 40;
	CHECK_ERR(enrol(long_wait), E_CMP_TIMEOUT);
	CU_ASSERT(strstr(err_reason(E_CMP_TIMEOUT), "another 3600 s") != NULL);
	/* `waiting` once more would be a busy loop without a pause of our own */
	CHECK_ERR(enrol(once_more), E_CMP_TIMEOUT);
	CU_ASSERT(ca.link.sent[0].total_ms <= 3000);
	fake_ca_close(&ca);
}

static void stop_here(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	(void)m;
	clock_stop();
}

/* A signal ends the waiting, not the process. */
static void a_signal_ends_it(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_POLL_REP, stop_here },
		{ REPLY_NONE, NULL },
	};

	begin();
	ca.check_after = 10;
	CHECK_ERR(enrol(script), E_STOPPED);
	CU_ASSERT(strstr(err_reason(E_STOPPED), "asked to stop") != NULL);
	clock_go_on();
	fake_ca_close(&ca);
}

static void in_use(struct fake_ca *c, struct fake_message *m)
{
	(void)m;
	c->fail_info = 0;
}

static const struct fake_row used_three_times[] = {
	{ REPLY_ERROR, NULL }, { REPLY_REJECTION, NULL }, { REPLY_ERROR, in_use },
	{ REPLY_GRANT, NULL }, { REPLY_NONE, NULL },
};

/* RFC 9483 3.6.4: resend in a new transaction. */
static void another_transaction(void)
{
	static const struct fake_row for_ever[] = {
		{ REPLY_ERROR, NULL }, { REPLY_ERROR, NULL }, { REPLY_ERROR, NULL },
		{ REPLY_ERROR, NULL }, { REPLY_NONE, NULL },
	};
	struct span first;

	begin();
	ca.fail_info = FAIL_TRANSACTION_ID_IN_USE;
	CHECK_OK(enrol(used_three_times));
	CU_ASSERT_EQUAL(ca.transactions, 4);
	first = sent(0).header.transaction_id;
	CU_ASSERT_FALSE(span_equal(first, sent(1).header.transaction_id));
	CU_ASSERT(span_equal(ca.request.header.transaction_id, sent(3).header.transaction_id));
	ca.fail_info = FAIL_TRANSACTION_ID_IN_USE;
	CHECK_ERR(enrol(for_ever), E_CMP_AGAIN);
	CU_ASSERT_EQUAL(ca.transactions, 1 + CMP_RESTARTS_MAX);
	fake_ca_close(&ca);
}

static void refusals(void)
{
	static const struct fake_row rejection[] = { { REPLY_REJECTION, NULL },
		                                     { REPLY_NONE, NULL } };
	static const struct fake_row error[] = { { REPLY_ERROR, NULL }, { REPLY_NONE, NULL } };
	static const struct fake_row nobody[] = { { REPLY_ERROR, bare }, { REPLY_NONE, NULL } };

	begin();
	ca.text = "ask \x1b[2Jyour admin";
	ca.fail_info = 1u << 19 | 1u << 23;
	CHECK_ERR(enrol(rejection), E_CMP_REJECTED);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_REJECTED),
	                       "answer: rejection (badCertTemplate, notAuthorized): "
	                       "\"ask \\x1b[2Jyour admin\"");
	CU_ASSERT_EQUAL(ca.link.count, 1); /* no certConf to a rejection */
	CHECK_ERR(enrol(error), E_CMP_ERROR);
	CHECK_ERR(enrol(nobody), E_CMP_ERROR);
	ca.fail_info = FAIL_SYSTEM_UNAVAIL;
	CHECK_ERR(enrol(rejection), E_CMP_AGAIN);
	CHECK_ERR(enrol(nobody), E_CMP_AGAIN);
	ca.fail_info = FAIL_SYSTEM_FAILURE;
	CHECK_ERR(enrol(error), E_CMP_AGAIN);
	CU_ASSERT_EQUAL(ca.transactions, 1);
	fake_ca_close(&ca);
}

/* Bodies that say more or less than one answer. */
static void no_cert(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 30 08 02 01 00 30 03 02 01 00");
}

static void other_id(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 30 08 02 01 01 30 03 02 01 02");
}

static void warning(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 30 08 02 01 00 30 03 02 01 04");
}

static void negative(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 30 08 02 01 00 30 03 02 01 ff");
}

static void none(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 02 30 00");
}

static void two(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 16 30 14 30 08 02 01 00 30 03 02 01 02"
	                                "30 08 02 01 00 30 03 02 01 02");
}

static void shapes_of_answers(void)
{
	static const struct {
		void (*bend)(struct fake_ca *, struct fake_message *);
		enum err e;
	} cases[] = {
		{ no_cert, E_CMP_CONTENT }, { other_id, E_CMP_CONTENT }, { warning, E_CMP_CONTENT },
		{ negative, E_CMP_SYNTAX }, { none, E_CMP_SYNTAX },      { two, E_CMP_SYNTAX },
	};

	begin();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fake_row script[] = { { REPLY_GRANT, cases[i].bend }, { REPLY_NONE, NULL } };

		CHECK_ERR(enrol(script), cases[i].e);
	}
	fake_ca_close(&ca);
}

/* RFC 8995 5.6: four days, also for one who always says "soon". */
static void polls_for_days(void)
{
	int64_t seconds = 0;

	CU_ASSERT_EQUAL(cmp_least_pause(0), CMP_CHECK_AFTER_MIN_S);
	for (unsigned polls = 0; polls < CMP_POLLS_MAX; polls++)
		seconds += cmp_least_pause(polls);
	CU_ASSERT(seconds >= WAITING_MAX_S);
	CU_ASSERT(seconds <= 2 * (int64_t)WAITING_MAX_S);
}

const struct test_suite suite_cmp_session = {
	"cmp/session",
	{
		{ "the polls we have last for the days we wait", polls_for_days },
		{ "waiting in an ip: poll at once, id 0", waits_and_polls },
		{ "pollRep: not before checkAfter", as_long_as_asked },
		{ "waiting in an error: poll, id -1", waits_by_error },
		{ "waiting without protection: no polling", no_waiting_for_nobody },
		{ "nonces of late answers", nonces_of_late_answers },
		{ "waiting once more", waiting_once_more },
		{ "a delayed pkiConf, and its nonces", a_late_pki_conf },
		{ "each signer of a transaction is judged by itself", signers_alternate },
		{ "pollRep: one element, id 0 or -1, any checkAfter", shapes_of_poll_rep },
		{ "an end to patience", an_end_to_patience },
		{ "a signal ends the waiting", a_signal_ends_it },
		{ "transactionIdInUse: a new transaction, a few times", another_transaction },
		{ "rejection and error, in words", refusals },
		{ "one CertResponse with a status that fits", shapes_of_answers },
	}
};
