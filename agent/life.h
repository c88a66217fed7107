/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An enrolled device: its certificate renewed, its roots and CRL kept fresh, or the
 * certificate revoked.
 *
 * Each errand blocks until it is done or has failed, with the store open and locked
 * by the caller; a failed one leaves what is live as it was.  The attempt's arena is
 * reset by it.
 */
#ifndef ONRAMP_AGENT_LIFE_H
#define ONRAMP_AGENT_LIFE_H

#include "agent/onboard.h"

/* What is to be known of the live generation before anything is done. */
struct life {
	struct lifetime lifetime; /* of the certificate */
	bool revoked;             /* by our own rr */
	bool revoking;            /* our rr may have arrived: no more is known of it */
	bool waiting;             /* a renewal was interrupted; the journal has it */
	bool has_crl;
	int64_t crl_made, crl_next; /* thisUpdate, nextUpdate; 0: none said */
};
MUST_CHECK enum err life_look(const struct device *d, struct arena *a, struct life *out);

/* By kur; once the certificate has ended by ir with the IDevID, at the owner's server
   (RFC 9483 4.1.3).  An interrupted renewal is resumed. */
MUST_CHECK enum err life_renew(struct device *d, struct arena *a,
                               const struct onboard_limits *limits);

/*
 * RFC 9483 4.2.  Afterwards the live generation says so; nothing is renewed any more.
 * Where the CA's answer is lost, the journal has it, nothing is renewed either, and the
 * next call asks again, with the reason of the first.
 */
MUST_CHECK enum err life_revoke(struct device *d, struct arena *a,
                                const struct onboard_limits *limits, enum crl_reason reason);

/* RFC 9483 4.3.2, 4.3.4. E_CMP_NONE: the server has none. */
MUST_CHECK enum err life_fetch_roots(struct device *d, struct arena *a,
                                     const struct onboard_limits *limits);
MUST_CHECK enum err life_fetch_crl(struct device *d, struct arena *a,
                                   const struct onboard_limits *limits);

/* A text of the live meta.json, copied; empty when it has none. */
MUST_CHECK enum err meta_text(const struct device *d, struct arena *a, const char *name, char *out,
                              size_t cap);

/* Where the owner is to be found: by the settings, or where the device was enrolled. */
MUST_CHECK enum err owner_server(const struct device *d, struct arena *a, char url[URL_MAX]);

#endif
