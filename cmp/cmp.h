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
#include "platform/crypto/mac.h"
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
enum cmp_event {
	CMP_SENT,
	CMP_RECEIVED,
	CMP_WAITING,
	CMP_CONFIRMING,
	CMP_REFUSED /* the CA has confirmed that it knows of our rejection */
};
struct cmp_watch {
	void (*event)(void *context, enum cmp_event what, const char *message_type,
	              int64_t seconds);
	/* Every message, as sent and received; for --dump. May be NULL. */
	void (*message)(void *context, enum cmp_event what, const struct octets *der);
	void *context;
};

/* MAC protection by a shared secret (RFC 9483 4.1.5), for ir, cr and p10cr, and at the
   operator's risk for genm. The secret decides who is believed, not the anchors. */
struct cmp_secret {
	struct span reference; /* senderKID and the sender's commonName, UTF-8 */
	struct span value;
	enum mac_scheme scheme;
};

/*
 * Where a waiting transaction is kept, so that it outlives the process (RFC 9483
 * 4.4).  save() is called whenever we begin to wait for the CA, and before certConf,
 * in operations that certify; it makes `state` (at most CMP_STATE_MAX octets, opaque,
 * DER) durable: an error ends the operation before anything more is sent.  A certificate
 * whose chain makes the state larger is rejected (E_TOO_BIG).  An empty state says that
 * nothing is left of the transaction: the CA wants a new one (RFC 9483 3.6.4).
 */
struct cmp_journal {
	enum err (*save)(void *context, struct span state);
	void *context;
};

/* One server, one identity; filled by the caller, constant over operations. */
struct cmp_client {
	const struct trusted *trusted;
	/* protection: exactly one of the two, as long as the operation lasts (RFC 9483 3.2) */
	const struct credential *signer; /* by signature */
	const struct cmp_secret *secret; /* by MAC */
	bool accept_signed; /* signed answers to requests with a MAC, below the anchors */
	const struct cmp_journal *journal; /* NULL: nothing outlives the process */
	bool outlasts_busy; /* 503 and 429 in a transaction are waited for, as long as total_ms */
	bool hash_alg;      /* certConf with hashAlg and pvno 3 (RFC 9480 2.10), for EdDSA */
	const char *path;   /* "/.well-known/cmp", or "/.well-known/cmp/p/NAME" */
	enum cmp_labels labels;
	struct span recipient;      /* Name, DER; empty: NULL-DN until the peer names itself */
	struct span profile;        /* certProfile, UTF-8; empty: none */
	struct moment (*now)(void); /* clock_now */
	int64_t total_ms;           /* for a whole operation, waiting included; 0: WAITING_MAX_S */
	const struct cmp_watch *watch; /* NULL is fine */
	const struct spool *spool; /* for CA certificates and CRLs; NULL: at most HTTP_BODY_MAX */
	const struct octets *crls; /* CertificateList, DER: status of signers (RFC 9483 3.5) */
	size_t crl_count;
	/* CA certificates known (caCerts): candidates for paths, of what is issued and of who
	   signs an answer; not trusted */
	const struct span *pool;
	size_t pool_count;
};

/*
 * CA certificates: RFC 9483 4.3.1, any number of them: CaCertsValue, DER, in the arena or in
 * the file of c->spool, where it stays until the next answer.  Empty: the CA has none.  Not
 * trusted for being there: candidates for paths.  E_CMP_NONE on 404.
 */
MUST_CHECK enum err cmp_get_ca_certs(const struct cmp_client *c, struct arena *a,
                                     struct octets *list);
/* Each of them, DER, until take() returns; what it returns ends it, if that is not OK. Whether
   they can be read is take()'s business. */
struct cmp_taker {
	enum err (*take)(void *context, struct span cert);
	void *context;
};
MUST_CHECK enum err cmp_ca_certs_each(const struct octets *list, const struct cmp_taker *to);
/* Those that can be read, in the arena. E_TOO_BIG: more than cap, or than the arena takes. */
MUST_CHECK enum err cmp_ca_certs_hold(const struct octets *list, struct arena *a,
                                      struct span *certs, size_t cap, size_t *count);

/* RFC 9483 4.3.3. present false: CA provides no request template.  E_CMP_NONE on 404; E_CMP_ERROR
   with refused set: it is the CA's own word that there is none. */
