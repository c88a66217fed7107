/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CMS EnvelopedData (RFC 5652 6), opened: what RFC 9483 4.1.6 uses to deliver a
 * private key that the CA made.
 *
 * Exactly one RecipientInfo, which must be for us:
 *   ktri  RSA PKCS#1 v1.5 or OAEP              (RFC 9481 4.2)
 *   kari  ephemeral-static ECDH P-256/384/521, X9.63 KDF with SHA-2, AES key wrap
 *         (RFC 9481 4.1.2, RFC 5753)
 *   pwri  PBKDF2, then AES key wrap or PWRI-KEK (RFC 9481 4.3, RFC 9481 4.4)
 * Content encryption AES-CBC 128/192/256 (RFC 9481 5.1).  CMSVersion is not judged
 * (the standards contradict each other).  An opened content is still hostile: it is
 * not authenticated by being encrypted.
 */
#ifndef ONRAMP_PKI_ENVELOPE_H
#define ONRAMP_PKI_ENVELOPE_H

#include "platform/pki/credential.h"

/* What we can open with: a key and its certificate, or a shared secret; one of them. */
struct opener {
	const struct credential *credential;
	struct span secret;
};

/*
 * der: EnvelopedData, a SEQUENCE (where the syntax tags it implicitly, its tag
 * replaced by the caller).  *content in the arena, which holds a secret from then on.
 * Wrong key, padding or wrap are one and the same error, E_SIGNATURE, told without
 * detail; a ktri for another key may open as rubbish instead (recipient.h).
 * E_ALGORITHM: not among the above; E_UNEXPECTED and the like: form.
 */
MUST_CHECK enum err envelope_open(struct arena *a, struct span der, const struct opener *by,
                                  struct span *content_type, struct span *content);

/*
 * AsymmetricKeyPackage ::= SEQUENCE SIZE (1..MAX) OF OneAsymmetricKey (RFC 5958), of
 * which exactly one; or, as met in the field, a bare PrivateKeyInfo.
 * The signer's public key is computed, and equal to the one that came along, if any.
 */
extern const struct span OID_CT_KEY_PACKAGE; /* id-ct-KP-aKeyPackage */
MUST_CHECK enum err key_package_read(struct span content, struct signer **out);

#endif
