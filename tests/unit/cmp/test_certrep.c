/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CertRepMessage and pollRep, as RFC 9483 narrows them. */
#include "cmp/internal.h"
#include "tests/unit/test.h"

static uint8_t room[64 * 1024];
static struct arena a = ARENA_ON(room);

static enum err reply(const char *hex, struct cmp_cert_rep *out)
{
	return cmp_cert_rep_read(test_hex(&a, hex), out);
}

#define STATUS "30 03 02 01 00"
#define CERT   "30 03 02 01 07" /* reading it is another's business */

/* With everything in it that may be there. */
static struct span full_grant(void)
{
	struct derw w = derw_in(&a, 256);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		IN (&w, DER_CONTEXT(1))
			IN (&w, DER_SEQUENCE) {
				derw_raw(&w, test_hex(&a, CERT));
				derw_raw(&w, test_hex(&a, CERT));
			}
		IN (&w, DER_SEQUENCE)
			IN (&w, DER_SEQUENCE) {
				derw_uint(&w, 0);
				derw_raw(&w, test_hex(&a, STATUS));
				IN (&w, DER_SEQUENCE) {
					IN (&w, DER_CONTEXT(0))
						derw_raw(&w, test_hex(&a, CERT));
					derw_put(&w, DER_CONTEXT(1), NO_BYTES);
				}
				derw_text(&w, DER_OCTET_STRING, "rspInfo");
			}
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void reads_a_grant(void)
{
	struct cmp_cert_rep r;
	struct span whole;

	arena_reset(&a);
	whole = full_grant();
	CHECK_OK(cmp_cert_rep_read(whole, &r));
	CU_ASSERT_EQUAL(r.ca_pubs_count, 2);
	CU_ASSERT_EQUAL(r.cert_req_id, 0);
	CU_ASSERT_EQUAL(r.status.status, PKI_ACCEPTED);
	CU_ASSERT_EQUAL(r.cert.n, 5);
	for (size_t n = 0; n < whole.n; n++)
		CHECK_ERR(cmp_cert_rep_read((struct span){ whole.p, n }, &r), E_CMP_SYNTAX);
}

static void reads_the_rest(void)
{
	struct cmp_cert_rep r;

	arena_reset(&a);
	CHECK_OK(reply("30 0c 30 0a 30 08 02 01 00 " STATUS, &r));
	CU_ASSERT_EQUAL(r.cert.n, 0);
	CHECK_OK(reply("30 0c 30 0a 30 08 02 01 ff " STATUS, &r));
	CU_ASSERT_EQUAL(r.cert_req_id, -1);
	/* rspInfo */
	CHECK_OK(reply("30 0f 30 0d 30 0b 02 01 00 " STATUS " 04 01 61", &r));
}

static void refuses_other_shapes(void)
{
	static const char *const bad[] = {
		"30 02 30 00",                                                 /* no response */
		"30 16 30 14 30 08 02 01 00 " STATUS "30 08 02 01 00 " STATUS, /* two */
		"30 10 a1 02 30 00 30 0a 30 08 02 01 00 " STATUS,              /* caPubs empty */
		"30 15 30 13 30 11 02 01 00 " STATUS " 30 07 a1 05 " CERT,     /* encryptedCert */
		"30 19 30 17 30 15 02 01 00 " STATUS " 30 0b a0 05 " CERT
		" a0 02 05 00",                                /* a key */
		"30 0e 30 0a 30 08 02 01 00 " STATUS " 05 00", /* something behind */
	};
	struct cmp_cert_rep r;

	arena_reset(&a);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_ERR(reply(bad[i], &r), E_CMP_SYNTAX);
	CHECK_ERR(reply(bad[3], &r), E_CMP_SYNTAX);
	CU_ASSERT(strstr(err_reason(E_CMP_SYNTAX), "encrypted") != NULL);
	CHECK_ERR(reply(bad[4], &r), E_CMP_SYNTAX);
	CU_ASSERT(strstr(err_reason(E_CMP_SYNTAX), "private key") != NULL);
}

static void count_lines(void *context, enum log_level level, const char *line)
{
	unsigned *lines = context;

	(void)level;
	(void)line;
	(*lines)++;
}

static void takes_as_many_roots_as_it_can(void)
{
	unsigned lines = 0;
	struct cmp_cert_rep r;
	struct derw w;
	struct span out;

	arena_reset(&a);
	w = derw_in(&a, 4096);
	IN (&w, DER_SEQUENCE) {
		IN (&w, DER_CONTEXT(1))
			IN (&w, DER_SEQUENCE)
				for (unsigned i = 0; i < CA_PUBS_MAX + 5; i++)
					derw_raw(&w, test_hex(&a, CERT));
		derw_raw(&w, test_hex(&a, "30 0a 30 08 02 01 00 " STATUS));
	}
	CHECK_OK(derw_end(&w, &out));
	log_to(count_lines, &lines);
	CHECK_OK(cmp_cert_rep_read(out, &r));
	log_to(NULL, NULL);
	CU_ASSERT_EQUAL(r.ca_pubs_count, CA_PUBS_MAX);
	CU_ASSERT_EQUAL(r.ca_pubs_ignored, 5);
	CU_ASSERT_EQUAL(lines, 0); /* a message says how many, once */
}

/* checkAfter is the peer's word, and hostile. */
static void reads_any_check_after(void)
{
	static const struct {
		const char *hex;
		int64_t seconds;
	} cases[] = {
		{ "30 08 30 06 02 01 00 02 01 00", 0 },
		{ "30 08 30 06 02 01 ff 02 01 7f", 127 },
		{ "30 09 30 07 02 01 00 02 02 0e 10", 3600 },
		{ "30 09 30 07 02 01 00 02 02 0e 11", CMP_CHECK_AFTER_MAX_S },
		{ "30 08 30 06 02 01 00 02 01 ff", 0 },
		{ "30 0b 30 09 02 01 00 02 04 7f ff ff ff", CMP_CHECK_AFTER_MAX_S },
		{ "30 18 30 16 02 01 00 02 11 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
		  CMP_CHECK_AFTER_MAX_S },
		{ "30 18 30 16 02 01 00 02 11 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
		  0 },
	};
	struct cmp_poll_rep r;

	arena_reset(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_OK(cmp_poll_rep_read(test_hex(&a, cases[i].hex), &r));
		CU_ASSERT_EQUAL(r.check_after, cases[i].seconds);
	}
	CHECK_OK(cmp_poll_rep_read(test_hex(&a, "30 0e 30 0c 02 01 00 02 01 05 30 04 0c 02 73 6f"),
	                           &r));
	CU_ASSERT(span_is(r.reason, "so"));
	CHECK_ERR(cmp_poll_rep_read(test_hex(&a, "30 00"), &r), E_CMP_SYNTAX);
	CHECK_ERR(cmp_poll_rep_read(test_hex(&a, "30 05 30 03 02 01 00"), &r), E_CMP_SYNTAX);
}

const struct test_suite suite_cmp_certrep = {
	"cmp/certrep",
	{
		{ "a grant with caPubs, and every prefix of it", reads_a_grant },
		{ "answers without a certificate", reads_the_rest },
		{ "other shapes are refused", refuses_other_shapes },
		{ "caPubs beyond the limit are passed over", takes_as_many_roots_as_it_can },
		{ "checkAfter of any size and sign", reads_any_check_after },
	}
};
