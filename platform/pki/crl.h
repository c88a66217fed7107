/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificate revocation lists that come from elsewhere: taken only when the CA
 * named is proved to have signed them (RFC 5280 6.3.3).
 *
 * Lists by the CA itself, for all reasons: complete, or of one distribution point.
 * Indirect CRLs, delta CRLs and lists of some reasons say so in critical extensions,
 * and are refused.  Spans point into the caller's bytes.
 */
#ifndef ONRAMP_PKI_CRL_H
#define ONRAMP_PKI_CRL_H

#include "platform/pki/path.h"

struct crl_request {
	struct octets der;  /* CertificateList, hostile; may be long, and in a file */
	struct span issuer; /* Name, DER: whose list it must be */
	struct span point;  /* DistributionPointName, DER: which of its lists; empty: of all */
	const struct anchors *anchors;
	const struct span *pool; /* certificates, DER: the issuer's, and what leads to an anchor */
	size_t pool_count;
	struct moment now;
	const struct octets *crls; /* what is known of the issuer's own certificate */
	size_t crl_count;
};

/*
 * OK: it is issuer's, of that distribution point if it is of one at all, whose certificate is an anchor or leads to one, is a CA's and
 * may sign CRLs; its signature is good; it has begun and not ended, as far as the
 * clock can tell.  Else the fault of the last certificate tried: E_CERT_SYNTAX,
 * E_CERT_NAMES, E_CERT_CHAIN, E_CERT_CA, E_CERT_TIME, E_CERT_CRITICAL, E_SIGNATURE...
 */
MUST_CHECK enum err crl_verify(const struct crl_request *r, int64_t *this_update);

/* What a list says of its own age, whoever signed it. next_update 0: nothing. E_CERT_SYNTAX. */
MUST_CHECK enum err crl_dates(const struct octets *der, int64_t *this_update, int64_t *next_update);

/*
 * Where a certificate's CRL is: its first distribution point with a full name, for
 * all reasons and by the certificate's own issuer (RFC 5280 4.2.1.13).  A
 * DistributionPointName, DER; empty when there is none such.  E_CERT_SYNTAX.
 */
MUST_CHECK enum err cert_crl_point(const struct cert *c, struct span *name);

#endif
