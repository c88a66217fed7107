/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A key with its certificate chain: the IDevID, or an LDevID. */
#ifndef ONRAMP_PKI_CREDENTIAL_H
#define ONRAMP_PKI_CREDENTIAL_H

#include "platform/crypto/signer.h"
#include "platform/pki/x509.h"

/* The chain's bytes belong to the arena it was loaded into; key to the holder,
   who closes it. */
struct credential {
	struct signer *key;
	struct cert leaf;
	struct span chain[CHAIN_MAX]; /* leaf first, issuing order */
	size_t count;
};

/*
 * Puts a key and a file of certificates (PEM or DER; leaf first or anywhere)
 * together: the leaf is the certificate of that key, the rest is ordered behind
 * it by issuer, whose signature is good or, with a log line, of an algorithm that is
 * not verified here; a certificate that does not belong to the chain is left out
 * with a log line.  E_IDENTITY when none is for the key.
 */
MUST_CHECK enum err credential_from(struct arena *a, struct signer *key, struct span cert_file,
                                    struct credential *out);

/*
 * The chain goes on with certificates of a pool, as far as they lead (RFC 9483 3.3).  Of one
 * that is complete nothing changes.
 */
MUST_CHECK enum err credential_complete(struct credential *c, const struct span *pool,
                                        size_t count);
/* Its last certificate is self-issued, or there is none. */
bool credential_is_complete(const struct credential *c);

/* Subject DER for CMP's sender; SKI octets for senderKID (empty when none). */
struct span credential_subject(const struct credential *c);
struct span credential_kid(const struct credential *c);

#endif
