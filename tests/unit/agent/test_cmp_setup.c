/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a command line of `onramp cmp` to its client. */
#include <stdio.h>
#include <sys/stat.h>

#include "agent/cmp_tool.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"
#include "tests/unit/fake/pki.h"
#include "tests/unit/fake/server.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t room[1 << 20];
static struct arena a = ARENA_ON(room);
static struct cmp_tool t;
static char path[600];

static const struct tool_operation ir = { "ir", TOOL_IR, NULL, "", "", "" };

/* Nobody listens: a line that comes as far as to the server is good. */
#define AS_FAR_AS_TO_THE_SERVER E_UNREACHABLE

static void begin(void)
{
	static char server[40];

	if (server[0] == '\0')
		snprintf(server, sizeof server, "http://127.0.0.1:%u", server_no_port());
	arena_reset(&a);
	t = (struct cmp_tool){
		.operation = &ir,
		.server = server,
		.ref = "4711",
		.secret_file = path,
		.arena = &a,
	};
}

static void a_file_holds(const char *text, unsigned mode)
{
	snprintf(path, sizeof path, "%s/file", test_tmpdir());
	CHECK_OK(file_replace(path, span_str(text), mode));
}

static enum err open_it(void)
{
	enum err e = tool_open(&t);

	tool_close(&t);
	t.link = NULL;
	return e;
}

static void the_secret_is_the_first_line(void)
{
	static const char *const files[] = { "open sesame", "open sesame\n", "open sesame\r\n",
		                             "open sesame\nnot this\n" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		a_file_holds(files[i], 0600);
		begin();
		CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
		CU_ASSERT(span_is(t.secret.value, "open sesame"));
		CU_ASSERT(span_is(t.secret.reference, "4711"));
		CU_ASSERT_EQUAL(t.secret.scheme, MAC_PBMAC1);
		CU_ASSERT(t.client.secret == &t.secret && t.client.signer == NULL);
	}
}

static void a_secret_is_one(void)
{
	static char longer[CMP_SECRET_MAX + 3];

	a_file_holds("", 0600);
	begin();
	CHECK_ERR(open_it(), E_USAGE);
	a_file_holds("\nsecond line", 0600);
	begin();
	CHECK_ERR(open_it(), E_USAGE);
	memset(longer, 'x', CMP_SECRET_MAX);
	a_file_holds(longer, 0600);
	begin();
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	longer[CMP_SECRET_MAX] = 'x';
	a_file_holds(longer, 0600);
	begin();
	CHECK_ERR(open_it(), E_USAGE);
	CU_ASSERT_PTR_NULL(strstr(err_reason(E_USAGE), "xx")); /* not even a wrong one is shown */
}

static void a_secret_is_private(void)
{
	static const unsigned modes[] = { 0644, 0640, 0604, 0620 };

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		a_file_holds("open sesame", modes[i]);
		begin();
		CHECK_ERR(open_it(), E_IDENTITY);
	}
	begin();
	t.secret_file = "/nowhere/at/all";
	CHECK_ERR(open_it(), E_STORE);
}

/* Who lists processes no longer sees it. */
static void a_secret_on_the_line_is_wiped_there(void)
{
	char argument[] = "open sesame";

	begin();
	t.secret_file = NULL;
	t.secret_text = argument;
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	CU_ASSERT(span_is(t.secret.value, "open sesame"));
	for (size_t i = 0; i < sizeof argument; i++)
		CU_ASSERT_EQUAL(argument[i], 0);
}

static void words_have_their_values(void)
{
	a_file_holds("open sesame", 0600);
	begin();
	t.mac = "pbm";
	t.labels = "short";
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	CU_ASSERT_EQUAL(t.secret.scheme, MAC_PASSWORD_BASED);
	CU_ASSERT_EQUAL(t.client.labels, CMP_LABELS_SHORT);
	begin();
	t.mac = "PBMAC1";
	CHECK_ERR(open_it(), E_USAGE);
	begin();
	t.labels = "longer";
	CHECK_ERR(open_it(), E_USAGE);
	begin();
	t.ref = "";
	CHECK_ERR(open_it(), E_USAGE);
	begin();
	t.ref = "a\xff";
	CHECK_ERR(open_it(), E_USAGE);
	begin();
	t.recipient = "no name";
	CHECK_ERR(open_it(), E_USAGE);
	begin();
	t.subject = "router";
	CHECK_ERR(open_it(), E_USAGE);
	begin();
	t.server = "ftp://h";
	CHECK_ERR(open_it(), E_USAGE);
}

