/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four requests for a certificate: what each asks for, and what may answer it. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

static const struct fake_row granted[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };
static const struct fake_row confirmed[] = {
	{ REPLY_GRANT, NULL },
	{ REPLY_PKI_CONF, NULL },
	{ REPLY_NONE, NULL },
};
static const struct fake_row waiting[] = {
	{ REPLY_WAITING, NULL },  { REPLY_POLL_REP, NULL }, { REPLY_GRANT, NULL },
	{ REPLY_PKI_CONF, NULL }, { REPLY_NONE, NULL },
};

static enum err ask(enum cmp_request kind, const struct fake_row *script)
{
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	ca.kind = kind;
	return cmp_enrol(&ca.client, kind, &a, &ca.params, NULL, &issued);
}

/* A certificate of the CA's for the device: what a kur updates. */
static struct credential operational;

static struct span alternative_name(const char *dns)
{
	struct derw w = derw_in(&ca_arena, 128);
	struct span names;

	IN (&w, DER_SEQUENCE)
		derw_text(&w, DER_CONTEXT_PRIMITIVE(2), dns);
	CHECK_OK(derw_end(&w, &names));
	return fake_extension(&ca_arena, CE_SUBJECT_ALT_NAME, false, names);
}

static void begin(void)
{
	fake_ca_open(&ca, &ca_arena);
	operational = (struct credential){ .key = ca.device_key, .count = 1 };
	operational.chain[0] = fake_cert(&ca_arena,
	                                 &(struct fake_cert){
						 .subject = "router 1",
						 .issuer = "Root",
						 .issuer_key = ca.root_key,
						 .spki = signer_spki(ca.device_key),
						 .key_usage = KU_DIGITAL_SIGNATURE,
						 .extensions = alternative_name("router1.example"),
					 });
	CHECK_OK(cert_read(operational.chain[0], &operational.leaf));
}

static void update(enum cmp_confirm confirm)
{
	ca.client.signer = &operational;
	CHECK_OK(cmp_update_params(&operational.leaf, &ca_arena, &ca.params));
	ca.params.confirm = confirm;
}

static const struct {
	enum cmp_request kind;
	unsigned body;
	const char *path, *short_path;
} kinds[] = {
	{ CMP_IR, BODY_IR, "/.well-known/cmp/initialization", "/.well-known/cmp/ir" },
	{ CMP_CR, BODY_CR, "/.well-known/cmp/certification", "/.well-known/cmp/cr" },
	{ CMP_KUR, BODY_KUR, "/.well-known/cmp/keyupdate", "/.well-known/cmp/kur" },
	{ CMP_P10CR, BODY_P10CR, "/.well-known/cmp/pkcs10", "/.well-known/cmp/p10" },
};

static void each_kind(void)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		begin();
		if (kinds[i].kind == CMP_KUR)
			update(CMP_CONFIRM_IMPLICIT);
		CHECK_OK(ask(kinds[i].kind, granted));
		CU_ASSERT(issued.confirmed_implicitly);
		CU_ASSERT(span_equal(issued.cert, ca.issued));
		CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, kinds[i].path);
		CU_ASSERT_EQUAL(ca.request.body, kinds[i].body);
		ca.params.confirm = CMP_CONFIRM_EXPLICIT;
		ca.client.labels = CMP_LABELS_SHORT;
		CHECK_OK(ask(kinds[i].kind, confirmed));
		CU_ASSERT_STRING_EQUAL(ca.link.sent[1].path, kinds[i].short_path);
		CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
		CHECK_OK(ask(kinds[i].kind, waiting));
		CU_ASSERT_EQUAL(ca.link.count, 4);
		fake_ca_close(&ca);
	}
}

static void other_body(struct fake_ca *c, struct fake_message *m)
{
	m->body = c->kind == CMP_IR ? BODY_CP : BODY_IP;
}

