/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of struct voucher: made in verify.c alone, after every check, and
 * read by pin.c.
 */
#ifndef ONRAMP_VOUCHER_INTERNAL_H
#define ONRAMP_VOUCHER_INTERNAL_H

#include "voucher/voucher.h"

struct voucher {
	struct span bytes;
	struct voucher_claim claim;
	int64_t signing_time; /* of the CMS; 0 when there is none */
	struct anchor pin;    /* the one of its pins that counts */
};

/*
 * Whether a certificate that leads to a MASA anchor may sign vouchers: no device, no
 * mere TLS client, unless masa_signer names its key; where names are given, one of
 * them.  E_VOUCHER_SIGNER.
 */
MUST_CHECK enum err voucher_signer_check(const struct voucher_facts *f, const struct cert *signer);

/*
 * The checks behind the signature, in their order: assertion, serial-number,
 * idevid-issuer, nonce, expires-on, created-on, revocation, pin.  Sets v->pin.
 */
MUST_CHECK enum err voucher_check(const struct voucher_facts *f, struct voucher *v);

#endif
