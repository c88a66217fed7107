/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CMP over HTTP: paths, media types, statuses, lost answers. */
#include "platform/clock.h"
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

static enum err get_ca_certs(const struct fake_row *script)
{
	struct octets list;

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_get_ca_certs(&ca.client, &a, &list);
}

static const struct fake_row grant[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };
static const struct fake_row info[] = { { REPLY_INFO, NULL }, { REPLY_NONE, NULL } };

static void paths(void)
{
	static const struct {
		const char *base;
		enum cmp_labels labels;
		const char *ir, *ca_certs;
	} cases[] = {
		{ "/.well-known/cmp", CMP_LABELS_LONG, "/.well-known/cmp/initialization",
		  "/.well-known/cmp/getcacerts" },
		{ "/.well-known/cmp/p/lan/", CMP_LABELS_LONG,
		  "/.well-known/cmp/p/lan/initialization", "/.well-known/cmp/p/lan/getcacerts" },
		{ "/c", CMP_LABELS_SHORT, "/c/ir", "/c/crts" },
		{ "/pkix/", CMP_LABELS_NONE, "/pkix/", "/pkix/" },
		{ "pkix/", CMP_LABELS_NONE, "/pkix/", "/pkix/" },
		{ "", CMP_LABELS_NONE, "/", "/" },
		{ "/", CMP_LABELS_LONG, "/initialization", "/getcacerts" },
	};

	fake_ca_open(&ca, &ca_arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ca.client.path = cases[i].base;
		ca.client.labels = cases[i].labels;
		CHECK_OK(enrol(grant));
		CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, cases[i].ir);
		CHECK_OK(get_ca_certs(info));
		CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, cases[i].ca_certs);
	}
	fake_ca_close(&ca);
}

static void not_found(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->status = 404;
	m->media_type = "text/html";
	m->instead = span_str("<html>");
}

