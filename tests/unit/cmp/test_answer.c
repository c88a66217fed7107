/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that say more than they should, or something else: which way they end. */
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
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
}

/* RFC 9483 4.1.1, 4.4: failInfo belongs to rejections; elsewhere it changes nothing. */
static void fail_info_elsewhere(void)
{
	static const struct fake_row granted[] = { { REPLY_GRANT, NULL },
		                                   { REPLY_PKI_CONF, NULL },
		                                   { REPLY_NONE, NULL } };
	static const struct fake_row waiting[] = { { REPLY_WAITING, NULL },
		                                   { REPLY_ERROR_WAITING, NULL },
		                                   { REPLY_GRANT, NULL },
		                                   { REPLY_PKI_CONF, NULL },
		                                   { REPLY_NONE, NULL } };

	begin();
	ca.fail_info = FAIL_SYSTEM_FAILURE | FAIL_TRANSACTION_ID_IN_USE;
	CHECK_OK(enrol(granted));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	CU_ASSERT_EQUAL(ca.transactions, 1);
	CHECK_OK(enrol(waiting));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	CU_ASSERT_EQUAL(ca.transactions, 1);
	fake_ca_close(&ca);
}

static void from_now_on_granted(struct fake_ca *c, struct fake_message *m)
{
	(void)m;
	c->status = PKI_ACCEPTED;
	c->issued = NO_BYTES;
}

/* A certificate counts with accepted and grantedWithMods only. */
static void certificates_elsewhere(void)
{
	static const struct fake_row rejected[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };
	const struct fake_row waiting[] = { { REPLY_GRANT, from_now_on_granted },
		                            { REPLY_REJECTION, NULL },
		                            { REPLY_NONE, NULL } };

	begin();
	ca.status = PKI_REJECTION;
	CHECK_ERR(enrol(rejected), E_CMP_REJECTED);
	CU_ASSERT_EQUAL(issued.cert.n, 0);
	CU_ASSERT_EQUAL(ca.link.count, 1); /* no certConf */
	/* it comes while the CA still thinks, and then says no */
	ca.status = PKI_WAITING;
	CHECK_ERR(enrol(waiting), E_CMP_REJECTED);
	CU_ASSERT_EQUAL(issued.cert.n, 0);
	CU_ASSERT_EQUAL(ca.link.count, 2);
	fake_ca_close(&ca);
}

/* RFC 9483 4.1.1: 0; the -1 of a p10cr's cp is no other's. */
static void identifiers(void)
{
	static const struct fake_row granted[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };

	begin();
	ca.cert_req_id = -1;
	CHECK_ERR(enrol(granted), E_CMP_CONTENT);
	ca.cert_req_id = 1;
	CHECK_ERR(enrol(granted), E_CMP_CONTENT);
	CU_ASSERT_EQUAL(ca.link.count, 1); /* nothing is sent (RFC 9483 3.6.1) */
	fake_ca_close(&ca);
}

/* An error that says it is none ends the operation all the same. */
static void errors_that_are_none(void)
{
	static const struct fake_row script[] = { { REPLY_ERROR, NULL }, { REPLY_NONE, NULL } };

	begin();
	ca.text = "all is well";
	CHECK_ERR(enrol(script), E_CMP_ERROR);
	CU_ASSERT(strstr(err_reason(E_CMP_ERROR), "all is well") != NULL);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	fake_ca_close(&ca);
}

static void without_certs(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->cert_count = 0;
}

/* RFC 9483 3.3, 4.4: waiting, pollRep, pkiConf and error may come without extraCerts,
   once their signer is known. */
static void certificates_only_once(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, NULL },           { REPLY_POLL_REP, without_certs },
		{ REPLY_WAITING, without_certs },  { REPLY_GRANT, without_certs },
		{ REPLY_PKI_CONF, without_certs }, { REPLY_NONE, NULL }
	};
	static const struct fake_row unknown[] = { { REPLY_WAITING, without_certs },
		                                   { REPLY_NONE, NULL } };
	static const struct fake_row known_by_channel[] = { { REPLY_ERROR_WAITING, without_certs },
		                                            { REPLY_ERROR, without_certs },
		                                            { REPLY_NONE, NULL } };

	begin();
	CHECK_OK(enrol(script));
	CHECK_ERR(enrol(unknown), E_CMP_SIGNER);
	/* pinned itself, it needs no introduction */
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_CERT, ca.ra));
	CHECK_ERR(enrol(known_by_channel), E_CMP_ERROR);
	CU_ASSERT_EQUAL(ca.link.count, 2);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_answer = {
	"cmp/answer",
	{
		{ "failInfo beside a status that is no rejection", fail_info_elsewhere },
		{ "a certificate beside rejection or waiting", certificates_elsewhere },
		{ "certReqId is 0, but in the cp of a p10cr", identifiers },
		{ "an error ends it, whatever it says", errors_that_are_none },
		{ "extraCerts once, and not again", certificates_only_once },
	}
};
