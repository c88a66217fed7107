/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this build of wolfSSL has beyond what every build has. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "platform/crypto/features.h"
#include "platform/crypto/internal.h"

#ifdef WOLFSSL_SHAKE256
#define HAS_SHAKE256 true
#else
#define HAS_SHAKE256 false
#endif
#ifdef HAVE_COMP_KEY
#define HAS_COMPRESSED_POINTS true
#else
#define HAS_COMPRESSED_POINTS false
#endif
#ifdef WOLF_CRYPTO_CB
#define HAS_CRYPTO_CALLBACKS true
#else
#define HAS_CRYPTO_CALLBACKS false
#endif
#ifdef HAVE_PKCS11
#define HAS_PKCS11 true
#else
#define HAS_PKCS11 false
#endif
#ifdef WOLFSSL_DTLS
#define HAS_DTLS true
#else
#define HAS_DTLS false
#endif

const struct feature *crypto_features(void)
{
	static struct feature found[9];
	const struct feature now[] = {
		{ "P-521", key_kind_available(KEY_KIND_EC521) },
		{ "Ed25519", key_kind_available(KEY_KIND_ED25519) },
		{ "Ed448", key_kind_available(KEY_KIND_ED448) },
		{ "SHAKE256", HAS_SHAKE256 },
		{ "compressed EC points", HAS_COMPRESSED_POINTS },
		{ "PKCS#11", HAS_PKCS11 },
		{ "crypto callbacks", HAS_CRYPTO_CALLBACKS },
		{ "DTLS", HAS_DTLS },
		{ NULL, false },
	};

	memcpy(found, now, sizeof now);
	return found;
}

bool compressed_points_available(void)
{
	return HAS_COMPRESSED_POINTS;
}

const char *crypto_library_version(void)
{
	return wolfSSL_lib_version();
}
