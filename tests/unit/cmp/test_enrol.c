/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ir to the end: confirmation of both kinds, and what a bad certificate brings. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

/* Counts, and may refuse; requests sent when it was asked tell about the order. */
static struct {
	size_t calls, sent_before;
	enum err answer;
} shelf;

static enum err store(void *context, const struct cmp_issued *got)
{
	CU_ASSERT_PTR_EQUAL(context, &shelf);
	CU_ASSERT(span_equal(got->cert, ca.issued));
	shelf.calls++;
	shelf.sent_before = ca.link.count;
	return shelf.answer == OK ? OK : err_because(shelf.answer, "the disk is full");
}

static enum err enrol(const struct fake_row *script)
{
	struct cmp_keep keep = { store, &shelf };

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	shelf.calls = 0;
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, &keep, &issued);
}

static void begin(enum cmp_confirm confirm)
{
	fake_ca_open(&ca, &ca_arena);
	ca.params.confirm = confirm;
	shelf.answer = OK;
}

static const struct fake_row granted[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };
static const struct fake_row confirmed[] = {
	{ REPLY_GRANT, NULL },
	{ REPLY_PKI_CONF, NULL },
	{ REPLY_NONE, NULL },
};

static void confirmed_implicitly(void)
{
	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_OK(enrol(granted));
	CU_ASSERT(issued.confirmed_implicitly);
	CU_ASSERT_EQUAL(shelf.calls, 1);
	CU_ASSERT(span_equal(issued.cert, ca.issued));
	CU_ASSERT(span_equal(issued.anchor, ca.root));
	CU_ASSERT_EQUAL(issued.chain_count, 0);
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 0);
	CU_ASSERT_FALSE(issued.with_modifications);
	fake_ca_close(&ca);
}

static void confirmed_by_cert_conf(void)
{
	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_OK(enrol(confirmed));
	CU_ASSERT_FALSE(issued.confirmed_implicitly);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	CU_ASSERT_EQUAL(ca.confirmed_fail_info, 0);
	CU_ASSERT_EQUAL(ca.link.count, 2);
	/* durable before the CA hears of it */
	CU_ASSERT_EQUAL(shelf.sent_before, 1);
	fake_ca_close(&ca);
}

static void asked_but_not_granted(void)
{
	begin(CMP_CONFIRM_IMPLICIT);
	ca.refuse_implicit = true;
	CHECK_OK(enrol(confirmed));
	CU_ASSERT_FALSE(issued.confirmed_implicitly);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	fake_ca_close(&ca);
}

static void grant_implicitly(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->implicit = true;
}

static void granted_unasked(void)
{
	static const struct fake_row script[] = {
		{ REPLY_GRANT, grant_implicitly },
		{ REPLY_PKI_CONF, NULL },
		{ REPLY_NONE, NULL },
	};

	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_OK(enrol(script));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	fake_ca_close(&ca);
}

/* RFC 9483 3.6.1, RFC 9480 2.10: what cannot be read is rejected, by a hash that is named
   where its signature names none that we know. */
static void an_unreadable_certificate(void)
{
	static const struct {
		const char *cert;
		enum hash hash;
		bool named;
	} rows[] = {
		{ "30 00", HASH_SHA256, true },
		{ "30 0b 30 03 02 01 01 30 04 06 02 2a 03", HASH_SHA256, true },
		{ "30 0f 30 00 30 0b 06 09 2a 86 48 86 f7 0d 01 01 05", HASH_SHA256, true },
		{ "30 0e 30 00 30 0a 06 08 2a 86 48 ce 3d 04 03 02", HASH_SHA256, false },
		{ "30 0e 30 00 30 0a 06 08 2a 86 48 ce 3d 04 03 03", HASH_SHA384, false },
		{ "30 0e 04 00 30 0a 06 08 2a 86 48 ce 3d 04 03 03", HASH_SHA256, true },
	};
	static const struct fake_row script[] = { { REPLY_GRANT, NULL },
		                                  { REPLY_PKI_CONF, NULL },
		                                  { REPLY_NONE, NULL } };
	struct cmp_issued got;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		fake_ca_open(&ca, &ca_arena);
		arena_reset(&a);
		ca.params.confirm = CMP_CONFIRM_EXPLICIT;
		fake_ca_plays(&ca, script);
		ca.issued = test_hex(&ca_arena, rows[i].cert);
		ca.cert_hash = rows[i].hash;
		if (!CHECK_ERR(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &got),
		               E_CERT_SYNTAX))
			printf("row %zu\n", i);
		CU_ASSERT_EQUAL(ca.confirmed, PKI_REJECTION);
		CU_ASSERT_EQUAL(ca.confirmed_with_alg, rows[i].named);
		fake_ca_close(&ca);
	}
}

/* RFC 9483 3.6.1: certConf with rejection, and pkiConf awaited; the first reason stays. */
static void a_bad_certificate(void)
{
	begin(CMP_CONFIRM_EXPLICIT);
	ca.issue.subject = "somebody else";
	CHECK_ERR(enrol(confirmed), E_ISSUED_SUBJECT);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_REJECTION);
	CU_ASSERT_EQUAL(ca.confirmed_fail_info, FAIL_INCORRECT_DATA);
	CU_ASSERT_EQUAL(ca.link.count, 2);
	CU_ASSERT_EQUAL(shelf.calls, 0);
	CU_ASSERT(strstr(err_reason(E_ISSUED_SUBJECT), "somebody else") != NULL);
	/* granted implicitly there is nobody to tell */
	ca.params.confirm = CMP_CONFIRM_IMPLICIT;
	CHECK_ERR(enrol(granted), E_ISSUED_SUBJECT);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	fake_ca_close(&ca);
}