static void each_has_its_answer(void)
{
	static const struct fake_row script[] = { { REPLY_GRANT, other_body },
		                                  { REPLY_NONE, NULL } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		begin();
		if (kinds[i].kind == CMP_KUR)
			update(CMP_CONFIRM_IMPLICIT);
		CHECK_ERR(ask(kinds[i].kind, script), E_CMP_BODY);
		fake_ca_close(&ca);
	}
}

/* RFC 9483 4.1.3: issuer and serial number of the certificate that is updated. */
static void names_the_old_one(void)
{
	enum err e;

	begin();
	update(CMP_CONFIRM_IMPLICIT);
	CHECK_OK(ask(CMP_KUR, granted));

	struct der c = der_open(ca.controls, &e);
	struct der control = der_enter(&c, DER_SEQUENCE);

	CU_ASSERT(span_equal(der_oid(&control), REG_CTRL_OLD_CERT_ID));

	struct der id = der_enter(&control, DER_SEQUENCE);
	struct der issuer = der_enter(&id, DER_CONTEXT(4));

	CU_ASSERT(span_equal(der_element_of(&issuer, DER_SEQUENCE), operational.leaf.issuer));
	CU_ASSERT(span_equal(der_integer(&id), operational.leaf.serial));
	der_end(&id);
	der_end(&control);
	der_end(&c);
	CHECK_OK(e);
	/* the others have no controls */
	ca.client.signer = &ca.device;
	CHECK_OK(ask(CMP_IR, granted));
	CU_ASSERT_EQUAL(ca.controls.n, 0);
	fake_ca_close(&ca);
}

static void keeps_the_names(void)
{
	struct cert cert;

	begin();
	update(CMP_CONFIRM_IMPLICIT);
	CHECK_OK(ask(CMP_KUR, granted));
	CHECK_OK(cert_read(issued.cert, &cert));
	CU_ASSERT(name_equal(cert.subject, operational.leaf.subject));
	CU_ASSERT(span_equal(cert.san, operational.leaf.san));
	/* and holds the answer to them */
	ca.issue.subject = "router 2";
	CHECK_ERR(ask(CMP_KUR, confirmed), E_ISSUED_SUBJECT);
	fake_ca_close(&ca);
}

static void no_names_but_those(void)
{
	struct cmp_params w = { .issuer = span_str("x"), .validity = span_str("y") };
	struct cert plain;

	begin();
	CHECK_OK(cert_read(fake_ca_cert(&ca, "router 1", NULL, ca.device_key), &plain));
	CHECK_OK(cmp_update_params(&plain, &a, &w));
	CU_ASSERT(span_equal(w.subject, plain.subject));
	CU_ASSERT_EQUAL(w.extensions.n, 0);
	CU_ASSERT_EQUAL(w.issuer.n, 0);
	CU_ASSERT_EQUAL(w.validity.n, 0);
	fake_ca_close(&ca);
}

/* RFC 9480 2.9: -1; 0 where a server says so; echoed in certConf and pollReq. */
static void ids_of_a_p10cr(void)
{
	static const struct {
		int64_t id;
		enum cmp_request kind;
		enum err want;
	} rows[] = { { -1, CMP_P10CR, OK },
		     { 0, CMP_P10CR, OK },
		     { 1, CMP_P10CR, E_CMP_CONTENT },
		     { -1, CMP_IR, E_CMP_CONTENT },
		     { -1, CMP_CR, E_CMP_CONTENT } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		ca.params.confirm = CMP_CONFIRM_EXPLICIT;
		ca.cert_req_id = rows[i].id;
		CHECK_ERR(ask(rows[i].kind, confirmed), rows[i].want);
		if (rows[i].want == OK) {
			CU_ASSERT_EQUAL(ca.confirmed_id, rows[i].id);
			CHECK_OK(ask(rows[i].kind, waiting));
		}
		fake_ca_close(&ca);
	}
}

