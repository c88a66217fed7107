/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates and CRLs in parts. */
#include <stdio.h>

#include "platform/pki/name.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

enum { DATE_FROM = 1767225600, ROOM = 2048 }; /* of all but the hex that has no bound */
static const int64_t date_until = INT64_C(2398377600);

/* P-256, the generator as a point: a key that nobody here signs with */
#define SPKI_P256                                                          \
	"3059 3013 0607 2a8648ce3d0201 0608 2a8648ce3d030107 0342 00 04"   \
	"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" \
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

static size_t room(const char *hex)
{
	return ROOM + (hex != NULL ? strlen(hex) / 2 : 0);
}

static void put(struct derw *w, struct arena *a, const char *hex, const char *otherwise)
{
	derw_raw(w, test_hex(a, hex != NULL ? hex : otherwise));
}

static void put_name(struct derw *w, struct arena *a, const char *der, const char *text)
{
	struct span name = NO_BYTES;

	if (der != NULL) {
		put(w, a, der, NULL);
		return;
	}
	CHECK_OK(name_from_text(a, text != NULL ? text : "/CN=A", &name));
	derw_raw(w, name);
}

static void put_alg(struct derw *w, struct arena *a, const char *hex, const struct signer *key)
{
	if (hex == NULL && key != NULL)
		sig_alg_write(w, signer_alg(key));
	else
		put(w, a, hex, ALG_ECDSA);
}

static void put_validity(struct derw *w, struct arena *a, const struct fake_parts *p)
{
	if (p->validity != NULL) {
		put(w, a, p->validity, NULL);
		return;
	}
	IN (w, DER_SEQUENCE) {
		derw_time(w, p->not_before != 0 ? p->not_before : DATE_FROM);
		derw_time(w, p->not_after != 0 ? p->not_after : date_until);
	}
}

static struct span done(struct derw *w)
{
	struct span out;

	CHECK_OK(derw_end(w, &out));
	return out;
}

static struct span tbs(struct arena *a, const struct fake_parts *p)
{
	struct derw w = derw_in(a, room(p->extensions));

	IN (&w, DER_SEQUENCE) {
		put(&w, a, p->version, "a003 020102");
		put(&w, a, p->serial, "020101");
		put_alg(&w, a, p->inner_alg, p->key);
		put_name(&w, a, p->issuer_der, p->issuer);
		put_validity(&w, a, p);
		put_name(&w, a, p->subject_der, p->subject);
		if (p->spki.n > 0)
			derw_raw(&w, p->spki);
		else
			put(&w, a, p->spki_der, SPKI_P256);
		put(&w, a, p->after_spki, "");
		if (p->extensions != NULL)
			IN (&w, DER_CONTEXT(3))
				IN (&w, DER_SEQUENCE)
					put(&w, a, p->extensions, NULL);
	}
	return done(&w);
}

/* What was signed, the algorithm and the signature: certificates and CRLs alike. */
static struct span framed(struct arena *a, struct span part, const char *alg, const char *signature,
                          const struct signer *key)
{
	struct derw w = derw_in(a, part.n + SIGNATURE_MAX + 64);
	struct span octets = NO_BYTES;

	if (key != NULL)
		CHECK_OK(signer_sign(key, part, a, &octets));
	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, part);
		put_alg(&w, a, alg, key);
		if (key != NULL && signature == NULL)
			derw_bits(&w, octets);
		else
			put(&w, a, signature, "0304 00 313233");
	}
	return done(&w);
}

struct span fake_x509(struct arena *a, const struct fake_parts *p)
{
	return framed(a, tbs(a, p), p->alg, p->signature, p->key);
}

struct span fake_crl(struct arena *a, const struct fake_crl *p)
{
	struct derw w = derw_in(a, room(p->entries));

	IN (&w, DER_SEQUENCE) {
		put(&w, a, p->version, "020101");
		put_alg(&w, a, p->alg, p->key);
		put_name(&w, a, p->issuer_der, p->issuer);
		derw_time(&w, p->this_update != 0 ? p->this_update : DATE_FROM);
		if (p->next_update >= 0)
			derw_time(&w, p->next_update != 0 ? p->next_update : date_until);
		if (p->entries != NULL)
			IN (&w, DER_SEQUENCE)
				put(&w, a, p->entries, NULL);
		if (p->extensions != NULL)
			IN (&w, DER_CONTEXT(0))
				IN (&w, DER_SEQUENCE)
					put(&w, a, p->extensions, NULL);
		put(&w, a, p->after_extensions, "");
	}
	return framed(a, done(&w), NULL, p->signature, p->key);
}

struct span fake_x509_file(struct arena *a, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "x509/%s", name);
	return test_file(a, test_own_vectors(path));
}
