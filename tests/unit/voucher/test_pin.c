/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "tests/unit/fake/masa.h"
#include "tests/unit/fake/pki.h"
#include "tests/unit/test.h"
#include "voucher/internal.h"

static uint8_t room[524288], second_room[131072];
static struct arena arena, of_pin;
static struct trusted *trusted;

/* A link that only shows a chain, and keeps the judge it was given. */
static struct peer {
	struct link link;
	struct span certs[CHAIN_MAX];
	struct chain chain;
	struct judge judge;
} peer;

static enum err no_exchange(struct link *l, struct exchange *x, struct arena *a)
{
	(void)l;
	(void)x;
	(void)a;
	return E_BUG;
}

static struct chain show_chain(const struct link *l)
{
	CU_ASSERT(l == &peer.link);
	return peer.chain;
}

static void keep_judge(struct link *l, const struct judge *j)
{
	CU_ASSERT(l == &peer.link);
	peer.judge = *j;
}

static void no_close(struct link *l)
{
	(void)l;
}

static const struct link_ops ops = { no_exchange, show_chain, keep_judge, no_close };

/* Names of certificates, divided by blanks. */
static struct chain chain_of(struct span *certs, const char *names)
{
	size_t n = 0;
	char name[64];

	while (*names != '\0') {
		size_t length = strcspn(names, " ");

		snprintf(name, sizeof name, "%.*s", (int)length, names);
		certs[n++] = masa_cert(&arena, name);
		names += length + (names[length] == ' ');
	}
	return (struct chain){ certs, n };
}

static void begin(const char *peer_shows)
{
	arena = (struct arena)ARENA_ON(room);
	of_pin = (struct arena)ARENA_ON(second_room);
	memset(&peer, 0, sizeof peer);
	peer.link.ops = &ops;
	snprintf(peer.link.origin, sizeof peer.link.origin, "https://registrar.example:8443");
	peer.chain = chain_of(peer.certs, peer_shows);
}

static const struct voucher *voucher_pins(const struct fake_voucher *leaves)
{
	struct fake_device device;
	const struct voucher *v = NULL;

	fake_device(&device, &arena, "idevid");
	CHECK_OK(voucher_verify(&arena, fake_voucher(&arena, leaves), &device.facts, &v));
	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	return v;
}

static const struct voucher *voucher_for(const char *pin_cert)
{
	struct fake_voucher leaves = masa_good;

	leaves.pin_cert = pin_cert;
	return voucher_pins(&leaves);
}

/* Afterwards either there is a struct trusted and a judge, or neither. */
static enum err hold_at(const struct voucher *v, const char *host, struct moment now)
{
	enum err e = pin_by_voucher(&of_pin, v, &peer.link, host, now, &trusted);

	CU_ASSERT_EQUAL(trusted != NULL, e == OK);
	CU_ASSERT_EQUAL(peer.judge.accept != NULL, e == OK);
	CU_ASSERT(e == OK || of_pin.used == 0);
	return e;
}

static void pinned(const char *pin, const char *shown, enum err want)
{
	begin(shown);
	if (!CHECK_ERR(hold_at(voucher_for(pin), NULL, masa_now), want))
		printf("pin %s, peer %s\n", pin, shown);
}

static void a_peer_below_the_pinned_ca(void)
{
	pinned("domain-root", "registrar domain-sub", OK);
	pinned("domain-root", "registrar domain-sub domain-root", OK);
	pinned("domain-root", "registrar domain-root domain-sub", OK); /* in any order */
	pinned("domain-sub", "registrar", OK);
	pinned("domain-sub", "registrar domain-sub domain-root", OK);
	pinned("domain-root", "registrar", E_PIN); /* no way up */
	pinned("foreign-root", "registrar domain-sub domain-root", E_PIN);
	pinned("domain-root", "foreign-registrar foreign-sub foreign-root", E_PIN);
	pinned("domain-root", "foreign-registrar domain-sub", E_PIN); /* same names */
}

