/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions that outlive the process that began them. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

/* What is on the disk; only this is left when a process is gone. */
static struct {
	uint8_t state[CMP_STATE_MAX];
	size_t size;
	unsigned saves;
	size_t sent_at_last_save;
	enum err answer;
} disk;

static enum err save(void *context, struct span state)
{
	CU_ASSERT_PTR_EQUAL(context, &disk);
	CU_ASSERT_FATAL(state.n <= sizeof disk.state);
	if (disk.answer != OK)
		return err_because(disk.answer, "the disk is full");
	if (state.n > 0)
		memcpy(disk.state, state.p, state.n);
	disk.size = state.n;
	disk.saves++;
	disk.sent_at_last_save = ca.link.count;
	return OK;
}

static const struct cmp_journal journal = { save, &disk };

static struct {
	unsigned calls;
	struct span cert;
} shelf;

static enum err store(void *context, const struct cmp_issued *got)
{
	(void)context;
	shelf.calls++;
	CHECK_OK(arena_copy(&ca_arena, got->cert, &shelf.cert));
	return OK;
}
static const struct cmp_keep keep = { store, NULL };

static struct span state(void)
{
	return (struct span){ disk.state, disk.size };
}

static void begin(enum cmp_confirm confirm)
{
	fake_ca_open(&ca, &ca_arena);
	ca.client.journal = &journal;
	ca.client.total_ms = 60000;
	ca.params.confirm = confirm;
	memset(&disk, 0, sizeof disk);
	shelf.calls = 0;
}

static enum err ask(enum cmp_request kind, const struct fake_row *script)
{
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.kind = kind;
	return cmp_enrol(&ca.client, kind, &a, &ca.params, &keep, &issued);
}

/* The next process: nothing in memory, the CA as it was. */
static enum err go_on(const struct fake_row *script)
{
	arena_reset(&a);
	memset(&issued, 0, sizeof issued);
	ca.script = script;
	ca.at = 0;
	ca.link.count = 0;
	return cmp_resume(&ca.client, state(), &a, &ca.params, &keep, &issued);
}

static void lost(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_UNREACHABLE;
}

/* The network is gone after `waiting`: polls go unanswered until we give up. */
static const struct fake_row cut_while_waiting[] = {
	{ REPLY_WAITING, NULL }, { REPLY_POLL_REP, NULL }, { REPLY_GRANT, lost },
	{ REPLY_GRANT, lost },   { REPLY_GRANT, lost },    { REPLY_NONE, NULL },
};
static const struct fake_row then_granted[] = { { REPLY_POLL_REP, NULL },
	                                        { REPLY_GRANT, NULL },
	                                        { REPLY_NONE, NULL } };

static void polls_on(void)
{
	static const enum cmp_request kinds[] = { CMP_IR, CMP_CR, CMP_P10CR };
	struct cmp_message first, next;

	for (size_t i = 0; i < 3; i++) {
		begin(CMP_CONFIRM_IMPLICIT);
		CHECK_ERR(ask(kinds[i], cut_while_waiting), E_UNREACHABLE);
		CU_ASSERT_EQUAL(disk.saves, 2); /* once for each time we began to wait */
		CHECK_OK(cmp_read(ca.link.sent[0].body, &first));
		CHECK_OK(go_on(then_granted));
		CHECK_OK(cmp_read(ca.link.sent[0].body, &next));
		CU_ASSERT_EQUAL(next.body, BODY_POLL_REQ);
		CU_ASSERT(span_equal(first.header.transaction_id, next.header.transaction_id));
		CU_ASSERT_FALSE(next.header.implicit_confirm);
		CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path,
		                       kinds[i] == CMP_IR   ? "/.well-known/cmp/initialization"
		                       : kinds[i] == CMP_CR ? "/.well-known/cmp/certification"
		                                            : "/.well-known/cmp/pkcs10");
		CU_ASSERT(issued.confirmed_implicitly);
		CU_ASSERT_EQUAL(shelf.calls, 1);
		CU_ASSERT_EQUAL(ca.transactions, 1);
		fake_ca_close(&ca);
	}
}

