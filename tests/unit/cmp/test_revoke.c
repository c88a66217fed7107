/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rr: what is asked, what may be answered. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static enum cmp_revocation outcome;

static const struct fake_row answered[] = { { REPLY_REVOKED, NULL }, { REPLY_NONE, NULL } };

static enum err revoke(const struct fake_row *script, enum crl_reason reason)
{
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_revoke(&ca.client, &a, reason, &outcome);
}

/* RFC 9483 4.2: one RevDetails, its serialNumber and issuer, one reasonCode. */
static void hold_request(enum crl_reason reason)
{
	enum err e;
	struct der c = der_open(ca.request.content, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der details = der_enter(&list, DER_SEQUENCE);
	struct der template = der_enter(&details, DER_SEQUENCE);

	CU_ASSERT_EQUAL(ca.request.body, BODY_RR);
	CU_ASSERT(span_equal(der_get(&template, DER_CONTEXT_PRIMITIVE(1)), ca.device.leaf.serial));
	CU_ASSERT(span_equal(der_get(&template, DER_CONTEXT(3)), ca.device.leaf.issuer));
	der_end(&template);

	struct der extensions = der_enter(&details, DER_SEQUENCE);
	struct der extension = der_enter(&extensions, DER_SEQUENCE);

	CU_ASSERT(span_equal(der_oid(&extension), CE_REASON_CODE));

	struct der value = der_enter(&extension, DER_OCTET_STRING);
	struct span code = der_get(&value, DER_ENUMERATED);

	CU_ASSERT(code.n == 1 && code.p[0] == reason);
	der_end(&value);
	der_end(&extension);
	der_end(&extensions);
	der_end(&details);
	der_end(&list);
	der_end(&c);
	CHECK_OK(e);
}

static void asked(void)
{
	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(revoke(answered, REASON_UNSPECIFIED));
	hold_request(REASON_UNSPECIFIED);
	CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, "/.well-known/cmp/revocation");
	CHECK_OK(revoke(answered, REASON_CESSATION_OF_OPERATION));
	hold_request(REASON_CESSATION_OF_OPERATION);
	fake_ca_close(&ca);
}

static void verdicts(void)
{
	static const struct {
		uint32_t status;
		enum err want;
	} rows[] = { { PKI_ACCEPTED, OK },
		     { PKI_REJECTION, E_CMP_REJECTED },
		     { PKI_GRANTED_WITH_MODS, E_CMP_CONTENT },
		     { PKI_WAITING, E_CMP_CONTENT },
		     { PKI_REVOCATION_WARNING, E_CMP_CONTENT },
		     { 7, E_CMP_CONTENT } };

	fake_ca_open(&ca, &ca_arena);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ca.status = rows[i].status;
		CHECK_ERR(revoke(answered, REASON_UNSPECIFIED), rows[i].want);
	}
	fake_ca_close(&ca);
}

