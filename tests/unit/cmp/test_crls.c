/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CRL by CMP: what is asked, and which answer is taken (RFC 9483 4.3.4). */
#include <stdlib.h>

#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_crl_param param;
static struct octets crl;

static void begin(void)
{
	fake_ca_open(&ca, &ca_arena);
	param = (struct cmp_crl_param){ .issuer = fake_name(ca.arena, "Root") };
}

static struct span list_by(const char *issuer, const struct signer *key, int64_t this_update)
{
	return fake_crl(
		ca.arena,
		&(struct fake_crl){ .issuer = issuer, .this_update = this_update, .key = key });
}

static struct span sequence_of(struct span item, size_t times)
{
	struct derw w = derw_in(ca.arena, times * item.n + 16);
	struct span out;

	IN (&w, DER_SEQUENCE)
		for (size_t i = 0; i < times; i++)
			derw_raw(&w, item);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static enum err ask(struct span info, void (*bend)(struct fake_ca *, struct fake_message *))
{
	struct moment clock = fake_time;
	struct fake_row script[] = { { REPLY_INFO, bend }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	ca.info = info;
	fake_ca_plays(&ca, script);
	fake_time = clock;
	return cmp_get_crl(&ca.client, &a, &param, &crl);
}

static void refused(struct span list, const char *because)
{
	enum err e = ask(sequence_of(list, 1), NULL);

	CHECK_ERR(e, E_CRL);
	CU_ASSERT(strstr(err_reason(e), because) != NULL);
	if (strstr(err_reason(e), because) == NULL)
		printf("\n    %s\n", err_reason(e));
	CU_ASSERT_EQUAL(crl.n, 0);
}

static void fetches_one(void)
{
	struct span list;

	begin();
	list = list_by("/CN=Root", ca.root_key, FAKE_NOW);
	CHECK_OK(ask(sequence_of(list, 1), NULL));
	CU_ASSERT(span_equal((struct span){ crl.p, crl.n }, list));
	CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, "/.well-known/cmp/getcrls");
	CHECK_OK(ask(NO_BYTES, NULL));
	CU_ASSERT_EQUAL(crl.n, 0);
	fake_ca_close(&ca);
}

/* The octets of RFC 9480 2.17's syntax. */
static void says_which(void)
{
	begin();
	CHECK_OK(ask(NO_BYTES, NULL));
	CU_ASSERT(span_equal(ca.info_asked,
	                     test_hex(ca.arena, "30 19 30 17 a1 15 30 13 a4 11"
	                                        "30 0f 31 0d 30 0b 06 03 55 04 03 0c 04"
	                                        "52 6f 6f 74")));
	param.this_update = FAKE_NOW;
	CHECK_OK(ask(NO_BYTES, NULL));
	CU_ASSERT(span_equal(ca.info_asked,
	                     test_hex(ca.arena, "30 28 30 26 a1 15 30 13 a4 11"
	                                        "30 0f 31 0d 30 0b 06 03 55 04 03 0c 04"
	                                        "52 6f 6f 74"
	                                        "17 0d 32 37 30 31 31 35 30 38 30 30 30 30 5a")));
	/* "MUST contain the dpn choice ... if the CRL distribution point name is available" */
	param.this_update = 0;
	param.dpn = test_hex(ca.arena, "a0 0a 86 08 75 72 6e 3a 63 72 6c 31");
	CHECK_OK(ask(NO_BYTES, NULL));
	CU_ASSERT(span_equal(ca.info_asked,
	                     test_hex(ca.arena, "30 10 30 0e a0 0c"
	                                        "a0 0a 86 08 75 72 6e 3a 63 72 6c 31")));
	fake_ca_close(&ca);
}

static void only_of_the_issuer_asked_for(void)
{
	begin();
	refused(list_by("/CN=Root", ca.stranger_key, 0), "signature");
	refused(list_by("/CN=Stranger", ca.stranger_key, 0), "it is the list of");
	/* known, asked for, and no anchor */
	param.issuer = fake_name(ca.arena, "Stranger");
	param.pool = &ca.stranger;
	param.pool_count = 1;
	refused(list_by("/CN=Stranger", ca.stranger_key, 0), "not found (");
	param.issuer = fake_name(ca.arena, "Nobody");
	refused(list_by("/CN=Nobody", ca.stranger_key, 0), "no certificate of its issuer");
	fake_ca_close(&ca);
}

static void an_issuer_below_the_anchor(void)
{
	struct fake_cert sub = { .subject = "Sub CA", .issuer = "Root", .ca = true };
	struct span list, cert;

	begin();
	sub.issuer_key = ca.root_key;
	sub.spki = signer_spki(ca.stranger_key);
	list = list_by("/CN=Sub CA", ca.stranger_key, FAKE_NOW);
	param.issuer = fake_name(ca.arena, "Sub CA");
	param.pool = &cert;
	param.pool_count = 1;
	cert = fake_cert(ca.arena, &sub);
	CHECK_OK(ask(sequence_of(list, 1), NULL));
	CU_ASSERT(span_equal((struct span){ crl.p, crl.n }, list));
	sub.key_usage = KU_KEY_CERT_SIGN;
	cert = fake_cert(ca.arena, &sub);
	refused(list, "cRLSign");
	sub.ca = false;
	sub.key_usage = KU_CRL_SIGN;
	cert = fake_cert(ca.arena, &sub);
	refused(list, "no CA's");
	fake_ca_close(&ca);
}

static void not_older_than_the_one_held(void)
{
	begin();
	param.this_update = FAKE_NOW - FAKE_DAY;
	CHECK_OK(ask(sequence_of(list_by("/CN=Root", ca.root_key, FAKE_NOW), 1), NULL));
	CHECK_OK(ask(sequence_of(list_by("/CN=Root", ca.root_key, FAKE_NOW - FAKE_DAY), 1), NULL));
	refused(list_by("/CN=Root", ca.root_key, FAKE_NOW - FAKE_DAY - 1),
	        "is older than the stored one");
	fake_ca_close(&ca);
}

static void dates_by_the_clock(void)
{
	struct span ahead, over;

	begin();
	ahead = list_by("/CN=Root", ca.root_key, FAKE_NOW + FAKE_DAY);
	over = fake_crl(ca.arena, &(struct fake_crl){ .issuer = "/CN=Root",
	                                              .next_update = FAKE_NOW - FAKE_DAY,
	                                              .key = ca.root_key });
	refused(ahead, "it begins");
	refused(over, "it ended");
	refused(fake_crl(ca.arena, &(struct fake_crl){ .issuer = "/CN=Root",
	                                               .next_update = -1,
	                                               .key = ca.root_key }),
	        "no nextUpdate");
	fake_time = (struct moment){ TIME_FLOOR, FAKE_NOW };
	CHECK_OK(ask(sequence_of(ahead, 1), NULL));
	refused(over, "it ended");
	fake_time = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(ask(sequence_of(over, 1), NULL));
	fake_ca_close(&ca);
}

#define X_IDP "300f 0603551d1c 0101ff 0405 3003 8401ff"

/* issuingDistributionPoint, critical, with fullName URI a:b; and that name as asked for. */
#define X_OF_AB "3018 0603551d1c 0101ff 040e 300c a00a a008 8606 75726e3a6162"
#define OF_AB   "a008 8606 75726e3a6162"
#define OF_CD   "a008 8606 75726e3a6364"

static void of_the_distribution_point(void)
{
	struct fake_crl parts = { .issuer = "/CN=Root", .extensions = X_OF_AB };
	struct span list;

	begin();
	parts.key = ca.root_key;
	list = fake_crl(ca.arena, &parts);
	param.dpn = test_hex(ca.arena, OF_AB);
	CHECK_OK(ask(sequence_of(list, 1), NULL));
	CU_ASSERT(span_equal((struct span){ crl.p, crl.n }, list));
	/* a complete list is of all distribution points */
	CHECK_OK(ask(sequence_of(list_by("/CN=Root", ca.root_key, 0), 1), NULL));
	param.dpn = test_hex(ca.arena, OF_CD);
	refused(list, "another distribution point");
	param.dpn = NO_BYTES;
	refused(list, "another distribution point");
	fake_ca_close(&ca);
}

static void critical_extensions(void)
{
	begin();
	refused(fake_crl(ca.arena, &(struct fake_crl){ .issuer = "/CN=Root",
	                                               .extensions = X_IDP,
	                                               .key = ca.root_key }),
	        "critical");
	fake_ca_close(&ca);
}

static void other_shapes(void)
{
	struct span list;

	begin();
	list = list_by("/CN=Root", ca.root_key, 0);
	CHECK_ERR(ask(sequence_of(list, 2), NULL), E_CMP_SYNTAX);
	CHECK_ERR(ask(sequence_of(list, 0), NULL), E_CMP_SYNTAX);
	CHECK_ERR(ask(list, NULL), E_CMP_SYNTAX);
	CHECK_ERR(ask(test_hex(ca.arena, "05 00"), NULL), E_CMP_SYNTAX);
	CHECK_ERR(ask(test_hex(ca.arena, "30 02 30 00"), NULL), E_CRL);
	CU_ASSERT_EQUAL(crl.n, 0);
	/* a request that has no room */
	param.dpn = (struct span){ ca_room, CMP_PART_MAX };
	CHECK_ERR(ask(NO_BYTES, NULL), E_TOO_BIG);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	param = (struct cmp_crl_param){ .dpn = NO_BYTES };
	CHECK_ERR(ask(NO_BYTES, NULL), E_BUG);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

/* id-it 22, as in the request */
static void type_of_the_request(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 06 08 2b 06 01 05 05 07 04 16");
}

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void is_checked_like_any_other(void)
{
	begin();
	CHECK_ERR(ask(NO_BYTES, bare), E_CMP_PROTECTION);
	CHECK_ERR(ask(NO_BYTES, type_of_the_request), E_CMP_CONTENT);
	fake_ca_close(&ca);
}

static enum err read_and_prove(struct span info)
{
	const struct octets value = octets_of(info);
	enum err e = cmp_crls_read(&value, &crl);

	return e == OK ? cmp_crl_prove(&ca.client, &param, &crl) : e;
}

static void every_prefix_and_flipped_bit(void)
{
	struct span info;
	uint8_t *copy;

	begin();
	info = sequence_of(list_by("/CN=Root", ca.root_key, FAKE_NOW), 1);
	copy = arena_take(ca.arena, info.n);
	memcpy(copy, info.p, info.n);
	CHECK_OK(read_and_prove((struct span){ copy, info.n }));
	for (size_t bit = 0; bit < 8 * info.n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT(read_and_prove((struct span){ copy, info.n }) != OK);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < info.n; n++) {
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, info.p, n);
		CHECK_ERR(read_and_prove((struct span){ exact, n }), E_CMP_SYNTAX);
		CU_ASSERT_EQUAL(crl.n, 0);
		free(exact);
	}
	fake_ca_close(&ca);
}

/* Whatever the room: an error or the list, and nothing beyond the arena. */
static void every_size_of_the_arena(void)
{
	const struct fake_row script[] = { { REPLY_INFO, NULL }, { REPLY_NONE, NULL } };
	size_t enough = 0;

	begin();
	ca.info = sequence_of(list_by("/CN=Root", ca.root_key, FAKE_NOW), 1);
	for (size_t cap = 0; cap < 160 * 1024; cap += 1777) {
		struct arena small = { room, cap, 0 };
		size_t mark = arena_mark(&ca_arena);
		enum err e;

		fake_ca_plays(&ca, script);
		e = cmp_get_crl(&ca.client, &small, &param, &crl);
		CU_ASSERT(e == OK || e == E_SPACE || e == E_TOO_BIG);
		CU_ASSERT(e == OK ? crl.n > 0 : crl.n == 0);
		CU_ASSERT(e == OK || enough == 0); /* more room is never worse */
		enough += e == OK;
		arena_rewind(&ca_arena, mark);
	}
	CU_ASSERT(enough > 10);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_crls = {
	"cmp/crls",
	{
		{ "a CRL, or nothing newer", fetches_one },
		{ "the request names its source, and the date of the one held", says_which },
		{ "only a list of the issuer asked for", only_of_the_issuer_asked_for },
		{ "an issuer below the anchor: a CA that may sign CRLs",
	          an_issuer_below_the_anchor },
		{ "a list that is not older than the one held", not_older_than_the_one_held },
		{ "dates, by what the clock allows", dates_by_the_clock },
		{ "a list of the distribution point asked for", of_the_distribution_point },
		{ "critical extensions", critical_extensions },
		{ "other shapes are refused", other_shapes },
		{ "the genp is checked like any other answer", is_checked_like_any_other },
		{ "an arena of any size", every_size_of_the_arena },
		{ "every prefix and every flipped bit are refused", every_prefix_and_flipped_bit },
	}
};
