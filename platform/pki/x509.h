/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading certificates (RFC 5280 4), strictly, from DER.
 *
 * The view points into the caller's bytes and lives as long as they do.  What
 * cannot be read is refused (E_CERT_SYNTAX with the place named), whoever signed
 * it; nothing here says that a certificate is good, only what it says.
 */
#ifndef ONRAMP_PKI_X509_H
#define ONRAMP_PKI_X509_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"
#include "platform/crypto/sigalg.h"

/* keyUsage, bit 0 first. */
enum {
	KU_DIGITAL_SIGNATURE = 1 << 0,
	KU_NON_REPUDIATION = 1 << 1,
	KU_KEY_ENCIPHERMENT = 1 << 2,
	KU_DATA_ENCIPHERMENT = 1 << 3,
	KU_KEY_AGREEMENT = 1 << 4,
	KU_KEY_CERT_SIGN = 1 << 5,
	KU_CRL_SIGN = 1 << 6,
	KU_ENCIPHER_ONLY = 1 << 7,
	KU_DECIPHER_ONLY = 1 << 8
};

enum { PATH_LEN_NONE = -1 };

struct cert {
	struct span der;             /* the whole certificate */
	struct span tbs;             /* tbsCertificate, with header: what is signed */
	uint32_t version;            /* 1, 2, 3 */
	struct span serial;          /* INTEGER content octets */
	struct span issuer, subject; /* Name, DER */
	int64_t not_before, not_after;
	struct span spki;      /* SubjectPublicKeyInfo, DER */
	struct span sig_alg;   /* AlgorithmIdentifier, DER; both occurrences equal */
	struct span signature; /* octets */

	/* extensions; empty spans where absent */
	struct span extensions; /* content of the SEQUENCE OF Extension */
	bool has_key_usage;
	uint32_t key_usage;
	bool has_basic, is_ca;
	int path_len;    /* PATH_LEN_NONE, else 0.. */
	struct span eku; /* content of the SEQUENCE OF KeyPurposeId */
	bool eku_critical;
	struct span san; /* content of GeneralNames */
	bool san_critical;
	struct span skid;             /* KeyIdentifier octets */
	struct span aki_ext;          /* content of the AKI's extnValue: SEQUENCE, DER */
	struct span akid;             /* its keyIdentifier octets */
	struct span name_constraints; /* extnValue content */
	struct span masa_url;         /* id-pe-masa-url text (RFC 8995 2.3.2) */
	bool requires_policy;         /* requireExplicitPolicy of policyConstraints */
	bool own;                     /* cert_read_own() */
	bool unknown_critical;        /* an extension marked critical that nobody here reads */
	struct span unknown_critical_oid;
};

/* Exactly one certificate, nothing behind it. */
MUST_CHECK enum err cert_read(struct span der, struct cert *out);
/* One of our own, which others judge: an extension that is not critical and cannot be read is
   as absent, and a warning names it. */
MUST_CHECK enum err cert_read_own(struct span der, struct cert *out);

/* Extended key usage: the list holds the OID (content octets). False when there is no list. */
bool cert_has_eku(const struct cert *c, struct span oid);
extern const struct span OID_EKU_SERVER_AUTH, OID_EKU_CLIENT_AUTH, OID_EKU_ANY, OID_EKU_CMC_CA,
	OID_EKU_CMC_RA, OID_EKU_CM_KGA;

extern const struct span OID_PE_MASA_URL; /* id-pe-masa-url (RFC 8995 2.3.2) */

/* extnValue content of any extension by OID content octets. */
bool cert_extension(const struct cert *c, struct span oid, bool *critical, struct span *value);

/* The device's serial number: X520SerialNumber of the subject (RFC 8995 2.3.1), text. */
bool cert_serial_number(const struct cert *c, struct span *text);

bool cert_self_issued(const struct cert *c);

/* Signature of c under the key of issuer; no other check. */
MUST_CHECK enum err cert_signed_by(const struct cert *c, const struct cert *issuer);

/*
 * RFC 9525, RFC 6125: SAN only (dNSName, iPAddress), no CN; left-most whole-label
 * wildcard with at least two labels behind it.  host: a name, or an address
 * literal without brackets and zone.
 */
bool cert_matches_host(const struct cert *c, const char *host);

#endif
