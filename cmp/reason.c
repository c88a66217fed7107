/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons for a revocation, by the names of RFC 5280 5.3.1. */
#include "cmp/cmp.h"

static const char *const names[] = {
	[REASON_UNSPECIFIED] = "unspecified",
	[REASON_KEY_COMPROMISE] = "keyCompromise",
	[REASON_CA_COMPROMISE] = "cACompromise",
	[REASON_AFFILIATION_CHANGED] = "affiliationChanged",
	[REASON_SUPERSEDED] = "superseded",
	[REASON_CESSATION_OF_OPERATION] = "cessationOfOperation",
	[REASON_CERTIFICATE_HOLD] = "certificateHold",
	[REASON_REMOVE_FROM_CRL] = "removeFromCRL",
	[REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
	[REASON_AA_COMPROMISE] = "aACompromise",
};
enum { NAMES = sizeof names / sizeof *names };

const char *crl_reason_name(enum crl_reason reason)
{
	return (unsigned)reason < NAMES ? names[reason] : NULL;
}

enum err crl_reason_from_name(const char *name, enum crl_reason *out)
{
	for (unsigned i = 0; i < NAMES; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0) {
			*out = (enum crl_reason)i;
			return OK;
		}
	return err_because(E_USAGE,
	                   "a reason is unspecified, keyCompromise, cACompromise, "
	                   "affiliationChanged, superseded, cessationOfOperation, "
	                   "certificateHold, removeFromCRL, privilegeWithdrawn or aACompromise");
}
