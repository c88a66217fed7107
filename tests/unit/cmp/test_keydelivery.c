/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A KGA made here signs a key that openssl encrypts: what is taken, and what is not. */
#include <stdio.h>

#include "platform/codec/ber.h"
#include "platform/crypto/signer_tls.h"
#include "platform/pki/cms.h"
#include "platform/pki/envelope.h"
#include "platform/pki/internal.h"
#include "tests/unit/crypto/tools.h"
#include "tests/unit/fake/cmp_ca.h"

static uint8_t ca_room[2 << 20], room[256 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_session session;
static struct credential kga; /* who signs: ra_key's */

/* The certificate's signer of the name and purpose that a test wants. */
static void kga_is(const char *purpose, const struct signer *key)
{
	kga = (struct credential){ .key = (struct signer *)(uintptr_t)key, .count = 1 };
	kga.chain[0] = fake_ca_cert(&ca, "KGA", purpose, key);
	CHECK_OK(cert_read(kga.chain[0], &kga.leaf));
}

static void begin(void)
{
	fake_time = (struct moment){ TIME_SET, FAKE_NOW };
	fake_ca_open(&ca, &ca_arena);
	arena_reset(&a);
	session = (struct cmp_session){
		.client = &ca.client,
		.op = cmp_request_op(CMP_IR),
		.params = &ca.params,
		.arena = &a,
		.rep = { .cert = fake_ca_cert(&ca, "router 1", NULL, ca.new_key) },
	};
	kga_is("kga", ca.ra_key);
}

static void end(void)
{
	CU_ASSERT_EQUAL(a.used, 0); /* nothing in the clear is left behind */
	fake_ca_close(&ca);
}

/* ---- what is delivered */

static enum err keep_private(void *context, struct span pkcs8)
{
	return arena_copy(&ca_arena, pkcs8, context);
}

/* PrivateKeyInfo of the new key. */
static struct span bare(void)
{
	struct span out = NO_BYTES;

	CHECK_OK(signer_lend_private(ca.new_key, keep_private, &out));
	return out;
}

static struct span package(struct span one, struct span another)
{
	struct derw w = derw_in(&ca_arena, one.n + another.n + 16);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, one);
		derw_raw(&w, another);
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

/* ContentInfo with the SignedData of the KGA. */
static struct span sign(struct span type, struct span content)
{
	struct span out;

	CHECK_OK(cms_sign(&ca_arena, &kga, type, content, fake_time, &out));
	return out;
}

static struct span signed_key(void)
{
	return fake_cms_content(sign(OID_CT_KEY_PACKAGE, package(bare(), NO_BYTES)));
}

/* EnvelopedData by openssl; type: the last arc of pkcs-7, of id-data or id-signedData. */
static struct span encrypt(struct span plain, uint8_t type, const char *options)
{
	struct envelope v;
	struct span der;

	tools_put("plain", plain);
	CU_ASSERT_FATAL(
		openssl("cms -encrypt -binary -in plain -outform DER -out env.der %s", options));
	der = fake_cms_content(tools_get(&ca_arena, "env.der"));
	CHECK_OK(envelope_read(der, &v));
	((uint8_t *)(uintptr_t)v.content_type.p)[v.content_type.n - 1] = type;
	return der;
}
enum { DATA = 1, SIGNED_DATA = 2, ENVELOPED_DATA = 3 };

static struct span for_device(struct span plain, uint8_t type)
{
	tools_put("device.der", ca.device.chain[0]);
	CU_ASSERT_FATAL(openssl("x509 -inform DER -in device.der -out device.crt"));
	return encrypt(plain, type, "-aes256 -keyid -recip device.crt -keyopt ecdh_kdf_md:sha256");
}

static struct span for_secret(struct span plain)
{
	return encrypt(plain, SIGNED_DATA, "-aes256 -pwri_password shared");
}

static void delivers(struct span enveloped, enum err want)
{
	struct signer *key;

	if (!CHECK_ERR(cmp_key_delivery(&session, enveloped, signer_spki(ca.new_key), &key), want))
		return;
	CU_ASSERT((key != NULL) == (want == OK));
	if (key != NULL)
		CU_ASSERT(span_equal(signer_spki(key), signer_spki(ca.new_key)));
	signer_close(key);
	if (want != OK)
		CU_ASSERT(strncmp(err_reason(want), "private key: ", 13) == 0);
}

static void says(const char *words)
{
	if (strstr(err_reason(E_KEY_DELIVERY), words) == NULL)
		printf("said: %s\n", err_reason(E_KEY_DELIVERY));
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_KEY_DELIVERY), words));
}