static void without_protection(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

/* RFC 9483 3.6.4: a CA in trouble wants a new transaction; somebody on the way does not
   decide that, and what came is confirmed all the same. */
static void a_ca_in_trouble(void)
{
	static const struct fake_row waits[] = { { REPLY_WAITING, NULL },
		                                 { REPLY_POLL_REP, NULL },
		                                 { REPLY_ERROR, NULL },
		                                 { REPLY_NONE, NULL } };
	static const struct fake_row on[] = { { REPLY_ERROR, NULL }, { REPLY_NONE, NULL } };
	static const struct fake_row somebody[] = { { REPLY_ERROR, without_protection },
		                                    { REPLY_NONE, NULL } };
	static const struct fake_row confirming[] = { { REPLY_GRANT, NULL },
		                                      { REPLY_ERROR, NULL },
		                                      { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	ca.fail_info = FAIL_SYSTEM_FAILURE;
	CHECK_ERR(ask(CMP_IR, waits), E_CMP_AGAIN);
	CU_ASSERT_EQUAL(disk.size, 0);
	fake_ca_close(&ca);

	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	ca.fail_info = FAIL_SYSTEM_UNAVAIL;
	CHECK_ERR(go_on(somebody), E_CMP_AGAIN);
	CU_ASSERT(disk.size > 0);
	fake_ca_close(&ca);

	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	ca.fail_info = FAIL_SYSTEM_UNAVAIL;
	CHECK_ERR(go_on(on), E_CMP_AGAIN);
	CU_ASSERT_EQUAL(disk.size, 0);
	fake_ca_close(&ca);

	begin(CMP_CONFIRM_EXPLICIT);
	ca.fail_info = FAIL_SYSTEM_FAILURE;
	CHECK_ERR(ask(CMP_IR, confirming), E_CMP_AGAIN);
	CU_ASSERT(disk.size > 0);
	fake_ca_close(&ca);
}

static void no_certs(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->cert_count = 0;
}

static void echo_the_opening(struct fake_ca *c, struct fake_message *m)
{
	m->recip_nonce = c->opening_nonce;
}

/* RFC 9483 3.3, 5.1.5: the signers known, and the nonce of the request, are on the disk too. */
static void remembers(void)
{
	static const struct fake_row bare[] = { { REPLY_GRANT, no_certs }, { REPLY_NONE, NULL } };
	static const struct fake_row late[] = { { REPLY_GRANT, echo_the_opening },
		                                { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	CHECK_OK(go_on(bare));
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	CHECK_OK(go_on(late));
	fake_ca_close(&ca);
}

static const struct fake_row cut_while_confirming[] = {
	{ REPLY_GRANT, NULL },    { REPLY_PKI_CONF, lost }, { REPLY_PKI_CONF, lost },
	{ REPLY_PKI_CONF, lost }, { REPLY_NONE, NULL },
};
static const struct fake_row pki_conf[] = { { REPLY_PKI_CONF, NULL }, { REPLY_NONE, NULL } };

static void confirms_again(void)
{
	struct span cert;

	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_confirming), E_UNREACHABLE);
	CU_ASSERT_EQUAL(shelf.calls, 1);
	CU_ASSERT_EQUAL(disk.sent_at_last_save, 1); /* before certConf */
	cert = shelf.cert;
	CHECK_OK(go_on(pki_conf));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	CU_ASSERT(span_equal(issued.cert, cert));
	CU_ASSERT(span_equal(issued.anchor, ca.root));
	CU_ASSERT_EQUAL(shelf.calls, 2);
	fake_ca_close(&ca);
}

/* ---- what the journal calls issued */

static struct cmp_state st;

/* It ends at once, with certConf on its way: nothing is sent again. */
static void tls_breaks(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_TLS;
}

static const struct fake_row no_pki_conf[] = { { REPLY_GRANT, NULL },
	                                       { REPLY_PKI_CONF, tls_breaks },
	                                       { REPLY_NONE, NULL } };

/* The journal again, after somebody changed what `st` says. */
static void rewrite(void (*change)(struct cmp_issued *))
{
	struct cmp_session *s;

	arena_reset(&a);
	CHECK_OK(cmp_session_new(&ca.client, &a, cmp_request_op(CMP_IR), &s));
	CHECK_OK(cmp_session_params(s, CMP_IR, &ca.params));
	CHECK_OK(cmp_state_restore(state(), s, &st));
	s->issued = &st.issued;
	s->rep.cert_req_id = st.cert_req_id;
	s->giver = st.signer;
	change(&st.issued);
	CHECK_OK(cmp_journal_confirming(s));
	shelf.calls = 0;
}

static void of_another_key(struct cmp_issued *i)
{
	i->cert = fake_ca_cert(&ca, "router 1", NULL, ca.ra_key);
}

static void of_another_ca(struct cmp_issued *i)
{
	i->cert = fake_cert(&ca_arena, &(struct fake_cert){ .subject = "router 1",
	                                                    .issuer = "Stranger",
	                                                    .issuer_key = ca.stranger_key,
	                                                    .spki = signer_spki(ca.new_key) });
	i->anchor = ca.stranger;
}

static void of_another_name(struct cmp_issued *i)
{
	i->cert = fake_ca_cert(&ca, "router 2", NULL, ca.new_key);
}

static void with_anothers_root(struct cmp_issued *i)
{
	i->ca_pubs[i->ca_pubs_count++] = ca.stranger;
}

static void with_another_anchor(struct cmp_issued *i)
{
	i->anchor = i->chain[0] = ca.stranger;
	i->chain_count = 1;
}

static void judged_again(void)
{
	static void (*const changes[])(struct cmp_issued *) = { of_another_key, of_another_ca,
		                                                of_another_name,
		                                                with_anothers_root };

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		begin(CMP_CONFIRM_EXPLICIT);
		CHECK_ERR(ask(CMP_IR, no_pki_conf), E_TLS);
		rewrite(changes[i]);
		CHECK_ERR(go_on(pki_conf), E_CMP_GONE);
		CU_ASSERT_EQUAL(shelf.calls, 0);
		CU_ASSERT_EQUAL(ca.link.count, 0);
		fake_ca_close(&ca);
	}
	/* hints that lead nowhere do not count */
	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(ask(CMP_IR, no_pki_conf), E_TLS);
	rewrite(with_another_anchor);
	CHECK_OK(go_on(pki_conf));
	CU_ASSERT(span_equal(issued.anchor, ca.root));
	CU_ASSERT_EQUAL(issued.chain_count, 0);
	fake_ca_close(&ca);
}

static void no_giver(struct cmp_issued *i)
{
	(void)i;
	st.signer = NO_BYTES;
}

static void a_stranger_gave(struct cmp_issued *i)
{
	(void)i;
	st.signer = ca.stranger;
}

static void put_giver(struct cmp_session *s)
{
	s->giver = st.signer;
	CHECK_OK(cmp_journal_confirming(s));
}

/* caPubs count where their giver still may give. */
static void ca_pubs_again(void)
{
	void (*const changes[])(struct cmp_issued *) = { no_giver, a_stranger_gave };

	for (size_t i = 0; i < 3; i++) {
		struct cmp_session *s;

		begin(CMP_CONFIRM_EXPLICIT);
		ca.trusted.anchors.n = 0;
		CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_KEY, signer_spki(ca.ra_key)));
		ca.ca_pubs[0] = ca.root;
		ca.ca_pubs_count = 1;
		CHECK_ERR(ask(CMP_IR, no_pki_conf), E_TLS);
		if (i < 2) {
			arena_reset(&a);
			CHECK_OK(cmp_session_new(&ca.client, &a, cmp_request_op(CMP_IR), &s));
			CHECK_OK(cmp_session_params(s, CMP_IR, &ca.params));
			CHECK_OK(cmp_state_restore(state(), s, &st));
			CU_ASSERT(st.signer.n > 0);
			s->issued = &st.issued;
			changes[i](&st.issued);
			put_giver(s);
		}
		CHECK_ERR(go_on(pki_conf), i < 2 ? E_CMP_GONE : OK);
		CU_ASSERT_EQUAL(shelf.calls, i < 2 ? 1 : 2);
		fake_ca_close(&ca);
	}
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
}