static void without_protection(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void lost(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->failure = E_HTTP;
}

static void troubled(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->instead = span_str("busy");
	m->media_type = "text/plain";
	m->status = 503;
}

/* Only what somebody vouches for says that the certificate is, or is not, revoked. */
static void outcomes(void)
{
	static const struct {
		struct fake_row row;
		uint32_t status, fail_info;
		enum err want;
		enum cmp_revocation outcome;
	} rows[] = {
		{ { REPLY_REVOKED, NULL }, PKI_ACCEPTED, 0, OK, CMP_REVOKED },
		{ { REPLY_REVOKED, NULL }, PKI_REJECTION, 0, E_CMP_REJECTED, CMP_NOT_REVOKED },
		{ { REPLY_ERROR, NULL }, 0, 1 << 2, E_CMP_ERROR, CMP_NOT_REVOKED },
		{ { REPLY_ERROR, NULL }, 0, FAIL_SYSTEM_FAILURE, E_CMP_AGAIN, CMP_NOT_REVOKED },
		{ { REPLY_ERROR, NULL }, 0, FAIL_CERT_REVOKED, E_CMP_ERROR, CMP_REVOKED },
		{ { REPLY_ERROR, NULL }, 0, FAIL_SIGNER_NOT_TRUSTED, E_CMP_ERROR, CMP_DISTRUSTED },
		{ { REPLY_ERROR, NULL }, 0, FAIL_NOT_AUTHORIZED, E_CMP_ERROR, CMP_DISTRUSTED },
		{ { REPLY_ERROR, without_protection },
		  0,
		  FAIL_CERT_REVOKED,
		  E_CMP_ERROR,
		  CMP_UNDECIDED },
		{ { REPLY_REVOKED, without_protection },
		  PKI_ACCEPTED,
		  0,
		  E_CMP_PROTECTION,
		  CMP_UNDECIDED },
		{ { REPLY_REVOKED, lost }, PKI_ACCEPTED, 0, E_HTTP, CMP_UNDECIDED },
		{ { REPLY_REVOKED, troubled }, PKI_ACCEPTED, 0, E_CMP_AGAIN, CMP_UNDECIDED },
	};

	fake_ca_open(&ca, &ca_arena);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct fake_row script[] = { rows[i].row, { REPLY_NONE, NULL } };

		ca.status = rows[i].status;
		ca.fail_info = rows[i].fail_info;
		CHECK_ERR(revoke(script, REASON_UNSPECIFIED), rows[i].want);
		CU_ASSERT_EQUAL(outcome, rows[i].outcome);
	}
	fake_ca_close(&ca);
}

static void delayed(void)
{
	static const struct fake_row script[] = {
		{ REPLY_ERROR_WAITING, NULL },
		{ REPLY_POLL_REP, NULL },
		{ REPLY_REVOKED, NULL },
		{ REPLY_NONE, NULL },
	};

	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(revoke(script, REASON_UNSPECIFIED));
	CU_ASSERT_EQUAL(ca.link.count, 3);
	fake_ca_close(&ca);
}

static void two(struct fake_ca *c, struct fake_message *m)
{
	struct derw w = derw_in(c->arena, 64);

	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SEQUENCE) {
			cmp_put_status(&w, PKI_ACCEPTED, NULL, 0);
			cmp_put_status(&w, PKI_ACCEPTED, NULL, 0);
		}
	CHECK_OK(derw_end(&w, &m->content));
}

/* revCerts and crls may come along. */
static void with_more(struct fake_ca *c, struct fake_message *m)
{
	struct derw w = derw_in(c->arena, 128);

	IN (&w, DER_SEQUENCE) {
		IN (&w, DER_SEQUENCE)
			cmp_put_status(&w, PKI_ACCEPTED, NULL, 0);
		IN (&w, DER_CONTEXT(0))
			IN (&w, DER_SEQUENCE)
				derw_null(&w);
		IN (&w, DER_CONTEXT(1))
			IN (&w, DER_SEQUENCE)
				derw_null(&w);
	}
	CHECK_OK(derw_end(&w, &m->content));
}

static void forms(void)
{
	static const struct fake_row twice[] = { { REPLY_REVOKED, two }, { REPLY_NONE, NULL } };
	static const struct fake_row more[] = { { REPLY_REVOKED, with_more },
		                                { REPLY_NONE, NULL } };

	fake_ca_open(&ca, &ca_arena);
	CHECK_ERR(revoke(twice, REASON_UNSPECIFIED), E_CMP_SYNTAX);
	CHECK_OK(revoke(more, REASON_UNSPECIFIED));
	fake_ca_close(&ca);
}

static void never_by_mac(void)
{
	fake_ca_open(&ca, &ca_arena);
	ca.client.signer = NULL;
	ca.client.secret = &ca.secret;
	CHECK_ERR(revoke(answered, REASON_UNSPECIFIED), E_CONFIG);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_revoke = {
	"cmp/revoke",
	{
		{ "our own certificate, and always a reason", asked },
		{ "accepted or rejection, nothing else", verdicts },
		{ "what a failure leaves open, and what it does not", outcomes },
		{ "the answer may be delayed", delayed },
		{ "one status; more fields may follow", forms },
		{ "never under a shared secret", never_by_mac },
	},
};