static void what_comes_of_it(void)
{
	begin("registrar domain-sub");
	CHECK_OK(hold_at(voucher_for("domain-root"), NULL, masa_now));
	CU_ASSERT_PTR_NOT_NULL_FATAL(trusted);
	CU_ASSERT(trusted_link(trusted) == &peer.link);
	CU_ASSERT_EQUAL(trusted_authority(trusted), AUTHORITY_BY_EKU);
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->n, 1);
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->a[0].kind, ANCHOR_CERT);
	CU_ASSERT(span_equal(trusted_anchors(trusted)->a[0].der, masa_cert(&arena, "domain-root")));
	CU_ASSERT_EQUAL(trusted_chain(trusted).n, 2);
}

/* It stands on copies: neither the voucher's arena nor the link's chain need last. */
static void the_arena_owns_the_copies(void)
{
	const struct span *anchor;
	struct span certs[CHAIN_MAX], root;

	begin("registrar domain-sub");
	CHECK_OK(hold_at(voucher_for("domain-root"), "registrar.example", masa_now));
	CU_ASSERT_PTR_NOT_NULL_FATAL(trusted);
	arena_reset(&arena);
	anchor = &trusted_anchors(trusted)->a[0].der;
	CU_ASSERT(anchor->p >= second_room && anchor->p < second_room + sizeof second_room);
	root = masa_cert(&arena, "domain-root");
	CU_ASSERT(span_equal(*anchor, root));
	CHECK_OK(peer.judge.accept(peer.judge.context, chain_of(certs, "registrar domain-sub")));
}

/* First equality, whatever the pin is and whatever the peer may do. */
static void a_peer_with_the_pinned_key(void)
{
	pinned("registrar", "registrar domain-sub", OK);
	pinned("registrar", "registrar", OK);
	pinned("registrar", "registrar-renewed", OK);
	pinned("registrar-renewed", "registrar domain-sub", OK);
	pinned("registrar-expired", "registrar-expired", E_CERT_TIME);
	pinned("registrar-self", "registrar-self", OK);
	pinned("registrar-self-ca", "registrar-self-ca", OK); /* has no cmcRA, needs none */
	pinned("ldevid", "ldevid", OK);                       /* the owner may pin what he likes */
	pinned("registrar", "registrar-second domain-sub", E_PIN);
	pinned("registrar", "foreign-registrar", E_PIN);
	pinned("registrar-self", "registrar", E_PIN);
}

/* An end entity issues nothing, though its key would do. */
static void an_end_entity_issues_nothing(void)
{
	pinned("registrar-self", "registrar-below-end-entity registrar-self", E_PIN);
	pinned("registrar-self", "registrar-below-end-entity", E_PIN);
	begin("registrar-below-end-entity registrar-self");
	CHECK_ERR(hold_at(voucher_for("registrar-self"), "registrar.example", masa_now), E_PIN);
}

static void pins_that_are_keys(void)
{
	struct fake_voucher v = masa_good;

	v.pin_cert = NULL;
	v.pin_key = "registrar";
	begin("registrar domain-sub");
	CHECK_OK(hold_at(voucher_pins(&v), NULL, masa_now));
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->a[0].kind, ANCHOR_KEY);
	begin("registrar-renewed");
	CHECK_OK(hold_at(voucher_pins(&v), NULL, masa_now));
	begin("registrar-second domain-sub");
	CHECK_ERR(hold_at(voucher_pins(&v), NULL, masa_now), E_PIN);
	v.pin_key = "domain-sub"; /* the issuer's key is not the peer's */
	begin("registrar domain-sub domain-root");
	CHECK_ERR(hold_at(voucher_pins(&v), "registrar.example", masa_now), E_PIN);

	v.pin_key = NULL;
	v.pin_key_hash = "registrar";
	begin("registrar domain-sub");
	CHECK_OK(hold_at(voucher_pins(&v), NULL, masa_now));
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->a[0].kind, ANCHOR_KEY_SHA256);
	begin("registrar-second domain-sub");
	CHECK_ERR(hold_at(voucher_pins(&v), NULL, masa_now), E_PIN);
	v.pin_key_hash = "domain-root";
	begin("registrar domain-sub domain-root");
	CHECK_ERR(hold_at(voucher_pins(&v), "registrar.example", masa_now), E_PIN);
}