struct cmp_template {
	bool present;
	bool refused;           /* by an error message that is protected */
	struct span bytes;      /* CertReqTemplateContent, DER */
	struct span subject;    /* Name with empty values to fill in; or empty span */
	struct span extensions; /* content of Extensions; or empty span */
	bool has_key_kind;
	enum key_kind key_kind; /* first of keySpec that we can make */
	struct span issuer;     /* Name; empty when absent or for us to fill in */
	struct span validity;   /* content of OptionalValidity; or empty */
};
/* From its bytes, as they came or were kept; empty ones are no template. */
MUST_CHECK enum err cmp_template_read(struct span value, struct cmp_template *out);
MUST_CHECK enum err cmp_get_template(const struct cmp_client *c, struct arena *a,
                                     struct cmp_template *out);

/* Requests for a certificate: RFC 9483 4.1.1, 4.1.2, 4.1.3, 4.1.4. */
enum cmp_request {
	CMP_IR,
	CMP_CR,
	CMP_KUR, /* signed with the certificate that is updated: client.signer */
	CMP_P10CR
};

/* What to ask for. */
struct cmp_params {
	const struct signer *key; /* the new key; NULL: the CA makes it (RFC 9483 4.1.6), or csr */
	const enum key_kind *central; /* without a key: the kind wanted; NULL: any */
	struct span csr; /* p10cr: CertificationRequest, DER, ready-made; empty: made of the rest */
	struct span subject;    /* Name, DER */
	struct span extensions; /* content of Extensions (SEQUENCE OF Extension); may be empty */
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
	const char
		*subject; /* what the operator asks for, text of name_from_text(); NULL: IDevID's */
	const char *const *dns_names; /* SAN asked for */
	size_t dns_count;
	const char *const *ip_addresses;
	size_t ip_count;
	const char *const *uris;
	size_t uri_count;
	const char *const *emails;
	size_t email_count;
	/* asked for where no template says otherwise; empty: not */
	struct span issuer;   /* Name, DER */
	struct span validity; /* content of OptionalValidity */
	struct span eku;      /* ExtKeyUsageSyntax, DER */
	uint32_t key_usage;   /* bit n as 1 << n; 0: not */
};
MUST_CHECK enum err cmp_apply_template(const struct cmp_template *t, const struct cmp_facts *f,
                                       struct arena *a, struct cmp_params *out);

/* Alternative names that may be requested for, as RFC 5280 4.2.1.6 has them. */
enum cmp_name_kind { CMP_NAME_DNS, CMP_NAME_IP, CMP_NAME_URI, CMP_NAME_EMAIL, CMP_NAME_KINDS };

/* Could a request carry this name? E_CONFIG says what is wrong with it. */
MUST_CHECK enum err cmp_name_param(enum cmp_name_kind kind, const char *name);

/*
 * The names and extensions of a PKCS#10 request, for an ir or a cr: its key signs again,
 * as CRMF has it.  *spki is the key it is for.
 */
MUST_CHECK enum err cmp_params_of_csr(struct span csr, struct cmp_params *out, struct span *spki);

/* The certificate that came, checked: ours, as asked, valid, leading to an anchor. */
struct cmp_issued {
	struct span cert;   /* DER */
	struct signer *key; /* made by the CA and delivered; the caller closes it; or NULL */
	struct span chain[PATH_DEPTH_MAX]; /* issuers above it, anchor excluded */
	size_t chain_count;
	struct span anchor; /* the anchor's certificate */
	struct span
		ca_pubs[CA_PUBS_MAX]; /* trust anchors the CA gave, authorized (RFC 9483 4.1.1) */
	size_t ca_pubs_count;
	bool confirmed_implicitly;
	bool with_modifications;             /* grantedWithMods */
	bool subject_changed, names_changed; /* by the CA, from what was asked for; not by a kur */
};

/* "subject, subjectAltName": which names the CA changed; "" when none. */
const char *cmp_issued_changes(const struct cmp_issued *issued);

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
 * Asks for a certificate, over waiting/pollReq/pollRep (RFC 9483 4.4), certConf and
 * pkiConf unless granted implicitly.
 * E_CMP_REJECTED and E_CMP_ERROR carry the CA's words; E_ISSUED_* what was wrong
 * with the certificate.  A kur asks for the names of the certificate it updates
 * (cmp_update_params()); caPubs count only in answers to ir and p10cr.
 */
