/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates made on the spot, by nothing but the DER writer and a key. */
#include "platform/crypto/internal.h"
#include "platform/crypto/signer_tls.h"
#include "platform/pki/x509.h"
#include "tests/unit/fake/pki.h"
#include "tests/unit/test.h"

static const uint8_t at_common_name[] = { 0x55, 4, 3 };
static const uint8_t ce_skid[] = { 0x55, 29, 14 }, ce_key_usage[] = { 0x55, 29, 15 };
static const uint8_t ce_basic[] = { 0x55, 29, 19 }, ce_akid[] = { 0x55, 29, 35 };
static const uint8_t ce_eku[] = { 0x55, 29, 37 };

static const struct {
	const char *name;
	uint8_t arc; /* id-kp: 1.3.6.1.5.5.7.3.arc */
} purposes[] = { { "client", 2 }, { "ca", 27 }, { "ra", 28 }, { "kga", 32 } };

static struct span done(struct derw *w)
{
	struct span out;

	CHECK_OK(derw_end(w, &out));
	return out;
}

struct span fake_name(struct arena *a, const char *common_name)
{
	struct derw w = derw_in(a, 256);

	IN (&w, DER_SEQUENCE)
		if (common_name[0] != '\0')
			IN (&w, DER_SET)
				IN (&w, DER_SEQUENCE) {
					derw_put(&w, DER_OID, SPAN(at_common_name));
					derw_text(&w, DER_UTF8, common_name);
				}
	return done(&w);
}

struct span fake_kid(struct arena *a, struct span spki)
{
	struct public_key key;
	struct digest d;
	struct span out = NO_BYTES;

	CHECK_OK(public_key_read(spki, &key));
	CHECK_OK(hash_of(HASH_SHA1, key.key, &d));
	CHECK_OK(arena_copy(a, digest_span(&d), &out));
	return out;
}

struct signing {
	const struct sig_alg *alg;
	struct span message;
	struct derw w;
};

static enum err sign_with(void *context, struct span pkcs8)
{
	struct signing *s = context;
	struct private_key key;
	enum err e = private_key_from_pkcs8(pkcs8, &key);

	return e == OK ? key_ops_of(key.kind.family)->sign(&key, s->alg, s->message, &s->w) : e;
}

struct span fake_sign(struct arena *a, const struct signer *key, const struct sig_alg *alg,
                      struct span message)
{
	struct signing s = { alg != NULL ? alg : signer_alg(key), message,
		             derw_in(a, SIGNATURE_MAX) };

	CHECK_OK(signer_lend_private(key, sign_with, &s));
	return done(&s.w);
}

struct span fake_extension(struct arena *a, struct span oid, bool critical, struct span value)
{
	struct derw w = derw_in(a, value.n + 64);

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, oid);
		if (critical)
			derw_bool(&w, true);
		derw_put(&w, DER_OCTET_STRING, value);
	}
	return done(&w);
}

static struct span value_eku(struct arena *a, const char *purpose)
{
	struct derw w = derw_in(a, 64);
	uint8_t oid[] = { 0x2b, 6, 1, 5, 5, 7, 3, 0 };

	for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
		if (strcmp(purposes[i].name, purpose) == 0)
			oid[7] = purposes[i].arc;
	IN (&w, DER_SEQUENCE)
		derw_put(&w, DER_OID, SPAN(oid));
	return done(&w);
}

static struct span value_flags(struct arena *a, uint32_t flags)
{
	struct derw w = derw_in(a, 16);

	derw_flags(&w, flags);
	return done(&w);
}

static struct span value_kid(struct arena *a, const struct fake_cert *c, bool own)
{
	struct derw w = derw_in(a, 64);
	struct span kid = fake_kid(a, own ? c->spki : signer_spki(c->issuer_key));

	if (own)
		derw_put(&w, DER_OCTET_STRING, kid);
	else
		IN (&w, DER_SEQUENCE)
			derw_put(&w, DER_CONTEXT_PRIMITIVE(0), kid);
	return done(&w);
}

static struct span value_basic(struct arena *a)
{
	struct derw w = derw_in(a, 16);

	IN (&w, DER_SEQUENCE)
		derw_bool(&w, true);
	return done(&w);
}

static void put_extensions(struct derw *w, struct arena *a, const struct fake_cert *c)
{
	uint32_t usage = c->key_usage != 0 ? c->key_usage
	                 : c->ca           ? KU_KEY_CERT_SIGN | KU_CRL_SIGN | KU_DIGITAL_SIGNATURE
	                                   : 0;

	derw_raw(w, fake_extension(a, SPAN(ce_akid), false, value_kid(a, c, false)));
	if (!c->no_skid)
		derw_raw(w, fake_extension(a, SPAN(ce_skid), false, value_kid(a, c, true)));
	if (c->ca)
		derw_raw(w, fake_extension(a, SPAN(ce_basic), true, value_basic(a)));
	if (usage != 0)
		derw_raw(w, fake_extension(a, SPAN(ce_key_usage), true, value_flags(a, usage)));
	if (c->purpose != NULL)
		derw_raw(w, fake_extension(a, SPAN(ce_eku), false, value_eku(a, c->purpose)));
	derw_raw(w, c->extensions);
}

static const struct sig_alg *alg_of(const struct fake_cert *c)
{
	return c->alg != NULL ? c->alg : signer_alg(c->issuer_key);
}

/* TBSCertificate (RFC 5280 4.1) */
static struct span tbs(struct arena *a, const struct fake_cert *c)
{
	struct derw w = derw_in(a, CERT_SIZE_MAX);
	int64_t from = c->not_before != 0 ? c->not_before : FAKE_NOW - 30 * FAKE_DAY;
	int64_t to = c->not_after != 0 ? c->not_after : FAKE_NOW + 30 * FAKE_DAY;

	IN (&w, DER_SEQUENCE) {
		IN (&w, DER_CONTEXT(0))
			derw_uint(&w, 2);
		derw_uint(&w, c->serial != 0 ? c->serial : 1);
		sig_alg_write(&w, alg_of(c));
		derw_raw(&w, fake_name(a, c->issuer));
		IN (&w, DER_SEQUENCE) {
			derw_time(&w, from);
			derw_time(&w, to);
		}
		derw_raw(&w, c->subject_der.n > 0 ? c->subject_der : fake_name(a, c->subject));
		derw_raw(&w, c->spki);
		IN (&w, DER_CONTEXT(3))
			IN (&w, DER_SEQUENCE)
				put_extensions(&w, a, c);
	}
	return done(&w);
}

struct span fake_cert(struct arena *a, const struct fake_cert *c)
{
	struct span signed_part = tbs(a, c);
	struct span signature = fake_sign(a, c->issuer_key, c->alg, signed_part);
	struct derw w = derw_in(a, signed_part.n + SIGNATURE_MAX + 64);

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, signed_part);
		sig_alg_write(&w, alg_of(c));
		derw_bits(&w, signature);
	}
	return done(&w);
}

struct span fake_cms_content(struct span content_info)
{
	enum err e;
	struct der c = der_open(content_info, &e);
	struct der info = der_enter(&c, DER_SEQUENCE);

	der_oid(&info);

	struct der content = der_enter(&info, DER_CONTEXT(0));
	struct span data = der_element_of(&content, DER_SEQUENCE);

	CHECK_OK(e);
	return data;
}