/* Of several the one that counts, see check.c: the certificate. */
static void the_other_pins_do_not_count(void)
{
	struct fake_voucher v = masa_good;

	v.pin_cert = "registrar";
	v.pin_key = "registrar-second";
	v.pin_key_hash = "registrar-second";
	begin("registrar");
	CHECK_OK(hold_at(voucher_pins(&v), NULL, masa_now));
	begin("registrar-second domain-sub");
	CHECK_ERR(hold_at(voucher_pins(&v), NULL, masa_now), E_PIN);
}

/* Every device of the domain leads to its CA; not every one is its registrar. */
static void a_member_is_no_registrar(void)
{
	pinned("domain-root", "registrar-ra-only domain-sub", OK); /* without serverAuth */
	pinned("domain-root", "ldevid domain-sub", E_PIN_ROLE);
	pinned("domain-root", "registrar-web domain-sub", E_PIN_ROLE);
	pinned("domain-root", "registrar-any domain-sub", E_PIN_ROLE); /* any use is not this one */
	pinned("domain-root", "registrar-agreeing domain-sub", E_PIN); /* cannot sign */
}

static void or_it_has_the_name_the_operator_said(void)
{
	static const struct {
		const char *shown, *host;
		enum err want;
	} rows[] = {
		{ "registrar-web domain-sub", "registrar.example", OK },
		{ "registrar-web domain-sub", "REGISTRAR.example", OK },
		{ "registrar-web domain-sub", "192.0.2.1", OK },
		{ "registrar-web domain-sub", "2001:db8::1", OK },
		{ "registrar-web domain-sub", "other.example", E_PIN_ROLE },
		{ "registrar-web domain-sub", "192.0.2.2", E_PIN_ROLE },
		{ "registrar domain-sub", "other.example", OK },
		{ "registrar-any domain-sub", "registrar.example", E_PIN_ROLE }, /* has no SAN */
		{ "foreign-registrar foreign-sub", "registrar.example", E_PIN },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(rows[i].shown);
		if (!CHECK_ERR(hold_at(voucher_for("domain-root"), rows[i].host, masa_now),
		               rows[i].want))
			printf("%s as %s\n", rows[i].shown, rows[i].host);
	}
}

/* RFC 8995 2.6.1 */
static void dates_by_the_clock(void)
{
	static const struct {
		const char *pin, *shown;
		enum confidence clock;
		enum err want;
	} rows[] = {
		{ "domain-root", "registrar-expired domain-sub", TIME_SET, E_CERT_TIME },
		{ "domain-root", "registrar-expired domain-sub", TIME_FLOOR, E_CERT_TIME },
		{ "domain-root", "registrar-expired domain-sub", TIME_UNSET, OK },
		{ "domain-root", "registrar-future domain-sub", TIME_SET, E_CERT_TIME },
		{ "domain-root", "registrar-future domain-sub", TIME_FLOOR, OK },
		{ "domain-root", "registrar-future domain-sub", TIME_UNSET, OK },
		{ "registrar-expired", "registrar-expired", TIME_SET, E_CERT_TIME },
		{ "registrar-expired", "registrar-expired", TIME_FLOOR, E_CERT_TIME },
		{ "registrar-expired", "registrar-expired", TIME_UNSET, OK },
		{ "registrar-future", "registrar-future", TIME_SET, E_CERT_TIME },
		{ "registrar-future", "registrar-future", TIME_FLOOR, OK },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct moment now = { rows[i].clock, rows[i].clock == TIME_UNSET ? 0 : MASA_NOW };

		begin(rows[i].shown);
		if (!CHECK_ERR(hold_at(voucher_for(rows[i].pin), NULL, now), rows[i].want))
			printf("row %zu\n", i);
	}
}

static void peers_without_a_usable_certificate(void)
{
	static const uint8_t rubbish[] = { 0x30, 0 };
	struct span certs[] = { { rubbish, sizeof rubbish } };

	begin("");
	CHECK_ERR(hold_at(voucher_for("domain-root"), "registrar.example", masa_now), E_PIN);
	peer.chain = (struct chain){ certs, 1 };
	CHECK_ERR(hold_at(voucher_for("domain-root"), "registrar.example", masa_now), E_PIN);
}

/* ---- coming back */

/* Over the link, or over another one: judged alike. */
static enum err comes_back_with(const char *names)
{
	struct span certs[CHAIN_MAX];
	struct chain chain = chain_of(certs, names);
	struct judge another = pin_judge(trusted);
	enum err e = peer.judge.accept(peer.judge.context, chain);

