/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/pem.h"
#include "platform/pki/credential.h"
#include "platform/pki/name.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 18];
static char logged[4096];

static void keep(void *context, enum log_level level, const char *line)
{
	size_t n = strlen(logged);

	(void)context;
	(void)level;
	snprintf(logged + n, sizeof logged - n, "%s\n", line);
}

static enum err load(struct arena *a, struct span file, struct signer **key, struct credential *c)
{
	enum err e;

	logged[0] = '\0';
	CHECK_OK(signer_from_bytes(key, fake_x509_file(a, "leaf.key")));
	log_to(keep, NULL);
	e = credential_from(a, *key, file, c);
	log_to(NULL, NULL);
	return e;
}

/* root, revoked, leaf, sub in the file; leaf, sub, root in the chain. */
static void orders_the_chain(void)
{
	struct arena a = ARENA_ON(block);
	struct signer *key;
	struct credential c;
	struct span subject;

	CHECK_OK(load(&a, fake_x509_file(&a, "leaf-shuffled.pem"), &key, &c));
	CU_ASSERT_PTR_EQUAL(c.key, key);
	CU_ASSERT_EQUAL_FATAL(c.count, 3);
	CU_ASSERT(span_equal(c.chain[0], fake_x509_file(&a, "leaf.der")));
	CU_ASSERT(span_equal(c.chain[1], fake_x509_file(&a, "sub.der")));
	CU_ASSERT(span_equal(c.chain[2], fake_x509_file(&a, "root.der")));
	CU_ASSERT(span_equal(c.leaf.der, c.chain[0]));
	CHECK_OK(name_from_text(&a, "/O=Example/CN=Registrar/serialNumber=R-1", &subject));
	CU_ASSERT(span_equal(credential_subject(&c), subject));
	CU_ASSERT(credential_kid(&c).n == 20 && span_equal(credential_kid(&c), c.leaf.skid));
	CU_ASSERT(strstr(logged, "CN=Revoked\", is left out") != NULL);
	signer_close(key);
}

static void takes_one_in_der(void)
{
	struct arena a = ARENA_ON(block);
	struct signer *key;
	struct credential c;

	CHECK_OK(load(&a, fake_x509_file(&a, "leaf.der"), &key, &c));
	CU_ASSERT_EQUAL(c.count, 1);
	CU_ASSERT_STRING_EQUAL(logged, "");
	signer_close(key);
}

static void needs_the_keys_certificate(void)
{
	struct arena a = ARENA_ON(block);
	struct signer *key;
	struct credential c;

	CHECK_ERR(load(&a, fake_x509_file(&a, "sub.der"), &key, &c), E_IDENTITY);
	CU_ASSERT(c.count == 0 && strstr(err_reason(E_IDENTITY), "for the key") != NULL);
	signer_close(key);
	CHECK_ERR(load(&a, span_str("no certificate\n"), &key, &c), E_IDENTITY);
	signer_close(key);
	CHECK_ERR(load(&a, NO_BYTES, &key, &c), E_IDENTITY);
	signer_close(key);
}

static void append(char *pem, size_t *n, struct span der)
{
	CHECK_OK(pem_write(pem, 65536, n, "CERTIFICATE", der));
}

/* What has the issuer's name but did not sign, and what cannot be read, stay outside. */
static void leaves_out_what_does_not_belong(void)
{
	static char pem[65536];
	struct arena a = ARENA_ON(block);
	struct signer *key, *other;
	struct credential c;
	size_t n = 0;
	static const uint8_t rubbish[] = { 0x30, 3, 2, 1, 0 };

	CHECK_OK(signer_generate(&other, KEY_KIND_EC256));
	append(pem, &n, SPAN(rubbish));
	append(pem, &n,
	       fake_x509(&a, &(struct fake_parts){ .issuer = "/C=FI/O=Example/CN=Example Root",
	                                           .subject = "/O=Example/CN=Example Issuing CA",
	                                           .spki = signer_spki(other),
	                                           .extensions = X_CA }));
	append(pem, &n, fake_x509_file(&a, "leaf.der"));
	append(pem, &n, fake_x509_file(&a, "sub.der"));
	append(pem, &n, fake_x509_file(&a, "sub.der"));
	CHECK_OK(load(&a, (struct span){ (uint8_t *)pem, n }, &key, &c));
	CU_ASSERT_EQUAL(c.count, 2);
	CU_ASSERT(span_equal(c.chain[1], fake_x509_file(&a, "sub.der")));
	CU_ASSERT(strstr(logged, "certificate 1 of the file is left out: certificate") != NULL);
	CU_ASSERT(strstr(logged,
	                 "certificate 2 of the file, \"O=Example,CN=Example Issuing CA\"") != NULL);
	CU_ASSERT(strstr(logged, "certificate 5 of the file") != NULL);
	signer_close(key);
	signer_close(other);
}

