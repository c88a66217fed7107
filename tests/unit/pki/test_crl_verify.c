/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists that openssl made, brought by somebody; where certificates say that theirs is. */
#include "platform/pki/crl.h"
#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 20];
static struct arena a = ARENA_ON(block);
static struct anchors anchors;
static struct span sub, root_crl;
static struct cert issuer;
static struct crl_request r;

static void begin(void)
{
	arena_reset(&a);
	anchors.n = 0;
	sub = fake_x509_file(&a, "sub.der");
	root_crl = fake_x509_file(&a, "root.crl");
	CHECK_OK(cert_read(sub, &issuer));
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, fake_x509_file(&a, "root.der")));
	r = (struct crl_request){ .der = octets_of(fake_x509_file(&a, "good.crl")),
		                  .issuer = issuer.subject,
		                  .anchors = &anchors,
		                  .pool = &sub,
		                  .pool_count = 1,
		                  .now = x509_now };
}

static void lists_below_an_anchor(void)
{
	int64_t this_update;

	begin();
	CHECK_OK(crl_verify(&r, &this_update));
	CU_ASSERT_EQUAL(this_update, INT64_C(1767225600));
	/* the anchor's own */
	r.der = octets_of(root_crl);
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_NAMES);
	CU_ASSERT_EQUAL(this_update, 0);
	r.issuer = issuer.issuer;
	CHECK_OK(crl_verify(&r, &this_update));
}

static void what_a_list_says_of_its_age(void)
{
	int64_t from, to;
	struct octets cut, other = octets_of(NO_BYTES);

	begin();
	anchors.n = 0;
	CHECK_OK(crl_dates(&r.der, &from, &to));
	CU_ASSERT_EQUAL(from, INT64_C(1767225600));
	CU_ASSERT(to > from);
	cut = r.der;
	cut.n--;
	CHECK_ERR(crl_dates(&cut, &from, &to), E_CERT_SYNTAX);
	CU_ASSERT(from == 0 && to == 0);
	other = octets_of(sub);
	CHECK_ERR(crl_dates(&other, &from, &to), E_CERT_SYNTAX);
}

static void needs_a_way_to_an_anchor(void)
{
	int64_t this_update;

	begin();
	r.pool_count = 0;
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_CHAIN);
	CU_ASSERT(strstr(err_reason(E_CERT_CHAIN), "no certificate of its issuer") != NULL);
	r.pool_count = 1;
	anchors.n = 0;
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_CHAIN);
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, fake_x509_file(&a, "other-root.der")));
	CU_ASSERT(crl_verify(&r, &this_update) != OK);
	/* a key is nobody's issuer */
	anchors.n = 0;
	r.pool_count = 0;
	CHECK_OK(anchors_add(&anchors, ANCHOR_KEY, issuer.spki));
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_CHAIN);
	/* the issuer itself is trusted */
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, sub));
	CHECK_OK(crl_verify(&r, &this_update));
}

static void dates_and_rubbish(void)
{
	int64_t this_update;

	begin();
	r.der = octets_of(fake_x509_file(&a, "stale.crl"));
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_TIME);
	r.now = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(crl_verify(&r, &this_update));
	r.der = octets_of(sub);
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_SYNTAX);
	r.der = NO_OCTETS;
	CHECK_ERR(crl_verify(&r, &this_update), E_CERT_SYNTAX);
}

/* The issuer's own certificate may be revoked. */
static void an_issuer_that_is_revoked(void)
{
	struct signer *root_key, *sub_key;
	struct span root, list;
	struct octets of_root;
	int64_t this_update;

	begin();
	CHECK_OK(signer_generate(&root_key, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&sub_key, KEY_KIND_EC256));
	root = fake_x509(&a, &(struct fake_parts){ .issuer = "/CN=R",
	                                           .subject = "/CN=R",
	                                           .spki = signer_spki(root_key),
	                                           .extensions = X_CA X_KU_CA,
	                                           .key = root_key });
	sub = fake_x509(&a, &(struct fake_parts){ .issuer = "/CN=R",
	                                          .subject = "/CN=S",
	                                          .serial = "020107",
	                                          .spki = signer_spki(sub_key),
	                                          .extensions = X_CA X_KU_CA,
	                                          .key = root_key });
	list = fake_crl(&a, &(struct fake_crl){ .issuer = "/CN=S", .key = sub_key });
	of_root = octets_of(fake_crl(
		&a, &(struct fake_crl){ .issuer = "/CN=R",
	                                .entries = "3012 020107 170d 3236303130313030303030305a",
	                                .key = root_key }));
	CHECK_OK(cert_read(sub, &issuer));
	anchors.n = 0;
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, root));
	r.der = octets_of(list);
	r.issuer = issuer.subject;
	CHECK_OK(crl_verify(&r, &this_update));
	r.crls = &of_root;
	r.crl_count = 1;
	CHECK_ERR(crl_verify(&r, &this_update), E_REVOKED);
	signer_close(root_key);
	signer_close(sub_key);
}

