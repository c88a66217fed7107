/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/base/log.h"
#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 20];

enum { GOOD, REVOKED, STALE, LISTS };

struct scene {
	struct arena a;
	struct cert leaf, revoked, sub;
	struct octets lists[LISTS];
	struct path_request r;
};

static void begin(struct scene *s)
{
	*s = (struct scene){ .a = ARENA_ON(block), .r = { .now = x509_now } };
	CHECK_OK(cert_read(fake_x509_file(&s->a, "leaf.der"), &s->leaf));
	CHECK_OK(cert_read(fake_x509_file(&s->a, "revoked.der"), &s->revoked));
	CHECK_OK(cert_read(fake_x509_file(&s->a, "sub.der"), &s->sub));
	s->lists[GOOD] = octets_of(fake_x509_file(&s->a, "good.crl"));
	s->lists[REVOKED] = octets_of(fake_x509_file(&s->a, "revoked.crl"));
	s->lists[STALE] = octets_of(fake_x509_file(&s->a, "stale.crl"));
	s->r.crls = s->lists;
}

static void reads_what_openssl_wrote(void)
{
	struct scene s;
	struct crl l;
	bool listed;

	begin(&s);
	CHECK_OK(crl_read(&s.lists[REVOKED], &l));
	CU_ASSERT(name_equal(l.issuer, s.sub.subject));
	CU_ASSERT_EQUAL(l.this_update, INT64_C(1767225600));
	CU_ASSERT_EQUAL(l.next_update, INT64_C(2398377600));
	CU_ASSERT(l.usable);
	CHECK_OK(crl_find(&l, s.revoked.serial, &listed));
	CU_ASSERT(listed);
	CHECK_OK(crl_find(&l, s.leaf.serial, &listed));
	CU_ASSERT_FALSE(listed);
	CHECK_OK(crl_read(&s.lists[GOOD], &l));
	CU_ASSERT_EQUAL(l.entries.n, 0);
	CHECK_OK(crl_find(&l, s.revoked.serial, &listed));
	CU_ASSERT_FALSE(listed);
}