/* URL, --path, --label, and where they lead. */
static void paths_of_servers(void)
{
	static const struct {
		const char *server, *path, *label, *base, *operation;
	} rows[] = {
		{ "http://[::1]:9", NULL, NULL, "/.well-known/cmp", "/.well-known/cmp" },
		{ "http://127.0.0.1:9/", NULL, NULL, "/.well-known/cmp", "/.well-known/cmp" },
		{ "http://127.0.0.1:9/", NULL, "ir", "/.well-known/cmp", "/.well-known/cmp/ir" },
		{ "http://127.0.0.1:9/pkix/", NULL, NULL, "/pkix/", "/pkix/" },
		{ "http://127.0.0.1:9/pkix/", NULL, "/x/y", "/pkix/", "/pkix/x/y" },
		{ "http://127.0.0.1:9/pkix/", "/p", NULL, "/p", "/p" },
		{ "http://127.0.0.1:9", "p//", "new", "p//", "p/new" },
		{ "http://127.0.0.1:9/.well-known/cmp/p/d/profile", NULL, NULL,
		  "/.well-known/cmp/p/d/profile", "/.well-known/cmp/p/d/profile" },
	};

	a_file_holds("open sesame", 0600);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		t.server = rows[i].server;
		t.path = rows[i].path;
		t.label = rows[i].label;
		/* somebody may listen there: the paths come first */
		(void)open_it();
		CU_ASSERT_STRING_EQUAL(t.url_path, rows[i].base);
		CU_ASSERT_STRING_EQUAL(t.operation_path, rows[i].operation);
	}
}

static void paths_have_an_end(void)
{
	static char longest[URL_MAX + 1];

	a_file_holds("open sesame", 0600);
	memset(longest, 'p', URL_MAX);
	longest[0] = '/';
	begin();
	t.path = longest;
	CHECK_ERR(open_it(), E_USAGE);
	longest[URL_MAX - 1] = '\0';
	begin();
	t.path = longest;
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	begin();
	t.path = longest;
	t.label = "x";
	CHECK_ERR(open_it(), E_USAGE);
}

static void one_certificate_of_a_file(void)
{
	struct signer *key;
	char pem[2000];
	struct span der;
	struct cert c;
	size_t n = 0;

	begin();
	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	der = fake_cert(&a, &(struct fake_cert){ .subject = "X",
	                                         .issuer = "X",
	                                         .issuer_key = key,
	                                         .spki = signer_spki(key) });
	snprintf(path, sizeof path, "%s/cert", test_tmpdir());
	CHECK_OK(file_replace(path, der, 0644));
	CHECK_OK(tool_read_cert(&t, "--oldroot", path, &c));
	CU_ASSERT(span_equal(c.der, der));
	CHECK_OK(pem_write(pem, sizeof pem, &n, "CERTIFICATE", der));
	CHECK_OK(file_replace(path, (struct span){ (uint8_t *)pem, n }, 0644));
	CHECK_OK(tool_read_cert(&t, "--oldroot", path, &c));
	CU_ASSERT(span_equal(c.der, der));
	n = 0;
	CHECK_OK(pem_write(pem, sizeof pem, &n, "X509 CRL", der));
	CHECK_OK(file_replace(path, (struct span){ (uint8_t *)pem, n }, 0644));
	CHECK_ERR(tool_read_cert(&t, "--oldroot", path, &c), E_TEXT);
	CHECK_OK(file_replace(path, (struct span){ der.p, der.n - 1 }, 0644));
	CHECK_ERR(tool_read_cert(&t, "--oldroot", path, &c), E_CERT_SYNTAX);
	CHECK_OK(file_replace(path, NO_BYTES, 0644));
	CHECK_ERR(tool_read_cert(&t, "--oldroot", path, &c), E_TEXT);
	signer_close(key);
}

