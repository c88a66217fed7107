/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates and CRLs in parts: each can be what no CA would write.  Parts are
 * hex of DER, blanks ignored; NULL is what a good one has, "" leaves it out.
 */
#ifndef ONRAMP_TESTS_UNIT_FAKE_X509_H
#define ONRAMP_TESTS_UNIT_FAKE_X509_H

#include "platform/crypto/signer.h"
#include "platform/pki/path.h"

/* Extensions, whole. */
#define X_CA       "300f 0603551d13 0101ff 0405 3003 0101ff"
#define X_CA_LEN_0 "3012 0603551d13 0101ff 0408 3006 0101ff 020100"
#define X_CA_LEN_1 "3012 0603551d13 0101ff 0408 3006 0101ff 020101"
#define X_CA_LAX   "300c 0603551d13 0405 3003 0101ff"
#define X_NOT_CA   "300c 0603551d13 0101ff 0402 3000"
#define X_KU_CA    "300e 0603551d0f 0101ff 0404 03020106" /* keyCertSign, cRLSign */
#define X_KU_CRL   "300e 0603551d0f 0101ff 0404 03020102" /* cRLSign */
#define X_KU_CERT  "300e 0603551d0f 0101ff 0404 03020204" /* keyCertSign */
#define X_KU_SIGN  "300e 0603551d0f 0101ff 0404 03020780" /* digitalSignature */
#define X_EKU_RA   "3013 0603551d25 040c 300a 0608 2b0601050507031c"
#define X_EKU_WEB  "3013 0603551d25 040c 300a 0608 2b06010505070301"
#define X_EKU_ANY  "300f 0603551d25 0408 3006 0604 551d2500"
#define X_UNKNOWN  "300b 0603 2a0304 0404 02020102"
#define X_CRITICAL "300e 0603 2a0304 0101ff 0404 02020102"

/* The values of ecdsa-with-SHA256 and of a name with one common name. */
#define ALG_ECDSA "300a 0608 2a8648ce3d040302"
#define NAME_A    "300c 310a 3008 0603550403 0c0141"

struct fake_parts {
	const char *version, *serial, *inner_alg, *alg;
	const char *issuer, *subject; /* text, as name_from_text() takes it */
	const char *issuer_der, *subject_der, *validity, *spki_der;
	int64_t not_before, not_after; /* 0: 2026 to 2046 */
	struct span spki;              /* instead of spki_der */
	const char *after_spki;
	const char *extensions;   /* content of the SEQUENCE OF */
	const char *signature;    /* BIT STRING */
	const struct signer *key; /* which signs; NULL: a signature of nothing */
};
struct span fake_x509(struct arena *a, const struct fake_parts *p);

struct fake_crl {
	const char *version, *alg, *issuer, *issuer_der;
	int64_t this_update, next_update; /* 0: 2026 to 2046; -1: none */
	const char *entries;              /* content of revokedCertificates */
	const char *extensions;
	const char *after_extensions, *signature;
	const struct signer *key;
};
struct span fake_crl(struct arena *a, const struct fake_crl *p);

struct span fake_x509_file(struct arena *a, const char *name); /* of tests/vectors/x509 */

/* Middle of the validity of all of them. */
static const struct moment x509_now = { TIME_SET, INT64_C(1900000000) };

#endif
