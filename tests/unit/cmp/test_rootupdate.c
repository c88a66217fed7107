/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new root is believed when it follows from the old one, and not for being sent. */
#include <stdlib.h>

#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_root_update got;

/* ca.root_key is the old root's, ca.new_key the new one's. */
static struct span certificate(const char *subject, const struct signer *of, const char *issuer,
                               const struct signer *by)
{
	return fake_cert(ca.arena, &(struct fake_cert){ .subject = subject,
	                                                .issuer = issuer,
	                                                .issuer_key = by,
	                                                .spki = signer_spki(of),
	                                                .ca = true });
}

static struct span new_with_new(const char *name)
{
	return certificate(name, ca.new_key, name, ca.new_key);
}

static struct span new_with_old(const char *name)
{
	return certificate(name, ca.new_key, "Root", ca.root_key);
}

static struct span old_with_new(const char *name)
{
	return certificate("Root", ca.root_key, name, ca.new_key);
}

static struct span content(struct span new_new, struct span new_old, struct span old_new)
{
	struct derw w = derw_in(ca.arena, 4 * CERT_SIZE_MAX);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, new_new);
		if (new_old.n > 0)
			IN (&w, DER_CONTEXT(0))
				derw_raw(&w, new_old);
		if (old_new.n > 0)
			IN (&w, DER_CONTEXT(1))
				derw_raw(&w, old_new);
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static enum err ask(struct span old_root, struct span info,
                    void (*bend)(struct fake_ca *, struct fake_message *))
{
	struct moment clock = fake_time;
	struct fake_row script[] = { { REPLY_INFO, bend }, { REPLY_NONE, NULL } };

	arena_reset(&a);
	ca.info = info;
	fake_ca_plays(&ca, script);
	fake_time = clock;
	return cmp_get_root_update(&ca.client, &a, old_root, &got);
}

/* What was asked for with the root of the fake CA. */
static void refused(struct span new_new, struct span new_old, struct span old_new,
                    const char *because)
{
	enum err e = ask(ca.root, content(new_new, new_old, old_new), NULL);

	CHECK_ERR(e, E_ROOT_UPDATE);
	CU_ASSERT(strstr(err_reason(e), because) != NULL);
	if (strstr(err_reason(e), because) == NULL)
		printf("\n    %s\n", err_reason(e));
	CU_ASSERT_FALSE(got.present);
	CU_ASSERT_EQUAL(got.new_with_new.n, 0);
}

static void takes_one_with_its_links(void)
{
	struct span new_new, new_old, old_new;

	fake_ca_open(&ca, &ca_arena);
	new_new = new_with_new("Root");
	new_old = new_with_old("Root");
	old_new = old_with_new("Root");
	CHECK_OK(ask(ca.root, content(new_new, new_old, old_new), NULL));
	CU_ASSERT(got.present);
	CU_ASSERT(span_equal(got.new_with_new, new_new));
	CU_ASSERT(span_equal(got.new_with_old, new_old));
	CU_ASSERT(span_equal(got.old_with_new, old_new));
	CU_ASSERT_FALSE(got.by_hash);
	CU_ASSERT_STRING_EQUAL(ca.link.sent[0].path, "/.well-known/cmp/getrootupdate");
	CU_ASSERT(span_equal(ca.info_asked, ca.root));
	CHECK_OK(ask(ca.root, content(new_new, new_old, NO_BYTES), NULL));
	CU_ASSERT(got.present);
	CU_ASSERT_EQUAL(got.old_with_new.n, 0);
	fake_ca_close(&ca);
}

static void there_may_be_none(void)
{
	static const uint8_t rubbish[] = { 0x30, 3, 2, 1, 5 };

	fake_ca_open(&ca, &ca_arena);
	CHECK_OK(ask(ca.root, NO_BYTES, NULL));
	CU_ASSERT_FALSE(got.present);
	/* what we hold is no certificate: nothing is asked */
	CHECK_ERR(ask(SPAN(rubbish), NO_BYTES, NULL), E_ROOT_UPDATE);
	CU_ASSERT_EQUAL(ca.link.count, 0);
	fake_ca_close(&ca);
}