MUST_CHECK enum err cmp_enrol(const struct cmp_client *c, enum cmp_request kind, struct arena *a,
                              const struct cmp_params *w, const struct cmp_keep *keep,
                              struct cmp_issued *out);

/*
 * Goes on with what client.journal saved last: polls on, or confirms, with the same
 * transactionID, to the same endpoint; the client and the params must be those of
 * the first time (the key staged since).  E_CMP_GONE when there is nothing that the
 * CA could still know: the caller begins anew, with the same key.
 */
MUST_CHECK enum err cmp_resume(const struct cmp_client *c, struct span state, struct arena *a,
                               const struct cmp_params *w, const struct cmp_keep *keep,
                               struct cmp_issued *out);

/* For a kur (RFC 9483 4.1.3): subject and subjectAltName of the certificate in use, nothing
   else; key and confirm are left to the caller. */
MUST_CHECK enum err cmp_update_params(const struct cert *old, struct arena *a,
                                      struct cmp_params *out);

/* CRLReason, RFC 5280 5.3.1. */
enum crl_reason {
	REASON_UNSPECIFIED = 0,
	REASON_KEY_COMPROMISE = 1,
	REASON_CA_COMPROMISE = 2,
	REASON_AFFILIATION_CHANGED = 3,
	REASON_SUPERSEDED = 4,
	REASON_CESSATION_OF_OPERATION = 5,
	REASON_CERTIFICATE_HOLD = 6,
	REASON_REMOVE_FROM_CRL = 8,
	REASON_PRIVILEGE_WITHDRAWN = 9,
	REASON_AA_COMPROMISE = 10
};
const char *crl_reason_name(enum crl_reason reason); /* "keyCompromise"; NULL: there is none */
MUST_CHECK enum err crl_reason_from_name(const char *name, enum crl_reason *out); /* E_USAGE */
/*
 * rr: revocation of client.signer's own certificate (RFC 9483 4.2).  Where it fails,
 * *outcome says what is known of the certificate all the same: an answer that got lost,
 * or that nobody vouches for, says nothing.
 */
enum cmp_revocation {
	CMP_REVOKED,     /* OK; or certRevoked: by an earlier request */
	CMP_NOT_REVOKED, /* the CA refuses */
	CMP_DISTRUSTED,  /* it refuses the certificate that signs: ours */
	CMP_UNDECIDED
};
MUST_CHECK enum err cmp_revoke(const struct cmp_client *c, struct arena *a, enum crl_reason reason,
                               enum cmp_revocation *outcome);

/*
 * Root CA certificate update (RFC 9483 4.3.2).  old_root is one that is trusted now.
 * What comes is verified before it is given out: newWithNew is a root, now valid, and
 * either newWithOld binds its key to the old root's name and key (RFC 4210 4.4) and
 * neither is older than that, or, where the old root announced a successor (hashOfRootKey,
 * RFC 8649), it is the one whose SubjectPublicKeyInfo has that hash; then its name may
 * be a new one.  The links that came are good, too.  E_ROOT_UPDATE says what did not
 * hold.
 */
struct cmp_root_update {
	bool present;                           /* false: the CA has none */
	struct span new_with_new;               /* may become an anchor, beside the old one */
	struct span new_with_old, old_with_new; /* links, verified; or empty */
	bool by_hash;                           /* by hashOfRootKey, not by newWithOld */
};
MUST_CHECK enum err cmp_get_root_update(const struct cmp_client *c, struct arena *a,
                                        struct span old_root, struct cmp_root_update *out);

/*
 * A CRL (RFC 9483 4.3.4).  Given out only when it is signed by the issuer named, whose
 * certificate is an anchor or leads to one through the pool, and when it is not older
 * than this_update.  E_CRL says what did not hold.  *crl empty: nothing newer.
 */
struct cmp_crl_param {
	struct span issuer; /* Name, DER, of the CRL's issuer */
	struct span dpn;    /* DistributionPointName, DER, from a cRLDistributionPoints; or empty */
	int64_t this_update; /* of the CRL held; 0: none */
	const struct span *pool;
	size_t pool_count;
};
MUST_CHECK enum err cmp_get_crl(const struct cmp_client *c, struct arena *a,
                                const struct cmp_crl_param *w, struct octets *crl);

#endif
