/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a file may hold, as text and as JSON; whole, broken and hostile. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/show.h"
#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "platform/pki/cms.h"
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t ca_room[4 << 20], work_room[512 * 1024], room[1 << 20];
static struct arena ca_arena = ARENA_ON(ca_room), work = ARENA_ON(work_room), a = ARENA_ON(room);
static struct fake_ca ca;
static uint8_t syntax_room[1 << 17];
static struct arena syntax_arena = ARENA_ON(syntax_room);
static struct grammar syntax;

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
	if (syntax.count == 0)
		CHECK_OK(show_syntax(&syntax_arena, &syntax));
	view_begin(&v, form, put, NULL);
	e = show_file(&v, &a, &syntax, file);
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

static void note(void *context, enum cmp_event what, const struct octets *der)
{
	(void)context;
	if (what == CMP_RECEIVED && answers_seen < 4)
		CHECK_OK(arena_copy(&ca_arena, (struct span){ der->p, der->n },
		                    &answers[answers_seen++]));
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
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	fake_ca_plays(&ca, script);
	CHECK_OK(cmp_enrol(&ca.client, CMP_IR, &work, &ca.params, NULL, &issued));
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

/* JSON documents, one a line, for a reader that is not ours. */
static FILE *lines;
static char lines_path[1200];

static void lines_open(void)
{
	snprintf(lines_path, sizeof lines_path, "%s/lines", test_tmpdir());
	lines = fopen(lines_path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(lines);
}

static void lines_add(struct span file)
{
	(void)!show(&VIEW_JSON, file);
	CU_ASSERT_EQUAL(strcspn(out.s, "\n"), out.n - 1);
	fwrite(out.s, 1, out.n, lines);
}

static void lines_are_json(void)
{
	char command[2048];

	fclose(lines);
	snprintf(command, sizeof command,
	         "/usr/bin/python3 -c '\n"
	         "import json, sys\n"
	         "def once(pairs):\n"
	         "    assert len(dict(pairs)) == len(pairs), pairs\n"
	         "    return dict(pairs)\n"
	         "for line in open(sys.argv[1], encoding=\"utf-8\"):\n"
	         "    json.loads(line, object_pairs_hook=once)\n"
	         "' '%s'",
	         lines_path);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* Every way a body can be read, on what a fuzzer found: no crash, no hang. */
static void read_every_way(struct span file)
{
	struct cmp_cert_rep rep;
	struct cmp_poll_rep poll;
	struct cmp_status status;
	struct cmp_template template;
	struct cmp_message m;
	enum err e = show(&VIEW_TEXT, file);

	CU_ASSERT_EQUAL(e == OK, strstr(out.s, "\nbroken: offset ") == NULL);
	if (cmp_read(file, &m) != OK)
		return;
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
	lines_open();
	for (size_t i = 0; i < n; i++) {
		char path[2304];
		struct span file;

		snprintf(path, sizeof path, "%s/%s", command, names[i]);
		file = test_file(&ca_arena, path);
		read_every_way(file);
		lines_add(file);
		arena_rewind(&ca_arena, mark);
	}
	log_limit(LOG_LEVEL_NOTICE);
	lines_are_json();
}

/* A set of vectors, and what names the files that are well-formed have in them. */
static const struct set {
	const char *path, *whole;
} sets[] = {
	{ "ca-clone", NULL },
	{ "cbor-bombs", NULL },
	{ "cbrski-draft", NULL },
	{ "cmp-der", "" },
	{ "cms-traps", NULL },
	{ "jws-voucher", NULL },
	{ "minerva/00-D0-E5-02-00-2D", NULL },
	{ "minerva/00-D0-E5-F2-00-02", NULL },
	{ "minerva/00-D0-E5-F2-00-03", NULL },
	{ "minerva/csrattrs", NULL },
	{ "rfc8366bis", NULL },
	{ "rfc8995", ".der" }, /* a sample has bits beside its base64 */
	{ "siemens-cmp/lwcmpra/CrDelayed", "" },
	{ "siemens-cmp/lwcmpra/CrWithSignatureProtection", "" },
	{ "siemens-cmp/lwcmpra/IrWithMacProtection", "" },
	{ "siemens-cmp/lwcmpra/Kur", "" },
	{ "siemens-cmp/lwcmpra/Rr", "" },
	{ "sztp", NULL },
	{ "sztp-csr", NULL },
	{ "x509-limbo", NULL },
	{ "JSONTestSuite/test_parsing", NULL },
	{ "wycheproof", NULL },
};

static void show_set(const struct set *set)
{
	const char *root = test_vectors(set->path);
	size_t n, mark;
	char **names, path[1200];

	if (root == NULL)
		return;
	snprintf(path, sizeof path, "%s", root);
	arena_reset(&ca_arena);
	names = test_directory(&ca_arena, path, &n);
	CU_ASSERT(n > 0);
	mark = arena_mark(&ca_arena);
	for (size_t i = 0; i < n; i++) {
		char whole[1400];
		struct span file;

		snprintf(whole, sizeof whole, "%s/%s", path, names[i]);
		file = test_file(&ca_arena, whole);
		if (file.n <= SHOW_FILE_MAX) {
			if (set->whole != NULL && strstr(names[i], set->whole) != NULL)
				CHECK_OK(show(&VIEW_TEXT, file));
			lines_add(file);
		}
		arena_rewind(&ca_arena, mark);
	}
}

static void all_vectors(void)
{
	log_limit(LOG_LEVEL_ERROR);
	lines_open();
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		show_set(&sets[i]);
	lines_are_json();
	log_limit(LOG_LEVEL_NOTICE);
}

/* Cut anywhere, changed anywhere: an error with its place, or another document. */
static void broken_files(void)
{
	static const char *const names[] = { "tests/fuzz/corpus/show/ip.pki",
		                             "tests/fuzz/corpus/show/crl",
		                             "tests/fuzz/corpus/show/ok.p7" };

	lines_open();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct span file;
		uint8_t *copy;
		size_t step;

		arena_reset(&ca_arena);
		file = test_file(&ca_arena, names[i]);
		CHECK_OK(show(&VIEW_TEXT, file));
		step = file.n > 1500 ? 5 : 1;
		for (size_t n = 0; n < file.n; n += step) {
			copy = malloc(n > 0 ? n : 1);
			memcpy(copy, file.p, n);
			CU_ASSERT(show(&VIEW_TEXT, (struct span){ copy, n }) != OK);
			CU_ASSERT(strstr(out.s, "\nbroken: offset ") != NULL);
			if (n % 16 == 0)
				lines_add((struct span){ copy, n });
			free(copy);
		}
		copy = arena_take(&ca_arena, file.n);
		memcpy(copy, file.p, file.n);
		for (size_t n = 0; n < file.n; n += 3) {
			copy[n] ^= (uint8_t)(1 << n % 8);
			lines_add((struct span){ copy, file.n });
			copy[n] ^= (uint8_t)(1 << n % 8);
		}
	}
	lines_are_json();
}

static struct span own_file(const char *path)
{
	arena_reset(&ca_arena);
	return test_file(&ca_arena, path);
}

static void says_where(void)
{
	static const char *const lines_of[] = {
		"  protection: ",
		"error: E_CMP_SYNTAX\noffset: ",
		"\nbroken: offset ",
		", in PKIMessage.extraCerts[1].",
		" octets, ",
		" are there\n",
		NULL,
	};
	struct span file = own_file("tests/fuzz/corpus/show/ip.pki");

	CHECK_ERR(show(&VIEW_TEXT, (struct span){ file.p, file.n - 200 }), E_CMP_SYNTAX);
	there(lines_of);
	CU_ASSERT(strstr(err_reason(E_CMP_SYNTAX), "in PKIMessage.extraCerts[1]") != NULL);
	CHECK_ERR(show(&VIEW_TEXT, span_str("hello\n")), E_TEXT);
	CU_ASSERT_STRING_EQUAL(out.s, "note: nothing here was verified\nerror: E_TEXT\noffset: 0\n"
	                              "broken: offset 0, in the file: neither DER, PEM, base64 nor "
	                              "JSON\n");
	CHECK_ERR(show(&VIEW_TEXT, NO_BYTES), E_TEXT);
	CU_ASSERT(strstr(err_reason(E_TEXT), "the file is empty") != NULL);
}

static void vouchers(void)
{
	static const char *const voucher[] = {
		"ContentInfo:\n  contentType: signedData\n",
		"eContentType: animaJSONVoucher\n",
		"- type: messageDigest\n",
		"\ncontent:\n  ietf-voucher:voucher:\n    created-on: \"20",
		"\n    assertion: \"",
		"\n    serial-number: \"",
		"\n    pinned-domain-cert:\n      octets: ",
		"\n      Certificate:\n        sha256: ",
		NULL,
	};
	static const char bare[] =
		"{\"ietf-voucher-request:voucher\":{\"nonce\":\"AQIDBAUGBwg\",\"x\\u0007\":[1,null,"
		"true,{\"y\":\"z\"}],\"pinned-domain-pubk-sha256\":\"AQI=\","
		"\"pinned-domain-cert\":\"!\"}}";

	holds(own_file("tests/vectors/voucher/plain.vcj"), voucher);
	CHECK_ERR(show(&VIEW_TEXT, span_str(bare)), E_TEXT);
	CU_ASSERT_STRING_EQUAL(out.s, "note: nothing here was verified\n"
	                              "JSON:\n"
	                              "  ietf-voucher-request:voucher:\n"
	                              "    nonce: 0102030405060708\n"
	                              "    pinned-domain-pubk-sha256: 0102\n"
	                              "    pinned-domain-cert: \"!\"\n"
	                              "    others:\n"
	                              "      - name: \"x\\x07\"\n"
	                              "        value:\n"
	                              "          - 1\n"
	                              "          - null\n"
	                              "          - true\n"
	                              "          - others:\n"
	                              "              - name: \"y\"\n"
	                              "                value: \"z\"\n"
	                              "error: E_TEXT\n"
	                              "offset: 0\n"
	                              "broken: offset 0, in JSON: pinned-domain-cert: not base64: "
	                              "a character is not of the "
	                              "alphabet\n");
}

/* A file may say of a key that it is there, and no more. */
static void private_keys(void)
{
	static const char *const names[] = { "keypackage/bare-ec", "keypackage/bare-ed",
		                             "keypackage/bare-rsa", "keypackage/package-two",
		                             "keypackage/package-v2" };
	static const uint8_t ec[] = {
		0x30, 0x0d, 2, 1, 1, 4, 4, 's', 'e', 'c', 'r', 0xa0, 2, 5, 0
	};
	static const uint8_t rsa[] = { 0x30, 0x0f, 2, 1, 0,   2,   1,   77, 2,
		                       1,    3,    2, 4, 's', 'e', 'c', 'r' };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[200];

		snprintf(path, sizeof path, "tests/fuzz/corpus/%s", names[i]);
		CHECK_OK(show(&VIEW_TEXT, own_file(path)));
		CU_ASSERT(strstr(out.s, " octets, not shown\n") != NULL);
		CU_ASSERT(strstr(out.s, "0102030405060708") == NULL);
	}
	CHECK_OK(show(&VIEW_TEXT, SPAN(ec)));
	CU_ASSERT(strstr(out.s, "ECPrivateKey: 13 octets, not shown\n") != NULL);
	CHECK_OK(show(&VIEW_TEXT, SPAN(rsa)));
	CU_ASSERT(strstr(out.s, "RSAPrivateKey: 15 octets, not shown\n") != NULL);
}

static struct span pem_of(char *text, size_t cap, const char *label, struct span der)
{
	size_t n = 0;

	CHECK_OK(pem_write(text, cap, &n, label, der));
	return (struct span){ (uint8_t *)text, n };
}

/* Whatever a fault makes of the rest: of the key itself, no three octets. */
static void broken_keys(void)
{
	static const struct {
		const char *file, *octets;
	} keys[] = {
		{ "keypackage/bare-ec", "030405" },
		{ "keypackage/bare-ed", "f64b97" },
		{ "keypackage/package-v2", "030405" },
	};
	static char text[4096];
	uint8_t der[1024];

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		char path[200];

		snprintf(path, sizeof path, "tests/fuzz/corpus/%s", keys[i].file);
		struct span file = own_file(path);

		CU_ASSERT_FATAL(file.n <= sizeof der);
		memcpy(der, file.p, file.n);
		for (size_t bit = 0; bit < 8 * file.n; bit++) {
			der[bit / 8] ^= (uint8_t)(1 << bit % 8);
			(void)show(&VIEW_TEXT, pem_of(text, sizeof text, "PRIVATE KEY",
			                              (struct span){ der, file.n }));
			CU_ASSERT(strstr(out.s, keys[i].octets) == NULL);
			der[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* What says that it is a key, and does not look like one. */
static void unknown_keys(void)
{
	static const uint8_t der[] = { 0x30, 8, 4, 6, 's', 'e', 'c', 'r', 'e', 't' };
	static const char *const labels[] = { "PRIVATE KEY", "OPENSSH PRIVATE KEY" };
	char text[256];

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		CHECK_ERR(show(&VIEW_TEXT, pem_of(text, sizeof text, labels[i], SPAN(der))),
		          E_UNEXPECTED);
		CU_ASSERT(strstr(out.s, labels[i]) != NULL);
		CU_ASSERT(strstr(out.s, "octets: 10\n") != NULL);
		CU_ASSERT(strstr(out.s, "it is not shown") != NULL);
		CU_ASSERT(strstr(out.s, "736563") == NULL);
	}
	CHECK_OK(show(&VIEW_TEXT, pem_of(text, sizeof text, "PRIVATE KEY NOT", SPAN(der))));
	CU_ASSERT(strstr(out.s, "736563") != NULL);
}

static void containers(void)
{
	static const char *const pem[] = { "PEM:\n  - label: \"CERTIFICATE\"\n    octets: ",
		                           "    Certificate:\n", "\n  - label: \"CERTIFICATE\"\n",
		                           NULL };
	static const char *const kari[] = { "envelopedData:\n",
		                            "    - kari:\n",
		                            "originatorKey:\n",
		                            "recipientEncryptedKeys:\n",
		                            "contentEncryptionAlgorithm:\n      algorithm: aes",
		                            NULL };
	static const char *const crl[] = { "CertificateList:\n", "thisUpdate: 2026-01-01T00:00:00Z",
		                           "- userCertificate: 1001\n", "extnID: cRLNumber\n",
		                           NULL };
	static const char *const template[] = { "certReqTemplate:\n  certTemplate:\n", "keySpec:\n",
		                                NULL };
	static uint8_t text[4096];
	struct arena base64 = ARENA_ON(text);
	struct span encoded;

	holds(own_file("tests/vectors/voucher/masa-chain.pem"), pem);
	holds(own_file("tests/fuzz/corpus/envelope/kari"), kari);
	holds(own_file("tests/fuzz/corpus/template/san.der"), template);
	holds(own_file("tests/fuzz/corpus/crl/revoked"), crl);
	CHECK_OK(b64_encode(&base64, own_file("tests/fuzz/corpus/crl/revoked"), &encoded));
	holds(encoded, crl);
	CHECK_ERR(show(&VIEW_TEXT, span_str("-----BEGIN X-----\nAQ!=\n-----END X-----\n")), E_TEXT);
	CU_ASSERT(strstr(out.s, "in PEM[0]: ") != NULL);
}

/* A request in a request in a request: an end is reached. */
static void nested(void)
{
	static char text[2][32768];
	static uint8_t room64[65536];
	struct span inner = span_str("{}");

	for (int i = 0; i < 8; i++) {
		struct arena base64 = ARENA_ON(room64);
		struct span encoded;
		char *to = text[i % 2];
		struct derw w = derw_in(&base64, 30000);
		struct span cms;

		IN (&w, DER_SEQUENCE) {
			derw_put(&w, DER_OID, OID_CMS_SIGNED_DATA);
			IN (&w, DER_CONTEXT(0))
				IN (&w, DER_SEQUENCE) {
					derw_uint(&w, 3);
					IN (&w, DER_SET) {
					}
					IN (&w, DER_SEQUENCE) {
						derw_put(&w, DER_OID, OID_CMS_DATA);
						IN (&w, DER_CONTEXT(0))
							derw_put(&w, DER_OCTET_STRING, inner);
					}
					IN (&w, DER_SET) {
					}
				}
		}
		CHECK_OK(derw_end(&w, &cms));
		CHECK_OK(b64_encode(&base64, cms, &encoded));
		snprintf(to, sizeof text[0],
		         "{\"ietf-voucher-request:voucher\":{"
		         "\"prior-signed-voucher-request\":\"%.*s\"}}",
		         (int)encoded.n, (const char *)encoded.p);
		inner = span_str(to);
	}
	CHECK_ERR(show(&VIEW_TEXT, inner), E_RANGE);
	CU_ASSERT(strstr(out.s, "documents are nested too deep") != NULL);
}

/* Good syntax is not all: what no reader takes is said behind the document. */
static void a_certificate_that_is_refused(void)
{
	static const struct {
		const char *extensions, *words; /* NULL: it is not refused */
	} rows[] = {
		{ X_CA, NULL },
		{ "300c 0603551d0f 0405 0303070080", NULL },
		{ "300b 0603551d0f 0404 03020000", "keyUsage: no bit is set" },
		{ "300b 0603551d0f 0404 030205a0", NULL }, /* zero bits, a tolerance */
		{ "300c 0603551d13 0405 3003 010100", NULL },
		{ "300c 0603551d13 0405 3003 020100", "pathLenConstraint without cA" },
		{ X_UNKNOWN X_UNKNOWN, "extensions: one is there twice" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span der;
		enum err e;

		arena_reset(&ca_arena);
		der = fake_x509(&ca_arena,
		                &(struct fake_parts){ .extensions = rows[i].extensions });
		e = show(&VIEW_TEXT, der);
		test_check_err(e, rows[i].words == NULL ? OK : E_CERT_SYNTAX, rows[i].extensions,
		               __FILE__, __LINE__);
		CU_ASSERT_EQUAL(strstr(out.s, "refused") != NULL, rows[i].words != NULL);
		CU_ASSERT(rows[i].words == NULL || strstr(out.s, rows[i].words) != NULL);
		CU_ASSERT_PTR_NOT_NULL(strstr(out.s, "subjectPublicKeyInfo"));
	}
}

const struct test_suite suite_agent_show = {
	"agent/show",
	{
		{ "a certificate that is refused is said to be", a_certificate_that_is_refused },
		{ "the messages of a transaction in words", a_whole_transaction },
		{ "a peer's text is quoted", quotes_everything },
		{ "vouchers, and what is in them", vouchers },
		{ "PEM, base64, and other kinds of files", containers },
		{ "a private key is named and not shown", private_keys },
		{ "nor is one that is broken", broken_keys },
		{ "what calls itself a private key is not shown", unknown_keys },
		{ "a fault is told with its place", says_where },
		{ "cut or changed anywhere, the output is whole", broken_files },
		{ "documents in documents have an end", nested },
		{ "all vectors are shown, and their JSON is JSON", all_vectors },
		{ "4564 messages of a fuzzer", hostile_messages },
	}
};