/* Which list, how much is asked for, what is said of the leaf and of the revoked one. */
static void judges_status(void)
{
	static const struct {
		enum revocation asked;
		int list; /* -1: none */
		enum err leaf, revoked;
	} rows[] = {
		{ REVOCATION_IGNORE, -1, OK, OK },
		{ REVOCATION_IGNORE, REVOKED, OK, OK },
		{ REVOCATION_IF_KNOWN, -1, OK, OK },
		{ REVOCATION_IF_KNOWN, GOOD, OK, OK },
		{ REVOCATION_IF_KNOWN, REVOKED, OK, E_REVOKED },
		{ REVOCATION_IF_KNOWN, STALE, OK, E_REVOKED }, /* it was, and stays so */
		{ REVOCATION_REQUIRED, -1, E_REVOKED, E_REVOKED },
		{ REVOCATION_REQUIRED, GOOD, OK, OK },
		{ REVOCATION_REQUIRED, REVOKED, OK, E_REVOKED },
		{ REVOCATION_REQUIRED, STALE, E_REVOKED, E_REVOKED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene s;
		char what[64];

		begin(&s);
		s.r.revocation = rows[i].asked;
		s.r.crls = rows[i].list < 0 ? NULL : &s.lists[rows[i].list];
		s.r.crl_count = rows[i].list >= 0;
		snprintf(what, sizeof what, "asked %d, list %d", rows[i].asked, rows[i].list);
		test_check_err(crl_judge(&s.r, &s.leaf, &s.sub, NULL), rows[i].leaf, what, __FILE__,
		               __LINE__);
		test_check_err(crl_judge(&s.r, &s.revoked, &s.sub, NULL), rows[i].revoked, what,
		               __FILE__, __LINE__);
	}
}

static void asks_every_list(void)
{
	struct scene s;

	begin(&s);
	s.r.crl_count = LISTS;
	s.r.revocation = REVOCATION_REQUIRED;
	CHECK_ERR(crl_judge(&s.r, &s.revoked, &s.sub, NULL),
	          E_REVOKED); /* though one says nothing */
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	s.lists[GOOD] = s.lists[REVOKED] = NO_OCTETS;
	CHECK_ERR(crl_judge(&s.r, &s.leaf, &s.sub, NULL), E_REVOKED);
}

/* Without a clock the dates of a list cannot be judged, its entries can. */
static void judges_dates_by_the_clock(void)
{
	struct scene s;

	begin(&s);
	s.r.crls = &s.lists[STALE];
	s.r.crl_count = 1;
	s.r.revocation = REVOCATION_REQUIRED;
	s.r.now = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	s.r.now = (struct moment){ TIME_FLOOR, INT64_C(1800000000) };
	CHECK_ERR(crl_judge(&s.r, &s.leaf, &s.sub, NULL), E_REVOKED);
	s.r.now = (struct moment){ TIME_SET, INT64_C(1700000000) }; /* not yet */
	CHECK_ERR(crl_judge(&s.r, &s.leaf, &s.sub, NULL), E_REVOKED);
	s.r.now = (struct moment){ TIME_SET, INT64_C(1767225600) - CLOCK_SKEW_MAX_S - 1 };
	CHECK_ERR(crl_judge(&s.r, &s.leaf, &s.sub, NULL), E_REVOKED);
	s.r.now.seconds++; /* clocks are apart */
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	s.r.now = (struct moment){ TIME_SET, INT64_C(1768000000) };
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
}

/* A path as a whole: each certificate below the anchor has its issuer's list. */
static void judges_a_path(void)
{
	struct scene s;
	struct cert certs[3];
	struct octets lists[2];

	begin(&s);
	certs[0] = s.leaf;
	certs[1] = s.sub;
	CHECK_OK(cert_read(fake_x509_file(&s.a, "root.der"), &certs[2]));
	lists[0] = s.lists[REVOKED];
	lists[1] = octets_of(fake_x509_file(&s.a, "root.crl"));
	s.r.crls = lists;
	s.r.crl_count = 1;
	s.r.revocation = REVOCATION_REQUIRED;
	CHECK_ERR(path_judge(&s.r, certs, 3), E_REVOKED);
	CU_ASSERT(strstr(err_reason(E_REVOKED), "Issuing") != NULL);
	s.r.crl_count = 2;
	CHECK_OK(path_judge(&s.r, certs, 3));
	certs[0] = s.revoked;
	CHECK_ERR(path_judge(&s.r, certs, 3), E_REVOKED);
}

static char logged[512];

static void keep(void *context, enum log_level level, const char *line)
{
	(void)context;
	(void)level;
	snprintf(logged, sizeof logged, "%s", line);
}

/* A list that is of no use does not pass in silence. */
static void logs_what_tells_nothing(void)
{
	struct scene s;

	begin(&s);
	s.r.crl_count = 1;
	s.r.revocation = REVOCATION_IF_KNOWN;
	log_to(keep, NULL);
	log_limit(LOG_LEVEL_INFO);
	logged[0] = '\0';
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	CU_ASSERT_STRING_EQUAL(logged, "");
	s.r.crls = &s.lists[STALE];
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	log_limit(LOG_LEVEL_NOTICE);
	log_to(NULL, NULL);
	CU_ASSERT(strstr(logged, "tells nothing: it ended 2026-02-01") != NULL);
}

static void refuses_what_follows(void)
{
	struct scene s;
	struct crl l;

	begin(&s);
	CHECK_OK(crl_read(&s.lists[STALE], &l));
	s.lists[STALE].n++; /* a zero of the arena */
	CHECK_ERR(crl_read(&s.lists[STALE], &l), E_CERT_SYNTAX);
}

static void refuses_prefixes_and_flipped_bits(void)
{
	struct scene s;
	struct octets der;
	uint8_t *copy;

	begin(&s);
	der = s.lists[REVOKED];
	copy = arena_take(&s.a, der.n);
	memcpy(copy, der.p, der.n);
	s.r.crl_count = 1;
	s.r.crls = &(struct octets){ .p = copy, .n = der.n };
	s.r.revocation = REVOCATION_REQUIRED;
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	for (size_t bit = 0; bit < 8 * der.n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_ERR(crl_judge(&s.r, &s.leaf, &s.sub, NULL), E_REVOKED);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < der.n; n++) {
		uint8_t *exact = malloc(n + 1);
		struct crl l;

		memcpy(exact, der.p, n);
		CHECK_ERR(crl_read(&(struct octets){ .p = exact, .n = n }, &l), E_CERT_SYNTAX);
		free(exact);
	}
}

#define DATE     "170d 3236303130313030303030305a"
#define ENTRY(n) "3012 0201" n DATE
/* certificateIssuer */
#define ENTRY_EXT "3026 020107" DATE "3012 3010 0603551d1d 0101ff 0406 300482020102"
#define X_DELTA   "300d 0603551d1b 0101ff 0403 020101"
#define X_IDP     "300f 0603551d1c 0101ff 0405 3003 8401ff"
#define X_NUMBER  "300a 0603551d14 0403 020101"
#define X_REASON  "3021 020107" DATE "300d 300b 0603551d15 0404 0a010102"

static const struct {
	const char *what;
	struct fake_crl parts;
	enum err leaf, seven; /* with REVOCATION_REQUIRED */
	const char *words;    /* why the list tells nothing */
} forms[] = {
	{ "no entries", { .extensions = X_NUMBER }, OK, OK, NULL },
	{ "version 1", { .version = "" }, OK, OK, NULL },
	{ "two entries", { .entries = ENTRY("05") ENTRY("07") }, OK, E_REVOKED, NULL },
	{ "a reason with it", { .entries = X_REASON }, OK, E_REVOKED, NULL },
	{ "no nextUpdate",
	  { .next_update = -1, .entries = ENTRY("07") },
	  E_REVOKED,
	  E_REVOKED,
	  "no nextUpdate" },
	{ "a delta CRL",
	  { .extensions = X_NUMBER X_DELTA },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "an indirect CRL", { .extensions = X_IDP }, E_REVOKED, E_REVOKED, "critical extension" },
	{ "of end entities", { .extensions = "300f0603551d1c0101ff040530038101ff" }, OK, OK, NULL },
	{ "of end entities, not critical",
	  { .extensions = "300c0603551d1c040530038101ff" },
	  OK,
	  OK,
	  NULL },
	{ "of CAs",
	  { .extensions = "300f0603551d1c0101ff040530038201ff" },
	  E_REVOKED,
	  E_REVOKED,
	  "other certificates" },
	{ "of end entities and of CAs",
	  { .extensions = "30120603551d1c0101ff040830068101ff8201ff" },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "of some reasons",
	  { .extensions = "30100603551d1c0101ff0406300483020560" },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "of attribute certificates",
	  { .extensions = "300f0603551d1c0101ff040530038501ff" },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "of a distribution point",
	  { .extensions = "30150603551d1c0101ff040b3009a007a0058603613a62" },
	  E_REVOKED,
	  E_REVOKED,
	  "other certificates" },
	{ "of one with a relative name",
	  { .extensions = "301a0603551d1c0101ff0410300ea00ca10a300806035504030c0141" },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "an empty issuingDistributionPoint",
	  { .extensions = "300c0603551d1c0101ff04023000" },
	  OK,
	  OK,
	  NULL },
	{ "FALSE encoded", { .extensions = "300f0603551d1c0101ff04053003810100" }, OK, OK, NULL },
	{ "FALSE encoded three times beside TRUE",
	  { .extensions = "30180603551d1c0101ff040e300c8101ff820100840100850100" },
	  OK,
	  OK,
	  NULL },
	{ "neither TRUE nor FALSE",
	  { .extensions = "300f0603551d1c0101ff04053003810101" },
	  E_REVOKED,
	  E_REVOKED,
	  "BOOLEAN" },
	{ "something behind its fields",
	  { .extensions = "30110603551d1c0101ff040730058101ff0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "something behind it",
	  { .extensions = "30110603551d1c0101ff040730038101ff0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "twice",
	  { .extensions = "300f0603551d1c0101ff040530038101ff 300f0603551d1c0101ff040530038101ff" },
	  E_REVOKED,
	  E_REVOKED,
	  "twice" },
	{ "other fields",
	  { .extensions = "300f0603551d1c0101ff040530038601ff" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "an empty list of entries", { .entries = "" }, OK, OK, NULL },
	{ "an empty list of extensions", { .extensions = "" }, OK, OK, NULL },
	{ "an empty list of extensions of an entry",
	  { .entries = "3014 020107" DATE "3000" },
	  OK,
	  E_REVOKED,
	  NULL },
	{ "extensions of an entry that are a NULL",
	  { .entries = "3014 020107" DATE "0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "CRL: " },
	{ "a number twice",
	  { .extensions = X_NUMBER X_NUMBER },
	  E_REVOKED,
	  E_REVOKED,
	  "one is there twice" },
	{ "a reason twice",
	  { .entries = "302e 020107" DATE
	               "301a 300b 0603551d15 0404 0a010102 300b 0603551d15 0404 0a010102" },
	  E_REVOKED,
	  E_REVOKED,
	  "one is there twice" },
	{ "a critical number",
	  { .extensions = "300d 0603551d14 0101ff 0403 020101" },
	  OK,
	  OK,
	  NULL },
	{ "a critical key identifier",
	  { .extensions = "300e 0603551d23 0101ff 0404 3002 8000" },
	  OK,
	  OK,
	  NULL },
	{ "a critical reason",
	  { .entries = "3024 020107" DATE "3010 300e 0603551d15 0101ff 0404 0a010102" },
	  OK,
	  E_REVOKED,
	  NULL },
	{ "a critical extension of nobody",
	  { .extensions = X_CRITICAL },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "critical FALSE encoded",
	  { .extensions = "300d 0603551d1b 010100 0403 020101" },
	  OK,
	  OK,
	  NULL },
	{ "an issuer out of order",
	  { .issuer_der = "3014 3112 3007 060355040a 0c00 3007 0603550403 0c00" },
	  E_REVOKED,
	  E_REVOKED,
	  "no CRL of its issuer" },
	{ "version 3", { .version = "020102" }, E_REVOKED, E_REVOKED, "CRL version 2" },
	{ "extensions in version 1",
	  { .version = "", .extensions = X_NUMBER },
	  E_REVOKED,
	  E_REVOKED,
	  "version 1 CRL" },
	{ "a critical extension of an entry",
	  { .entries = ENTRY_EXT },
	  E_REVOKED,
	  E_REVOKED,
	  "critical extension" },
	{ "an entry without date", { .entries = "3003 020107" }, E_REVOKED, E_REVOKED, "CRL: " },
	{ "the last entry is broken",
	  { .entries = ENTRY("05") "3003 020107" },
	  E_REVOKED,
	  E_REVOKED,
	  "CRL: " },
	{ "something behind an entry's extensions",
	  { .entries = "3023 020107" DATE "300d 300b 0603551d15 0404 0a010102 0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "something behind the extensions",
	  { .after_extensions = "a010 300c" X_NUMBER "0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "something behind them all",
	  { .extensions = X_NUMBER, .after_extensions = "0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "something behind the signature",
	  { .signature = "0302 0080 0500" },
	  E_REVOKED,
	  E_REVOKED,
	  "elements follow" },
	{ "an issuer with an empty RDN",
	  { .issuer_der = "3002 3100" },
	  E_REVOKED,
	  E_REVOKED,
	  "RDN" },
	{ "of another issuer",
	  { .issuer = "/CN=Other" },
	  E_REVOKED,
	  E_REVOKED,
	  "no CRL of its issuer" },
	{ "another algorithm outside",
	  { .alg = "300a 0608 2a8648ce3d040303" },
	  E_REVOKED,
	  E_REVOKED,
	  "not what was signed" },
};

static void holds_every_form(void)
{
	struct signer *key;

	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct arena a = ARENA_ON(block);
		struct fake_crl parts = forms[i].parts;
		struct cert issuer, leaf, seven;
		struct octets list;
		struct path_request r = { .now = x509_now,
			                  .crls = &list,
			                  .crl_count = 1,
			                  .revocation = REVOCATION_REQUIRED };

		parts.key = key;
		list = octets_of(fake_crl(&a, &parts));
		CHECK_OK(
			cert_read(fake_x509(&a, &(struct fake_parts){ .spki = signer_spki(key),
		                                                      .extensions = X_CA X_KU_CA }),
		                  &issuer));
		CHECK_OK(cert_read(fake_x509(&a, &(struct fake_parts){ .serial = "020103" }),
		                   &leaf));
		CHECK_OK(cert_read(fake_x509(&a, &(struct fake_parts){ .serial = "020107" }),
		                   &seven));
		test_check_err(crl_judge(&r, &leaf, &issuer, NULL), forms[i].leaf, forms[i].what,
		               __FILE__, __LINE__);
		if (forms[i].words != NULL)
			test_check_err(strstr(err_reason(E_REVOKED), forms[i].words) != NULL
			                       ? OK
			                       : E_REVOKED,
			               OK, forms[i].what, __FILE__, __LINE__);
		test_check_err(crl_judge(&r, &seven, &issuer, NULL), forms[i].seven, forms[i].what,
		               __FILE__, __LINE__);
	}
	signer_close(key);
}

static void needs_the_right_to_sign(void)
{
	struct arena a = ARENA_ON(block);
	struct signer *key;
	struct octets list;
	struct cert issuer, leaf;
	struct path_request r = {
		.now = x509_now, .crls = &list, .crl_count = 1, .revocation = REVOCATION_REQUIRED
	};

	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	list = octets_of(fake_crl(&a, &(struct fake_crl){ .key = key }));
	CHECK_OK(cert_read(fake_x509(&a, &(struct fake_parts){ .serial = "020103" }), &leaf));
	for (int may = 0; may < 2; may++) {
		struct fake_parts parts = { .spki = signer_spki(key),
			                    .extensions = may ? X_CA X_KU_CRL : X_CA X_KU_CERT };

		CHECK_OK(cert_read(fake_x509(&a, &parts), &issuer));
		CHECK_ERR(crl_judge(&r, &leaf, &issuer, NULL), may ? OK : E_REVOKED);
	}
	CHECK_OK(cert_read(fake_x509(&a, &(struct fake_parts){ .extensions = X_CA }), &issuer));
	CHECK_ERR(crl_judge(&r, &leaf, &issuer, NULL), E_REVOKED); /* another key */
	signer_close(key);
}

/* The list of a file, grown by holes to a size. */
static struct octets in_file(struct span der, size_t size)
{
	FILE *f = tmpfile();
	int fd = fileno(f);

	CU_ASSERT_EQUAL(write(fd, der.p, der.n), (ssize_t)der.n);
	CU_ASSERT_EQUAL(ftruncate(fd, (off_t)size), 0);
	return octets_in(fd, 0, size); /* the descriptor goes with the process */
}

static void bounds_size(void)
{
	struct scene s;
	struct octets file;
	struct crl l;

	begin(&s);
	file = in_file((struct span){ s.lists[GOOD].p, s.lists[GOOD].n }, CRL_SIZE_MAX + 1);
	CHECK_ERR(crl_read(&file, &l), E_TOO_BIG);
	file.n--;
	CHECK_ERR(crl_read(&file, &l), E_CERT_SYNTAX); /* what follows is no list */
	file.n = s.lists[GOOD].n;
	CHECK_OK(crl_read(&file, &l));
}

/* A list that is no piece of memory says the same. */
static void reads_files_alike(void)
{
	struct scene s;
	uint8_t *copy;
	struct octets list, file;

	begin(&s);
	list = s.lists[REVOKED];
	copy = arena_take(&s.a, list.n);
	memcpy(copy, list.p, list.n);
	file = in_file((struct span){ list.p, list.n }, list.n);
	s.r.crl_count = 1;
	s.r.crls = &file;
	s.r.revocation = REVOCATION_REQUIRED;
	CHECK_OK(crl_judge(&s.r, &s.leaf, &s.sub, NULL));
	CHECK_ERR(crl_judge(&s.r, &s.revoked, &s.sub, NULL), E_REVOKED);
	for (size_t bit = 0; bit < 8 * list.n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_EQUAL(pwrite(file.fd, copy + bit / 8, 1, (off_t)(bit / 8)), 1);
		CHECK_ERR(crl_judge(&s.r, &s.leaf, &s.sub, NULL), E_REVOKED);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_EQUAL(pwrite(file.fd, copy + bit / 8, 1, (off_t)(bit / 8)), 1);
	}
	for (size_t n = 1; n < list.n; n++) {
		struct octets cut = octets_in(file.fd, 0, n);
		struct crl l;

		CHECK_ERR(crl_read(&cut, &l), E_CERT_SYNTAX);
	}
}

/* A list of a distribution point is of the certificates that name it (RFC 5280 6.3.3 b 2). */
static void lists_of_a_distribution_point(void)
{
	static const struct {
		const char *of_leaf, *of_list;
		enum err e;
	} rows[] = {
		/* of end entities, of CAs: and the certificate is a CA's */
		{ X_CA, "300f 0603551d1c 0101ff 0405 3003 8101ff", E_REVOKED },
		{ X_CA, "300f 0603551d1c 0101ff 0405 3003 8201ff", OK },
		{ "30140603551d1f040d300b3009a007a0058603613a62",
		  "30150603551d1c0101ff040b3009a007a0058603613a62", OK },
		{ "301f0603551d1f041830163009a007a0058603613a633009a007a0058603613a62",
		  "30150603551d1c0101ff040b3009a007a0058603613a62", OK },
		{ "30240603551d1f041d301b3019a017a0158603613a63a40e300c310a300806035504030c0141",
		  "30250603551d1c0101ff041b3019a017a015a40e300c310a300806035504030c01418603613a62",
		  OK },
		{ "30140603551d1f040d300b3009a007a0058603613a63",
		  "30150603551d1c0101ff040b3009a007a0058603613a62", E_REVOKED },
		{ "30140603551d1f040d300b3009a007a0058103613a62",
		  "30150603551d1c0101ff040b3009a007a0058603613a62", E_REVOKED },
		{ "30180603551d1f0411300f300da007a0058603613a6281020560",
		  "30150603551d1c0101ff040b3009a007a0058603613a62", E_REVOKED },
		{ "30140603551d1f040d300b3009a007a0058603613a62",
		  "300f0603551d1c0101ff040530038101ff", OK },
		{ "30160603551d1f040f300d3009a007a0058603613a620500",
		  "30150603551d1c0101ff040b3009a007a0058603613a62", E_REVOKED },
	};
	struct signer *key;

	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct cert issuer, leaf;
		struct octets list;
		struct path_request r = { .now = x509_now,
			                  .crls = &list,
			                  .crl_count = 1,
			                  .revocation = REVOCATION_REQUIRED };
		struct fake_parts of_issuer = { .spki = signer_spki(key),
			                        .extensions = X_CA X_KU_CA };
		struct fake_parts of_leaf = { .serial = "020103", .extensions = rows[i].of_leaf };
		struct fake_crl of_list = { .extensions = rows[i].of_list, .key = key };

		CHECK_OK(cert_read(fake_x509(&a, &of_issuer), &issuer));
		CHECK_OK(cert_read(fake_x509(&a, &of_leaf), &leaf));
		list = octets_of(fake_crl(&a, &of_list));
		CHECK_ERR(crl_judge(&r, &leaf, &issuer, NULL), rows[i].e);
		/* listed is listed: the number is the issuer's, whatever the list is of */
		of_list.entries = ENTRY("03");
		list = octets_of(fake_crl(&a, &of_list));
		r.revocation = REVOCATION_IF_KNOWN;
		CHECK_ERR(crl_judge(&r, &leaf, &issuer, NULL), E_REVOKED);
	}
	signer_close(key);
}

const struct test_suite suite_pki_crl = {
	"pki/crl",
	{
		{ "what openssl wrote is read", reads_what_openssl_wrote },
		{ "status is judged", judges_status },
		{ "every list is asked", asks_every_list },
		{ "dates are judged by the clock's worth", judges_dates_by_the_clock },
		{ "a list of a distribution point is of who names it",
	          lists_of_a_distribution_point },
		{ "a path is judged", judges_a_path },
		{ "a list that tells nothing is logged", logs_what_tells_nothing },
		{ "a trailing byte is refused", refuses_what_follows },
		{ "prefixes and flipped bits are refused", refuses_prefixes_and_flipped_bits },
		{ "every form is held", holds_every_form },
		{ "the right to sign is needed", needs_the_right_to_sign },
		{ "a list is of so many octets at most", bounds_size },
		{ "a list in a file says the same", reads_files_alike },
	}
};
