/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CMP client: RFC 9483 (Lightweight CMP Profile) for an end entity.
 *
 * Every operation runs over a struct trusted: its link carries the messages, its
 * anchors judge them.  One operation is one transaction.  All memory is the
 * caller's arena, which must outlive what is returned.  Every message received
 * is checked in the order of RFC 9483 3.5 before anything in it is used; a
 * failed check ends the operation, and nothing is sent (RFC 9483 3.6.1).
 */
#ifndef ONRAMP_CMP_CMP_H
#define ONRAMP_CMP_CMP_H

#include "platform/clock.h"
#include "platform/pki/credential.h"
#include "platform/pki/trusted.h"

enum cmp_labels {
	CMP_LABELS_LONG,  /* RFC 9483 6.1: .../initialization */
	CMP_LABELS_SHORT, /* .../ir: Trustpoint, CoAP */
	CMP_LABELS_NONE   /* the bare path */
};

enum cmp_confirm {
	CMP_CONFIRM_IMPLICIT, /* ask for implicitConfirm (RFC 9483 4.1.1) */
	CMP_CONFIRM_EXPLICIT  /* do not ask: certConf always */
};

/* What happens, for progress on a terminal. */
enum cmp_event { CMP_SENT, CMP_RECEIVED, CMP_WAITING, CMP_CONFIRMING };
struct cmp_watch {
	void (*event)(void *context, enum cmp_event what, const char *message_type,
	              int64_t seconds);
	/* Every message, as sent and received; for --dump. May be NULL. */
	void (*message)(void *context, enum cmp_event what, struct span der);
	void *context;
};

/* One server, one identity; filled by the caller, constant over operations. */
struct cmp_client {
	const struct trusted *trusted;
	const struct credential *signer; /* protection: signature (RFC 9483 3.2) */
	const char *path;                /* "/.well-known/cmp", or "/.well-known/cmp/p/NAME" */
	enum cmp_labels labels;
	struct span recipient;      /* Name, DER; empty: NULL-DN until the peer names itself */
	struct span profile;        /* certProfile, UTF-8; empty: none */
	struct moment (*now)(void); /* clock_now */
	int64_t total_ms;           /* for a whole operation, waiting included; 0: WAITING_MAX_S */
	const struct cmp_watch *watch; /* NULL is fine */
	const struct span *crls;       /* CertificateList, DER: status of signers (RFC 9483 3.5) */
	size_t crl_count;
};

/* CA certificates: RFC 9483 4.3.1. *count 0: the CA has none. Not trusted for
   being there: candidates for paths. E_CMP_NONE on 404. */
MUST_CHECK enum err cmp_get_ca_certs(const struct cmp_client *c, struct arena *a,
                                     struct span certs[POOL_MAX], size_t *count);

/* RFC 9483 4.3.3. present false: the CA has no wishes. */
struct cmp_template {
	bool present;
	struct span bytes;      /* CertReqTemplateContent, DER */
	struct span subject;    /* Name with empty values to fill in; or empty span */
	struct span extensions; /* content of Extensions; or empty span */
	bool has_key_kind;
	enum key_kind key_kind; /* first of keySpec that we can make */
	struct span issuer;     /* Name; empty when absent or for us to fill in */
	struct span validity;   /* content of OptionalValidity; or empty */
};
MUST_CHECK enum err cmp_get_template(const struct cmp_client *c, struct arena *a,
                                     struct cmp_template *out);

/* What to ask for. */
struct cmp_wishes {
	const struct signer *key; /* the new key */
	struct span subject;      /* Name, DER */
	struct span extensions;   /* content of Extensions (SEQUENCE OF Extension); may be empty */
	enum cmp_confirm confirm;
	struct span issuer;   /* Name, DER; empty: not asked for */
	struct span validity; /* content of OptionalValidity; empty: not asked for */
};

/*
 * Fills a template in from what the device knows (RFC 9483 4.3.3): values given
 * are taken over, empty ones filled in when known or left out, nothing added.
 * Without a template: the IDevID's subject, no extensions.
 */
struct cmp_facts {
	const struct credential *idevid;
	const char *subject; /* operator's wish, text of name_from_text(); NULL: IDevID's */
	const char *const *dns_names; /* SAN wishes */
	size_t dns_count;
	const char *const *ip_addresses;
	size_t ip_count;
};
MUST_CHECK enum err cmp_apply_template(const struct cmp_template *t, const struct cmp_facts *f,
                                       struct arena *a, struct cmp_wishes *out);

/* The certificate that came, checked: ours, as asked, valid, leading to an anchor. */
struct cmp_issued {
	struct span cert;                  /* DER */
	struct span chain[PATH_DEPTH_MAX]; /* issuers above it, anchor excluded */
	size_t chain_count;
	struct span anchor; /* the anchor's certificate */
	struct span
		ca_pubs[ANCHORS_MAX]; /* trust anchors the CA gave, authorized (RFC 9483 4.1.1) */
	size_t ca_pubs_count;
	bool confirmed_implicitly;
	bool with_modifications; /* grantedWithMods */
};

/*
 * Called with the certificate before it is confirmed, so that the caller can
 * make it durable (RFC 9483 4.1.1: no certConf in time is a rejection).  An
 * error makes the client reject it with certConf.
 */
struct cmp_keep {
	enum err (*store)(void *context, const struct cmp_issued *issued);
	void *context;
};

/*
 * ir: initialization request (RFC 9483 4.1.1), with POPOSigningKey, over
 * waiting/pollReq/pollRep (4.4), certConf/pkiConf unless granted implicitly.
 * pool: CA certificates known (caCerts). E_CMP_REJECTED and E_CMP_ERROR carry
 * the CA's words; E_ISSUED_* what was wrong with the certificate.
 */
MUST_CHECK enum err cmp_enrol(const struct cmp_client *c, struct arena *a,
                              const struct cmp_wishes *w, const struct span *pool,
                              size_t pool_count, const struct cmp_keep *keep,
                              struct cmp_issued *out);

/* `onramp show`: a PKIMessage in words, written to out (NUL-terminated). */
MUST_CHECK enum err cmp_show(struct span der, char *out, size_t cap);

#endif