/* The signed request of the run before, as the operator might have made it. */
static void ready_made(void)
{
	static uint8_t csr[2048];
	struct cmp_message m;
	size_t n;

	begin();
	CHECK_OK(ask(CMP_P10CR, granted));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	n = m.content.n;
	CU_ASSERT_FATAL(n <= sizeof csr);
	memcpy(csr, m.content.p, n);
	ca.params = (struct cmp_params){ .csr = { csr, n } };
	CHECK_OK(ask(CMP_P10CR, confirmed));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	CU_ASSERT(span_equal(m.content, (struct span){ csr, n }));
	/* the answer is held against what it says */
	ca.issue.subject = "somebody else";
	CHECK_ERR(ask(CMP_P10CR, confirmed), E_ISSUED_SUBJECT);
	ca.issue.subject = NULL;
	ca.issue.spki = signer_spki(ca.stranger_key);
	CHECK_ERR(ask(CMP_P10CR, confirmed), E_ISSUED_KEY);
	for (size_t i = 0; i < n; i++) {
		ca.params.csr.n = i;
		if (i > 0)
			CHECK_ERR(ask(CMP_P10CR, granted), E_CONFIG);
	}
	fake_ca_close(&ca);
}

/* caPubs is for who has no root yet (RFC 9483 4.1.1), not for cr and kur. */
static void ca_pubs_only_at_first(void)
{
	begin();
	ca.trusted.anchors.n = 0;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_CERT, ca.ra));
	ca.ca_pubs[0] = ca.root;
	ca.ca_pubs_count = 1;
	CHECK_OK(ask(CMP_IR, granted));
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
	CHECK_OK(ask(CMP_P10CR, granted));
	CU_ASSERT_EQUAL(issued.ca_pubs_count, 1);
	CHECK_ERR(ask(CMP_CR, confirmed), E_ISSUED_CHAIN);
	update(CMP_CONFIRM_EXPLICIT);
	CHECK_ERR(ask(CMP_KUR, confirmed), E_ISSUED_CHAIN);
	fake_ca_close(&ca);
}

static bool first_goes_to(struct span name)
{
	struct cmp_message m;

	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	return span_equal((struct span){ m.header.recipient.p + 2, m.header.recipient.n - 2 },
	                  name);
}

/* RFC 9483 3.1: "SHOULD be the subject DN of the CA". */
static void goes_to_the_ca(void)
{
	begin();
	CHECK_OK(ask(CMP_IR, granted));
	CU_ASSERT(first_goes_to(NAME_EMPTY));
	ca.params.issuer = fake_name(&ca_arena, "Root");
	CHECK_OK(ask(CMP_IR, granted));
	CU_ASSERT(first_goes_to(ca.params.issuer));
	update(CMP_CONFIRM_IMPLICIT);
	CHECK_OK(ask(CMP_KUR, granted));
	CU_ASSERT(first_goes_to(operational.leaf.issuer));
	ca.client.recipient = fake_name(&ca_arena, "The CA");
	CHECK_OK(ask(CMP_KUR, granted));
	CU_ASSERT(first_goes_to(ca.client.recipient));
	fake_ca_close(&ca);
}

static void hash_of_the_certificate_by_name(void)
{
	begin();
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	CHECK_OK(ask(CMP_IR, confirmed));
	CU_ASSERT_FALSE(ca.confirmed_with_alg);
	ca.client.hash_alg = true;
	CHECK_OK(ask(CMP_IR, confirmed));
	CU_ASSERT(ca.confirmed_with_alg); /* and pvno 3 there, 2 in the ir: cmp_ca.c */
	fake_ca_close(&ca);
}

/* [0] IMPLICIT EnvelopedData, of which nothing opens. */
static const uint8_t no_envelope[] = { 0xa0, 0x03, 0x02, 0x01, 0x00 };
static const uint8_t old_form[] = { 0x30, 0x00 };

