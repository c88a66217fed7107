/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The certificate that comes, against what was asked for. */
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

static const struct fake_row granted[] = { { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } };

static enum cmp_request kind = CMP_IR;

static enum err enrol(void)
{
	struct moment time = fake_time;

	arena_reset(&a);
	fake_ca_plays(&ca, granted);
	fake_time = time;
	ca.kind = kind;
	return cmp_enrol(&ca.client, kind, &a, &ca.params, NULL, &issued);
}

/* The same once as accepted, once as grantedWithMods. */
static void hold_both(enum err accepted, enum err with_mods)
{
	ca.status = PKI_ACCEPTED;
	CHECK_ERR(enrol(), accepted);
	ca.status = PKI_GRANTED_WITH_MODS;
	CHECK_ERR(enrol(), with_mods);
	if (with_mods == OK)
		CU_ASSERT(issued.with_modifications);
}

static void begin(void)
{
	fake_time = (struct moment){ TIME_SET, FAKE_NOW };
	fake_ca_open(&ca, &ca_arena);
}

static void another_key(void)
{
	begin();
	hold_both(OK, OK);
	ca.issue.spki = signer_spki(ca.ra_key);
	hold_both(E_ISSUED_KEY, E_ISSUED_KEY);
	fake_ca_close(&ca);
}

static void another_subject(void)
{
	begin();
	ca.issue.subject = "ROUTER  1"; /* the same name by RFC 5280 7.1 */
	hold_both(OK, OK);
	ca.issue.subject = "router 2";
	hold_both(E_ISSUED_SUBJECT, OK);
	fake_ca_close(&ca);
}

static const uint8_t oid_san[] = { 0x55, 29, 17 }, oid_ku[] = { 0x55, 29, 15 };
static const uint8_t oid_eku[] = { 0x55, 29, 37 };

static struct span extension(const uint8_t oid[3], const char *value)
{
	return fake_extension(&ca_arena, (struct span){ oid, 3 }, false,
	                      test_hex(&ca_arena, value));
}

/* dNSName a.example; the same in capitals; with b.example; iPAddress 10.0.0.1 and 10.0.0.2 */
#define SAN_A          "30 0b 82 09 61 2e 65 78 61 6d 70 6c 65"
#define SAN_A_CAPITALS "30 0b 82 09 41 2e 45 58 61 6d 70 6c 65"
#define SAN_A_B        "30 16 82 09 62 2e 65 78 61 6d 70 6c 65 82 09 61 2e 65 78 61 6d 70 6c 65"
#define SAN_IP_1       "30 06 87 04 0a 00 00 01"
#define SAN_IP_2       "30 06 87 04 0a 00 00 02"

/* RFC 9483 4.1.3: an update keeps subject and subjectAltName, whatever the CA says. */
static void an_update_keeps_its_names(void)
{
	static const struct {
		const char *subject, *wanted, *is;
		enum err ir, kur;
	} rows[] = {
		{ "router 1", NULL, NULL, OK, OK },
		{ "router 2", NULL, NULL, OK, E_ISSUED_SUBJECT },
		{ "router 1", SAN_A, SAN_A_CAPITALS, OK, OK },
		{ "router 1", SAN_A, SAN_IP_1, OK, E_ISSUED_SAN },
		{ "router 1", SAN_A_B, SAN_A, OK, E_ISSUED_SAN },
		{ "router 1", SAN_A, SAN_A_B, OK, E_ISSUED_SAN },
		{ "router 1", NULL, SAN_A, OK, E_ISSUED_SAN },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (kind = CMP_IR;; kind = CMP_KUR) {
			begin();
			ca.issue.subject = rows[i].subject;
			if (rows[i].wanted != NULL)
				ca.params.extensions = extension(oid_san, rows[i].wanted);
			if (rows[i].is != NULL)
				ca.issue.extensions = extension(oid_san, rows[i].is);
			ca.status = PKI_GRANTED_WITH_MODS;
			if (!CHECK_ERR(enrol(), kind == CMP_KUR ? rows[i].kur : rows[i].ir))
				printf("row %zu, %s\n", i, kind == CMP_KUR ? "kur" : "ir");
			if (kind == CMP_IR && rows[i].kur == OK)
				CU_ASSERT_STRING_EQUAL(cmp_issued_changes(&issued), "");
			if (kind == CMP_IR && rows[i].kur != OK)
				CU_ASSERT_STRING_EQUAL(cmp_issued_changes(&issued),
				                       rows[i].kur == E_ISSUED_SUBJECT
				                               ? "subject"
				                               : "subjectAltName");
			fake_ca_close(&ca);
			if (kind == CMP_KUR)
				break;
		}
	}
	kind = CMP_IR;
}

