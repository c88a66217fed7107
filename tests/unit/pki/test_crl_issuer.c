/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRLs of issuers with two keys. */
#include "platform/pki/path.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

#define ENTRY "3012 020105 170d3236303130313030303030305a"

static uint8_t block[1 << 20];
static struct arena arena;
/* Of a root, of what is below it, their second ones, and one of another kind. */
static struct signer *root, *sub, *root2, *sub2, *other;

static struct scene {
	struct cert leaf;
	struct anchors anchors;
	struct span pool[8];
	struct octets lists[2];
	struct path_request r;
} s;

static void begin(void)
{
	arena = (struct arena)ARENA_ON(block);
	CHECK_OK(signer_generate(&root, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&sub, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&root2, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&sub2, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&other, KEY_KIND_EC384));
}

static void end(void)
{
	signer_close(root);
	signer_close(sub);
	signer_close(root2);
	signer_close(sub2);
	signer_close(other);
}

static struct span certificate(const char *subject, const struct signer *of, const char *issuer,
                               const struct signer *by, const char *extensions)
{
	return fake_x509(&arena, &(struct fake_parts){ .issuer = issuer,
	                                               .subject = subject,
	                                               .serial = "020105",
	                                               .spki = signer_spki(of),
	                                               .extensions = extensions,
	                                               .key = by });
}

static struct span ca(const char *subject, const struct signer *of, const char *issuer,
                      const struct signer *by)
{
	return certificate(subject, of, issuer, by, X_CA X_KU_CA);
}

static struct octets list(const char *issuer, const struct signer *by, const char *entries)
{
	return octets_of(fake_crl(
		&arena, &(struct fake_crl){ .issuer = issuer, .entries = entries, .key = by }));
}

/* A device below issuer, whose key is by. */
static void ask_about(const char *issuer, const struct signer *by)
{
	s = (struct scene){ .r = { .now = x509_now } };
	CHECK_OK(cert_read(certificate("/CN=Leaf", other, issuer, by, X_KU_SIGN), &s.leaf));
	s.r.target = &s.leaf;
	s.r.anchors = &s.anchors;
	s.r.pool = s.pool;
	s.r.crls = s.lists;
	s.r.crl_count = 1;
}

static void trust(struct span der)
{
	CHECK_OK(anchors_add(&s.anchors, ANCHOR_CERT, der));
}

static void offer(struct span der)
{
	s.pool[s.r.pool_count++] = der;
}

/* What is said when a revoked certificate is refused, and when every status must be known. */
static void expect(enum err if_known, enum err required)
{
	struct path p;

	s.r.revocation = REVOCATION_IF_KNOWN;
	CHECK_ERR(path_check(&s.r, &p), if_known);
	s.r.revocation = REVOCATION_REQUIRED;
	CHECK_ERR(path_check(&s.r, &p), required);
}

/* Both roots are trusted: the list is signed by the new key, the certificate by the old. */
static void a_root_with_two_keys(void)
{
	begin();
	for (int turned = 0; turned < 2; turned++) {
		const struct signer *certifies = turned ? root2 : root;
		const struct signer *lists = turned ? root : root2;

		ask_about("/CN=Root", certifies);
		trust(ca("/CN=Root", root, "/CN=Root", root));
		trust(ca("/CN=Root", root2, "/CN=Root", root2));
		s.lists[0] = list("/CN=Root", lists, ENTRY);
		expect(E_REVOKED, E_REVOKED);
		s.lists[0] = list("/CN=Root", lists, NULL);
		expect(OK, OK);
	}
	end();
}

/* The new root is not trusted, but certified by the old one (newWithOld). */
static void a_root_with_a_link(void)
{
	begin();
	ask_about("/CN=Root", root);
	trust(ca("/CN=Root", root, "/CN=Root", root));
	s.lists[0] = list("/CN=Root", root2, ENTRY);
	expect(OK, E_REVOKED); /* nobody knows that key */
	offer(ca("/CN=Root", root2, "/CN=Root", root2));
	expect(OK, E_REVOKED); /* anybody can make himself a root */
	offer(ca("/CN=Root", root2, "/CN=Root", root));
	expect(E_REVOKED, E_REVOKED);
	s.lists[0] = list("/CN=Root", root2, NULL);
	expect(OK, OK);
	end();
}

static void below_a_root(const char *second_root, const struct signer *second_key)
{
	ask_about("/CN=Sub", sub);
	trust(ca("/CN=Root", root, "/CN=Root", root));
	if (second_root != NULL)
		trust(ca(second_root, second_key, second_root, second_key));
	offer(ca("/CN=Sub", sub, "/CN=Root", root));
	s.lists[0] = list("/CN=Sub", sub2, ENTRY);
	s.lists[1] = list("/CN=Root", root, NULL);
	s.r.crl_count = 2;
}

