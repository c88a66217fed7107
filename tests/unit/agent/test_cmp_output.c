/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `onramp cmp` writes: files, the dump and its index. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "platform/store/file.h"
#include "tests/unit/fake/pki.h"
#include "tests/unit/test.h"

static uint8_t room[512 * 1024];
static struct arena a = ARENA_ON(room);
static struct cmp_tool t;
static struct cmp_issued issued;
static struct signer *root_key, *key;
static char certout[600], chainout[600], cacertsout[600], newkeyout[600], dump[600];

static const struct tool_operation ir = { "ir", TOOL_IR, NULL, "", "", "" };

static void begin(void)
{
	const char *dir = test_tmpdir();

	arena_reset(&a);
	snprintf(certout, sizeof certout, "%s/cert.pem", dir);
	snprintf(chainout, sizeof chainout, "%s/chain.pem", dir);
	snprintf(cacertsout, sizeof cacertsout, "%s/roots.pem", dir);
	snprintf(newkeyout, sizeof newkeyout, "%s/new.key", dir);
	snprintf(dump, sizeof dump, "%s/dump", dir);
	CHECK_OK(signer_generate(&root_key, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	t = (struct cmp_tool){
		.operation = &ir,
		.server = "http://ca.example",
		.operation_path = "/cmp",
		.arena = &a,
		.certout = certout,
		.chainout = chainout,
		.cacertsout = cacertsout,
		.newkeyout = newkeyout,
	};
	issued = (struct cmp_issued){ .key = NULL };
	issued.cert = fake_cert(&a, &(struct fake_cert){ .subject = "New",
	                                                 .issuer = "Root",
	                                                 .issuer_key = root_key,
	                                                 .spki = signer_spki(key) });
	issued.anchor = fake_cert(&a, &(struct fake_cert){ .subject = "Root",
	                                                   .issuer = "Root",
	                                                   .issuer_key = root_key,
	                                                   .spki = signer_spki(root_key),
	                                                   .ca = true });
}

static void end(void)
{
	unlink(certout);
	unlink(chainout);
	unlink(cacertsout);
	unlink(newkeyout);
	signer_close(root_key);
	signer_close(key);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (unsigned)st.st_mode & 0777 : 0;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void only_keys_are_private(void)
{
	begin();
	issued.key = key;
	issued.ca_pubs[issued.ca_pubs_count++] = issued.anchor;
	CHECK_OK(tool_keep(&t, &issued));
	CU_ASSERT_EQUAL(mode_of(certout), 0644);
	CU_ASSERT_EQUAL(mode_of(chainout), 0644);
	CU_ASSERT_EQUAL(mode_of(cacertsout), 0644);
	CU_ASSERT_EQUAL(mode_of(newkeyout), 0600);
	CU_ASSERT(t.stored);
	end();
}

static void a_delivered_key_can_be_used(void)
{
	struct signer *read = NULL;

	begin();
	issued.key = key;
	CHECK_OK(tool_keep(&t, &issued));
	CHECK_OK(signer_from_file(&read, newkeyout));
	CU_ASSERT(span_equal(signer_spki(read), signer_spki(key)));
	signer_close(read);
	end();
}

/* Whoever sees the certificate finds all that belongs to it. */
static void the_certificate_comes_last(void)
{
	begin();
	issued.key = key;
	t.newkeyout = "/nowhere/at/all";
	CHECK_ERR(tool_keep(&t, &issued), E_STORE);
	CU_ASSERT(!is_there(certout) && !is_there(chainout));
	t.newkeyout = newkeyout;
	t.chainout = "/nowhere/at/all";
	CHECK_ERR(tool_keep(&t, &issued), E_STORE);
	CU_ASSERT(is_there(newkeyout) && !is_there(certout));
	CU_ASSERT(!t.stored);
	end();
}

static void no_new_roots_leave_the_old_ones(void)
{
	struct span got;

	begin();
	CHECK_OK(file_replace(cacertsout, span_str("old"), 0644));
	CHECK_OK(tool_keep(&t, &issued));
	CHECK_OK(file_read(&a, cacertsout, 10, &got, NULL));
	CU_ASSERT(span_is(got, "old"));
	end();
}

static void what_is_rejected_is_not_written(void)
{
	begin();
	t.reject = true;
	issued.key = key;
	CHECK_ERR(tool_keep(&t, &issued), E_ISSUED_UNWANTED);
	CU_ASSERT(!is_there(certout) && !is_there(chainout) && !is_there(newkeyout));
	CU_ASSERT(!t.stored);
	end();
}

static void without_a_path_nothing_is_written(void)
{
	begin();
	t.certout = t.chainout = t.cacertsout = NULL;
	issued.ca_pubs[issued.ca_pubs_count++] = issued.anchor;
	CHECK_OK(tool_keep(&t, &issued));
	CHECK_OK(tool_write_pem(&t, &(struct tool_pem){ "--crlout", NULL, "X509 CRL", NULL },
	                        issued.cert));
	CU_ASSERT(!is_there(certout) && !is_there(chainout) && !is_there(cacertsout));
	end();
}

/* ---- the dump */

static bool index_has(const char *line)
{
	char path[700];
	struct span text;

	snprintf(path, sizeof path, "%s/index.txt", dump);
	CHECK_OK(file_read(&a, path, 10000, &text, NULL));
	CU_ASSERT_EQUAL(mode_of(path), 0600);
	for (size_t i = 0; i + strlen(line) <= text.n; i++)
		if (memcmp(text.p + i, line, strlen(line)) == 0)
			return true;
	return false;
}

static void a_dump_tells_what_happened(void)
{
	char path[700];
	struct span got;

	begin();
	t.dump = dump;
	CHECK_OK(tool_dump_open(&t));
	tool_event(&t, CMP_SENT, "ir", 0);
	CU_ASSERT(t.unanswered);
	tool_message(&t, CMP_SENT,
	             &(struct octets){ .p = (const uint8_t *)"one", .n = strlen("one") });
	tool_message(&t, CMP_RECEIVED,
	             &(struct octets){ .p = (const uint8_t *)"seven!!", .n = strlen("seven!!") });
	tool_event(&t, CMP_RECEIVED, "ip", 0);
	CU_ASSERT(!t.unanswered);
	tool_event(&t, CMP_WAITING, "ip", 17);
	CU_ASSERT(index_has(" ir at http://ca.example, path /cmp\n"));
	CU_ASSERT(index_has(" -> ir\n") && index_has(" <- ip\n"));
	CU_ASSERT(index_has(" 02-received.pki, 7 octets\n"));
	CU_ASSERT(index_has("asking again in 17 s\n"));
	snprintf(path, sizeof path, "%s/01-sent.pki", dump);
	CHECK_OK(file_read(&a, path, 100, &got, NULL));
	CU_ASSERT(span_is(got, "one"));
	CU_ASSERT_EQUAL(mode_of(path), 0600);
	/* the next one numbers on */
	t.messages = 0;
	CHECK_OK(tool_dump_open(&t));
	tool_message(&t, CMP_SENT,
	             &(struct octets){ .p = (const uint8_t *)"three", .n = strlen("three") });
	CU_ASSERT(index_has(" -> ir\n") && index_has(" 03-sent.pki, 5 octets\n"));
	CHECK_OK(file_read(&a, path, 100, &got, NULL));
	CU_ASSERT(span_is(got, "one"));
	end();
}

static void a_dump_that_fails_spoils_nothing(void)
{
	begin();
	t.dump = "/nowhere/at/all";
	tool_event(&t, CMP_SENT, "ir", 0);
	tool_message(&t, CMP_SENT,
	             &(struct octets){ .p = (const uint8_t *)"one", .n = strlen("one") });
	CU_ASSERT(t.unanswered);
	end();
}

const struct test_suite suite_agent_cmp_output = {
	"agent/cmp_output",
	{
		{ "only keys are private", only_keys_are_private },
		{ "a delivered key can be used", a_delivered_key_can_be_used },
		{ "the certificate comes last", the_certificate_comes_last },
		{ "no new roots leave the old ones", no_new_roots_leave_the_old_ones },
		{ "what is rejected is not written", what_is_rejected_is_not_written },
		{ "without a path nothing is written", without_a_path_nothing_is_written },
		{ "a dump tells what happened", a_dump_tells_what_happened },
		{ "a dump that fails spoils nothing", a_dump_that_fails_spoils_nothing },
	},
};