/* ---- signed requests */

static void the_shape_of_the_rfc(void)
{
	begin();
	delivers(for_device(signed_key(), SIGNED_DATA), OK);
	end();
}

static void the_shapes_of_the_field(void)
{
	begin();
	delivers(for_device(fake_cms_content(sign(OID_CT_KEY_PACKAGE, bare())), DATA), OK);
	delivers(for_device(sign(OID_CT_KEY_PACKAGE, bare()), DATA), OK);
	/* a ContentInfo is no SignedData, and other types are neither */
	delivers(for_device(sign(OID_CT_KEY_PACKAGE, bare()), SIGNED_DATA), E_KEY_DELIVERY);
	delivers(for_device(signed_key(), ENVELOPED_DATA), E_KEY_DELIVERY);
	says("not id-signedData");
	end();
}

/* The KGA's SignedData as openssl makes it: SignerInfo v3 by key identifier. */
static void signed_by_openssl(void)
{
	struct span pem;

	begin();
	CHECK_OK(signer_to_pem(ca.ra_key, &ca_arena, &pem));
	tools_put("kga.pem", pem);
	tools_put("kga.der", kga.chain[0]);
	tools_put("package", package(bare(), NO_BYTES));
	CU_ASSERT_FATAL(openssl("x509 -inform DER -in kga.der -out kga.crt"));
	CU_ASSERT_FATAL(openssl("cms -sign -binary -nodetach -nosmimecap -keyid -md sha256 "
	                        "-econtent_type 2.16.840.1.101.2.1.2.78.5 -signer kga.crt "
	                        "-inkey kga.pem -in package -outform DER -out signed.der"));
	delivers(for_device(tools_get(&ca_arena, "signed.der"), DATA), OK);
	delivers(for_device(fake_cms_content(tools_get(&ca_arena, "signed.der")), SIGNED_DATA), OK);
	end();
}

static void an_rsa_device_by_key_transport(void)
{
	struct credential *d = &ca.device;

	begin();
	signer_close(ca.device_key);
	tools_make_key("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	CHECK_OK(signer_from_bytes(&ca.device_key, tools_get(&ca_arena, "rsa.pem")));
	d->key = ca.device_key;
	d->chain[0] = fake_cert(&ca_arena,
	                        &(struct fake_cert){
					.subject = "Device 1",
					.issuer = "Maker",
					.issuer_key = ca.stranger_key,
					.spki = signer_spki(ca.device_key),
					.key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT,
				});
	CHECK_OK(cert_read(d->chain[0], &d->leaf));
	tools_put("rsa.der", d->chain[0]);
	CU_ASSERT_FATAL(openssl("x509 -inform DER -in rsa.der -out rsa.crt"));
	delivers(encrypt(signed_key(), SIGNED_DATA, "-aes128 -keyid -recip rsa.crt"), OK);
	delivers(encrypt(signed_key(), SIGNED_DATA,
	                 "-aes256 -recip rsa.crt -keyopt rsa_padding_mode:oaep "
	                 "-keyopt rsa_oaep_md:sha256"),
	         OK);
	end();
}

static void only_a_kga_may_sign(void)
{
	static const char *const others[] = { "ra", "ca", "client", NULL };

	begin();
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		kga_is(others[i], ca.ra_key);
		delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
		says("id-kp-cmKGA");
	}
	end();
}

/* Who stole our key makes no keys for us. */
static void our_own_key_is_no_kga(void)
{
	begin();
	kga_is("kga", ca.device_key);
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	says("our own key");
	end();
}

static void the_ca_is_one_for_what_it_issued(void)
{
	begin();
	kga = (struct credential){ .key = ca.root_key, .chain = { ca.root }, .count = 1 };
	CHECK_OK(cert_read(ca.root, &kga.leaf));
	delivers(for_device(signed_key(), SIGNED_DATA), OK);
	session.rep.cert = ca.stranger; /* issued by somebody else */
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	says("id-kp-cmKGA");
	session.rep.cert = NO_BYTES;
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	end();
}