/* left and pause, members 10 and 11, as somebody else wrote them. */
static void write_times(int64_t left, int64_t pause)
{
	enum err e;
	struct der c = der_open(state(), &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct derw w = derw_in(&ca_arena, CMP_STATE_MAX);
	struct span out;

	IN (&w, DER_SEQUENCE)
		for (unsigned i = 0; der_more(&in); i++) {
			struct span element = der_element(&in);

			if (i == 10 || i == 11)
				derw_int(&w, i == 10 ? left : pause);
			else
				derw_raw(&w, element);
		}
	CHECK_OK(e);
	CHECK_OK(derw_end(&w, &out));
	memcpy(disk.state, out.p, out.n);
	disk.size = out.n;
}

static void times_without_end(void)
{
	static const struct {
		int64_t left, pause;
		enum err want;
	} rows[] = {
		{ INT64_MAX, 0, OK },
		{ INT64_MAX, INT64_MAX, E_CMP_TIMEOUT },
		{ INT64_MAX / 2, INT64_MAX / 2, E_CMP_TIMEOUT },
		{ 1000, INT64_MAX, E_CMP_GONE },
		{ -1, 0, E_CMP_GONE },
		{ INT64_MIN, INT64_MIN, E_CMP_GONE },
		{ 60000, -1, E_CMP_GONE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(CMP_CONFIRM_IMPLICIT);
		ca.client.total_ms = 1500;
		ca.check_after = 30;
		CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_CMP_TIMEOUT);
		ca.check_after = 1;
		write_times(rows[i].left, rows[i].pause);
		if (!CHECK_ERR(go_on(then_granted), rows[i].want))
			printf("row %zu\n", i);
		fake_ca_close(&ca);
	}
}

static void confirmed_before(struct fake_ca *c, struct fake_message *m)
{
	struct derw w = derw_in(c->arena, 64);

	IN (&w, DER_SEQUENCE)
		cmp_put_status(&w, PKI_REJECTION, NULL, FAIL_CERT_CONFIRMED);
	CHECK_OK(derw_end(&w, &m->content));
}

/* RFC 9483 6: our certConf had arrived, its answer had not. */
static void had_confirmed(void)
{
	static const struct fake_row script[] = { { REPLY_ERROR, confirmed_before },
		                                  { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_confirming), E_UNREACHABLE);
	CHECK_OK(go_on(script));
	fake_ca_close(&ca);
}

static void waits_for_pki_conf(void)
{
	static const struct fake_row cut[] = {
		{ REPLY_GRANT, NULL },    { REPLY_ERROR_WAITING, NULL }, { REPLY_PKI_CONF, lost },
		{ REPLY_PKI_CONF, lost }, { REPLY_PKI_CONF, lost },      { REPLY_NONE, NULL },
	};
	struct cmp_message m;

	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(ask(CMP_IR, cut), E_UNREACHABLE);
	CHECK_OK(go_on(pki_conf));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	CU_ASSERT_EQUAL(m.body, BODY_POLL_REQ);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	fake_ca_close(&ca);
}

/* The CA that was restarted, too: an error at the first contact is nobody's rejection. */
static void forgotten(void)
{
	static const struct fake_row error[] = { { REPLY_ERROR, NULL }, { REPLY_NONE, NULL } };
	static const struct fake_row later[] = { { REPLY_POLL_REP, NULL },
		                                 { REPLY_ERROR, NULL },
		                                 { REPLY_NONE, NULL } };
	static const struct fake_row no[] = { { REPLY_REJECTION, NULL }, { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	CHECK_ERR(go_on(error), E_CMP_GONE);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	CHECK_ERR(go_on(later), E_CMP_ERROR);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	CHECK_ERR(go_on(no), E_CMP_REJECTED);
	fake_ca_close(&ca);
}

/* What cannot be kept is not begun to be waited for, or confirmed. */
static void nothing_without_the_disk(void)
{
	static const struct fake_row wait[] = { { REPLY_WAITING, NULL }, { REPLY_NONE, NULL } };
	static const struct fake_row grant[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_EXPLICIT);
	disk.answer = E_STORE;
	CHECK_ERR(ask(CMP_IR, wait), E_STORE);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	CHECK_ERR(ask(CMP_IR, grant), E_STORE);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	fake_ca_close(&ca);
}

static void by_secret(void)
{
	struct mac_params was;

	begin(CMP_CONFIRM_IMPLICIT);
	ca.client.signer = NULL;
	ca.client.secret = &ca.secret;
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	was = ca.mac;
	CHECK_OK(go_on(then_granted));
	CU_ASSERT_EQUAL(memcmp(was.salt, ca.mac.salt, sizeof was.salt), 0);
	/* the same kind of protection, or none of it */
	ca.client.signer = &ca.device;
	ca.client.secret = NULL;
	CHECK_ERR(go_on(then_granted), E_CMP_GONE);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

static void signed_not_secret(void)
{
	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	ca.client.signer = NULL;
	ca.client.secret = &ca.secret;
	CHECK_ERR(go_on(then_granted), E_CMP_GONE);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

static void damaged(void)
{
	size_t whole;

	begin(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_confirming), E_UNREACHABLE);
	whole = disk.size;
	for (size_t n = 0; n < whole; n++) {
		disk.size = n;
		CHECK_ERR(go_on(pki_conf), E_CMP_GONE);
		CU_ASSERT_EQUAL(ca.link.count, 0);
	}
	disk.size = whole + 1;
	CHECK_ERR(go_on(pki_conf), E_CMP_GONE);
	disk.size = whole;
	disk.state[6] ^= 0xff; /* version 1, after two headers of 4 and 2 octets */
	CHECK_ERR(go_on(pki_conf), E_CMP_GONE);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

/* Each call has its time; who waits for longer goes on in the next. */
static void time_of_a_call(void)
{
	static const struct fake_row no_time[] = { { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	ca.client.total_ms = 1500;
	ca.check_after = 30;
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_CMP_TIMEOUT);
	/* the CA wanted 30 seconds: not before */
	CHECK_ERR(go_on(no_time), E_CMP_TIMEOUT);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_time.seconds += 40;
	CHECK_OK(go_on((const struct fake_row[]){ { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } }));
	CU_ASSERT_EQUAL(ca.transactions, 1);
	fake_ca_close(&ca);
}

/* A clock that does not know, now or then, lets no time pass. */
static void time_without_a_clock(void)
{
	static const struct fake_row no_time[] = { { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	ca.client.total_ms = 1500;
	ca.check_after = 30;
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_CMP_TIMEOUT);
	fake_time = (struct moment){ TIME_FLOOR, FAKE_NOW + 40 };
	CHECK_ERR(go_on(no_time), E_CMP_TIMEOUT);
	fake_time = (struct moment){ TIME_SET, FAKE_NOW - 40 };
	CHECK_ERR(go_on(no_time), E_CMP_TIMEOUT);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_time.seconds = FAKE_NOW - 5; /* counts from when it was known again */
	CHECK_OK(go_on((const struct fake_row[]){ { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } }));
	fake_ca_close(&ca);
}

static void clock_is_lost(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	(void)m;
	fake_time = (struct moment){ TIME_FLOOR, FAKE_NOW };
}

/* A pause of two calls: what one of them has slept, the next one need not. */
static void pauses_without_a_clock_end(void)
{
	static const struct fake_row cut[] = { { REPLY_WAITING, clock_is_lost },
		                               { REPLY_POLL_REP, NULL },
		                               { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	ca.client.total_ms = 1500;
	ca.check_after = 2;
	CHECK_ERR(ask(CMP_IR, cut), E_CMP_TIMEOUT);
	CHECK_OK(go_on((const struct fake_row[]){ { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } }));
	CU_ASSERT_EQUAL(ca.transactions, 1);
	fake_ca_close(&ca);
}

/* RFC 8995 5.6's four days are those of the transaction, not of a process. */
static void time_of_the_transaction(void)
{
	static const struct fake_row nothing[] = { { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	fake_time.seconds += WAITING_MAX_S + 1;
	CHECK_ERR(go_on(nothing), E_CMP_GONE);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

/* A state that says: polled so often already. */
static void save_with_polls(unsigned polls)
{
	struct cmp_session *s;

	CHECK_OK(cmp_session_new(&ca.client, &a, cmp_request_op(CMP_IR), &s));
	CHECK_OK(cmp_state_restore(state(), s, &(struct cmp_state){ 0 }));
	s->txn.polls = polls;
	CHECK_OK(cmp_journal_waiting(s, 0));
}

/* The last poll is answered by "later" once more: nothing to go on with is left. */
static void polled_to_the_end(void)
{
	static const struct fake_row later[] = { { REPLY_POLL_REP, NULL }, { REPLY_NONE, NULL } };
	unsigned saves;

	begin(CMP_CONFIRM_IMPLICIT);
	CHECK_ERR(ask(CMP_IR, cut_while_waiting), E_UNREACHABLE);
	save_with_polls(CMP_POLLS_MAX);
	saves = disk.saves;
	CHECK_ERR(go_on(later), E_CMP_GONE);
	CU_ASSERT_EQUAL(disk.saves, saves);
	fake_ca_close(&ca);
}

/* A chain of three, of CAs with 7.5 kB of something in each. */
static struct span fat_chain[3];

static void make_fat_chain(void)
{
	static const uint8_t oid[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 99 };
	static const uint8_t fill[7500];
	static const char *const names[] = { "Root", "I1", "I2", "I3" };
	const struct signer *keys[] = { ca.root_key, ca.stranger_key, ca.ra_key, ca.device_key };

	for (size_t i = 0; i < 3; i++)
		fat_chain[i] = fake_cert(
			&ca_arena,
			&(struct fake_cert){ .subject = names[i + 1],
		                             .issuer = names[i],
		                             .issuer_key = keys[i],
		                             .spki = signer_spki(keys[i + 1]),
		                             .ca = true,
		                             .extensions = fake_extension(&ca_arena, SPAN(oid),
		                                                          false, SPAN(fill)) });
	ca.issue.issuer = names[3];
	ca.issue.issuer_key = keys[3];
}

static void with_the_chain(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	for (size_t i = 0; i < 3; i++)
		m->certs[m->cert_count++] = fat_chain[i];
}

/* Whose fault it is: the CA hears of it, and our storage is not to blame. */
static void too_big_for_the_journal(void)
{
	static const struct fake_row script[] = { { REPLY_GRANT, with_the_chain },
		                                  { REPLY_PKI_CONF, NULL },
		                                  { REPLY_NONE, NULL } };

	begin(CMP_CONFIRM_EXPLICIT);
	make_fat_chain();
	CHECK_ERR(ask(CMP_IR, script), E_TOO_BIG);
	CU_ASSERT_EQUAL(disk.saves, 0);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_REJECTION);
	CU_ASSERT_EQUAL(ca.confirmed_fail_info, FAIL_INCORRECT_DATA);
	ca.client.journal = NULL;
	CHECK_OK(ask(CMP_IR, script));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_journal = {
	"cmp/journal",
	{
		{ "a wait is gone on with: same transaction, same place", polls_on },
		{ "signers and nonces of before still count", remembers },
		{ "certConf that may not have arrived goes again", confirms_again },
		{ "what it calls issued is judged again", judged_again },
		{ "so are caPubs, and who gave them", ca_pubs_again },
		{ "times without end do not overflow", times_without_end },
		{ "certConfirmed: it had arrived", had_confirmed },
		{ "a delayed pkiConf is polled for", waits_for_pki_conf },
		{ "a CA that forgot us: gone; a rejection: a rejection", forgotten },
		{ "a CA in trouble wants a new transaction", a_ca_in_trouble },
		{ "no waiting and no certConf without the disk", nothing_without_the_disk },
		{ "under a secret: the same salt, and no other kind", by_secret },
		{ "begun with a signature, not gone on with by a secret", signed_not_secret },
		{ "every prefix, a tail, another version", damaged },
		{ "each call has its time, and the pause goes on between them", time_of_a_call },
		{ "without a clock no pause gets shorter by itself", time_without_a_clock },
		{ "without a clock a pause ends by what was slept", pauses_without_a_clock_end },
		{ "the time of the transaction is over, whoever waits", time_of_the_transaction },
		{ "polls have an end, and nothing is left then", polled_to_the_end },
		{ "a chain too long for the journal is rejected", too_big_for_the_journal },
	},
};