/* Each of these comes in a message whose protection is good. */
static void believes_nothing_for_being_sent(void)
{
	struct span new_new, none = NO_BYTES;

	fake_ca_open(&ca, &ca_arena);
	new_new = new_with_new("Root");
	refused(new_new, none, none, "newWithOld is missing");
	refused(ca.stranger, none, none, "newWithOld is missing");
	refused(new_new, none, old_with_new("Root"), "newWithOld is missing");
	refused(ca.root, new_with_old("Root"), none, "the old root itself");
	fake_ca_close(&ca);
}

static void refuses_links_that_bind_nothing(void)
{
	struct span new_new, none = NO_BYTES;

	fake_ca_open(&ca, &ca_arena);
	new_new = new_with_new("Root");
	refused(new_new, certificate("Root", ca.new_key, "Root", ca.stranger_key), none,
	        "newWithOld: ");
	refused(new_new, certificate("Root", ca.stranger_key, "Root", ca.root_key), none,
	        "newWithOld: it is for another key");
	refused(new_new, new_with_old("Other"), none, "newWithOld: its subject is");
	refused(new_new, certificate("Root", ca.new_key, "Other", ca.root_key), none,
	        "newWithOld: ");
	refused(new_new, new_with_new("Root"), none, "newWithOld: ");
	/* another name: only an announcement could say so */
	refused(new_with_new("Root 2"), new_with_old("Root 2"), none, "another name");
	/* oldWithNew is not needed; what comes is judged */
	refused(new_new, new_with_old("Root"),
	        certificate("Root", ca.root_key, "Root", ca.stranger_key), "oldWithNew: ");
	refused(new_new, new_with_old("Root"),
	        certificate("Root", ca.stranger_key, "Root", ca.new_key),
	        "oldWithNew: it is for another key");
	refused(new_new, new_with_old("Root"),
	        certificate("Other", ca.root_key, "Root", ca.new_key),
	        "oldWithNew: its subject is");
	refused(new_new, new_with_old("Root"), new_with_old("Root"), "oldWithNew: ");
	fake_ca_close(&ca);
}

static struct span end_entity(const char *name, const struct signer *by, uint32_t key_usage,
                              bool is_ca)
{
	return fake_cert(ca.arena, &(struct fake_cert){ .subject = name,
	                                                .issuer = "Root",
	                                                .issuer_key = by,
	                                                .spki = signer_spki(ca.new_key),
	                                                .ca = is_ca,
	                                                .key_usage = key_usage });
}

static struct span lax_ca(const struct signer *by)
{
	return fake_x509(ca.arena, &(struct fake_parts){ .issuer = "/CN=Root",
	                                                 .subject = "/CN=Root",
	                                                 .spki = signer_spki(ca.new_key),
	                                                 .not_before = FAKE_NOW - FAKE_DAY,
	                                                 .extensions = X_CA_LAX,
	                                                 .key = by });
}

/* Nobody whom the old root certified for something else raises himself. */
static void only_a_ca_becomes_a_root(void)
{
	struct span new_new, none = NO_BYTES;

	fake_ca_open(&ca, &ca_arena);
	new_new = new_with_new("Root");
	refused(new_new, end_entity("Root", ca.root_key, 0, false), none, "no CA certificate");
	refused(new_new, end_entity("Root", ca.root_key, KU_CRL_SIGN, true), none, "keyCertSign");
	/* the same of newWithNew */
	refused(end_entity("Root", ca.new_key, 0, false), new_with_old("Root"), none,
	        "newWithNew: it is no CA certificate");
	refused(end_entity("Root", ca.new_key, KU_CRL_SIGN, true), new_with_old("Root"), none,
	        "newWithNew: its keyUsage lacks keyCertSign");
	/* basicConstraints may be not critical (RFC 5280 6.1.4 k) */
	CHECK_OK(ask(ca.root, content(lax_ca(ca.new_key), lax_ca(ca.root_key), none), NULL));
	CU_ASSERT(got.present);
	/* a CA below the old root, with its own certificate for a newWithOld */
	refused(new_with_new("Sub CA"), new_with_old("Sub CA"), none, "another name");
	fake_ca_close(&ca);
}

