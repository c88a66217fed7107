/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of struct trusted.  Included by voucher/pin.c and
   platform/pki/trusted.c alone (tests/lint/layers.awk sees to it). */
#ifndef ONRAMP_PKI_TRUSTED_MAKE_H
#define ONRAMP_PKI_TRUSTED_MAKE_H

#include "platform/pki/trusted.h"

struct trusted {
	struct link *link;
	struct anchors anchors; /* bytes in the maker's arena */
	enum authority authority;
	bool peer_signs; /* trusted_peer_signs() */
};

#endif
