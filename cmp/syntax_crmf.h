/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRMF's types that CMP's are made of. */
#ifndef ONRAMP_CMP_SYNTAX_CRMF_H
#define ONRAMP_CMP_SYNTAX_CRMF_H

#include "cmp/syntax.h"
#include "platform/pki/syntax.h"

extern const struct syntax TEMPLATE_ROWS[]; /* CertTemplate */
extern const struct syntax CONTROL_ROW, REQUEST_MESSAGE_ROW;
extern const struct syntax CERT_ID_ROWS[];
extern const struct syntax ENCRYPTED_KEY_ROWS[]; /* EncryptedKey */
extern const struct syntax PUBLICATION_ROWS[];   /* PKIPublicationInfo */

#define CONTROLS         SEQUENCE_OF(&CONTROL_ROW)
#define REQUEST_MESSAGES SEQUENCE_OF(&REQUEST_MESSAGE_ROW)
#define ENCRYPTED_KEY    CHOICE(ENCRYPTED_KEY_ROWS)

#endif
