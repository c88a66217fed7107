/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp` until it has an end: retries, and transactions that outlive it. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "platform/store/file.h"
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[1 << 20];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;
static struct cmp_tool t;

static const struct tool_operation ir = { "ir", TOOL_IR, NULL, "", "", "" };
static const struct tool_operation cr = { "cr", TOOL_CR, NULL, "", "", "" };

static const char *journal_file(void)
{
	static char path[600];

	if (path[0] == '\0')
		snprintf(path, sizeof path, "%s/waiting", test_tmpdir());
	return path;
}

/* A process begins: of the one before there are only files, and the CA. */
static void process_begins(void)
{
	arena_reset(&a);
	t = (struct cmp_tool){
		.operation = &ir,
		.server = "http://ca.example",
		.operation_path = "/.well-known/cmp",
		.journal_file = journal_file(),
		.arena = &a,
		.client = ca.client,
	};
	t.watch = (struct cmp_watch){ tool_event, tool_message, &t };
	t.client.watch = &t.watch;
	t.ends = clock_ticks() + 60000;
}

static void begin(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(file_remove(journal_file()));
	process_begins();
}

static enum err ask(const struct fake_row *script)
{
	fake_ca_plays(&ca, script);
	return tool_enrol(&t, CMP_IR, &ca.params, &issued);
}

/* The CA is the one of before. */
static enum err go_on(const struct fake_row *script)
{
	process_begins();
	ca.script = script;
	ca.at = 0;
	return tool_enrol(&t, CMP_IR, &ca.params, &issued);
}

static bool is_kept(void)
{
	return access(journal_file(), F_OK) == 0;
}

static const struct fake_row granted[] = { { REPLY_GRANT, NULL },
	                                   { REPLY_PKI_CONF, NULL },
	                                   { REPLY_NONE, NULL } };
static const struct fake_row waits[] = { { REPLY_WAITING, NULL },
	                                 { REPLY_POLL_REP, NULL },
	                                 { REPLY_NONE, NULL } };

static void lost(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_UNREACHABLE;
}

static void what_waits_is_gone_on_with(void)
{
	struct stat st;

	begin();
	t.ends = clock_ticks() + 1000;
	ca.check_after = 5;
	CHECK_ERR(ask(waits), E_CMP_TIMEOUT);
	CU_ASSERT_EQUAL_FATAL(stat(journal_file(), &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	fake_time.seconds += 10;
	CHECK_OK(go_on(granted));
	CU_ASSERT_EQUAL(ca.transactions, 1);
	CU_ASSERT(!is_kept());
	fake_ca_close(&ca);
}

/* The CA may know the transaction still, as long as nobody said that it is over. */
static void no_answer_is_no_end(void)
{
	static const struct fake_row cut[] = {
		{ REPLY_WAITING, NULL }, { REPLY_GRANT, lost }, { REPLY_GRANT, lost },
		{ REPLY_GRANT, lost },   { REPLY_NONE, NULL },
	};

	begin();
	CHECK_ERR(ask(cut), E_UNREACHABLE);
	CU_ASSERT(is_kept());
	CHECK_OK(go_on(granted));
	CU_ASSERT_EQUAL(ca.transactions, 1);
	CU_ASSERT(!is_kept());
	fake_ca_close(&ca);
}

static void an_end_is_an_end(void)
{
	static const struct fake_row rejected[] = { { REPLY_WAITING, NULL },
		                                    { REPLY_REJECTION, NULL },
		                                    { REPLY_NONE, NULL } };
	static const struct fake_row error[] = { { REPLY_WAITING, NULL },
		                                 { REPLY_ERROR, NULL },
		                                 { REPLY_NONE, NULL } };

	begin();
	CHECK_ERR(ask(rejected), E_CMP_REJECTED);
	CU_ASSERT(!is_kept());
	CHECK_ERR(ask(error), E_CMP_ERROR);
	CU_ASSERT(!is_kept());
	CU_ASSERT(strstr(err_reason(E_CMP_ERROR), "rejection") != NULL);
	fake_ca_close(&ca);
}

/* RFC 9483 3.6.4: nothing is left to go on with, so it is asked anew, for the same key. */
static void a_ca_that_forgot_is_asked_anew(void)
{
	static const struct fake_row forgot[] = { { REPLY_ERROR, NULL },
		                                  { REPLY_GRANT, NULL },
		                                  { REPLY_PKI_CONF, NULL },
		                                  { REPLY_NONE, NULL } };

	begin();
	t.ends = clock_ticks() + 1000;
	ca.check_after = 5;
	CHECK_ERR(ask(waits), E_CMP_TIMEOUT);
	fake_time.seconds += 10;
	CHECK_OK(go_on(forgot));
	CU_ASSERT_EQUAL(ca.transactions, 2);
	CU_ASSERT(!is_kept());
	fake_ca_close(&ca);
}

static void another_line_is_refused(void)
{
	static const struct fake_row nothing[] = { { REPLY_NONE, NULL } };

	begin();
	t.ends = clock_ticks() + 1000;
	ca.check_after = 5;
	CHECK_ERR(ask(waits), E_CMP_TIMEOUT);
	process_begins();
	t.operation = &cr;
	fake_ca_plays(&ca, nothing);
	CHECK_ERR(tool_enrol(&t, CMP_CR, &ca.params, &issued), E_USAGE);
	CU_ASSERT(strstr(err_reason(E_USAGE), "\"ir\"") != NULL);
	process_begins();
	t.server = "http://another.example";
	CHECK_ERR(tool_enrol(&t, CMP_IR, &ca.params, &issued), E_USAGE);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	CU_ASSERT(is_kept());
	fake_ca_close(&ca);
}

/* A torn file is no transaction, and nothing is asked before somebody has looked. */
static void a_damaged_journal_is_refused(void)
{
	static const struct fake_row nothing[] = { { REPLY_NONE, NULL } };
	static uint8_t copy[CMP_STATE_MAX];
	struct span file;
	size_t whole;

	begin();
	t.ends = clock_ticks() + 1000;
	ca.check_after = 5;
	CHECK_ERR(ask(waits), E_CMP_TIMEOUT);
	CHECK_OK(file_read(&a, journal_file(), sizeof copy, &file, NULL));
	whole = file.n;
	memcpy(copy, file.p, whole);
	fake_ca_plays(&ca, nothing);
	for (size_t n = 0; n < whole; n += 7) {
		CHECK_OK(file_replace(journal_file(), (struct span){ copy, n }, 0600));
		process_begins();
		CHECK_ERR(tool_enrol(&t, CMP_IR, &ca.params, &issued), E_STORE);
	}
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

/* ---- new transactions */

struct trouble {
	unsigned calls, until;
	enum err e;
};

static enum err attempt(struct cmp_tool *tool, void *context)
{
	struct trouble *w = context;

	(void)tool;
	return w->calls++ < w->until ? err_because(w->e, "trouble") : OK;
}

static enum err try(struct trouble *w, long retries, int64_t total_ms)
{
	arena_reset(&a);
	w->calls = 0;
	t = (struct cmp_tool){ .retries = retries, .arena = &a };
	t.ends = clock_ticks() + total_ms;
	return tool_try(&t, &(struct tool_attempt){ attempt, w });
}

static void trouble_is_waited_for(void)
{
	struct trouble w = { .until = 1, .e = E_CMP_AGAIN };

	CHECK_OK(try(&w, 3, 60000));
	CU_ASSERT_EQUAL(w.calls, 2);
	CU_ASSERT(t.client.total_ms < 60000 - 2000); /* the pause is of the same time */
}

static void retries_have_an_end(void)
{
	struct trouble w = { .until = 9, .e = E_CMP_AGAIN };

	CHECK_ERR(try(&w, 0, 60000), E_CMP_AGAIN);
	CU_ASSERT_EQUAL(w.calls, 1);
	CHECK_ERR(try(&w, 3, 2000), E_CMP_AGAIN); /* no time for the shortest pause */
	CU_ASSERT_EQUAL(w.calls, 1);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_AGAIN), "trouble");
	clock_stop(); /* a signal */
	CHECK_ERR(try(&w, 3, 60000), E_STOPPED);
	CU_ASSERT_EQUAL(w.calls, 1);
	clock_go_on();
}

static void other_failures_are_no_reason(void)
{
	struct trouble w = { .until = 9 };

	for (unsigned e = 1; e < ERR_COUNT; e++) {
		w.e = (enum err)e;
		if (w.e == E_CMP_AGAIN)
			continue;
		CHECK_ERR(try(&w, 3, 60000), w.e);
		CU_ASSERT_EQUAL(w.calls, 1);
	}
}

/* --follow-template: what the first of two operations took is of the second one's time. */
static void one_time_for_all(void)
{
	struct trouble w = { .until = 0 };

	CHECK_OK(try(&w, 0, 60000));
	CU_ASSERT(clock_sleep(30));
	CHECK_OK(tool_try(&t, &(struct tool_attempt){ attempt, &w }));
	CU_ASSERT(t.client.total_ms <= 60000 - 30);
	t.ends = clock_ticks();
	CHECK_ERR(tool_try(&t, &(struct tool_attempt){ attempt, &w }), E_CMP_TIMEOUT);
	CU_ASSERT_EQUAL(w.calls, 2);
}

/* The CA's approval is not polled for, and so not lost, by a line that asks for another. */
static void what_waits_is_for_one_key_and_request(void)
{
	static const char *const other = "/elsewhere/cert.pem";
	struct signer *key, *ours;
	struct span subject, extensions;

	begin();
	t.ends = clock_ticks() + 1000;
	ca.check_after = 5;
	CHECK_ERR(ask(waits), E_CMP_TIMEOUT);
	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	ours = (struct signer *)(uintptr_t)ca.params.key;
	ca.params.key = key;
	CHECK_ERR(go_on(granted), E_USAGE);
	CU_ASSERT(is_kept() && ca.at == 0);
	ca.params.key = ours;
	extensions = ca.params.extensions;
	subject = ca.params.subject;
	ca.params.subject = ca.params.extensions = NO_BYTES;
	CHECK_ERR(go_on(granted), E_USAGE);
	ca.params.subject = subject;
	ca.params.extensions = extensions;
	process_begins();
	t.certout = other;
	ca.at = 0;
	CHECK_ERR(tool_enrol(&t, CMP_IR, &ca.params, &issued), E_USAGE);
	CU_ASSERT(is_kept() && ca.at == 0);
	fake_time.seconds += 10;
	CHECK_OK(go_on(granted));
	CU_ASSERT_EQUAL(ca.transactions, 1);
	signer_close(key);
	fake_ca_close(&ca);
}

static void no_key_is_made_where_one_is_waited_for(void)
{
	begin();
	CHECK_OK(tool_journal_wants_key(&t, "new.key"));
	t.ends = clock_ticks() + 1000;
	ca.check_after = 5;
	t.newkey = "ours.key";
	CHECK_ERR(ask(waits), E_CMP_TIMEOUT);
	CHECK_ERR(tool_journal_wants_key(&t, "new.key"), E_USAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_USAGE), "ours.key"));
	fake_ca_close(&ca);
}

const struct test_suite suite_agent_cmp_again = {
	"agent/cmp_again",
	{
		{ "what waits is for one key and request", what_waits_is_for_one_key_and_request },
		{ "no key is made where one is waited for",
	          no_key_is_made_where_one_is_waited_for },
		{ "what waits is resumed", what_waits_is_gone_on_with },
		{ "no answer is no end", no_answer_is_no_end },
		{ "an end is an end", an_end_is_an_end },
		{ "a CA that forgot is asked anew", a_ca_that_forgot_is_asked_anew },
		{ "another line is refused", another_line_is_refused },
		{ "a damaged journal is refused", a_damaged_journal_is_refused },
		{ "one time for all operations of a line", one_time_for_all },
		{ "trouble is waited for", trouble_is_waited_for },
		{ "retries have an end", retries_have_an_end },
		{ "other failures are no reason", other_failures_are_no_reason },
	},
};