static void the_kga_leads_to_an_anchor(void)
{
	begin();
	kga.chain[0] = fake_cert(&ca_arena, &(struct fake_cert){
						    .subject = "KGA",
						    .issuer = "Stranger",
						    .issuer_key = ca.stranger_key,
						    .spki = signer_spki(ca.ra_key),
						    .key_usage = KU_DIGITAL_SIGNATURE,
						    .purpose = "kga",
					    });
	CHECK_OK(cert_read(kga.chain[0], &kga.leaf));
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	/* its certificate not even there; then in extraCerts */
	kga_is("kga", ca.ra_key);
	kga.count = 0;
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	session.in.certs[session.in.cert_count++] = kga.chain[0];
	delivers(for_device(signed_key(), SIGNED_DATA), OK);
	end();
}

static void out_of_its_time_it_is_none(void)
{
	begin();
	fake_time.seconds += 60 * FAKE_DAY;
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	end();
}

/* One bit of the signature, which ends the SignedData. */
static struct span spoiled(struct span signed_data)
{
	((uint8_t *)(uintptr_t)signed_data.p)[signed_data.n - 1] ^= 1;
	return signed_data;
}

/* The content altered behind the signer's back. */
static struct span exchanged(struct span signed_data)
{
	struct cms m;

	CHECK_OK(cms_read_signed_data(signed_data, &m));
	((uint8_t *)(uintptr_t)m.content.p)[m.content.n - 1] ^= 1;
	return signed_data;
}

