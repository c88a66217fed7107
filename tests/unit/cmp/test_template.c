/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CertReqTemplateContent: read as RFC 9483 4.3.3 has it, and nothing else. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;

static enum err get(struct span info, struct cmp_template *out)
{
	static const struct fake_row script[] = { { REPLY_INFO, NULL }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	ca.info = info;
	fake_ca_plays(&ca, script);
	return cmp_get_template(&ca.client, &a, out);
}

/* RFC 9483 A: subjectAltName, keyUsage, extKeyUsage, and the two entries of keySpec. */
static const char san[] = "30 1d 06 03 55 1d 11 04 16 30 14 82 10 77 77 77 2e 6d 79 53 65 72 76"
			  "65 72 2e 63 6f 6d 87 00";
static const char key_usage[] = "30 0e 06 03 55 1d 0f 01 01 ff 04 04 03 02 03 88";
static const char ext_key_usage[] = "30 09 06 03 55 1d 25 04 02 30 00";
static const char p256[] = "30 20 06 09 2b 06 01 05 05 07 05 01 0b"
			   "30 13 06 07 2a 86 48 ce 3d 02 01 06 08 2a 86 48 ce 3d 03 01 07";
static const char rsa2048[] = "30 0f 06 09 2b 06 01 05 05 07 05 01 0c 02 02 08 00";

static const uint8_t at_cn[] = { 0x55, 4, 3 }, at_ou[] = { 0x55, 4, 11 };

static void put_attribute(struct derw *w, struct span type, const char *text)
{
	IN (w, DER_SET)
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, type);
			derw_text(w, DER_UTF8, text);
		}
}