	CHECK_ERR(another.accept(another.context, chain), e);
	return e;
}

/* RFC 8995 5: the same certificates, or others that pass the same test. */
static void a_peer_that_comes_back(void)
{
	begin("registrar domain-sub");
	clock_pretend(masa_now);
	CHECK_OK(hold_at(voucher_for("domain-root"), NULL, masa_now));
	CHECK_OK(comes_back_with("registrar domain-sub"));
	CHECK_OK(comes_back_with("registrar domain-sub domain-root"));
	CHECK_OK(comes_back_with("registrar-second domain-sub"));
	CHECK_ERR(comes_back_with("registrar"), E_PIN);
	CHECK_ERR(comes_back_with(""), E_PIN);
	CHECK_ERR(comes_back_with("registrar-web domain-sub"), E_PIN_ROLE);
	CHECK_ERR(comes_back_with("foreign-registrar foreign-sub"), E_PIN);
	CHECK_ERR(comes_back_with("registrar-expired domain-sub"), E_CERT_TIME);
	begin("registrar");
	CHECK_OK(hold_at(voucher_for("registrar"), NULL, masa_now));
	CHECK_OK(comes_back_with("registrar-renewed domain-sub"));
	CHECK_ERR(comes_back_with("registrar-second domain-sub"), E_PIN);
}

/* What was found good without a clock is not judged anew because one was set. */
static void the_same_chain_stays_good(void)
{
	begin("registrar-expired domain-sub");
	CHECK_OK(hold_at(voucher_for("domain-root"), NULL, (struct moment){ TIME_UNSET, 0 }));
	clock_pretend(masa_now);
	CHECK_OK(comes_back_with("registrar-expired domain-sub"));
	CHECK_ERR(comes_back_with("registrar-expired domain-sub domain-root"), E_CERT_TIME);
}

static void the_arena_bounds_it(void)
{
	const struct voucher *v;
	size_t need;

	begin("registrar domain-sub");
	v = voucher_for("domain-root");
	CHECK_OK(hold_at(v, "registrar.example", masa_now));
	need = of_pin.used;
	for (size_t n = 0; n < need; n += 7) {
		struct arena small = { second_room, n, 0 };

		CHECK_ERR(pin_by_voucher(&small, v, &peer.link, "registrar.example", masa_now,
		                         &trusted),
		          E_SPACE);
		CU_ASSERT(trusted == NULL && small.used == 0);
	}
}

/* ---- by what an enrolment left */

static struct anchor pin_of(const char *cert)
{
	return (struct anchor){ ANCHOR_CERT, masa_cert(&arena, cert) };
}

static enum err owned(const char *root, const char *pin, const char *shown, const char *host)
{
	struct owner owner = { .has_pin = pin != NULL };
	enum err e;

	begin(shown);
	clock_pretend(masa_now);
	owner.roots = masa_anchors(&arena, root);
	if (pin != NULL)
		owner.pin = pin_of(pin);
	e = pin_by_owner(&of_pin, &owner, &peer.link, host, masa_now, &trusted);
	CU_ASSERT_EQUAL(trusted != NULL, e == OK);
	CU_ASSERT_EQUAL(peer.judge.accept != NULL, e == OK);
	CU_ASSERT(e == OK || of_pin.used == 0);
	return e;
}

struct owned_row {
	const char *pin, *shown, *host;
	enum err want;
};

static void check_owned(const struct owned_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!CHECK_ERR(owned("domain-root", rows[i].pin, rows[i].shown, rows[i].host),
		               rows[i].want))
			printf("pin %s, peer %s\n", rows[i].pin ? rows[i].pin : "none",
			       rows[i].shown);
}

