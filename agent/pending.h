/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is under way: the content of the journal (platform/store/generation.h), one
 * JSON object, so that exit, reboot and power loss only interrupt it.
 *
 * It is ours and lies where nobody else writes, yet nothing in it is trust: trust
 * comes out of verification and pinning again, whatever stands here.
 */
#ifndef ONRAMP_AGENT_PENDING_H
#define ONRAMP_AGENT_PENDING_H

#include "cmp/cmp.h"
#include "voucher/voucher.h"

enum errand {
	ERRAND_ONBOARD, /* voucher, then ir with the IDevID */
	ERRAND_RENEW,   /* kur with the certificate in use */
	ERRAND_REENROL, /* ir with the IDevID at the owner's server: the certificate has ended */
	ERRAND_REVOKE   /* rr: the CA may have revoked the certificate in use */
};

struct pending {
	enum errand errand;
	char registrar[URL_MAX]; /* as it was configured, or as meta.json has it */
	char origin[URL_MAX];    /* where it led: the registrar's own, or a redirect's target */
	char path[URL_MAX];      /* ... and to what there; empty: not said */
	struct nonce nonce;      /* of the voucher-request; n 0: there was none */
	struct span request; /* the voucher-request, to be sent again after a 202 (RFC 8995 5.6) */
	struct span chain;   /* ... and SHA-256 of the chain that it was made for */
	int64_t waited_s;    /* ... since the first 202 */
	enum crl_reason reason; /* of a revocation */
	struct moment accepted; /* when the voucher was found good; TIME_UNSET: it was not */
	bool confirmed;         /* the generation is whole and its certificate confirmed */
	struct span state;      /* what cmp_resume() wants; empty: nothing was sent yet */
};

MUST_CHECK enum err pending_write(struct arena *a, const struct pending *p, struct span *json);

/* E_JSON, E_RANGE, E_TEXT with the member that is wrong: then start over. */
MUST_CHECK enum err pending_read(struct arena *a, struct span json, struct pending *out);

#endif
