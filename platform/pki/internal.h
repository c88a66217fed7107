/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of platform/pki tell each other about certificates: attributes
 * and general names taken apart, name constraints, CRLs, envelopes, the rules of a path.
 */
#ifndef ONRAMP_PKI_INTERNAL_H
#define ONRAMP_PKI_INTERNAL_H

#include "platform/codec/der.h"
#include "platform/codec/der_walk.h"
#include "platform/pki/name.h"
#include "platform/pki/path.h"

/* Constant octets in tables, written as a string. */
#define OCTETS(s)                                   \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

/* AttributeTypeAndValue; value without its header. */
struct name_attr {
	struct span oid, value;
	uint8_t tag; /* of the value */
};
extern const struct span OID_AT_EMAIL_ADDRESS;
/* The next attribute of an RDN's content.  Faults are in the cursor. */
struct name_attr name_attr_next(struct der *rdn);
/* Faults of a Name's syntax go into the cursor; attributes of an RDN in any order. */
void name_check(struct der *c, struct span name);

/* GeneralName, RFC 5280 4.2.1.6: the number of the CHOICE's tag. */
enum name_form {
	FORM_OTHER,
	FORM_RFC822,
	FORM_DNS,
	FORM_X400,
	FORM_DIRECTORY,
	FORM_EDI,
	FORM_URI,
	FORM_IP,
	FORM_REGISTERED,
	FORMS
};
struct general_name {
	enum name_form form;
	struct span value; /* FORM_DIRECTORY: Name, DER; else the content octets */
};
/* The next of a GeneralNames' content; iPAddress of any length. */
struct general_name general_name_next(struct der *c);
/* All of SubjectAltName's content, iPAddress of 4 or 16 octets. */
void general_names_check(struct der *c);

/* Letters, digits, hyphens and underscores in labels of 1 to 63, at most 253 octets. */
bool dns_name_valid(struct span name);
/* The same, and no address in disguise. */
bool host_name_valid(struct span host);
bool dns_name_equal(struct span a, struct span b);
/* name is base, or base with labels put before it. */
bool dns_name_within(struct span base, struct span name);

/* How names of one form are held to constraints; without functions where nobody here can. */
struct name_form_rules {
	const char *word;
	bool (*base_valid)(struct span base);
	bool (*valid)(struct span name);
	bool (*within)(struct span base, struct span name);
	bool (*touches)(struct span base, struct span name); /* some of what it stands for is */
};
extern const struct name_form_rules name_forms[FORMS];

/* NameConstraints: its syntax, and whether the names of a certificate keep to it. */
void name_constraints_check(struct der *c);
MUST_CHECK enum err name_constraints_apply(struct span constraints, const struct cert *c);

/* In certificates and CRLs alone (tolerant.c): an encoded DEFAULT, zeros behind named bits. */
bool signed_bool_default(struct der *c, uint8_t tag, bool dflt);
uint32_t signed_flags(struct der *c, uint8_t tag);

/* Extensions, of certificates, CRLs and CRL entries alike. */
struct extension {
	struct span oid, value;
	bool critical;
};
struct extension extension_next(struct der *extensions);
struct extension_list {
	struct span oids[CERT_EXTENSIONS_MAX];
	size_t n;
};
/* False, and a fault in the list, when it is there already or one too many. */
bool extension_is_first(struct der *list, struct extension_list *seen, const struct extension *x);
/* Reads out->extensions; faults go into the cursor, *place becomes the extension's name. */
void extensions_read(struct der *c, struct cert *out, const char **place);

/* One that is critical, for check_critical() of a path. */
void extension_not_understood(const struct extension *x, struct cert *out);
/* Those of policies, RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14. */
void certificate_policies_read(struct der *v, const struct extension *x, struct cert *out);
void policy_mappings_read(struct der *v, const struct extension *x, struct cert *out);
void policy_constraints_read(struct der *v, const struct extension *x, struct cert *out);
void inhibit_any_policy_read(struct der *v, const struct extension *x, struct cert *out);

/* The subject of what may be a certificate, without reading the rest; or empty. */
struct span cert_peek_subject(struct span der);

/* What a CRL is of, when it is not of all that its issuer issued (RFC 5280 5.2.5). */
struct crl_scope {
	bool stated;
	struct span point; /* DistributionPointName, DER; or empty */
	bool only_users, only_cas;
};
bool crl_scope_read(struct der *value, struct crl_scope *out);
/* The syntax of CRLDistributionPoints, whole. */
void crl_points_check(struct der *value);
/* Whether it is of this certificate, of the same issuer (RFC 5280 6.3.3 b 2). */
bool crl_covers(const struct crl_scope *s, const struct cert *c);
/* Two full names that share one. */
bool crl_point_equal(struct span a, struct span b);

/* A CertificateList, read but not believed: what is small of it in memory. */
struct crl {
	struct octets tbs, entries; /* entries: those of revokedCertificates; or empty */
	struct span sig_alg, signature, issuer;
	int64_t this_update, next_update; /* next_update 0: there is none */
	bool usable;                      /* no critical extension that nobody here reads */
	struct crl_scope scope;
	uint8_t head[CRL_HEAD_MAX], tail[CRL_TAIL_MAX], proof[CRL_TAIL_MAX]; /* out of a file */
};
MUST_CHECK enum err crl_read(const struct octets *list, struct crl *out);
/* Reads every entry; *listed when one has the serial number. */
MUST_CHECK enum err crl_find(const struct crl *l, struct span serial, bool *listed);
/* The issuer, verified by somebody else, may sign CRLs, and signed this one, which is usable. */
MUST_CHECK enum err crl_check(const struct crl *l, const struct cert *issuer);
/* It has begun, and not ended: E_CERT_TIME. */
MUST_CHECK enum err crl_check_fresh(const struct crl *l, struct moment now);
/* The same, or another certificate of the issuer's name did, which leads to the same anchor;
   NULL: only the issuer's own key counts. */
MUST_CHECK enum err crl_check_issuer(const struct crl *l, const struct path_request *r,
                                     const struct cert *issuer, const struct cert *anchor);
/* What the CRLs say about c, the issuer being verified, below an anchor: OK or E_REVOKED. */
MUST_CHECK enum err crl_judge(const struct path_request *r, const struct cert *c,
                              const struct cert *issuer, const struct cert *anchor);

/* EnvelopedData with one recipient, taken apart but not opened; spans into it. */
struct envelope {
	enum { RECIPIENT_KEY_TRANSPORT, RECIPIENT_KEY_AGREEMENT, RECIPIENT_PASSWORD } recipient;
	struct span issuer, serial;  /* rid issuerAndSerialNumber, or empty */
	struct span skid;            /* rid subjectKeyIdentifier, or empty */
	struct span originator, ukm; /* kari; originatorKey's content */
	struct span key_derivation;  /* pwri; the AlgorithmIdentifier's content */
	struct span key_alg, encrypted_key;
	struct span content_type, content_alg, content;
};
MUST_CHECK enum err envelope_read(struct span der, struct envelope *out);

/* RFC 5280 6.1 for a path whose signatures are good: target first, anchor last. */
MUST_CHECK enum err path_judge(const struct path_request *r, const struct cert *certs, size_t n);

#endif
