/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of certificates, CRLs, requests and CMS messages, for showing them
 * (platform/codec/syntax.h).  Wider than what the readers beside take: what they
 * refuse is what people want to look at.
 */
#ifndef ONRAMP_PKI_SYNTAX_H
#define ONRAMP_PKI_SYNTAX_H

#include "platform/codec/syntax.h"

extern const struct syntax_module PKI_CERTIFICATES, PKI_EXTENSIONS, PKI_ALGORITHMS, PKI_CMS;

#endif
