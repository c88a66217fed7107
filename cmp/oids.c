/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object identifiers CMP and CRMF name things by, as content octets. */
#include "cmp/internal.h"

/* id-it: 1.3.6.1.5.5.7.4.n (RFC 9480 A.2); id-regCtrl: 1.3.6.1.5.5.7.5.1.n (RFC 4211 B). */
#define ID_IT(n)       0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x04, (n)
#define ID_REG_CTRL(n) 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x05, 0x01, (n)
#define ID_CE(n)       0x55, 0x1d, (n)

#define OID(name, ...)                                          \
	static const uint8_t name##_octets[] = { __VA_ARGS__ }; \
	const struct span name = { name##_octets, sizeof name##_octets }

OID(IT_IMPLICIT_CONFIRM, ID_IT(13));
OID(IT_CONFIRM_WAIT_TIME, ID_IT(14));
OID(IT_CERT_PROFILE, ID_IT(21));
OID(REG_CTRL_OLD_CERT_ID, ID_REG_CTRL(5));
OID(REG_CTRL_ALG_ID, ID_REG_CTRL(11));
OID(REG_CTRL_RSA_KEY_LEN, ID_REG_CTRL(12));
OID(CE_KEY_USAGE, ID_CE(15));
OID(CE_SUBJECT_ALT_NAME, ID_CE(17));
OID(CE_BASIC_CONSTRAINTS, ID_CE(19));
OID(CE_REASON_CODE, ID_CE(21));
OID(CE_EXT_KEY_USAGE, ID_CE(37));
/* extensionRequest 1.2.840.113549.1.9.14 (RFC 2985 5.4.2) */
OID(PKCS9_EXTENSION_REQUEST, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e);