static void an_owners_server_below_his_roots(void)
{
	static const struct owned_row rows[] = {
		{ NULL, "registrar domain-sub", NULL, OK },
		{ "domain-root", "registrar domain-sub", NULL, OK },
		{ "domain-sub", "registrar", NULL, OK },
		{ "registrar-self", "registrar-second domain-sub", NULL, OK },
		{ NULL, "registrar", NULL, E_PIN },
		{ NULL, "ldevid domain-sub", NULL, E_PIN_ROLE },
		{ NULL, "registrar-web domain-sub", NULL, E_PIN_ROLE },
		{ NULL, "registrar-web domain-sub", "registrar.example", OK },
		{ NULL, "registrar-web domain-sub", "other.example", E_PIN_ROLE },
		{ NULL, "registrar-agreeing domain-sub", NULL, E_PIN },
		{ NULL, "registrar-expired domain-sub", NULL, E_CERT_TIME },
		{ NULL, "registrar-self", NULL, E_PIN },
		{ NULL, "foreign-registrar foreign-sub foreign-root", NULL, E_PIN },
		{ NULL, "", "registrar.example", E_PIN },
	};

	check_owned(rows, sizeof rows / sizeof *rows);
}

/* ---- a name, and what the certificate that has it is for */

#define NAMES   "82 11 72 65 67 69 73 74 72 61 72 2e 65 78 61 6d 70 6c 65" /* registrar.example */
#define ADDRESS "87 04 c0 00 02 01"                                        /* 192.0.2.1 */
#define LINK    "87 10 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01"    /* fe80::1 */
#define CLIENT  "06 08 2b 06 01 05 05 07 03 02"
#define SERVER  "06 08 2b 06 01 05 05 07 03 01"
#define MAIL    "06 08 2b 06 01 05 05 07 03 04"
#define ANY     "06 04 55 1d 25 00"

static const struct {
	const char *eku, *host;
	enum err want;
} for_a_use[] = {
	{ NULL, "registrar.example", OK },
	{ NULL, "192.0.2.1", OK },
	{ NULL, "fe80::1", OK },
	{ NULL, "fe80::1%eth0", OK },
	{ NULL, "192.0.2.2", E_PIN_ROLE },
	{ NULL, NULL, E_PIN_ROLE },
	{ "30 0a" SERVER, "192.0.2.1", OK },
	{ "30 14" CLIENT SERVER, "registrar.example", OK },
	{ "30 06" ANY, "registrar.example", OK },
	{ "30 0a" CLIENT, "registrar.example", E_PIN_ROLE },
	{ "30 0a" CLIENT, "192.0.2.1", E_PIN_ROLE },
	{ "30 0a" MAIL, "registrar.example", E_PIN_ROLE },
	{ "30 14" CLIENT MAIL, "fe80::1", E_PIN_ROLE },
};

static struct span fake_registrar(const struct signer *ca, const struct signer *key,
                                  const char *eku)
{
	struct span names = test_hex(&arena, "30 2b" NAMES ADDRESS LINK);
	struct span san = fake_extension(&arena, test_hex(&arena, "55 1d 11"), false, names);
	struct span use = NO_BYTES;
	uint8_t *both;

	if (eku != NULL)
		use = fake_extension(&arena, test_hex(&arena, "55 1d 25"), false,
		                     test_hex(&arena, eku));
	both = arena_take(&arena, san.n + use.n);
	memcpy(both, san.p, san.n);
	if (use.n > 0)
		memcpy(both + san.n, use.p, use.n);
	return fake_cert(&arena, &(struct fake_cert){ .subject = "Registrar",
	                                              .issuer = "Domain",
	                                              .issuer_key = ca,
	                                              .spki = signer_spki(key),
	                                              .extensions = { both, san.n + use.n } });
}