static void a_root_signs_itself(void)
{
	struct span new_old, none = NO_BYTES;

	fake_ca_open(&ca, &ca_arena);
	new_old = new_with_old("Root");
	refused(certificate("Root", ca.new_key, "Root", ca.stranger_key), new_old, none,
	        "newWithNew: ");
	refused(certificate("Root", ca.new_key, "Other", ca.new_key), new_old, none,
	        "newWithNew: it is not self-issued");
	/* the link alone, twice */
	refused(new_old, new_old, none, "newWithNew: ");
	fake_ca_close(&ca);
}

static struct span dated(const struct signer *by, int64_t from, int64_t to)
{
	return fake_cert(ca.arena, &(struct fake_cert){ .subject = "Root",
	                                                .issuer = "Root",
	                                                .issuer_key = by,
	                                                .spki = signer_spki(ca.new_key),
	                                                .ca = true,
	                                                .not_before = from,
	                                                .not_after = to });
}

static void dates_by_the_clock(void)
{
	const int64_t day = FAKE_DAY, now = FAKE_NOW;
	struct span new_new, new_old, none = NO_BYTES, over, ahead, link_over, old;

	fake_ca_open(&ca, &ca_arena);
	new_new = new_with_new("Root");
	new_old = new_with_old("Root");
	over = dated(ca.new_key, now - 30 * day, now - day);
	ahead = dated(ca.new_key, now + day, now + 9 * day);
	link_over = dated(ca.root_key, now - 30 * day, now - day);
	refused(over, new_old, none, "newWithNew: ");
	refused(ahead, new_old, none, "newWithNew: ");
	refused(new_new, link_over, none, "newWithOld: ");
	fake_time = (struct moment){ TIME_FLOOR, now };
	refused(over, new_old, none, "newWithNew: ");
	CHECK_OK(ask(ca.root, content(ahead, new_old, none), NULL));
	fake_time = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(ask(ca.root, content(over, link_over, none), NULL));
	/* an old root that has ended proves nothing any more */
	fake_time = (struct moment){ TIME_SET, now };
	old = fake_cert(ca.arena, &(struct fake_cert){ .subject = "Root",
	                                               .issuer = "Root",
	                                               .issuer_key = ca.root_key,
	                                               .spki = signer_spki(ca.root_key),
	                                               .ca = true,
	                                               .not_after = now - day });
	CHECK_ERR(ask(old, content(new_new, new_old, none), NULL), E_ROOT_UPDATE);
	fake_ca_close(&ca);
}

/* The oldWithNew by which the root that is held once followed, for the key before it. */
static void leads_forward(void)
{
	const int64_t earlier = FAKE_NOW - 40 * FAKE_DAY, end = FAKE_NOW + 9 * FAKE_DAY;
	const int64_t same = FAKE_NOW - 30 * FAKE_DAY;

	fake_ca_open(&ca, &ca_arena);
	/* with the root of then, and with one that the holder of its key makes today */
	refused(dated(ca.new_key, earlier, end), dated(ca.root_key, earlier, end), NO_BYTES,
	        "newWithOld is of");
	refused(dated(ca.new_key, FAKE_NOW, end), dated(ca.root_key, earlier, end), NO_BYTES,
	        "newWithOld is of");
	refused(dated(ca.new_key, earlier, end), dated(ca.root_key, FAKE_NOW, end), NO_BYTES,
	        "newWithNew is of");
	/* made on the same day */
	CHECK_OK(ask(ca.root,
	             content(dated(ca.new_key, same, end), dated(ca.root_key, same, end), NO_BYTES),
	             NULL));
	fake_ca_close(&ca);
}