/* RFC 9483 4.1.3, 4.2 */
static void what_has_expired_does_not_speak_for_itself(void)
{
	begin();
	t.cert = "our.pem";
	t.identity.leaf.not_after = FAKE_NOW;
	clock_pretend((struct moment){ TIME_SET, FAKE_NOW });
	CHECK_OK(tool_in_force(&t));
	clock_pretend((struct moment){ TIME_SET, FAKE_NOW + 1 });
	CHECK_ERR(tool_in_force(&t), E_CERT_TIME);
	clock_pretend((struct moment){ TIME_UNSET, 0 });
	CHECK_OK(tool_in_force(&t));
	clock_pretend_no_more();
}

/* The machine's clock is the caller's to answer for. */
static void the_clock_is_believed_unless_told(void)
{
	a_file_holds("open sesame", 0600);
	begin();
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	CU_ASSERT_EQUAL(clock_basis(), CLOCK_BY_OPERATOR);
	t.trust_clock = "0";
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	CU_ASSERT_EQUAL(clock_basis(), CLOCK_REFUSED);
	t.trust_clock = "auto";
	CHECK_ERR(open_it(), AS_FAR_AS_TO_THE_SERVER);
	CU_ASSERT(clock_basis() != CLOCK_REFUSED && clock_basis() != CLOCK_BY_OPERATOR);
	t.trust_clock = "perhaps";
	CHECK_ERR(open_it(), E_USAGE);
}

/* One of --untrusted, or of --trusted, that cannot be used spoils no other. */
static void a_bad_certificate_spoils_no_other(void)
{
	static const struct {
		bool first, second; /* they can be read */
		enum err want;
	} rows[] = {
		{ true, true, AS_FAR_AS_TO_THE_SERVER },
		{ false, true, AS_FAR_AS_TO_THE_SERVER },
		{ true, false, AS_FAR_AS_TO_THE_SERVER },
		{ false, false, E_CERT_SYNTAX },
	};

	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		const bool read[] = { rows[i / 2].first, rows[i / 2].second };
		static char secret[600], pem[8192];
		struct text_list *files = i % 2 ? &t.trusted_files : &t.untrusted_files;
		size_t n = 0;

		begin();
		for (size_t k = 0; k < 2; k++)
			CHECK_OK(pem_write(
				pem, sizeof pem, &n, "CERTIFICATE",
				fake_x509(&a, &(struct fake_parts){
						      .extensions = read[k] ? X_CA : X_CA X_CA,
					      })));
		pem[n] = '\0';
		a_file_holds("open sesame", 0600);
		snprintf(secret, sizeof secret, "%s", path);
		t.secret_file = secret;
		a_file_holds(pem, 0644);
		*files = (struct text_list){ { path }, 1 };
		CHECK_ERR(open_it(), rows[i / 2].want);
		CU_ASSERT_EQUAL(i % 2 ? t.anchors.n : t.pool_count, (size_t)read[0] + read[1]);
	}
}

const struct test_suite suite_agent_cmp_setup = {
	"agent/cmp_setup",
	{
		{ "the secret is the first line", the_secret_is_the_first_line },
		{ "a secret has 1 to 1024 octets", a_secret_is_one },
		{ "the clock is believed unless told", the_clock_is_believed_unless_told },
		{ "a secret is private", a_secret_is_private },
		{ "a secret on the line is wiped there", a_secret_on_the_line_is_wiped_there },
		{ "words have their values", words_have_their_values },
		{ "paths of servers", paths_of_servers },
		{ "paths have an end", paths_have_an_end },
		{ "one certificate of a file", one_certificate_of_a_file },
		{ "what has expired does not speak for itself",
	          what_has_expired_does_not_speak_for_itself },
		{ "a bad certificate spoils no other", a_bad_certificate_spoils_no_other },
	},
};