static void a_name_is_not_all(void)
{
	const struct moment now = { TIME_SET, FAKE_NOW };
	struct signer *ca, *key;

	CHECK_OK(signer_generate(&ca, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	for (size_t i = 0; i < sizeof for_a_use / sizeof *for_a_use; i++) {
		struct owner owner = { .has_pin = false };
		struct span cert;

		begin("");
		cert = fake_registrar(ca, key, for_a_use[i].eku);
		peer.chain = (struct chain){ &cert, 1 };
		CHECK_OK(anchors_add(&owner.roots, ANCHOR_CERT,
		                     fake_cert(&arena, &(struct fake_cert){ .subject = "Domain",
		                                                            .issuer = "Domain",
		                                                            .issuer_key = ca,
		                                                            .spki = signer_spki(ca),
		                                                            .ca = true })));
		if (!CHECK_ERR(pin_by_owner(&of_pin, &owner, &peer.link, for_a_use[i].host, now,
		                            &trusted),
		               for_a_use[i].want))
			printf("row %zu\n", i);
	}
	signer_close(ca);
	signer_close(key);
}

/* The pin stays good beside the roots; as an end entity it issues nothing. */
static void an_owners_server_with_the_pinned_key(void)
{
	static const struct owned_row rows[] = {
		{ "registrar-self", "registrar-self", NULL, OK },
		{ "registrar", "registrar-renewed", NULL, OK },
		{ "foreign-registrar", "foreign-registrar", NULL, OK },
		{ "foreign-root", "foreign-registrar foreign-sub", NULL, OK },
		{ "registrar-expired", "registrar-expired", NULL, E_CERT_TIME },
		{ "registrar-self", "registrar-below-end-entity registrar-self", NULL, E_PIN },
		{ "registrar-self", "foreign-registrar foreign-sub", NULL, E_PIN },
	};

	check_owned(rows, sizeof rows / sizeof *rows);
	/* ... and no root is a pin: its very key proves no role */
	CHECK_ERR(owned("ldevid", NULL, "ldevid domain-sub", NULL), E_PIN_ROLE);
}

static void an_owners_server_that_comes_back(void)
{
	CHECK_OK(owned("domain-root", "registrar-self", "registrar domain-sub", NULL));
	CU_ASSERT_EQUAL(trusted_authority(trusted), AUTHORITY_BY_EKU);
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->n, 2);
	CHECK_OK(comes_back_with("registrar-second domain-sub"));
	CHECK_OK(comes_back_with("registrar-self"));
	CHECK_ERR(comes_back_with("registrar-web domain-sub"), E_PIN_ROLE);
	CHECK_ERR(comes_back_with("foreign-registrar foreign-sub"), E_PIN);
	/* a pin that is a root is held once */
	CHECK_OK(owned("domain-root", "domain-root", "registrar domain-sub", NULL));
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->n, 1);
}

/* The operator alone can have asked for it; the messages protect themselves. */
static void an_owners_server_by_plain_http(void)
{
	struct owner owner = { .has_pin = false };

	begin("");
	owner.roots = masa_anchors(&arena, "domain-root");
	snprintf(peer.link.origin, sizeof peer.link.origin, "http://ca.example");
	CHECK_OK(pin_by_owner(&of_pin, &owner, &peer.link, "ca.example", masa_now, &trusted));
	CU_ASSERT_PTR_NOT_NULL_FATAL(trusted);
	CU_ASSERT(peer.judge.accept == NULL);
	CU_ASSERT_EQUAL(trusted_authority(trusted), AUTHORITY_BY_EKU);
}

static void more_roots_than_fit(void)
{
	struct owner owner = { .has_pin = true };

	begin("registrar domain-sub");
	owner.pin = pin_of("registrar-self");
	for (size_t i = 0; i < ANCHORS_MAX; i++)
		CHECK_OK(anchors_add(&owner.roots, ANCHOR_CERT, masa_cert(&arena, "domain-root")));
	CU_ASSERT_NOT_EQUAL(pin_by_owner(&of_pin, &owner, &peer.link, NULL, masa_now, &trusted),
	                    OK);
	CU_ASSERT_PTR_NULL(trusted);
}

/* ---- by the operator */

static enum err operated(const char *origin, const char *anchor, const char *shown)
{
	struct anchors anchors;
	enum err e;

	begin(shown);
	anchors = masa_anchors(&arena, anchor);
	clock_pretend(masa_now);
	snprintf(peer.link.origin, sizeof peer.link.origin, "%s", origin);
	e = pin_by_operator(
		&of_pin,
		&(struct operator_trust){ .anchors = &anchors, .authority = AUTHORITY_ANY },
		&peer.link, &trusted);
	CU_ASSERT_EQUAL(trusted != NULL, e == OK);
	CU_ASSERT(e == OK || (of_pin.used == 0 && peer.judge.accept == NULL));
	return e;
}

