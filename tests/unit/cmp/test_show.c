/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIMessages in words; and what becomes of hostile ones. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[4 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static char text[65536];

static void holds(struct span message, const char *const *lines)
{
	CHECK_OK(cmp_show(message, text, sizeof text));
	for (; *lines != NULL; lines++) {
		bool found = strstr(text, *lines) != NULL;

		if (!found)
			printf("\"%s\" is not in:\n%s", *lines, text);
		CU_ASSERT(found);
	}
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
		"CMP message ir",         "sender         \"CN=Device 1\"",
		"recipient      NULL-DN", "messageTime    2027",
		"ecdsa-with-SHA256",      "certReqId      0",
		"\"CN=router 1\"",        "popo           signature",
		"certProfile    \"lan\"", "protection: ",
		"extraCerts: 1",          NULL
	};
	static const char *const poll[] = { "CMP message pollReq", "certReqId      0", "recipNonce",
		                            NULL };
	static const char *const conf[] = { "CMP message certConf", "certHash", "accepted", NULL };
	static const char *const waiting[] = { "CMP message ip", "status         waiting", NULL };
	static const char *const ip[] = { "status         accepted",
		                          "certificate    \"CN=router 1\"", "issued by \"CN=Root\"",
		                          NULL };
	static const char *const pki_conf[] = { "CMP message pkiConf", "senderKID", NULL };
	struct cmp_watch watch = { NULL, note, NULL };
	struct cmp_issued issued;

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&a);
	answers_seen = 0;
	ca.client.watch = &watch;
	ca.client.profile = span_str("lan");
	ca.wishes.confirm = CMP_CONFIRM_EXPLICIT;
	fake_ca_plays(&ca, script);
	CHECK_OK(cmp_enrol(&ca.client, CMP_IR, &a, &ca.wishes, NULL, 0, NULL, &issued));
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
	struct span request;

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&a);
	ca.text = "\x1b]0;owned\x07\r\n";
	CHECK_OK(cmp_session_new(&ca.client, &a, &CMP_OP_CA_CERTS, &s));
	CHECK_OK(cmp_build(s, &CMP_OP_CA_CERTS.ask, &request));
	CHECK_OK(cmp_show(fake_ca_answer(&ca, request, &row), text, sizeof text));
	CU_ASSERT(strstr(text, "\\x1b]0;owned\\x07") != NULL);
	for (const char *c = text; *c != '\0'; c++)
		CU_ASSERT(*c == '\n' || (unsigned char)*c >= ' ');
	CHECK_OK(cmp_show(request, text, sizeof text));
	CU_ASSERT(strstr(text, "infoType       caCerts") != NULL);
	fake_ca_close(&ca);
}

static void needs_room(void)
{
	struct cmp_session *s;
	struct span request;
	size_t whole;

	fake_ca_open(&ca, &ca_arena);
	arena_reset(&a);
	CHECK_OK(cmp_session_new(&ca.client, &a, &CMP_OP_CA_CERTS, &s));
	CHECK_OK(cmp_build(s, &CMP_OP_CA_CERTS.ask, &request));
	CHECK_OK(cmp_show(request, text, sizeof text));
	whole = strlen(text) + 1;
	for (size_t n = 0; n < whole; n++) {
		text[n] = '#';
		CHECK_ERR(cmp_show(request, text, n), E_SPACE);
		CU_ASSERT_EQUAL(text[n], '#');
	}
	CHECK_OK(cmp_show(request, text, whole));
	CHECK_ERR(cmp_show((struct span){ request.p, request.n - 1 }, text, sizeof text),
	          E_CMP_SYNTAX);
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

	if (cmp_read(file, &m) != OK)
		return;
	(void)!cmp_cert_rep_read(m.content, &rep);
	(void)!cmp_poll_rep_read(m.content, &poll);
	(void)!cmp_error_read(m.content, &status);
	(void)!cmp_template_read(m.content, &template);
	(void)!cmp_show(file, text, sizeof text);
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

const struct test_suite suite_cmp_show = {
	"cmp/show",
	{
		{ "the messages of a transaction in words", a_whole_transaction },
		{ "a peer's text is quoted", quotes_everything },
		{ "a text that does not fit is an error", needs_room },
		{ "4564 messages of a fuzzer", hostile_messages },
	}
};
