/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a file may hold, as text and as JSON; whole, broken and hostile. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/show.h"
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[4 << 20], work_room[512 * 1024], room[1 << 20];
static struct arena ca_arena = ARENA_ON(ca_room), work = ARENA_ON(work_room), a = ARENA_ON(room);
static struct fake_ca ca;

static struct {
	char s[VIEW_SIZE_MAX + 1];
	size_t n;
} out;

static void put(void *to, const char *s, size_t n)
{
	(void)to;
	if (n <= VIEW_SIZE_MAX - out.n) {
		memcpy(out.s + out.n, s, n);
		out.n += n;
		out.s[out.n] = '\0';
	} else {
		CU_FAIL("more is written than the limit");
	}
}

static enum err show(const struct view_form *form, struct span file)
{
	struct view v;
	enum err e;

	out.n = 0;
	arena_reset(&a);
	view_begin(&v, form, put, NULL);
	e = show_file(&v, &a, file);
	CU_ASSERT_EQUAL(v.depth, 1);
	view_end(&v);
	return e;
}

static void there(const char *const *lines)
{
	for (; *lines != NULL; lines++) {
		bool found = strstr(out.s, *lines) != NULL;

		if (!found)
			printf("\"%s\" is not in:\n%s", *lines, out.s);
		CU_ASSERT(found);
	}
}

static void holds(struct span message, const char *const *lines)
{
	CHECK_OK(show(&VIEW_TEXT, message));
	there(lines);
}

static struct span answers[4];
static size_t answers_seen;

static void note(void *context, enum cmp_event what, struct span der)
{
	(void)context;
	if (what == CMP_RECEIVED && answers_seen < 4)
		CHECK_OK(arena_copy(&ca_arena, der, &answers[answers_seen++]));
}

static void a_whole_transaction(void)
{
	static const struct fake_row script[] = {
		{ REPLY_WAITING, NULL },
		{ REPLY_GRANT, NULL },
		{ REPLY_PKI_CONF, NULL },
		{ REPLY_NONE, NULL },
	};
	static const char *const ir[] = {
		"note: nothing here was verified\n",
		"\nPKIMessage:\n  header:\n    pvno: 2\n",
		"directoryName: \"CN=Device 1\"\n",
		"directoryName: NULL-DN\n",
		"messageTime: 2027",
		"algorithm: ecdsa-with-SHA256\n",
		"  body:\n    ir:\n      - certReq:\n          certReqId: 0\n",
		"subject: \"CN=router 1\"\n",
		"popo:\n          signature:\n",
		"- infoType: certProfile\n        infoValue:\n"
		"          - \"lan\"\n",
		"\n  protection: 30",
		"\n  extraCerts:\n    - sha256: ",
		NULL
	};
	static const char *const poll[] = { "  body:\n    pollReq:\n      - certReqId: 0\n",
		                            "recipNonce", NULL };
	static const char *const conf[] = { "certConf:\n      - certHash: ", NULL };
	static const char *const waiting[] = { "ip:\n", "status: waiting\n", NULL };
	static const char *const ip[] = { "status: accepted\n", "certifiedKeyPair:\n",
		                          "subject: \"CN=router 1\"\n", "issuer: \"CN=Root\"\n",
		                          NULL };
	static const char *const pki_conf[] = { "pkiconf: NULL\n", "senderKID: ", NULL };
	struct cmp_watch watch = { NULL, note, NULL };
	struct cmp_issued issued;

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&work);
	answers_seen = 0;
	ca.client.watch = &watch;
	ca.client.profile = span_str("lan");
	ca.wishes.confirm = CMP_CONFIRM_EXPLICIT;
	fake_ca_plays(&ca, script);
	CHECK_OK(cmp_enrol(&ca.client, CMP_IR, &work, &ca.wishes, NULL, 0, NULL, &issued));
	CU_ASSERT_EQUAL_FATAL(answers_seen, 3);
	holds(ca.link.sent[0].body, ir);
	holds(ca.link.sent[1].body, poll);
	holds(ca.link.sent[2].body, conf);
	holds(answers[0], waiting);
	holds(answers[1], ip);
	holds(answers[2], pki_conf);
	fake_ca_close(&ca);
}

/* Nothing of a peer's reaches a terminal as it is. */
static void quotes_everything(void)
{
	struct fake_row row = { REPLY_ERROR, NULL };
	struct cmp_session *s;
	struct span request, answer;

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&work);
	ca.text = "\x1b]0;owned\x07\r\n\xe2\x80\xae";
	CHECK_OK(cmp_session_new(&ca.client, &work, &CMP_OP_CA_CERTS, &s));
	CHECK_OK(cmp_build(s, &CMP_OP_CA_CERTS.ask, &request));
	answer = fake_ca_answer(&ca, request, &row);
	CHECK_OK(show(&VIEW_TEXT, answer));
	CU_ASSERT(strstr(out.s, "\"\\x1b]0;owned\\x07\\x0d\\x0a\\xe2\\x80\\xae\"") != NULL);
	for (const char *c = out.s; *c != '\0'; c++)
		CU_ASSERT(*c == '\n' || (*c >= ' ' && *c < 0x7f));
	CHECK_OK(show(&VIEW_JSON, answer));
	CU_ASSERT(strstr(out.s, "\"\\u001b]0;owned\\u0007\\u000d\\u000a\\u202e\"") != NULL);
	CHECK_OK(show(&VIEW_TEXT, request));
	CU_ASSERT(strstr(out.s, "genm:\n      - infoType: caCerts\n") != NULL);
	fake_ca_close(&ca);
}

/* Every way a body can be read, on what a fuzzer found: no crash, no hang. */
static void read_every_way(struct span file)
{
	struct cmp_cert_rep rep;
	struct cmp_poll_rep poll;
	struct cmp_status status;
	struct cmp_template template;
	struct cmp_message m;
	enum err shown = show(&VIEW_TEXT, file);

	if (cmp_read(file, &m) != OK)
		return;
	CU_ASSERT(shown == OK || strstr(out.s, "\nbroken: ") != NULL);
	(void)!cmp_cert_rep_read(m.content, &rep);
	(void)!cmp_poll_rep_read(m.content, &poll);
	(void)!cmp_error_read(m.content, &status);
	(void)!cmp_template_read(m.content, &template);
}

static void hostile_messages(void)
{
	const char *archive = test_vectors("openssl-cmp-corpus/cmp.tar.xz"), *dir;
	char command[2048], **names;
	size_t n, mark;

	if (archive == NULL)
		return;
	dir = test_tmpdir();
	snprintf(command, sizeof command, "tar xJf '%s' -C '%s' 2>/dev/null", archive, dir);
	if (system(command) != 0) {
		test_skip("tar cannot unpack xz here");
		return;
	}
	arena_reset(&ca_arena);
	snprintf(command, sizeof command, "%s/cmp", dir);
	names = test_directory(&ca_arena, command, &n);
	CU_ASSERT_EQUAL(n, 4564);
	log_limit(LOG_LEVEL_ERROR);
	mark = arena_mark(&ca_arena);
	for (size_t i = 0; i < n; i++) {
		char path[2304];

		snprintf(path, sizeof path, "%s/%s", command, names[i]);
		read_every_way(test_file(&ca_arena, path));
		arena_rewind(&ca_arena, mark);
	}
	log_limit(LOG_LEVEL_NOTICE);
}

const struct test_suite suite_agent_show = {
	"agent/show",
	{
		{ "the messages of a transaction in words", a_whole_transaction },
		{ "a peer's text is quoted", quotes_everything },
		{ "4564 messages of a fuzzer", hostile_messages },
	}
};