static void a_full_disk(void)
{
	begin(CMP_CONFIRM_EXPLICIT);
	shelf.answer = E_STORE;
	CHECK_ERR(enrol(confirmed), E_STORE);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_REJECTION);
	CU_ASSERT_EQUAL(ca.confirmed_fail_info, FAIL_SYSTEM_FAILURE);
	CU_ASSERT_STRING_EQUAL(err_reason(E_STORE), "the disk is full");
	ca.params.confirm = CMP_CONFIRM_IMPLICIT;
	CHECK_ERR(enrol(granted), E_STORE);
	fake_ca_close(&ca);
}

static void integer_content(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "02 01 00");
}

static void spoil(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->spoiled = true;
}

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void bad_confirmations(void)
{
	struct fake_row script[] = {
		{ REPLY_GRANT, NULL },
		{ REPLY_PKI_CONF, integer_content },
		{ REPLY_NONE, NULL },
	};

	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(enrol(script), E_CMP_SYNTAX);
	script[1].bend = spoil;
	CHECK_ERR(enrol(script), E_CMP_PROTECTION);
	script[1].bend = bare;
	CHECK_ERR(enrol(script), E_CMP_PROTECTION);
	script[1] = (struct fake_row){ REPLY_GRANT, NULL };
	CHECK_ERR(enrol(script), E_CMP_BODY);
	script[1] = (struct fake_row){ REPLY_ERROR, NULL };
	ca.fail_info = 1u << 4;
	CHECK_ERR(enrol(script), E_CMP_ERROR);
	fake_ca_close(&ca);
}

static void lost(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_HTTP;
}

/* RFC 9483 6: the repeat of a certConf whose answer was lost meets certConfirmed. */
static void confirmed_before(void)
{
	static const struct fake_row again[] = {
		{ REPLY_GRANT, NULL },
		{ REPLY_PKI_CONF, lost },
		{ REPLY_ERROR, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row at_once[] = {
		{ REPLY_GRANT, NULL },
		{ REPLY_ERROR, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row by_nobody[] = {
		{ REPLY_GRANT, NULL },
		{ REPLY_PKI_CONF, lost },
		{ REPLY_ERROR, bare },
		{ REPLY_NONE, NULL },
	};

	begin(CMP_CONFIRM_EXPLICIT);
	ca.fail_info = FAIL_CERT_CONFIRMED;
	CHECK_OK(enrol(again));
	CHECK_ERR(enrol(at_once), E_CMP_ERROR);
	CHECK_ERR(enrol(by_nobody), E_CMP_ERROR);
	fake_ca_close(&ca);
}

static void profile_and_recipient(void)
{
	struct cmp_message m;
	struct span name;

	begin(CMP_CONFIRM_EXPLICIT);
	name = fake_name(&ca_arena, "Root");
	ca.client.profile = span_str("lan");
	ca.client.recipient = name;
	CHECK_OK(enrol(confirmed));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	CU_ASSERT(span_is(m.header.profile, "lan"));
	CU_ASSERT(span_equal((struct span){ m.header.recipient.p + 2, m.header.recipient.n - 2 },
	                     name));
	/* the certConf goes to who sent the ip, and names no profile */
	CHECK_OK(cmp_read(ca.link.sent[1].body, &m));
	CU_ASSERT_EQUAL(m.header.profile.n, 0);
	CU_ASSERT(span_equal((struct span){ m.header.recipient.p + 2, m.header.recipient.n - 2 },
	                     fake_name(&ca_arena, "RA")));
	fake_ca_close(&ca);
}

/* No memory, wherever it ends: an error, never a wrong answer. */
static void too_little_memory(void)
{
	struct arena small = { room, 0, 0 };
	size_t refused = 0, needed = 0;

	begin(CMP_CONFIRM_IMPLICIT);
	for (small.cap = 0; small.cap < 96 * 1024 && needed == 0; small.cap += 997) {
		enum err e;

		fake_ca_close(&ca);
		fake_ca_open(&ca, &ca_arena);
		fake_ca_plays(&ca, granted);
		small.used = 0;
		e = cmp_enrol(&ca.client, CMP_IR, &small, &ca.params, NULL, &issued);
		if (e == OK)
			needed = small.cap;
		else
			refused += e == E_SPACE || e == E_TOO_BIG;
	}
	CU_ASSERT(needed > 0);
	CU_ASSERT_EQUAL(refused, needed / 997);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_enrol = {
	"cmp/enrol",
	{
		{ "confirmed implicitly", confirmed_implicitly },
		{ "confirmed by certConf, durable before", confirmed_by_cert_conf },
		{ "implicit confirmation asked for, not granted", asked_but_not_granted },
		{ "implicit confirmation granted unasked does not count", granted_unasked },
		{ "a bad certificate is rejected by certConf", a_bad_certificate },
		{ "so is one that cannot be read", an_unreadable_certificate },
		{ "what cannot be stored is rejected", a_full_disk },
		{ "bad confirmations", bad_confirmations },
		{ "certConfirmed to a repeat is a confirmation", confirmed_before },
		{ "certProfile and recipient", profile_and_recipient },
		{ "too little memory is an error", too_little_memory },
	}
};
