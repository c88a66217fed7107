/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CMS SignedData (RFC 5652 5), DER only, one signer or several.
 *
 * Reading: cms_read() takes the message apart and believes nothing;
 * cms_verify() checks every SignerInfo against the rules below and leads each
 * signer's certificate to an anchor.  Content is to be used only after OK.
 *
 *   - eContentType is one the caller allows (vouchers: id-ct-animaJSONVoucher,
 *     and id-data, which every published voucher has);
 *   - at least one SignerInfo, and every one of them good;
 *   - signedAttrs demanded (unless the caller waives it for id-data), in DER SET
 *     OF order, with exactly one contentType equal to eContentType and exactly
 *     one messageDigest equal to the content's;
 *   - the certificate named by sid, among those inside, those the caller gives
 *     and the anchors; the signer may be an anchor itself;
 *   - signature algorithm and digest on the allow-list and consistent, the
 *     digest among digestAlgorithms;
 *   - nothing behind the ContentInfo, no detached content; certificates of
 *     other kinds than X.509 refused; CRLs and unsigned attributes ignored.
 * CMSVersion may be any of 1, 3, 4, 5 (published samples say 1 with any type).
 */
#ifndef ONRAMP_PKI_CMS_H
#define ONRAMP_PKI_CMS_H

#include "platform/pki/credential.h"
#include "platform/pki/path.h"

enum { CMS_SIGNERS_MAX = 4, CMS_ATTRIBUTES_MAX = 16 };

extern const struct span OID_CMS_DATA, OID_CMS_SIGNED_DATA, OID_CT_ANIMA_JSON_VOUCHER;
extern const struct span OID_CMS_CONTENT_TYPE, OID_CMS_MESSAGE_DIGEST,
	OID_CMS_SIGNING_TIME; /* attributes */

struct cms_signer {
	struct span issuer, serial;      /* sid issuerAndSerialNumber, or empty */
	struct span skid;                /* sid subjectKeyIdentifier, or empty */
	struct span digest_alg, sig_alg; /* AlgorithmIdentifiers, DER */
	struct span signed_attrs;        /* content of the SET, or empty */
	bool has_signed_attrs;
	struct span signature;
	struct span content_type; /* of the attribute; filled by cms_read */
	struct span message_digest;
	int64_t signing_time; /* 0 when there is none */
};

struct cms {
	uint32_t version;
	struct span digest_algs;           /* content of the SET */
	struct span content_type, content; /* eContentType, eContent octets */
	struct span certs[POOL_MAX];
	size_t cert_count;
	struct cms_signer signers[CMS_SIGNERS_MAX];
	size_t signer_count;
};

/* Structure only. E_NOT_DER for BER, E_TRAILING, E_RANGE for too many of anything... */
MUST_CHECK enum err cms_read(struct span der, struct cms *out);
/* The same of a SignedData without the ContentInfo around it. */
MUST_CHECK enum err cms_read_signed_data(struct span der, struct cms *out);

struct cms_rules {
	const struct span *content_types; /* allowed eContentTypes */
	size_t content_type_count;
	enum { CMS_ATTRS_DEMANDED, CMS_ATTRS_OPTIONAL_FOR_DATA } signed_attrs;
	const struct anchors *anchors;
	const struct span *extra_certs; /* candidates beside those inside */
	size_t extra_count;
	struct moment now;
	uint32_t key_usage; /* as struct path_request */
	const struct span *eku;
	size_t eku_count;
};

/*
 * Verifies a message taken apart by cms_read().  On OK *signer (when not NULL)
 * is the first signer's certificate; otherwise it is left alone.  E_VOUCHER_*
 * codes are the caller's business: here E_SIGNATURE and E_ALGORITHM of the
 * message itself, E_UNEXPECTED (a rule of form broken), E_CERT_CHAIN when the
 * signer's certificate is not here or a signature above it is no good, and
 * path_check()'s other codes.
 */
MUST_CHECK enum err cms_verify(const struct cms *m, const struct cms_rules *rules,
                               struct cert *signer);

/* Signs content: SignedData version by RFC 5652 5.1, one signer, sid
   issuerAndSerialNumber, signedAttrs contentType and messageDigest, and
   signingTime only when now is TIME_SET; all of the credential's certificates. */
MUST_CHECK enum err cms_sign(struct arena *a, const struct credential *by, struct span content_type,
                             struct span content, struct moment now, struct span *out);

#endif