static void path_and_name_by_the_operator(void)
{
	static const struct {
		const char *origin, *anchor, *shown;
		enum err want;
	} rows[] = {
		{ "https://registrar.example", "domain-root", "registrar-web domain-sub", OK },
		{ "https://registrar.example:8443", "domain-sub", "registrar-web", OK },
		{ "https://192.0.2.1:8443", "domain-root", "registrar-web domain-sub", OK },
		{ "https://[2001:db8::1]:8443", "domain-root", "registrar domain-sub", OK },
		{ "https://[2001:db8::1%25eth0]", "domain-root", "registrar domain-sub", OK },
		{ "https://registrar.example", "registrar-self", "registrar-self", OK },
		{ "https://other.example", "domain-root", "registrar domain-sub", E_CERT_NAMES },
		{ "https://[2001:db8::2]", "domain-root", "registrar domain-sub", E_CERT_NAMES },
		{ "https://registrar.example.evil", "domain-root", "registrar domain-sub",
		  E_CERT_NAMES },
		{ "https://registrar.example", "domain-root", "registrar", E_CERT_CHAIN },
		{ "https://registrar.example", "domain-root", "ldevid domain-sub", E_CERT_USAGE },
		{ "https://registrar.example", "domain-root", "registrar-expired domain-sub",
		  E_CERT_TIME },
		{ "https://registrar.example", "registrar-self",
		  "registrar-below-end-entity registrar-self", E_CERT_CA },
		{ "https://registrar.example", "domain-root", "", E_PIN },
		{ "coaps://registrar.example", "domain-root", "", E_PIN },
		{ "https://", "domain-root", "registrar domain-sub", E_BUG },
		{ "registrar.example", "domain-root", "registrar domain-sub", E_BUG },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!CHECK_ERR(operated(rows[i].origin, rows[i].anchor, rows[i].shown),
		               rows[i].want))
			printf("%s, %s, %s\n", rows[i].origin, rows[i].anchor, rows[i].shown);
	CHECK_OK(operated(rows[0].origin, rows[0].anchor, rows[0].shown));
	CU_ASSERT_EQUAL(trusted_authority(trusted), AUTHORITY_ANY);
	CU_ASSERT(span_equal(trusted_anchors(trusted)->a[0].der, masa_cert(&arena, "domain-root")));
	CHECK_OK(comes_back_with("registrar domain-sub"));
	CHECK_ERR(comes_back_with("registrar-ra-only domain-sub"), E_CERT_NAMES);
	CHECK_ERR(comes_back_with("registrar"), E_CERT_CHAIN);
}

/* CMP messages protect themselves. */
static void plain_http_has_nobody_to_judge(void)
{
	CHECK_OK(operated("http://ca.example:8080", "domain-root", ""));
	CU_ASSERT(peer.judge.accept == NULL);
	CU_ASSERT_EQUAL(trusted_anchors(trusted)->n, 1);
	CU_ASSERT_EQUAL(trusted_chain(trusted).n, 0);
}

const struct test_suite suite_voucher_pin = {
	"voucher/pin",
	{
		{ "a peer below the pinned CA", a_peer_below_the_pinned_ca },
		{ "what comes of it", what_comes_of_it },
		{ "the arena owns the copies", the_arena_owns_the_copies },
		{ "a peer with the pinned key", a_peer_with_the_pinned_key },
		{ "an end entity issues nothing", an_end_entity_issues_nothing },
		{ "pins that are keys", pins_that_are_keys },
		{ "the other pins do not count", the_other_pins_do_not_count },
		{ "a member is no registrar", a_member_is_no_registrar },
		{ "or it has the name the operator said", or_it_has_the_name_the_operator_said },
		{ "a name is not all: its certificate is for servers", a_name_is_not_all },
		{ "dates by the clock", dates_by_the_clock },
		{ "peers without a usable certificate", peers_without_a_usable_certificate },
		{ "a peer that comes back", a_peer_that_comes_back },
		{ "the same chain stays good", the_same_chain_stays_good },
		{ "the arena bounds it", the_arena_bounds_it },
		{ "an owner's server below his roots", an_owners_server_below_his_roots },
		{ "an owner's server with the pinned key", an_owners_server_with_the_pinned_key },
		{ "an owner's server that comes back", an_owners_server_that_comes_back },
		{ "an owner's server by plain HTTP", an_owners_server_by_plain_http },
		{ "more roots than fit are an error", more_roots_than_fit },
		{ "path and name by the operator", path_and_name_by_the_operator },
		{ "plain HTTP has nobody to judge", plain_http_has_nobody_to_judge },
	}
};
