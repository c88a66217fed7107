/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BER (X.690 8) brought to DER, for the one thing that is BER by right: CMS that was
 * encrypted for us (RFC 5652 1: "BER encoded", the signed attributes alone are DER).
 * Whoever reads afterwards reads DER, strictly.
 *
 * Taken are indefinite lengths, lengths in more octets than needed, and OCTET STRINGs
 * in pieces.  Values stay what they are: nothing is sorted, no BOOLEAN or INTEGER is
 * rewritten, and what is DER already is not copied.
 */
#ifndef ONRAMP_CODEC_BER_H
#define ONRAMP_CODEC_BER_H

#include "platform/base/arena.h"
#include "platform/base/err.h"

/*
 * Exactly one element, nothing behind it; *der is ber itself, or in the arena.
 * E_RANGE beyond BER_DEPTH_MAX, BER_SIZE_MAX (of what is not DER) or tag 30; E_TRUNCATED,
 * E_TRAILING, E_NOT_DER for what is no BER either.
 */
MUST_CHECK enum err ber_to_der(struct arena *a, struct span ber, struct span *der);

#endif
