/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between x509.c, which reads the frame of a certificate, and extensions.c. */
#ifndef ONRAMP_PKI_EXTENSIONS_H
#define ONRAMP_PKI_EXTENSIONS_H

#include "platform/pki/internal.h"

/* Reads out->extensions; faults go into the cursor, *place becomes the extension's name. */
void extensions_read(struct der *c, struct cert *out, const char **place);

#endif