/* SignedData without SignerInfo: the last SET emptied. */
static struct span unsigned_data(void)
{
	struct derw w = derw_in(&ca_arena, 4096);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		derw_uint(&w, 3);
		IN (&w, DER_SET)
			hash_alg_write(&w, HASH_SHA256);
		IN (&w, DER_SEQUENCE) {
			derw_put(&w, DER_OID, OID_CT_KEY_PACKAGE);
			IN (&w, DER_CONTEXT(0))
				derw_put(&w, DER_OCTET_STRING, package(bare(), NO_BYTES));
		}
		IN (&w, DER_SET)
			;
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void the_signature_holds(void)
{
	begin();
	delivers(for_device(spoiled(signed_key()), SIGNED_DATA), E_KEY_DELIVERY);
	delivers(for_device(exchanged(signed_key()), SIGNED_DATA), E_KEY_DELIVERY);
	says("not the one that was signed");
	delivers(for_device(unsigned_data(), SIGNED_DATA), E_KEY_DELIVERY);
	says("nobody signed");
	delivers(for_device(package(bare(), NO_BYTES), SIGNED_DATA), E_KEY_DELIVERY);
	delivers(for_device(bare(), DATA), E_KEY_DELIVERY);
	end();
}

/* Frames of the SignedData, and those in them, of indefinite length; the content in pieces. */
static struct span as_ber(struct span der, size_t end_octets)
{
	struct derw w = derw_in(&ca_arena, 3 * der.n);
	struct span out;
	enum err e;
	struct der c = der_open(der, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct der content;

	derw_raw(&w, test_hex(&ca_arena, "3080"));
	derw_raw(&w, der_element(&in)); /* version, digestAlgorithms */
	derw_raw(&w, der_element(&in));
	content = der_enter(&in, DER_SEQUENCE);
	derw_raw(&w, test_hex(&ca_arena, "3080"));
	derw_raw(&w, der_element(&content));
	derw_raw(&w, test_hex(&ca_arena, "a080 2480"));
	content = der_enter(&content, DER_CONTEXT(0));
	for (struct span s = der_get(&content, DER_OCTET_STRING); s.n > 0; s.p++, s.n--)
		derw_put(&w, DER_OCTET_STRING, (struct span){ s.p, 1 });
	derw_raw(&w, test_hex(&ca_arena, "0000 0000 0000"));
	while (der_more(&in)) {
		const uint8_t head[] = { *in.p, 0x80 };

		derw_raw(&w, SPAN(head));
		derw_raw(&w, der_get(&in, *in.p));
		derw_raw(&w, test_hex(&ca_arena, "0000"));
	}
	for (size_t i = 0; i < end_octets; i++)
		derw_byte(&w, 0);
	CHECK_OK(e);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

/* RFC 5652 1: BER, as those write who do not know yet how long it will be. */
static void signed_data_may_be_ber(void)
{
	begin();
	delivers(for_device(as_ber(signed_key(), 2), SIGNED_DATA), OK);
	delivers(for_device(as_ber(signed_key(), 2), DATA), OK);
	delivers(for_device(as_ber(signed_key(), 1), SIGNED_DATA), E_KEY_DELIVERY);
	says("has no end");
	delivers(for_device(as_ber(signed_key(), 0), SIGNED_DATA), E_KEY_DELIVERY);
	delivers(for_device(as_ber(signed_key(), 3), SIGNED_DATA), E_KEY_DELIVERY);
	delivers(for_device(as_ber(exchanged(signed_key()), 2), SIGNED_DATA), E_KEY_DELIVERY);
	says("not the one that was signed");
	delivers(for_device(as_ber(spoiled(signed_key()), 2), SIGNED_DATA), E_KEY_DELIVERY);
	end();
}

/* What is inside of what was signed stays strict. */
static void a_key_package_stays_der(void)
{
	struct span in_ber;

	begin();
	in_ber = package(bare(), NO_BYTES);
	((uint8_t *)(uintptr_t)in_ber.p)[1] = 0x80; /* an indefinite length without an end */
	delivers(for_device(fake_cms_content(sign(OID_CT_KEY_PACKAGE, in_ber)), SIGNED_DATA),
	         E_KEY_DELIVERY);
	end();
}

/* The message of an implementation that writes BER, opened with the key beside it.  Its
   content's type is one that nobody registered, and is named. */
static void opens_the_field(void)
{
	const char *message = test_field("cmp/kga-indefinite-kari.pki");
	const char *key = test_field("cmp/kga-indefinite-kari.key.pem");
	struct credential who = { 0 };
	struct opener by = { .credential = &who };
	struct span der, type, content;
	const struct cms_rules rules = { .content_types = &OID_CT_KEY_PACKAGE,
		                         .content_type_count = 1 };
	struct cmp_message m;
	struct cmp_cert_rep rep;
	struct envelope v;
	struct cms cms;
	struct derw w;
	enum err e;

	if (message == NULL || key == NULL)
		return;
	begin();
	w = derw_in(&ca_arena, 8192);
	CHECK_OK(signer_from_bytes(&who.key, test_file(&ca_arena, key)));
	CHECK_OK(cmp_read(test_file(&ca_arena, message), &m));
	CHECK_OK(cmp_cert_rep_read(m.content, &rep));
	derw_put(&w, DER_SEQUENCE, rep.enveloped);
	CHECK_OK(derw_end(&w, &der));
	CHECK_OK(envelope_read(der, &v));
	who.leaf.issuer = v.issuer;
	who.leaf.serial = v.serial;
	who.leaf.skid = v.skid;
	CHECK_OK(envelope_open(&a, der, &by, &type, &content));
	CHECK_ERR(cms_read_signed_data(content, &cms), E_NOT_DER);
	CHECK_OK(ber_to_der(&a, content, &content));
	CHECK_OK(cms_read_signed_data(content, &cms));
	e = cms_verify(&cms, &rules, NULL);
	CHECK_ERR(e, E_UNEXPECTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(e), "1.2.16.840.1.101.2.1.2.78.5"));
	signer_close(who.key);
	arena_reset(&a);
	end();
}

static void it_is_one_key_package(void)
{
	begin();
	delivers(for_device(fake_cms_content(sign(OID_CMS_DATA, package(bare(), NO_BYTES))),
	                    SIGNED_DATA),
	         E_KEY_DELIVERY);
	delivers(for_device(fake_cms_content(sign(OID_CT_KEY_PACKAGE, package(bare(), bare()))),
	                    SIGNED_DATA),
	         E_KEY_DELIVERY);
	says("more keys than one");
	delivers(for_device(fake_cms_content(sign(OID_CT_KEY_PACKAGE, NO_BYTES)), SIGNED_DATA),
	         E_KEY_DELIVERY);
	end();
}

/* Ten times, so that a key that is kept open would be missed. */
static void it_is_the_key_of_the_certificate(void)
{
	struct span enveloped;
	struct signer *key;

	begin();
	enveloped = for_device(signed_key(), SIGNED_DATA);
	for (size_t i = 0; i < 10; i++) {
		CHECK_ERR(cmp_key_delivery(&session, enveloped, signer_spki(ca.ra_key), &key),
		          E_KEY_DELIVERY);
		CU_ASSERT_PTR_NULL(key);
		says("not the one the certificate is for");
	}
	end();
}

static void what_is_for_others_is_not_taken(void)
{
	begin();
	ca.device.key = ca.stranger_key; /* the certificate fits, the key does not */
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	says("not encrypted for our key");
	ca.device.key = ca.device_key;
	delivers(for_secret(signed_key()), E_KEY_DELIVERY);
	says("for a secret");
	end();
}

static void every_prefix_is_refused(void)
{
	struct span enveloped;
	struct signer *key;

	begin();
	enveloped = for_device(signed_key(), SIGNED_DATA);
	for (size_t n = 0; n < enveloped.n; n++)
		CHECK_ERR(cmp_key_delivery(&session, (struct span){ enveloped.p, n },
		                           signer_spki(ca.new_key), &key),
		          E_KEY_DELIVERY);
	end();
}

static void a_small_arena_is_no_harm(void)
{
	uint8_t little[64];
	struct arena small = ARENA_ON(little);

	begin();
	session.arena = &small;
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	CU_ASSERT_EQUAL(small.used, 0);
	end();
}

/* ---- requests under a MAC */

static void begin_with_secret(void)
{
	begin();
	ca.client.signer = NULL;
	ca.client.secret = &ca.secret;
}

static void the_secret_vouches_for_any_signer(void)
{
	begin_with_secret();
	delivers(for_secret(signed_key()), OK);
	kga_is(NULL, ca.ra_key);
	delivers(for_secret(signed_key()), OK);
	ca.trusted.anchors.n = 0;
	delivers(for_secret(signed_key()), OK);
	kga.count = 0;
	delivers(for_secret(signed_key()), OK);
	end();
}

static void but_not_for_a_bad_signature(void)
{
	begin_with_secret();
	delivers(for_secret(spoiled(signed_key())), E_KEY_DELIVERY);
	delivers(for_secret(exchanged(signed_key())), E_KEY_DELIVERY);
	says("not the one that was signed");
	delivers(for_secret(unsigned_data()), E_KEY_DELIVERY);
	delivers(for_secret(fake_cms_content(sign(OID_CMS_DATA, bare()))), E_KEY_DELIVERY);
	ca.secret.value = span_str("Shared");
	delivers(for_secret(signed_key()), E_KEY_DELIVERY);
	says("not encrypted for our key");
	delivers(for_device(signed_key(), SIGNED_DATA), E_KEY_DELIVERY);
	says("for a key");
	end();
}

const struct test_suite suite_cmp_keydelivery = {
	"cmp/keydelivery",
	{
		{ "the shape of RFC 9483", the_shape_of_the_rfc },
		{ "the shapes of the field", the_shapes_of_the_field },
		{ "SignedData may be BER", signed_data_may_be_ber },
		{ "a key package stays DER", a_key_package_stays_der },
		{ "the message of the field is opened", opens_the_field },
		{ "signed by openssl", signed_by_openssl },
		{ "an RSA device by key transport", an_rsa_device_by_key_transport },
		{ "only a KGA may sign", only_a_kga_may_sign },
		{ "our own key is no KGA's", our_own_key_is_no_kga },
		{ "the CA is one for what it issued", the_ca_is_one_for_what_it_issued },
		{ "the KGA leads to an anchor", the_kga_leads_to_an_anchor },
		{ "out of its time it is none", out_of_its_time_it_is_none },
		{ "the signature holds", the_signature_holds },
		{ "it is one key package", it_is_one_key_package },
		{ "it is the key of the certificate", it_is_the_key_of_the_certificate },
		{ "what is for others is not taken", what_is_for_others_is_not_taken },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "a small arena is no harm", a_small_arena_is_no_harm },
		{ "a shared secret vouches for any signer", the_secret_vouches_for_any_signer },
		{ "a shared secret vouches for no bad signature", but_not_for_a_bad_signature },
	},
};