/* The usual way to a later end: the same name, the same key, self-signed once more. */
static void keeps_the_key(void)
{
	const int64_t same = FAKE_NOW - 30 * FAKE_DAY, later = FAKE_NOW + 3000 * FAKE_DAY;
	struct span renewed;

	fake_ca_open(&ca, &ca_arena);
	renewed = fake_cert(ca.arena, &(struct fake_cert){ .subject = "Root",
	                                                   .issuer = "Root",
	                                                   .issuer_key = ca.root_key,
	                                                   .spki = signer_spki(ca.root_key),
	                                                   .ca = true,
	                                                   .not_before = same,
	                                                   .not_after = later });
	CHECK_OK(ask(ca.root, content(renewed, renewed, NO_BYTES), NULL));
	CU_ASSERT(span_equal(got.new_with_new, renewed));
	CHECK_OK(ask(ca.root, content(renewed, renewed, ca.root), NULL));
	refused(renewed, certificate("Root", ca.root_key, "Root", ca.stranger_key), NO_BYTES,
	        "newWithOld: ");
	fake_ca_close(&ca);
}

/* serialNumber 1, as all certificates of fake_cert() have */
#define ENTRY_1 "3012 020101 170d 3237303131303030303030305a"

static void a_revoked_link_proves_nothing(void)
{
	struct span list;

	fake_ca_open(&ca, &ca_arena);
	list = fake_crl(
		ca.arena,
		&(struct fake_crl){ .issuer = "/CN=Root", .entries = ENTRY_1, .key = ca.root_key });
	CHECK_OK(ask(ca.root, content(new_with_new("Root"), new_with_old("Root"), NO_BYTES), NULL));
	ca.client.crls = &(struct octets){ .p = list.p, .n = list.n };
	ca.client.crl_count = 1;
	/* the signer of the message has the same number: by another CA, it is not meant */
	ca.trusted.authority = AUTHORITY_ANY;
	CHECK_OK(anchors_add(&ca.trusted.anchors, ANCHOR_CERT, ca.ra));
	refused(new_with_new("Root"), new_with_old("Root"), NO_BYTES, "revoked");
	fake_ca_close(&ca);
}

/* ---- hashOfRootKey, RFC 8649 */

#define SHA256_ID "06 09 60 86 48 01 65 03 04 02 01"
#define SHA384_ID "06 09 60 86 48 01 65 03 04 02 02"
#define SHA512_ID "06 09 60 86 48 01 65 03 04 02 03"
#define SHA1_ID   "06 05 2b 0e 03 02 1a"

static int64_t old_root_ends; /* 0: not yet */

/* The old root once more, with an announcement of that key. */
static struct span root_announcing(struct span spki, enum hash hash, const char *alg, bool critical)
{
	static const uint8_t oid[] = { 0x2b, 6, 1, 4, 1, 0x83, 0x92, 0x1b, 2, 1 };
	struct derw w = derw_in(ca.arena, 256);
	struct span value;
	struct digest d;

	CHECK_OK(hash_of(hash, spki, &d));
	IN (&w, DER_SEQUENCE) {
		IN (&w, DER_SEQUENCE)
			derw_raw(&w, test_hex(ca.arena, alg));
		derw_put(&w, DER_OCTET_STRING, digest_span(&d));
	}
	CHECK_OK(derw_end(&w, &value));
	return fake_cert(ca.arena,
	                 &(struct fake_cert){ .subject = "Root",
	                                      .issuer = "Root",
	                                      .issuer_key = ca.root_key,
	                                      .spki = signer_spki(ca.root_key),
	                                      .ca = true,
	                                      .not_after = old_root_ends,
	                                      .extensions = fake_extension(ca.arena, SPAN(oid),
	                                                                   critical, value) });
}

static void an_announced_key_proves_a_root(void)
{
	struct span old, new_new, new_old, old_new, none = NO_BYTES;

	fake_ca_open(&ca, &ca_arena);
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA256, SHA256_ID, false);
	new_new = new_with_new("Root 2");
	CHECK_OK(ask(old, content(new_new, none, none), NULL));
	CU_ASSERT(got.present);
	CU_ASSERT(got.by_hash);
	CU_ASSERT(span_equal(got.new_with_new, new_new));
	/* links may come along, under the new name, and then have to be good */
	new_old = new_with_old("Root 2");
	old_new = old_with_new("Root 2");
	CHECK_OK(ask(old, content(new_new, new_old, old_new), NULL));
	CU_ASSERT(got.by_hash);
	CU_ASSERT(span_equal(got.new_with_old, new_old));
	CU_ASSERT(span_equal(got.old_with_new, old_new));
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA384, SHA384_ID, false);
	CHECK_OK(ask(old, content(new_new, none, none), NULL));
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA512, SHA512_ID, false);
	CHECK_OK(ask(old, content(new_new, none, none), NULL));
	CHECK_ERR(ask(old, content(new_new, ca.stranger, none), NULL), E_ROOT_UPDATE);
	CHECK_ERR(ask(old, content(new_new, none, old_with_new("Root")), NULL), E_ROOT_UPDATE);
	CU_ASSERT_FALSE(got.present);
	fake_ca_close(&ca);
}