static void a_ca_with_two_keys(void)
{
	begin();
	below_a_root(NULL, NULL);
	expect(OK, E_REVOKED); /* its second certificate is not here */
	offer(ca("/CN=Sub", sub2, "/CN=Root", root));
	expect(E_REVOKED, E_REVOKED);
	s.lists[0] = list("/CN=Sub", sub2, NULL);
	expect(OK, OK);
	end();
}

/* From one kind of key to another: the list's algorithm does not go with the issuer's key. */
static void a_ca_with_keys_of_two_kinds(void)
{
	struct signer *rsa = NULL;

	begin();
	CHECK_OK(signer_generate(&rsa, KEY_KIND_RSA2048));
	below_a_root(NULL, NULL);
	offer(ca("/CN=Sub", rsa, "/CN=Root", root));
	s.lists[0] = list("/CN=Sub", rsa, ENTRY);
	expect(E_REVOKED, E_REVOKED);
	signer_close(rsa);
	end();
}

/* A list is signed by a certificate for that alone, which is a CA's all the same. */
static void a_key_for_lists_alone(void)
{
	begin();
	below_a_root(NULL, NULL);
	s.pool[0] = certificate("/CN=Sub", sub, "/CN=Root", root, X_CA X_KU_CERT);
	offer(certificate("/CN=Sub", sub2, "/CN=Root", root, X_CA X_KU_CRL));
	expect(E_REVOKED, E_REVOKED);
	end();
}

/* RFC 5280 6.3.3 f: another anchor's CA of that name says nothing, and nor does who is none. */
static void others_of_the_name_say_nothing(void)
{
	begin();
	below_a_root("/CN=Another", root2);
	offer(ca("/CN=Sub", sub2, "/CN=Another", root2));
	expect(OK, E_REVOKED);
	below_a_root(NULL, NULL);
	offer(certificate("/CN=Sub", sub2, "/CN=Root", root, X_KU_CRL));
	expect(OK, E_REVOKED);
	below_a_root(NULL, NULL);
	offer(certificate("/CN=Sub", sub2, "/CN=Root", root, X_CA X_KU_CERT));
	expect(OK, E_REVOKED);
	below_a_root(NULL, NULL);
	offer(ca("/CN=Sub", sub2, "/CN=Root", root2));
	expect(OK, E_REVOKED);
	end();
}

/* Its own certificate may be revoked, by the issuer's own key: the number of it is the same. */
static void a_revoked_issuer_of_lists_says_nothing(void)
{
	begin();
	below_a_root(NULL, NULL);
	s.pool[0] = fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Root",
	                                                    .subject = "/CN=Sub",
	                                                    .serial = "020106",
	                                                    .spki = signer_spki(sub),
	                                                    .extensions = X_CA X_KU_CA,
	                                                    .key = root });
	offer(ca("/CN=Sub", sub2, "/CN=Root", root));
	expect(E_REVOKED, E_REVOKED);
	s.lists[1] = list("/CN=Root", root, ENTRY);
	expect(OK, E_REVOKED);
	end();
}

/* Work that look-alikes ask for ends. */
static void look_alikes_are_bounded(void)
{
	begin();
	below_a_root(NULL, NULL);
	for (int i = 0; i < CRL_ISSUERS_MAX; i++)
		offer(ca("/CN=Sub", i % 2 ? root2 : other, "/CN=Root", root));
	offer(ca("/CN=Sub", sub2, "/CN=Root", root));
	expect(OK, E_REVOKED);
	s.pool[1] = s.pool[s.r.pool_count - 1];
	expect(E_REVOKED, E_REVOKED);
	end();
}

const struct test_suite suite_pki_crl_issuer = {
	"pki/crl_issuer",
	{
		{ "a root with two keys", a_root_with_two_keys },
		{ "a root with a link", a_root_with_a_link },
		{ "a CA with two keys", a_ca_with_two_keys },
		{ "a CA with keys of two kinds", a_ca_with_keys_of_two_kinds },
		{ "a key for lists alone", a_key_for_lists_alone },
		{ "others of the name say nothing", others_of_the_name_say_nothing },
		{ "a revoked issuer of lists says nothing",
	          a_revoked_issuer_of_lists_says_nothing },
		{ "look-alikes are bounded", look_alikes_are_bounded },
	}
};