static struct span appendix_a(void)
{
	struct derw w = derw_in(&ca_arena, 1024);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		IN (&w, DER_SEQUENCE) {
			IN (&w, DER_CONTEXT(3))
				derw_raw(&w, NAME_EMPTY);
			IN (&w, DER_CONTEXT(5))
				IN (&w, DER_SEQUENCE) {
					put_attribute(&w, SPAN(at_cn), "");
					put_attribute(&w, SPAN(at_ou), "myDept");
					put_attribute(&w, SPAN(at_ou), "myGroup");
				}
			IN (&w, DER_CONTEXT(9)) {
				derw_raw(&w, test_hex(&ca_arena, san));
				derw_raw(&w, test_hex(&ca_arena, key_usage));
				derw_raw(&w, test_hex(&ca_arena, ext_key_usage));
			}
		}
		IN (&w, DER_SEQUENCE) {
			derw_raw(&w, test_hex(&ca_arena, p256));
			derw_raw(&w, test_hex(&ca_arena, rsa2048));
		}
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void the_example(void)
{
	struct cmp_template t;
	struct span whole;

	fake_ca_open(&ca, &ca_arena);
	whole = appendix_a();
	CHECK_OK(get(whole, &t));
	CU_ASSERT(t.present);
	CU_ASSERT(span_equal(t.bytes, whole));
	CU_ASSERT_EQUAL(t.issuer.n, 0); /* NULL-DN: nothing known to fill in */
	CU_ASSERT_EQUAL(t.validity.n, 0);
	CU_ASSERT(t.has_key_kind);
	CU_ASSERT_EQUAL(t.key_kind, KEY_KIND_EC256);
	CU_ASSERT_FALSE(name_is_empty(t.subject));
	CU_ASSERT(t.extensions.n > 0);
	for (size_t n = 1; n < whole.n; n++) {
		enum err e = cmp_template_read((struct span){ whole.p, n }, &t);

		CHECK_ERR(e, E_CMP_SYNTAX);
		CU_ASSERT_FALSE(t.present);
	}
	fake_ca_close(&ca);
}

static void no_params(void)
{
	struct cmp_template t;

	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(get(NO_BYTES, &t));
	CU_ASSERT_FALSE(t.present);
	/* an empty certTemplate without keySpec */
	CHECK_OK(get(test_hex(&ca_arena, "30 02 30 00"), &t));
	CU_ASSERT(t.present);
	CU_ASSERT_FALSE(t.has_key_kind);
	CU_ASSERT_EQUAL(t.subject.n, 0);
	CU_ASSERT_EQUAL(t.extensions.n, 0);
	fake_ca_close(&ca);
}

static enum err read_hex(const char *hex, struct cmp_template *out)
{
	return cmp_template_read(test_hex(&a, hex), out);
}

/* "MUST be omitted" */
static void forbidden_fields(void)
{
	struct cmp_template t;

	arena_reset(&a);
	CHECK_ERR(read_hex("30 05 30 03 81 01 05", &t), E_CMP_SYNTAX);
	CHECK_ERR(read_hex("30 06 30 04 a2 02 05 00", &t), E_CMP_SYNTAX);
	CHECK_ERR(read_hex("30 06 30 04 a6 02 05 00", &t), E_CMP_SYNTAX);
	CU_ASSERT(strstr(err_reason(E_CMP_SYNTAX), "publicKey") != NULL);
	CHECK_ERR(read_hex("30 05 30 03 87 01 00", &t), E_CMP_SYNTAX);
	CHECK_ERR(read_hex("30 05 30 03 88 01 00", &t), E_CMP_SYNTAX);
	/* version, validity and an issuer are possible */
	CHECK_OK(read_hex("30 05 30 03 80 01 02", &t));
	CHECK_OK(read_hex("30 15 30 13 a4 11 a1 0f 17 0d 32 37 30 31 30 31 30 30 30 30 30 30 5a",
	                  &t));
	CU_ASSERT_EQUAL(t.validity.n, 17);
	CHECK_OK(read_hex("30 04 30 02 a4 00", &t)); /* for us to fill in */
	CU_ASSERT_EQUAL(t.validity.n, 0);
	CHECK_ERR(read_hex("30 06 30 04 a4 02 05 00", &t), E_CMP_SYNTAX);
	CHECK_ERR(read_hex("30 08 30 06 a4 04 a0 02 05 00", &t), E_CMP_SYNTAX);
	CHECK_OK(read_hex("30 14 30 12 a3 10 30 0e 31 0c 30 0a 06 03 55 04 03 0c 03 61 62 63", &t));
	CU_ASSERT_EQUAL(t.issuer.n, 16);
}

#define ALG "06 09 2b 06 01 05 05 07 05 01 0b"
#define LEN "06 09 2b 06 01 05 05 07 05 01 0c"

/* Ed25519 and Ed448 where the library has them. */
static void keys_of_edwards_curves(void)
{
	static const struct {
		const char *hex;
		enum key_kind kind;
	} cases[] = {
		{ "30 18 30 00 30 14 30 12 " ALG " 30 05 06 03 2b 65 70", KEY_KIND_ED25519 },
		{ "30 18 30 00 30 14 30 12 " ALG " 30 05 06 03 2b 65 71", KEY_KIND_ED448 },
	};
	struct cmp_template t;

	arena_reset(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (!key_kind_available(cases[i].kind)) {
			CHECK_ERR(read_hex(cases[i].hex, &t), E_CMP_TEMPLATE);
			test_skip("this build of wolfSSL lacks an algorithm");
			continue;
		}
		CHECK_OK(read_hex(cases[i].hex, &t));
		CU_ASSERT(t.has_key_kind);
		CU_ASSERT_EQUAL(t.key_kind, cases[i].kind);
	}
}

static void kinds_of_keys(void)
{
	static const struct {
		const char *hex;
		enum key_kind kind;
	} cases[] = {
		{ "30 23 30 00 30 1f 30 1d " ALG
		  " 30 10 06 07 2a 86 48 ce 3d 02 01 06 05 2b 81 04 00 22",
		  KEY_KIND_EC384 },
		{ "30 23 30 00 30 1f 30 1d " ALG
		  " 30 10 06 07 2a 86 48 ce 3d 02 01 06 05 2b 81 04 00 23",
		  KEY_KIND_EC521 },
		{ "30 26 30 00 30 22 30 20 " ALG
		  " 30 13 06 07 2a 86 48 ce 3d 02 01 06 08 2a 86 48 ce 3d 03 01 07",
		  KEY_KIND_EC256 },
		{ "30 15 30 00 30 11 30 0f " LEN " 02 02 08 00", KEY_KIND_RSA2048 },
		{ "30 15 30 00 30 11 30 0f " LEN " 02 02 0c 00", KEY_KIND_RSA3072 },
		{ "30 15 30 00 30 11 30 0f " LEN " 02 02 10 00", KEY_KIND_RSA4096 },
		/* an attribute nobody knows, RSA 1024, rsaEncryption as algId: passed over */
		{ "30 3e 30 00 30 3a 30 07 06 03 2a 03 04 05 00 30 0f " LEN " 02 02 04 00"
		  "30 0d " ALG " 30 00 30 0f " LEN " 02 02 08 00",
		  KEY_KIND_RSA2048 },
	};
	struct cmp_template t;

	arena_reset(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_OK(read_hex(cases[i].hex, &t));
		CU_ASSERT(t.has_key_kind);
		CU_ASSERT_EQUAL(t.key_kind, cases[i].kind);
	}
	CHECK_ERR(read_hex("30 15 30 00 30 11 30 0f " LEN " 02 02 04 00", &t), E_CMP_TEMPLATE);
	/* rsaEncryption as algId ("an algorithm other than RSA"), EC without its curve, RSA 0 */
	CHECK_ERR(read_hex("30 22 30 00 30 1e 30 1c " ALG " 30 0d 06 09 2a 86 48 86 f7 0d 01 01 01"
	                   "05 00 30 00",
	                   &t),
	          E_CMP_SYNTAX);
	CHECK_ERR(read_hex("30 20 30 00 30 1c 30 1a " ALG " 30 0d 06 09 2a 86 48 86 f7 0d 01 01 01"
	                   "05 00",
	                   &t),
	          E_CMP_TEMPLATE);
	CHECK_ERR(read_hex("30 1c 30 00 30 18 30 16 " ALG " 30 09 06 07 2a 86 48 ce 3d 02 01", &t),
	          E_CMP_TEMPLATE);
	CHECK_ERR(read_hex("30 14 30 00 30 10 30 0e " LEN " 02 01 00", &t), E_CMP_TEMPLATE);
	CHECK_ERR(read_hex("30 04 30 00 30 00", &t), E_CMP_SYNTAX);
	CHECK_ERR(read_hex("30 14 30 00 30 10 30 0e " LEN " 02 01 ff", &t), E_CMP_SYNTAX);
}

/* In the words of onramp show: where, in which member, what is there, what should be. */
static void a_control_of_a_wrong_type_is_named(void)
{
	static const struct {
		const char *template, *words;
	} rows[] = {
		{ "30 14 30 00 30 10 30 0e " ALG " 02 01 05",
		  "offset 19, in CertReqTemplateContent.keySpec[0].value: found INTEGER, expected "
		  "algId, SEQUENCE" },
		{ "30 13 30 00 30 0f 30 0d " LEN " 05 00",
		  "offset 19, in CertReqTemplateContent.keySpec[0].value: found NULL, expected "
		  "rsaKeyLen, INTEGER" },
		{ "30 20 30 00 30 1c 30 0d 06 09 2a 03 04 05 06 07 08 09 0a 05 00"
		  " 30 0b " ALG,
		  "keySpec[1].value: found nothing" },
	};
	struct cmp_template t;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena_reset(&ca_arena);
		CHECK_ERR(cmp_template_read(test_hex(&ca_arena, rows[i].template), &t),
		          E_CMP_SYNTAX);
		CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_CMP_SYNTAX), rows[i].words));
	}
}