/* The label is a SHOULD: 404, and once more without; what follows goes there, too. */
static void without_the_label(void)
{
	static const struct fake_row falls_back[] = {
		{ REPLY_GRANT, not_found },
		{ REPLY_GRANT, NULL },
		{ REPLY_PKI_CONF, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row nothing_there[] = {
		{ REPLY_GRANT, not_found },
		{ REPLY_GRANT, not_found },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row optional[] = { { REPLY_INFO, not_found },
		                                    { REPLY_NONE, NULL } };

	fake_ca_open(&ca, &ca_arena);
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(enrol(falls_back));
	CU_ASSERT_EQUAL(ca.link.count, 3);
	CU_ASSERT_STRING_EQUAL(ca.link.sent[1].path, "/.well-known/cmp");
	CU_ASSERT_STRING_EQUAL(ca.link.sent[2].path, "/.well-known/cmp");
	CU_ASSERT(span_equal(ca.link.sent[0].body, ca.link.sent[1].body));
	CHECK_ERR(enrol(nothing_there), E_CMP_NONE);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_NONE),
	                       "HTTP 404 from http://fake/.well-known/cmp/initialization");
	CHECK_ERR(get_ca_certs(optional), E_CMP_NONE);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	ca.client.labels = CMP_LABELS_NONE;
	CHECK_ERR(enrol(nothing_there), E_CMP_NONE);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	fake_ca_close(&ca);
}

static unsigned status;
static const char *media_type;
static struct span body;

static void as_the_test_says(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->status = status;
	m->media_type = media_type;
	m->instead = body;
}

static const struct fake_row odd[] = { { REPLY_GRANT, as_the_test_says }, { REPLY_NONE, NULL } };

static enum err answered(unsigned http, const char *type, const char *text)
{
	status = http;
	media_type = type;
	body = text != NULL ? span_str(text) : NO_BYTES;
	return enrol(odd);
}

/* RFC 9811 3.1: a PKIMessage counts in any status; its protection decides. */
static void messages_in_any_status(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(answered(200, "application/pkixcmp-poll", NULL));
	CHECK_OK(answered(201, "application/pkixcmp", NULL));
	CHECK_OK(answered(404, "application/pkixcmp", NULL));
	CHECK_OK(answered(500, "application/pkixcmp", NULL));
	CHECK_ERR(answered(500, "application/pkixcmp", "no message"), E_CMP_SYNTAX);
	fake_ca_close(&ca);
}

static void statuses_without_one(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.client.labels = CMP_LABELS_NONE;
	CHECK_ERR(answered(200, "text/plain", NULL), E_MEDIA_TYPE);
	CHECK_ERR(answered(200, "", NULL), E_MEDIA_TYPE);
	CHECK_ERR(answered(200, "application/pkixcmp", ""), E_MEDIA_TYPE);
	CHECK_ERR(answered(204, "", ""), E_MEDIA_TYPE);
	CHECK_ERR(answered(301, "", ""), E_REDIRECT);
	CHECK_ERR(answered(307, "", ""), E_REDIRECT);
	CHECK_ERR(answered(400, "text/plain", "bad"), E_CMP_ERROR);
	CHECK_ERR(answered(403, "", ""), E_CMP_ERROR);
	CHECK_ERR(answered(404, "", ""), E_CMP_NONE);
	CHECK_ERR(answered(405, "", ""), E_CMP_NONE);
	CHECK_ERR(answered(500, "", ""), E_CMP_AGAIN);
	CHECK_ERR(answered(503, "text/plain", "later"), E_CMP_AGAIN);
	fake_ca_close(&ca);
}

static void lost(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_HTTP;
}

static void unavailable(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->status = 503;
	m->media_type = "";
	m->instead = span_str("");
}

static void forbidden(struct fake_ca *c, struct fake_message *m)
{
	unavailable(c, m);
	m->status = 403;
}

static void nowhere(struct fake_ca *c, struct fake_message *m)
{
	unavailable(c, m);
	m->status = 404;
}

static void elsewhere(struct fake_ca *c, struct fake_message *m)
{
	unavailable(c, m);
	m->status = 302;
}

/* A proxy's word in the middle of a transaction is that of a cable (RFC 6712 3.3). */
static void proxies(void)
{
	static void (*const words[])(struct fake_ca *,
	                             struct fake_message *) = { unavailable, forbidden, nowhere,
		                                                elsewhere };

	fake_ca_open(&ca, &ca_arena);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct fake_row script[] = {
			{ REPLY_WAITING, NULL },   { REPLY_GRANT, words[i] },
			{ REPLY_GRANT, words[i] }, { REPLY_GRANT, words[i] },
			{ REPLY_NONE, NULL },
		};

		CHECK_ERR(enrol(script), E_HTTP);
		script[2] = (struct fake_row){ REPLY_GRANT, NULL };
		CHECK_OK(enrol(script));
	}
	fake_ca_close(&ca);
}

static void refused_tls(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_PEER_CHANGED;
}

