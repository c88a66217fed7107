/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of CMP and CRMF messages, for showing them (platform/codec/syntax.h). */
#ifndef ONRAMP_CMP_SYNTAX_H
#define ONRAMP_CMP_SYNTAX_H

#include "platform/codec/syntax.h"

extern const struct syntax_kind CMP_KINDS[]; /* ended by an empty shape */
extern const struct oid_book CMP_BOOK, CRMF_BOOK;

/* PKIStatus and PKIFailureInfo by number, one behind the other (view_nth()). */
extern const char PKI_STATUS_NAMES[], PKI_FAILURE_NAMES[];

#endif