static void too_much(void)
{
	struct cmp_template t;
	struct span out;
	struct derw w;

	arena_reset(&ca_arena);
	w = derw_in(&ca_arena, CMP_TEMPLATE_MAX + 64);
	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SEQUENCE)
			IN (&w, DER_CONTEXT(9))
				derw_put(&w, DER_OCTET_STRING,
				         (struct span){ room, CMP_TEMPLATE_MAX });
	CHECK_OK(derw_end(&w, &out));
	CHECK_ERR(cmp_template_read(out, &t), E_CMP_TEMPLATE);
}

static void certs_for_templates(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 06 08 2b 06 01 05 05 07 04 11");
}

/* RFC 9483 4.3.3: the profile travels in the header of this genm, and of no other. */
static void asks_for_a_profile(void)
{
	static const struct fake_row script[] = { { REPLY_INFO, certs_for_templates },
		                                  { REPLY_NONE, NULL } };
	struct octets list;
	struct cmp_template t;
	struct cmp_message m;

	fake_ca_open(&ca, &ca_arena);
	ca.client.profile = span_str("lan");
	CHECK_OK(get(NO_BYTES, &t));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	CU_ASSERT(span_is(m.header.profile, "lan"));
	CU_ASSERT_FALSE(m.header.implicit_confirm);
	CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, "/.well-known/cmp/getcertreqtemplate");
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	CHECK_ERR(cmp_get_template(&ca.client, &a, &t), E_CMP_CONTENT);
	fake_ca_plays(&ca, script);
	CHECK_OK(cmp_get_ca_certs(&ca.client, &a, &list));
	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	CU_ASSERT_EQUAL(m.header.profile.n, 0);
	ca.client.profile = (struct span){ room, CMP_PROFILE_MAX + 1 };
	CHECK_ERR(cmp_get_template(&ca.client, &a, &t), E_CONFIG);
	fake_ca_close(&ca);
}