/* RFC 8649 2: "If either check fails ... not a valid replacement", link or no link. */
static void another_key_than_announced(void)
{
	static const char spki_sha256_null[] = SHA256_ID "05 00";
	struct span old, new_new, new_old, none = NO_BYTES;

	fake_ca_open(&ca, &ca_arena);
	new_new = new_with_new("Root");
	new_old = new_with_old("Root");
	old = root_announcing(signer_spki(ca.stranger_key), HASH_SHA256, SHA256_ID, false);
	CHECK_ERR(ask(old, content(new_new, none, none), NULL), E_ROOT_UPDATE);
	CHECK_ERR(ask(old, content(new_new, new_old, none), NULL), E_ROOT_UPDATE);
	CU_ASSERT(strstr(err_reason(E_ROOT_UPDATE), "another key than was announced") != NULL);
	/* the announcement itself is not what it must be */
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA256, SHA256_ID, true);
	CHECK_ERR(ask(old, content(new_new, new_old, none), NULL), E_ROOT_UPDATE);
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA1, SHA1_ID, false);
	CHECK_ERR(ask(old, content(new_new, new_old, none), NULL), E_ROOT_UPDATE);
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA384, SHA256_ID, false);
	CHECK_ERR(ask(old, content(new_new, new_old, none), NULL), E_ROOT_UPDATE);
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA256, "", false);
	CHECK_ERR(ask(old, content(new_new, new_old, none), NULL), E_ROOT_UPDATE);
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA256, spki_sha256_null, false);
	CHECK_OK(ask(old, content(new_new, new_old, none), NULL));
	CU_ASSERT(got.by_hash);
	/* what has ended announces nothing */
	old_root_ends = FAKE_NOW - FAKE_DAY;
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA256, SHA256_ID, false);
	CHECK_ERR(ask(old, content(new_new, none, none), NULL), E_ROOT_UPDATE);
	old_root_ends = 0;
	old = root_announcing(signer_spki(ca.new_key), HASH_SHA256, SHA256_ID, false);
	/* the new root still has to sign itself */
	CHECK_ERR(ask(old,
	              content(certificate("Root", ca.new_key, "Root", ca.root_key), none, none),
	              NULL),
	          E_ROOT_UPDATE);
	fake_ca_close(&ca);
}

/* ---- the message around it */

static void bare(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->unprotected = true;
}

static void by_no_role(struct fake_ca *c, struct fake_message *m)
{
	m->sender = fake_name(c->arena, "No role");
	m->certs[0] = c->no_role;
}

/* id-it 20, as in the request */
static void type_of_the_request(struct fake_ca *c, struct fake_message *m)
{
	m->content = test_hex(c->arena, "30 0c 30 0a 06 08 2b 06 01 05 05 07 04 14");
}

static void is_checked_like_any_other(void)
{
	struct span info;

	fake_ca_open(&ca, &ca_arena);
	info = content(new_with_new("Root"), new_with_old("Root"), NO_BYTES);
	CHECK_OK(ask(ca.root, info, NULL));
	CHECK_ERR(ask(ca.root, info, bare), E_CMP_PROTECTION);
	CU_ASSERT_FALSE(got.present);
	CHECK_ERR(ask(ca.root, info, by_no_role), E_CMP_SIGNER);
	CU_ASSERT_FALSE(got.present);
	CHECK_ERR(ask(ca.root, info, type_of_the_request), E_CMP_CONTENT);
	fake_ca_close(&ca);
}

