/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this build's wolfSSL can do, for `onramp --version` and `check`. */
#ifndef ONRAMP_CRYPTO_FEATURES_H
#define ONRAMP_CRYPTO_FEATURES_H

#include <stdbool.h>

struct feature {
	const char *name; /* "Ed25519" */
	bool there;
};
/* Ends with a NULL name. */
const struct feature *crypto_features(void);
/* RFC 5480 2.2: "implementations MAY support" the compressed form of a point. */
bool compressed_points_available(void);
const char *crypto_library_version(void); /* of the library in use, "5.5.4" */

#endif