static void unprotected(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void bad_request(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->status = 400;
	m->media_type = "text/html";
}

static enum err refused(void (*bend)(struct fake_ca *, struct fake_message *),
                        struct cmp_template *t)
{
	const struct fake_row script[] = { { REPLY_ERROR, bend }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_get_template(&ca.client, &a, t);
}

/* RFC 9483 4.3: optional; whether it is the CA that says so makes a difference. */
static void whose_word_it_is(void)
{
	struct cmp_template t;

	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(refused(NULL, &t), E_CMP_ERROR);
	CU_ASSERT(t.refused);
	CU_ASSERT_FALSE(t.present);
	CHECK_ERR(refused(unprotected, &t), E_CMP_ERROR);
	CU_ASSERT_FALSE(t.refused);
	CHECK_ERR(refused(bad_request, &t), E_CMP_ERROR);
	CU_ASSERT_FALSE(t.refused);
	ca.fail_info = FAIL_SYSTEM_UNAVAIL;
	CHECK_ERR(refused(NULL, &t), E_CMP_AGAIN);
	CU_ASSERT_FALSE(t.refused);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_template = {
	"cmp/template",
	{
		{ "the example of RFC 9483 A, and every prefix of it", the_example },
		{ "nothing asked for, and next to nothing", no_params },
		{ "fields that must be omitted", forbidden_fields },
		{ "keySpec: the first kind we can make", kinds_of_keys },
		{ "keySpec: Ed25519 and Ed448", keys_of_edwards_curves },
		{ "keySpec: a control of a wrong type is named",
	          a_control_of_a_wrong_type_is_named },
		{ "a template has a size", too_much },
		{ "the profile is asked for in the header", asks_for_a_profile },
		{ "an error that is signed is the CA's own word", whose_word_it_is },
	}
};