static enum err read_and_prove(struct span info)
{
	enum err e = cmp_root_update_read(info, &got);

	if (e == OK)
		e = cmp_root_update_prove(&ca.client, ca.root, &got);
	CU_ASSERT(got.present == (e == OK));
	return e;
}

static void every_prefix_and_a_byte_behind(void)
{
	struct span info;

	fake_ca_open(&ca, &ca_arena);
	info = content(new_with_new("Root"), new_with_old("Root"), old_with_new("Root"));
	for (size_t n = 0; n < info.n; n++) {
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, info.p, n);
		CHECK_ERR(read_and_prove((struct span){ exact, n }), E_CMP_SYNTAX);
		free(exact);
	}
	/* a byte behind it, a field behind the last, the links the other way round */
	info.n++;
	CHECK_ERR(read_and_prove(info), E_CMP_SYNTAX);
	CHECK_ERR(read_and_prove(test_hex(ca.arena, "30 06 30 00 a2 02 30 00")), E_CMP_SYNTAX);
	CHECK_ERR(read_and_prove(test_hex(ca.arena, "30 0a 30 00 a1 02 30 00 a0 02 30 00")),
	          E_CMP_SYNTAX);
	CHECK_ERR(read_and_prove(test_hex(ca.arena, "30 04 30 00 30 00")), E_CMP_SYNTAX);
	CHECK_ERR(read_and_prove(test_hex(ca.arena, "30 02 30 00")), E_ROOT_UPDATE);
	fake_ca_close(&ca);
}

/* The bits of all three certificates and of what holds them together. */
static void every_flipped_bit(void)
{
	struct span info;
	uint8_t *copy;

	fake_ca_open(&ca, &ca_arena);
	info = content(new_with_new("Root"), new_with_old("Root"), old_with_new("Root"));
	copy = arena_take(ca.arena, info.n);
	memcpy(copy, info.p, info.n);
	CHECK_OK(read_and_prove((struct span){ copy, info.n }));
	for (size_t bit = 0; bit < 8 * info.n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT(read_and_prove((struct span){ copy, info.n }) != OK);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	fake_ca_close(&ca);
}

static void allocates_what_it_holds(void)
{
	static uint8_t little[4096];
	static const struct fake_row script[] = { { REPLY_INFO, NULL }, { REPLY_NONE, NULL } };
	struct arena small = ARENA_ON(little);
	enum err e;

	fake_ca_open(&ca, &ca_arena);
	ca.info = content(new_with_new("Root"), new_with_old("Root"), NO_BYTES);
	fake_ca_plays(&ca, script);
	e = cmp_get_root_update(&ca.client, &small, ca.root, &got);
	CU_ASSERT(e == E_SPACE || e == E_TOO_BIG);
	CU_ASSERT_FALSE(got.present);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_rootupdate = {
	"cmp/rootupdate",
	{
		{ "a new root with its links", takes_one_with_its_links },
		{ "there may be none", there_may_be_none },
		{ "a root is not believed for being sent", believes_nothing_for_being_sent },
		{ "links have the name, the key and the signature they must have",
	          refuses_links_that_bind_nothing },
		{ "only a CA becomes a root, and none below the old root",
	          only_a_ca_becomes_a_root },
		{ "a root signs itself", a_root_signs_itself },
		{ "dates, by what the clock allows", dates_by_the_clock },
		{ "an update leads forward, never to the root before", leads_forward },
		{ "a root may keep its key", keeps_the_key },
		{ "a link that is revoked proves nothing", a_revoked_link_proves_nothing },
		{ "hashOfRootKey: the announced key, under any name",
	          an_announced_key_proves_a_root },
		{ "hashOfRootKey: no other key, whatever the links say",
	          another_key_than_announced },
		{ "the genp is checked like any other answer", is_checked_like_any_other },
		{ "every prefix is refused, and other shapes", every_prefix_and_a_byte_behind },
		{ "every flipped bit is refused", every_flipped_bit },
		{ "a small arena is an error", allocates_what_it_holds },
	}
};