static void other_names(void)
{
	begin();
	ca.params.extensions = extension(oid_san, SAN_A);
	hold_both(OK, OK);
	ca.issue.extensions = extension(oid_san, SAN_A_CAPITALS);
	hold_both(OK, OK);
	ca.issue.extensions = extension(oid_san, SAN_A_B);
	hold_both(OK, OK);
	ca.issue.extensions = extension(oid_san, SAN_IP_1);
	hold_both(E_ISSUED_SAN, OK);
	/* no subjectAltName at all */
	ca.issue.extensions = extension(oid_ku, "03 02 07 80");
	hold_both(E_ISSUED_SAN, OK);
	ca.params.extensions = extension(oid_san, SAN_IP_1);
	ca.issue.extensions = extension(oid_san, SAN_IP_2);
	hold_both(E_ISSUED_SAN, OK);
	fake_ca_close(&ca);
}

static void key_usage(void)
{
	begin();
	ca.issue.key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT;
	hold_both(OK, OK);
	ca.issue.key_usage = KU_KEY_ENCIPHERMENT;
	hold_both(E_ISSUED_USAGE, E_ISSUED_USAGE);
	/* digitalSignature and keyAgreement asked for */
	ca.params.extensions = extension(oid_ku, "03 02 03 88");
	ca.issue.extensions = extension(oid_san, SAN_A);
	ca.issue.key_usage = KU_DIGITAL_SIGNATURE;
	hold_both(E_ISSUED_USAGE, OK);
	ca.issue.key_usage = KU_KEY_AGREEMENT;
	hold_both(E_ISSUED_USAGE, E_ISSUED_USAGE);
	ca.issue.key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT;
	hold_both(OK, OK);
	/* asked for without digitalSignature, it need not be there */
	ca.params.extensions = extension(oid_ku, "03 02 03 08");
	ca.issue.key_usage = KU_KEY_AGREEMENT;
	hold_both(OK, OK);
	fake_ca_close(&ca);
}

static void extended_key_usage(void)
{
	begin();
	/* clientAuth */
	ca.params.extensions = extension(oid_eku, "30 0a 06 08 2b 06 01 05 05 07 03 02");
	hold_both(OK, OK);
	ca.issue.extensions = extension(oid_san, SAN_A);
	ca.issue.purpose = "client";
	hold_both(OK, OK);
	ca.issue.purpose = "ra";
	hold_both(E_ISSUED_USAGE, OK);
	/* no list does not restrict */
	ca.issue.purpose = NULL;
	hold_both(OK, OK);
	fake_ca_close(&ca);
}

static void a_ca(void)
{
	begin();
	ca.issue.ca = true;
	hold_both(E_ISSUED_USAGE, E_ISSUED_USAGE);
	fake_ca_close(&ca);
}

static void dates(void)
{
	begin();
	ca.issue.not_after = FAKE_NOW - 1;
	hold_both(E_ISSUED_TIME, E_ISSUED_TIME);
	fake_time.confidence = TIME_FLOOR;
	hold_both(E_ISSUED_TIME, E_ISSUED_TIME);
	fake_time = (struct moment){ TIME_UNSET, 0 };
	hold_both(OK, OK);
	fake_time = (struct moment){ TIME_SET, FAKE_NOW };
	ca.issue.not_after = 0;
	/* the CA's clock may be a little ahead */
	ca.issue.not_before = FAKE_NOW + CLOCK_SKEW_MAX_S;
	hold_both(OK, OK);
	ca.issue.not_before = FAKE_NOW + CLOCK_SKEW_MAX_S + 1;
	hold_both(E_ISSUED_TIME, E_ISSUED_TIME);
	fake_time.confidence = TIME_FLOOR;
	hold_both(OK, OK);
	fake_ca_close(&ca);
}

static void garbage(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 14 30 12 30 10 02 01 00 30 03 02 01 00"
	                                "30 06 a0 04 30 02 05 00");
}

static void no_certificate(void)
{
	static const struct fake_row script[] = { { REPLY_GRANT, garbage }, { REPLY_NONE, NULL } };

	begin();
	arena_reset(&a);
	fake_ca_plays(&ca, script);
	CHECK_ERR(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued), E_CERT_SYNTAX);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_issued = {
	"cmp/issued",
	{
		{ "another key is refused, whatever the status", another_key },
		{ "another subject", another_subject },
		{ "an update keeps its names", an_update_keeps_its_names },
		{ "subjectAltName: what was asked for is in it", other_names },
		{ "keyUsage", key_usage },
		{ "extendedKeyUsage", extended_key_usage },
		{ "a CA certificate is refused", a_ca },
		{ "dates, by what the clock allows", dates },
		{ "something that is no certificate", no_certificate },
	}
};
