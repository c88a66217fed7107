/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates made on the spot: for tests that need one of every kind. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_PKI_H
#define ONRAMP_TESTS_UNIT_FAKE_PKI_H

#include "platform/crypto/signer.h"

/* Dates of all of them but where a test says otherwise. */
#define FAKE_NOW INT64_C(1800000000) /* 2027-01-15T08:00:00Z */
#define FAKE_DAY INT64_C(86400)

struct fake_cert {
	const char *subject, *issuer; /* common names; "" is NULL-DN */
	struct span subject_der;      /* instead of subject */
	const struct signer *issuer_key;
	const struct sig_alg *alg; /* NULL: the key's own */
	struct span spki;          /* of the subject */
	bool ca;                   /* basicConstraints, keyCertSign */
	uint32_t key_usage;        /* instead; 0: none but what ca asks for */
	const char *purpose; /* "ra", "ca", "kga", "client": one extended key usage; NULL: none */
	struct span extensions; /* further ones, DER one after the other */
	bool no_skid;
	int64_t not_before, not_after; /* 0: FAKE_NOW -+ 30 days */
	uint8_t serial;
};

/* Into the arena; a failure is a failure of the test. */
struct span fake_cert(struct arena *a, const struct fake_cert *c);
struct span fake_name(struct arena *a, const char *common_name);
/* A signature by any algorithm that goes with the key; NULL: the key's own. */
struct span fake_sign(struct arena *a, const struct signer *key, const struct sig_alg *alg,
                      struct span message);
/* SHA-1 of the key, as the certificate's SubjectKeyIdentifier has it. */
struct span fake_kid(struct arena *a, struct span spki);
/* Extension, DER: OID content octets and the extnValue's content. */
struct span fake_extension(struct arena *a, struct span oid, bool critical, struct span value);

/* The content of a ContentInfo (RFC 5652 3): SignedData, EnvelopedData; DER. */
struct span fake_cms_content(struct span content_info);

#endif