/* RFC 9483 4.1.6: no popo, an empty public key or none, pvno 3. */
static void the_ca_makes_the_key(void)
{
	static const enum cmp_request kinds_of_it[] = { CMP_IR, CMP_CR, CMP_KUR };
	enum key_kind kind = KEY_KIND_EC256;

	for (size_t i = 0; i < 3; i++) {
		begin();
		if (kinds_of_it[i] == CMP_KUR)
			update(CMP_CONFIRM_EXPLICIT);
		ca.params.confirm = CMP_CONFIRM_EXPLICIT;
		ca.params.key = NULL;
		ca.params.central = i == 0 ? NULL : &kind;
		ca.issue.spki = signer_spki(ca.stranger_key);
		/* it forgets to send it: never confirmed, but ended (RFC 9483 3.6.1) */
		CHECK_ERR(ask(kinds_of_it[i], granted), E_KEY_DELIVERY);
		CU_ASSERT(ca.without_key && ca.without_popo);
		/* what cannot be opened is rejected */
		ca.enveloped = SPAN(no_envelope);
		CHECK_ERR(ask(kinds_of_it[i], confirmed), E_KEY_DELIVERY);
		CU_ASSERT_EQUAL(ca.confirmed, PKI_REJECTION);
		CU_ASSERT_PTR_NULL(issued.key);
		ca.enveloped = SPAN(old_form);
		CHECK_ERR(ask(kinds_of_it[i], granted), E_CMP_SYNTAX);
		fake_ca_close(&ca);
	}
}

static void of_the_kind_asked_for(void)
{
	enum key_kind kind = KEY_KIND_EC384;

	begin();
	ca.params.key = NULL;
	ca.params.central = &kind;
	ca.issue.spki = signer_spki(ca.stranger_key); /* P-256 */
	ca.enveloped = SPAN(no_envelope);
	CHECK_ERR(ask(CMP_IR, granted), E_ISSUED_KEY);
	kind = KEY_KIND_RSA2048;
	CHECK_ERR(ask(CMP_IR, granted), E_ISSUED_KEY);
	fake_ca_close(&ca);
}

/* An RSA key may be longer than what was asked for, but not shorter. */
static void of_the_length_asked_for(void)
{
	static const struct {
		enum key_kind wanted;
		enum err ends;
	} rows[] = {
		{ KEY_KIND_RSA2048, E_KEY_DELIVERY }, /* which does not open */
		{ KEY_KIND_RSA3072, E_ISSUED_KEY },
		{ KEY_KIND_RSA4096, E_ISSUED_KEY },
	};
	struct signer *made = NULL;

	CHECK_OK(signer_generate(&made, KEY_KIND_RSA2048));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum key_kind wanted = rows[i].wanted;

		begin();
		ca.params.key = NULL;
		ca.params.central = &wanted;
		ca.issue.spki = signer_spki(made);
		ca.enveloped = SPAN(no_envelope);
		CHECK_ERR(ask(CMP_IR, granted), rows[i].ends);
		fake_ca_close(&ca);
	}
	signer_close(made);
}

static void no_key_unasked(void)
{
	begin();
	ca.enveloped = SPAN(no_envelope);
	CHECK_ERR(ask(CMP_IR, granted), E_CMP_CONTENT);
	/* a p10cr is signed with the key it is about */
	ca.params.key = NULL;
	CHECK_ERR(ask(CMP_P10CR, granted), E_CONFIG);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_request = {
	"cmp/request",
	{
		{ "ir, cr, kur, p10cr: direct, confirmed, waited for", each_kind },
		{ "each has its own answer", each_has_its_answer },
		{ "kur: oldCertId is the certificate that signs", names_the_old_one },
		{ "kur: the names stay what they were", keeps_the_names },
		{ "kur: nothing but names and key", no_names_but_those },
		{ "p10cr: certReqId -1 or 0, echoed", ids_of_a_p10cr },
		{ "p10cr: a ready-made request, and its prefixes", ready_made },
		{ "caPubs only in answers to ir and p10cr", ca_pubs_only_at_first },
		{ "central keys: how they are asked for, and none that does not open",
	          the_ca_makes_the_key },
		{ "central keys: of the kind asked for", of_the_kind_asked_for },
		{ "central keys: of the length asked for", of_the_length_asked_for },
		{ "central keys: none unasked, none for a p10cr", no_key_unasked },
		{ "the recipient is the CA, if its name is known", goes_to_the_ca },
		{ "hashAlg and pvno 3 when the operator wants it",
	          hash_of_the_certificate_by_name },
	},
};
