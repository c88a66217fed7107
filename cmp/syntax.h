/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of CMP and CRMF messages, for showing them (platform/codec/syntax.h). */
#ifndef ONRAMP_CMP_SYNTAX_H
#define ONRAMP_CMP_SYNTAX_H

#include "platform/codec/syntax.h"

extern const struct syntax_module CMP_MESSAGES, CMP_INFO, CMP_STATUS, CMP_FAILURE, CRMF_REQUESTS;

#endif