/* RFC 9483 6: certConf and pollReq may be sent again, not what opens a transaction. */
static void lost_answers(void)
{
	static const struct fake_row opening[] = { { REPLY_GRANT, lost }, { REPLY_NONE, NULL } };
	static const struct fake_row conf[] = {
		{ REPLY_GRANT, NULL },
		{ REPLY_PKI_CONF, lost },
		{ REPLY_PKI_CONF, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row poll[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_GRANT, unavailable },
		{ REPLY_GRANT, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row changed[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_GRANT, refused_tls },
		{ REPLY_NONE, NULL },
	};

	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(enrol(opening), E_HTTP);
	CU_ASSERT_EQUAL(ca.link.count, 1);
	CHECK_OK(enrol(poll));
	CU_ASSERT(span_equal(ca.link.sent[1].body, ca.link.sent[2].body));
	CHECK_ERR(enrol(changed), E_PEER_CHANGED);
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(enrol(conf));
	CU_ASSERT(span_equal(ca.link.sent[1].body, ca.link.sent[2].body));
	fake_ca_close(&ca);
}

static int64_t retry_after;

static void busy(struct fake_ca *c, struct fake_message *m)
{
	unavailable(c, m);
	m->status = retry_after > 1 ? 503 : 429;
	m->retry_after = retry_after;
}

/* Where nothing outlives us, a server that is busy is waited for: as long as it says, or as
   there is time; polling as well as confirming. */
static void busy_servers(void)
{
	static const struct fake_row poll[] = {
		{ REPLY_WAITING, NULL }, { REPLY_GRANT, busy }, { REPLY_GRANT, busy },
		{ REPLY_GRANT, busy },   { REPLY_GRANT, busy }, { REPLY_GRANT, NULL },
		{ REPLY_NONE, NULL },
	};
	static const struct fake_row conf[] = {
		{ REPLY_GRANT, NULL },    { REPLY_PKI_CONF, busy }, { REPLY_PKI_CONF, busy },
		{ REPLY_PKI_CONF, busy }, { REPLY_PKI_CONF, NULL }, { REPLY_NONE, NULL },
	};
	int64_t begun;

	fake_ca_open(&ca, &ca_arena);
	ca.client.outlasts_busy = true;
	ca.client.total_ms = 30000;
	retry_after = 1;
	begun = clock_ticks();
	CHECK_OK(enrol(poll));
	CU_ASSERT(clock_ticks() - begun >= 4000);
	CU_ASSERT(span_equal(ca.link.sent[1].body, ca.link.sent[5].body));
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(enrol(conf));
	CU_ASSERT(span_equal(ca.link.sent[1].body, ca.link.sent[4].body));
	/* no time for that: said at once, and without asking once more */
	ca.params.confirm = CMP_CONFIRM_IMPLICIT;
	retry_after = 3600;
	begun = clock_ticks();
	CHECK_ERR(enrol(poll), E_CMP_TIMEOUT);
	CU_ASSERT(ca.link.count == 2 && strstr(err_reason(E_CMP_TIMEOUT), "3600 s") != NULL);
	retry_after = 0;
	ca.client.total_ms = 3000;
	CHECK_ERR(enrol(poll), E_CMP_TIMEOUT);
	CU_ASSERT(ca.link.count == 2 && strstr(err_reason(E_CMP_TIMEOUT), "5 s") != NULL);
	CU_ASSERT(clock_ticks() - begun < 20000);
	fake_ca_close(&ca);
}

static size_t shown, told;

static void see(void *context, enum cmp_event what, const struct octets *der)
{
	struct cmp_message m;

	CU_ASSERT_PTR_EQUAL(context, &shown);
	CU_ASSERT(what == CMP_SENT || what == CMP_RECEIVED);
	CHECK_OK(cmp_read((struct span){ der->p, der->n }, &m));
	shown++;
}

static void hear(void *context, enum cmp_event what, const char *type, int64_t seconds)
{
	static const char *const types[] = { "ir", "ip", "ip", "pollReq", "ip" };

	(void)context;
	CU_ASSERT_FATAL(told < 5);
	CU_ASSERT(what == CMP_WAITING ? told == 2 && seconds == 0 : seconds == 0);
	CU_ASSERT_STRING_EQUAL(type, types[told]);
	told++;
}

static void watched(void)
{
	static const struct fake_row poll[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_GRANT, NULL },
		{ REPLY_NONE, NULL },
	};
	struct cmp_watch watch = { hear, see, &shown };

	fake_ca_open(&ca, &ca_arena);
	ca.client.watch = &watch;
	shown = told = 0;
	CHECK_OK(enrol(poll));
	CU_ASSERT_EQUAL(shown, 4);
	CU_ASSERT_EQUAL(told, 5);
	watch = (struct cmp_watch){ NULL, NULL, NULL };
	CHECK_OK(enrol(poll));
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_send = {
	"cmp/send",
	{
		{ "path and operation label", paths },
		{ "404 with the label: once without", without_the_label },
		{ "a PKIMessage counts in any status", messages_in_any_status },
		{ "statuses without a PKIMessage", statuses_without_one },
		{ "lost answers: certConf and pollReq go again", lost_answers },
		{ "HTTP's own word in the middle of a transaction", proxies },
		{ "a busy server is waited for", busy_servers },
		{ "who watches sees every message", watched },
	}
};