static enum err point(const char *extension, struct span *name)
{
	struct cert c;
	struct span der = fake_x509(&a, &(struct fake_parts){ .extensions = extension });

	CHECK_OK(cert_read(der, &c));
	return cert_crl_point(&c, name);
}

/* Extensions cRLDistributionPoints, and the name that is to be found in them. */
static void where_a_list_is(void)
{
	static const struct {
		const char *extension, *name;
	} rows[] = {
		{ X_NOT_CA, "" },
		{ "30140603551d1f040d300b3009a007a0058603613a62", "a0058603613a62" }, /* one name */
		{ "30190603551d1f04123010300ea00ca00a8603613a628603613a63",
		  "a00a8603613a628603613a63" }, /* several names of one list */
		{ "30230603551d1f041c301a300da007a0058603613a62810205603009a007a0058603613a63",
		  "a0058603613a63" }, /* some reasons only */
		{ "30240603551d1f041d301b300ea007a0058603613a62a2038101613009a007a0058603613a63",
		  "a0058603613a63" }, /* somebody else's */
		{ "301b0603551d1f041430123005a2038101613009a007a0058603613a63",
		  "a0058603613a63" }, /* somebody else's, unnamed */
		{ "30240603551d1f041d301b300ea00ca10a300806035504030c01413009a007a0058603613a63",
		  "a0058603613a63" }, /* a relative name */
		{ "30180603551d1f0411300f300da007a0058603613a6281020560",
		  "" }, /* none but for some reasons */
		{ "301f0603551d1f041830163009a007a0058603613a623009a007a0058603613a63",
		  "a0058603613a62" }, /* the first of two */
	};
	struct span name;

	begin();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK_OK(point(rows[i].extension, &name));
		CU_ASSERT(span_equal(name, test_hex(&a, rows[i].name)));
	}
}

static void where_nothing_can_be_read(void)
{
	static const char *const rows[] = {
		"30090603551d1f04023000",                           /* SIZE (1..MAX) */
		"30090603551d1f04020500",                           /* no list */
		"30070603551d1f0400",                               /* nothing */
		"300f0603551d1f040830063004a002a000",               /* GeneralNames of nothing */
		"300d0603551d1f040630043002a000",                   /* a choice of nothing */
		"30140603551d1f040d300b3009a007a2058603613a62",     /* no such choice */
		"30110603551d1f040a30083006a004a0020500",           /* no GeneralName */
		"30160603551d1f040f300d300ba009a0058603613a620500", /* something behind the choice */
		"30160603551d1f040f300d300ba007a0058603613a620500", /* behind the point */
		"30160603551d1f040f300b3009a007a0058603613a620500", /* behind the list */
		"30180603551d1f0411300f300da007a0058603613a6281020401", /* reasons with an unused bit set */
		"30160603551d1f040f300d3009a007a0058603613a620500", /* the second is broken */
	};
	struct span name;

	begin();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK_ERR(point(rows[i], &name), E_CERT_SYNTAX);
		CU_ASSERT_EQUAL(name.n, 0);
	}
}

const struct test_suite suite_pki_crl_verify = {
	"pki/crl_verify",
	{
		{ "lists of an anchor and of a CA below it", lists_below_an_anchor },
		{ "what a list says of its age", what_a_list_says_of_its_age },
		{ "the issuer leads to an anchor", needs_a_way_to_an_anchor },
		{ "dates, and what is no list", dates_and_rubbish },
		{ "an issuer that is revoked itself", an_issuer_that_is_revoked },
		{ "where a certificate's list is", where_a_list_is },
		{ "distribution points of other shapes", where_nothing_can_be_read },
	}
};
