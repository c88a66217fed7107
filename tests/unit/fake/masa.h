/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A MASA in the test: vouchers of every kind, signed with the keys of
 * tests/vectors/voucher, whose certificates others made.
 */
#ifndef ONRAMP_TESTS_UNIT_FAKE_MASA_H
#define ONRAMP_TESTS_UNIT_FAKE_MASA_H

#include "platform/pki/credential.h"
#include "platform/pki/path.h"
#include "voucher/voucher.h"

/* Inside the validity of every certificate that is neither expired nor of the future. */
#define MASA_NOW    INT64_C(1795510800) /* 2026-11-24T09:00:00Z */
#define MASA_SERIAL "JADA123456789"
#define MASA_NONCE  "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX" /* octets 0x40 to 0x57 */

static const struct moment masa_now = { TIME_SET, MASA_NOW };
extern const struct nonce masa_nonce;

/* Files of tests/vectors/voucher: NAME.pem as DER, and any file as it is. */
struct span masa_cert(struct arena *a, const char *name);
struct span masa_file(struct arena *a, const char *name);
struct span masa_spki(struct arena *a, const char *name);
struct anchors masa_anchors(struct arena *a, const char *name);

/* NAME.key with NAME-chain.pem; masa_close() closes all keys. */
struct credential masa_credential(struct arena *a, const char *name);
void masa_close(void);

/* Leaves of a voucher; NULL is an absent one. Pins are names of certificates. */
struct fake_voucher {
	const char *assertion, *serial, *nonce, *created_on, *expires_on;
	const char *pin_cert, *pin_key, *pin_key_hash;
	struct span issuer; /* idevid-issuer, octets */
	const char *more;   /* further members as JSON, without the leading comma */
};
extern const struct fake_voucher masa_good; /* assertion proximity, pins domain-root */

struct span fake_voucher_json(struct arena *a, const struct fake_voucher *v);
/* Signed by a credential of masa_credential() under its own cert chain. */
struct span masa_sign(struct arena *a, const char *signer, struct span json);
struct span fake_voucher(struct arena *a, const struct fake_voucher *v);

/*
 * A device, and what it holds a voucher against: MASA anchor masa-root, nonce
 * masa_nonce, time masa_now.  The facts point into the device; any may be
 * changed.  Its IDevID has no key here.
 */
struct fake_device {
	struct credential idevid;
	struct anchors masa;
	struct voucher_facts facts;
};
void fake_device(struct fake_device *d, struct arena *a, const char *idevid);

/* Skips the test where there is no openssl command. */
bool openssl_is_here(void);
/* The openssl command finds the CMS good below that anchor; its content then. */
bool openssl_verifies(struct arena *a, struct span cms, const char *anchor, struct span *content);

#endif
