/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certification path validation, RFC 5280 6: the one place where a certificate
 * is found to lead to a trust anchor.
 *
 * Everything but the anchors is hostile: the pool may be in any order, hold
 * look-alikes, loops and rubbish (unreadable certificates in it are passed
 * over).  Work is bounded by PATH_DEPTH_MAX and PATH_STEPS_MAX.
 */
#ifndef ONRAMP_PKI_PATH_H
#define ONRAMP_PKI_PATH_H

#include "platform/clock.h"
#include "platform/pki/x509.h"

/*
 * What we trust beforehand.  A CA certificate, self-signed or not, may end a
 * path; an end-entity certificate or a bare key is only ever equal to the
 * target, and never an issuer (RFC 8995 5.6.2, pinned certificates).
 */
enum anchor_kind {
	ANCHOR_CERT,      /* der: a certificate; CA or not is read from it */
	ANCHOR_KEY,       /* der: a SubjectPublicKeyInfo, equal to the target's */
	ANCHOR_KEY_SHA256 /* der: 32 octets, SHA-256 of the target's SubjectPublicKeyInfo */
};
struct anchor {
	enum anchor_kind kind;
	struct span der;
};

struct anchors {
	struct anchor a[ANCHORS_MAX];
	size_t n;
};
MUST_CHECK enum err anchors_add(struct anchors *to, enum anchor_kind kind, struct span der);

/* CRLs are signed with the key of the issuer in the path, or with another one that it is known
   by below the same anchor (RFC 5280 6.3.3 f): complete ones, or those of the certificate's
   distribution point. */
enum revocation {
	REVOCATION_IGNORE,   /* there is none, or the caller decides */
	REVOCATION_IF_KNOWN, /* a revoked certificate is refused, an unknown status passes */
	REVOCATION_REQUIRED  /* every certificate below the anchor needs a fresh CRL */
};

/*
 * equality: when the target's public key is that of an anchor (of its
 * certificate, the key itself, or its hash), the path is the target alone
 * (path.n == 1) and only the target's own form, dates and uses are judged: what
 * else it says about itself is the key holder's word.  When no key is equal, the
 * search goes on.  Set it where a pinned end entity is meant.  Without it a
 * certificate is equal byte for byte only; bare keys are compared in any case.
 */
struct path_request {
	const struct cert *target;
	const struct anchors *anchors;
	const struct span *pool; /* certificates, DER, that may help */
	size_t pool_count;
	struct moment now;
	uint32_t key_usage;     /* if the target has keyUsage, one of these must be set; 0: any */
	const struct span *eku; /* if the target has an EKU list, one of these or anyEKU ... */
	size_t eku_count;       /* ... must be in it; 0: no demand */
	enum revocation revocation;
	const struct octets *crls; /* CertificateList, DER; may be long, and in files */
	size_t crl_count;
	bool of_crl_issuer; /* the path of a CRL's signer: lists by the issuers' own keys only */
	bool equality;
};

/* The path found: target first, the anchor last; spans of the caller's bytes. */
struct path {
	struct span certs[PATH_DEPTH_MAX];
	size_t n;
	const struct anchor *anchor;
};

/*
 * OK, or the fault of the most promising path tried: E_CERT_CHAIN when none
 * reaches an anchor, E_CERT_TIME, E_CERT_CA, E_CERT_NAMES, E_CERT_USAGE,
 * E_CERT_CRITICAL, E_SIGNATURE, E_ALGORITHM, E_REVOKED, E_CERT_SYNTAX; the
 * reason names the certificate and the rule.
 */
MUST_CHECK enum err path_check(const struct path_request *r, struct path *out);

#endif