/* A device lives with the certificate that its maker gave it; a path of others does not. */
static void an_extension_that_cannot_be_read(void)
{
	static const struct {
		const char *extension, *name;
		enum err ends;
	} rows[] = {
		{ "3009 0603551d20 0402 0500", "ignoring certificatePolicies", OK },
		{ "300c 0603551d20 0101ff 0402 0500", NULL, E_IDENTITY },
		{ "3009 0603551d11 0402 0500", "ignoring subjectAltName", OK },
		{ "3009 0603551d23 0402 0500", "ignoring authorityKeyIdentifier", OK },
		{ "300f 06082b06010505070120 0403 020100", "ignoring id-pe-masa-url", OK },
		{ "3008 0603551d0f 0401 03", "ignoring keyUsage", OK },
		{ "3009 0603551d13 0402 0500", "ignoring basicConstraints", OK },
		{ "300c 0603551d13 0101ff 0402 0500", NULL, E_IDENTITY },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct signer *key = NULL;
		struct credential c;
		struct cert strict;
		struct span der;

		CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
		der = fake_x509(&a, &(struct fake_parts){ .subject = "/serialNumber=SN-1",
		                                          .spki = signer_spki(key),
		                                          .extensions = rows[i].extension,
		                                          .key = key });
		logged[0] = '\0';
		log_to(keep, NULL);
		CHECK_ERR(credential_from(&a, key, der, &c), rows[i].ends);
		log_to(NULL, NULL);
		if (rows[i].name != NULL)
			CU_ASSERT_PTR_NOT_NULL(strstr(logged, rows[i].name));
		CU_ASSERT(rows[i].ends != OK || span_equal(c.leaf.der, der));
		CHECK_ERR(cert_read(der, &strict), E_CERT_SYNTAX);
		signer_close(key);
	}
}

#define SHA1_ECDSA "3009 0607 2a8648ce3d0401"
#define SKI(x)     "300b 0603551d0e 0404 0402" x
#define AKI(x)     "300d 0603551d23 0406 3004 8002" x

/* What is not verified here, others may: by name and key identifier it goes along. */
static void takes_an_issuer_that_it_cannot_verify(void)
{
	static char pem[65536];
	struct arena a = ARENA_ON(block);
	struct fake_parts leaf = { .issuer = "/CN=Sub",
		                   .subject = "/CN=Leaf",
		                   .inner_alg = SHA1_ECDSA,
		                   .alg = SHA1_ECDSA,
		                   .extensions = AKI("0101") };
	struct fake_parts sub = { .issuer = "/CN=Root",
		                  .subject = "/CN=Sub",
		                  .extensions = X_CA SKI("0202") };
	struct signer *key;
	struct credential c;
	struct span right;
	size_t n = 0;

	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	leaf.spki = sub.spki = signer_spki(key);
	sub.key = key;
	append(pem, &n, fake_x509(&a, &leaf));
	append(pem, &n, fake_x509(&a, &sub));
	sub.extensions = X_CA SKI("0101");
	right = fake_x509(&a, &sub);
	append(pem, &n, right);
	logged[0] = '\0';
	log_to(keep, NULL);
	CHECK_OK(credential_from(&a, key, (struct span){ (uint8_t *)pem, n }, &c));
	log_to(NULL, NULL);
	CU_ASSERT_EQUAL_FATAL(c.count, 2);
	CU_ASSERT(span_equal(c.chain[1], right));
	CU_ASSERT(strstr(logged, "certificate 2 of the file, \"CN=Sub\", is left out") != NULL);
	CU_ASSERT(strstr(logged, "certificate 3 of the file, \"CN=Sub\", is taken for an issuer by "
	                         "its name: signature: ecdsa-with-SHA1 is not taken") != NULL);
	signer_close(key);
}

/* Certificates that sign each other in a ring, and a chain longer than CHAIN_MAX. */
static void ends_anyway(void)
{
	static char pem[65536];
	struct arena a = ARENA_ON(block);
	struct signer *key;
	struct credential c;
	size_t n = 0;

	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	for (int i = 0; i < CHAIN_MAX + 3; i++) {
		char subject[16], issuer[16];

		snprintf(subject, sizeof subject, "/CN=%d", i);
		snprintf(issuer, sizeof issuer, "/CN=%d", (i + 1) % (CHAIN_MAX + 3));
		append(pem, &n,
		       fake_x509(&a, &(struct fake_parts){ .issuer = issuer,
		                                           .subject = subject,
		                                           .spki = signer_spki(key),
		                                           .key = key }));
	}
	log_to(keep, NULL);
	CHECK_OK(credential_from(&a, key, (struct span){ (uint8_t *)pem, n }, &c));
	log_to(NULL, NULL);
	CU_ASSERT_EQUAL(c.count, CHAIN_MAX);
	n = 0;
	for (int i = 0; i < 2; i++)
		append(pem, &n,
		       fake_x509(&a, &(struct fake_parts){ .issuer = i ? "/CN=0" : "/CN=1",
		                                           .subject = i ? "/CN=1" : "/CN=0",
		                                           .spki = signer_spki(key),
		                                           .key = key }));
	CHECK_OK(credential_from(&a, key, (struct span){ (uint8_t *)pem, n }, &c));
	CU_ASSERT_EQUAL(c.count, 2);
	signer_close(key);
}

const struct test_suite suite_pki_credential = {
	"pki/credential",
	{
		{ "the chain is put into order", orders_the_chain },
		{ "one certificate in DER will do", takes_one_in_der },
		{ "the key's certificate is needed", needs_the_keys_certificate },
		{ "what does not belong is left out", leaves_out_what_does_not_belong },
		{ "an extension that cannot be read", an_extension_that_cannot_be_read },
		{ "an issuer that cannot be verified goes along",
	          takes_an_issuer_that_it_cannot_verify },
		{ "rings and long chains end", ends_anyway },
	}
};
