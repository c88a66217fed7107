/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp`: what is missing or senseless in a line is named. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/cmp_tool.h"
#include "tests/unit/test.h"

enum { WORDS_MAX = 40 };

static const struct tool_operation operations[] = {
	{ "ir", TOOL_IR, NULL, "", "", "" },
	{ "cr", TOOL_CR, NULL, "", "", "" },
	{ "kur", TOOL_KUR, NULL, "", "", "" },
	{ "p10cr", TOOL_P10CR, NULL, "", "", "" },
	{ "rr", TOOL_RR, NULL, "", "", "" },
	{ "getcacerts", TOOL_CA_CERTS, NULL, "", "", "" },
	{ "getrootupdate", TOOL_ROOT_UPDATE, NULL, "", "", "" },
	{ "getcertreqtemplate", TOOL_TEMPLATE, NULL, "", "", "" },
	{ "getcrls", TOOL_CRLS, NULL, "", "", "" },
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

/* The words of a line behind its operation, cut at blanks. */
static enum err parse(struct cmp_tool *t, const char *line)
{
	static char text[1000];
	static const struct tool_help help = { "", "", "" };
	char *argv[WORDS_MAX + 1] = { "cmp" }, *save = NULL;
	int argc = 1;
	bool helped;
	enum err e;

	*t = (struct cmp_tool){ .json = false };
	CU_ASSERT_FATAL(strlen(line) < sizeof text);
	memcpy(text, line, strlen(line) + 1);
	for (char *w = strtok_r(text, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		CU_ASSERT_FATAL(argc < WORDS_MAX);
		argv[argc++] = w;
	}
	for (size_t i = 0; i < OPERATIONS; i++)
		if (strcmp(argv[1], operations[i].name) == 0)
			t->operation = &operations[i];
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->operation);
	e = tool_options(t, &help, &argc, argv, &helped);
	return e == OK ? tool_rules(t) : e;
}

static void holds(const char *line)
{
	struct cmp_tool t;

	if (!test_check_err(parse(&t, line), OK, line, __FILE__, __LINE__))
		CU_FAIL("a good line");
}

/* Refused, and both words are in the reason. */
static void refused(const char *line, const char *word, const char *other)
{
	struct cmp_tool t;
	enum err e = parse(&t, line);

	test_check_err(e, E_USAGE, line, __FILE__, __LINE__);
	if (strstr(err_reason(e), word) == NULL || strstr(err_reason(e), other) == NULL)
		printf("        %s\n        %s\n", line, err_reason(e));
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(e), word));
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(e), other));
}

#define HERE     " --server http://h "
#define IDENTITY " --cert c --key k --trusted r "
#define SECRET   " --ref 1 --secret s "
#define OUT      " --certout o"

static void every_operation_has_a_shortest_line(void)
{
	holds("ir" HERE IDENTITY "--newkey n" OUT);
	holds("ir" HERE SECRET "--newkey n" OUT);
	holds("ir" HERE " --ref 1 --secret-file f --mac pbm --newkey n" OUT);
	holds("ir" HERE IDENTITY "--central any --newkeyout n" OUT);
	holds("cr" HERE IDENTITY "--newkey n" OUT);
	holds("kur" HERE IDENTITY "--newkey n" OUT);
	holds("p10cr" HERE IDENTITY "--csr r" OUT);
	holds("p10cr" HERE IDENTITY "--newkey n --subject /CN=x" OUT);
	holds("rr" HERE IDENTITY);
	holds("rr" HERE IDENTITY "--revreason superseded");
	holds("getcacerts" HERE IDENTITY);
	holds("getcacerts" HERE SECRET);
	holds("getrootupdate" HERE IDENTITY "--oldroot o --rootout n --chainout l");
	holds("getcertreqtemplate" HERE IDENTITY "--profile p --template-out t");
	holds("getcrls" HERE IDENTITY "--crl-issuer i --oldcrl o --crlout n");
}

static void what_is_missing_is_named(void)
{
	refused("ir" IDENTITY "--newkey n", "needs --server", "URL");
	refused("ir" HERE "--newkey n --trusted r", "--cert or --secret-file or --secret",
	        "protects");
	refused("ir" HERE "--cert c --trusted r --newkey n", "needs --key", "--cert");
	refused("ir" HERE "--key k --trusted r --secret s --ref 1 --newkey n", "needs --cert",
	        "--key");
	refused("ir" HERE "--cert c --key k --newkey n", "needs --trusted", "signed answers");
	refused("ir" HERE IDENTITY, "--newkey or --central", "certified");
	refused("ir" HERE IDENTITY "--central ec256", "needs --newkeyout", "key");
	refused("ir" HERE "--secret s --newkey n", "needs --ref", "secret");
	refused("ir" HERE IDENTITY "--newkey n --ref 1", "--secret-file or --secret", "secret");
	refused("cr" HERE IDENTITY "--newkey n --mac pbm", "--secret-file or --secret", "secret");
	refused("kur" HERE "--trusted r --newkey n", "needs --cert", "to be updated");
	refused("kur" HERE IDENTITY, "--newkey or --central", "certified");
	refused("p10cr" HERE IDENTITY, "--csr or --newkey", "request");
	refused("rr" HERE "--trusted r", "needs --cert", "to be revoked");
	refused("ir" HERE IDENTITY "--newkey n",
	        "--certout or --fullchainout or --json or --journal", "nobody keeps");
	refused("p10cr" HERE IDENTITY "--csr c --chainout o", "--certout or", "nobody keeps");
	refused("ir" HERE IDENTITY "--central any --newkeyout o", "--certout or", "nobody keeps");
	refused("getrootupdate" HERE IDENTITY, "needs --oldroot", "replaced");
	refused("getcrls" HERE IDENTITY, "needs --crl-issuer", "list");
}

/* RFC 9483 4.1.1: certConf says that we have it. */
static void a_certificate_goes_somewhere(void)
{
	static const char *const places[] = { "--certout o", "--fullchainout o", "--json",
		                              "--journal j", "--reject" };
	char line[200];

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(line, sizeof line, "cr" HERE IDENTITY "--newkey n %s", places[i]);
		holds(line);
	}
}

/* RFC 9483 4.1.3, 4.2: signed with the certificate they are about. */
static void update_and_revocation_take_no_secret(void)
{
	refused("kur" HERE IDENTITY SECRET "--newkey n", "kur takes no", "--ref");
	refused("kur" HERE IDENTITY "--secret s --newkey n", "kur takes no", "--secret");
	refused("kur" HERE IDENTITY "--secret-file s --newkey n", "kur takes no", "--secret-file");
	refused("rr" HERE IDENTITY "--secret s", "rr takes no", "--secret");
	refused("rr" HERE IDENTITY "--mac pbm", "rr takes no", "--mac");
}

static void what_has_no_sense_is_named(void)
{
	refused("kur" HERE IDENTITY "--newkey n --csr c", "kur takes no", "--csr");
	holds("ir" HERE IDENTITY "--newkey n --csr c" OUT);
	holds("cr" HERE IDENTITY "--csr c --days 3 --issuer /CN=x" OUT);
	refused("p10cr" HERE IDENTITY "--newkey n --days 3" OUT, "p10cr takes no", "--days");
	refused("kur" HERE IDENTITY "--newkey n --eku serverAuth" OUT, "kur takes no", "--eku");
	refused("kur" HERE IDENTITY "--newkey n --subject /CN=x", "kur takes no", "--subject");
	refused("kur" HERE IDENTITY "--newkey n --san x", "kur takes no", "--san");
	holds("p10cr" HERE IDENTITY "--newkey n --cacertsout c" OUT);
	refused("cr" HERE IDENTITY "--newkey n --cacertsout c", "cr takes no", "--cacertsout");
	refused("p10cr" HERE IDENTITY "--csr r --central any", "p10cr takes no", "--central");
	refused("rr" HERE IDENTITY "--newkey n", "rr takes no", "--newkey");
	refused("rr" HERE IDENTITY "--journal j", "rr takes no", "--journal");
	refused("rr" HERE IDENTITY "--certout c", "rr takes no", "--certout");
	refused("getcacerts" HERE IDENTITY "--reject", "getcacerts takes no", "--reject");
	refused("getcacerts" HERE IDENTITY "--profile p", "getcacerts takes no", "--profile");
	refused("getcrls" HERE IDENTITY "--crl-issuer i --rootout r", "getcrls takes no",
	        "--rootout");
}

static void contradictions_are_named(void)
{
	refused("ir" HERE "--ref 1 --secret s --secret-file f --newkey n", "--secret and",
	        "--secret-file");
	refused("ir" HERE IDENTITY "--newkey n --label l --labels long", "--label and", "--labels");
	refused("ir" HERE IDENTITY "--newkey n --central any --newkeyout o", "--central and",
	        "--newkey");
	refused("ir" HERE IDENTITY "--central any --newkeyout o --keytype ec256", "--central and",
	        "--keytype");
	refused("p10cr" HERE IDENTITY "--csr r --newkey n", "--csr and", "--newkey");
	refused("p10cr" HERE IDENTITY "--csr r --subject /CN=x", "--csr and", "--subject");
	refused("p10cr" HERE IDENTITY "--csr r --follow-template", "--csr and",
	        "--follow-template");
	refused("ir" HERE IDENTITY "--newkey n --reject --implicit-confirm", "--reject and",
	        "--implicit-confirm");
	refused("ir" HERE SECRET IDENTITY "--newkey n", "--cert and", "--secret");
	refused("cr" HERE IDENTITY "--csr r --central any --newkeyout k" OUT, "--csr and",
	        "--central");
	refused("ir" HERE IDENTITY "--newkey n --newkey m" OUT, "--newkey", "twice");
	refused("ir" HERE IDENTITY "--newkey n --days 1 --days=2" OUT, "--days", "twice");
	holds("ir" HERE IDENTITY "--newkey n --san a --san b --trusted q --json --json" OUT);
}

/* Over TLS the certificate may be the client's, and anchors are wanted for the server's. */
static void a_secret_over_tls_goes_with_a_certificate(void)
{
	holds("ir --server https://h" SECRET IDENTITY "--newkey n" OUT);
	holds("ir --server https://h --trusted r" SECRET "--newkey n" OUT);
	refused("ir --server https://h" SECRET "--newkey n", "needs --trusted", "https");
}

static void numbers_have_defaults(void)
{
	struct cmp_tool t;

	CHECK_OK(parse(&t, "rr" HERE IDENTITY));
	CU_ASSERT_EQUAL(t.retries, 3);
	CU_ASSERT_EQUAL(t.total_timeout, 0);
	CHECK_OK(parse(&t, "rr" HERE IDENTITY "--retries 0 --total-timeout 7"));
	CU_ASSERT_EQUAL(t.retries, 0);
	CU_ASSERT_EQUAL(t.total_timeout, 7);
	CHECK_ERR(parse(&t, "rr" HERE IDENTITY "--retries -1"), E_USAGE);
}

const struct test_suite suite_agent_cmp_options = {
	"agent/cmp_options",
	{
		{ "every operation has a shortest line", every_operation_has_a_shortest_line },
		{ "what is missing is named", what_is_missing_is_named },
		{ "a certificate goes somewhere", a_certificate_goes_somewhere },
		{ "update and revocation take no secret", update_and_revocation_take_no_secret },
		{ "what has no sense is named", what_has_no_sense_is_named },
		{ "contradictions are named", contradictions_are_named },
		{ "a secret over TLS goes with a certificate",
	          a_secret_over_tls_goes_with_a_certificate },
		{ "numbers have defaults", numbers_have_defaults },
	},
};
