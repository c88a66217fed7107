/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link whose peer is trusted, and what its answers are judged by.
 *
 * It comes out of voucher/pin.c alone: from a verified voucher and the chain of
 * the link (RFC 8995 5.6.2), or from trust anchors that the operator configured
 * (pin_by_operator()).  cmp/ takes nothing else, so enrolling before trust does
 * not compile.
 */
#ifndef ONRAMP_PKI_TRUSTED_H
#define ONRAMP_PKI_TRUSTED_H

#include "platform/link.h"
#include "platform/pki/path.h"

struct trusted;

struct link *trusted_link(const struct trusted *t);

/* For CMP protection certificates and the issued certificate. */
const struct anchors *trusted_anchors(const struct trusted *t);

/* Certificates known to belong to the peer (its TLS chain): candidates for paths. */
struct chain trusted_chain(const struct trusted *t);

/*
 * Who may protect a CMP message (RFC 9483 3.5, 9480 2.2): a certificate that
 * leads to the anchors and has id-kp-cmcRA or id-kp-cmcCA, or is the pinned
 * certificate (equality), or is that of the link's peer where that was accepted as
 * a registrar (trusted_peer_signs()), or is a CA itself: where a message decides about a certificate, the one that issued it.
 * Where its EKU has neither, and is not anyExtendedKeyUsage, it is for something else
 * (RFC 5280 4.2.1.12), also where the operator's anchors lead to it; a CA's EKU is
 * about what it certifies.  A key of ours is never the signer's.
 */
enum authority {
	AUTHORITY_BY_EKU, /* cmcRA or cmcCA, or the pinned key itself */
	AUTHORITY_ANY     /* the operator gave anchors dedicated to this CA: any below them */
};
enum authority trusted_authority(const struct trusted *t);

/*
 * RFC 9733 4.1: a registrar that answers by itself signs with its TLS credentials.
 * Whether it is one was decided by its role or by the operator's name for it (RFC 7030
 * 3.6.1): true where that decision stands, for the first of trusted_chain().
 */
bool trusted_peer_signs(const struct trusted *t);

#endif
