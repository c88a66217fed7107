/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For platform/tls alone: the key as wolfSSL's handshake takes it. */
#ifndef ONRAMP_CRYPTO_SIGNER_TLS_H
#define ONRAMP_CRYPTO_SIGNER_TLS_H

#include "platform/crypto/signer.h"

/* Calls use() with the private key's DER (PKCS#8) and wipes it afterwards. */
MUST_CHECK enum err signer_lend_private(const struct signer *s,
                                        enum err (*use)(void *context, struct span pkcs8),
                                        void *context);

#endif
