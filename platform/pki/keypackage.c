/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private key that somebody else made (RFC 5958), taken over. */
#include "platform/pki/envelope.h"
#include "platform/pki/internal.h"

/* 2.16.840.1.101.2.1.2.78.5 */
const struct span OID_CT_KEY_PACKAGE = OCTETS("\x60\x86\x48\x01\x65\x02\x01\x02\x4e\x05");

/*
 * AsymmetricKeyPackage ::= SEQUENCE SIZE (1..MAX) OF OneAsymmetricKey
 * OneAsymmetricKey ::= SEQUENCE { version INTEGER, ... }
 *
 * RFC 9483 4.1.6 wants exactly one; servers in use leave the outer SEQUENCE out.
 */
static enum err find_key(struct span content, struct span *key)
{
	enum err e;
	struct der c = der_open(content, &e);
	struct der package = der_enter(&c, DER_SEQUENCE);

	*key = content;
	if (e != OK || der_at(&package, DER_INTEGER))
		return e; /* bare: read whole by whoever takes it */
	*key = der_element_of(&package, DER_SEQUENCE);
	if (der_more(&package))
		der_fail(&package, err_because(E_UNEXPECTED, "a package of more keys than one"));
	der_end(&c);
	return e;
}

enum err key_package_read(struct span content, struct signer **out)
{
	struct span key;
	enum err e = find_key(content, &key);

	*out = NULL;
	return e == OK ? signer_from_pkcs8(out, key) : e;
}
