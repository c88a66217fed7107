/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared inside cmp/: a message as read, a transaction, an operation's row.
 *
 * The way of an operation: a row of ops.c says what is asked; build.c writes and
 * signs it; send.c carries it; read.c takes the answer apart; check.c and
 * signer.c hold it against the transaction and the trust anchors; session.c
 * polls as long as the CA asks for patience; enrol.c confirms a certificate.
 */
#ifndef ONRAMP_CMP_INTERNAL_H
#define ONRAMP_CMP_INTERNAL_H

#include "cmp/cmp.h"
#include "platform/base/log.h"
#include "platform/codec/derw.h"
#include "platform/pki/name.h"

/* The choices of PKIBody, RFC 9480 A.2. */
enum pki_body {
	BODY_IR = 0,
	BODY_IP = 1,
	BODY_CR = 2,
	BODY_CP = 3,
	BODY_P10CR = 4,
	BODY_KUR = 7,
	BODY_KUP = 8,
	BODY_RR = 11,
	BODY_RP = 12,
	BODY_PKICONF = 19,
	BODY_NESTED = 20,
	BODY_GENM = 21,
	BODY_GENP = 22,
	BODY_ERROR = 23,
	BODY_CERT_CONF = 24,
	BODY_POLL_REQ = 25,
	BODY_POLL_REP = 26,
	BODY_LAST = 26
};
#define BODY_BIT(body) (UINT32_C(1) << (body))
const char *pki_body_name(unsigned body); /* "ip" */

enum { CMP_ID_SIZE = 16, CMP_NONCE_SIZE = 16, CERT_REQ_ID = 0, NO_CERT_REQ_ID = -1 };

/* text.c: sentences put together in a buffer; what does not fit is cut. */
struct cmp_text {
	char *p;
	size_t cap, n;
	bool full;
};
#define CMP_TEXT_ON(array)                       \
	{                                        \
		(array), sizeof(array), 0, false \
	}
void cmp_say(struct cmp_text *t, const char *format, ...) PRINTF_LIKE(2, 3);

/* A failure and its words, kept while something else may fail. */
struct cmp_fault {
	enum err e;
	char why[ERR_REASON_MAX];
};
void cmp_fault_keep(struct cmp_fault *f, enum err e); /* the first one stays */
enum err cmp_fault_say(const struct cmp_fault *f);

/* status.c: PKIStatusInfo and ErrorMsgContent. */
enum pki_status {
	PKI_ACCEPTED,
	PKI_GRANTED_WITH_MODS,
	PKI_REJECTION,
	PKI_WAITING,
	PKI_REVOCATION_WARNING,
	PKI_REVOCATION_NOTIFICATION,
	PKI_KEY_UPDATE_WARNING
};
enum {
	FAIL_INCORRECT_DATA = 1 << 7,
	FAIL_CERT_REVOKED = 1 << 10,
	FAIL_CERT_CONFIRMED = 1 << 11,
	FAIL_SIGNER_NOT_TRUSTED = 1 << 20,
	FAIL_TRANSACTION_ID_IN_USE = 1 << 21,
	FAIL_NOT_AUTHORIZED = 1 << 23,
	FAIL_SYSTEM_UNAVAIL = 1 << 24,
	FAIL_SYSTEM_FAILURE = 1 << 25
};
struct cmp_status {
	uint32_t status;     /* PKIStatus; values outside the enum are possible */
	struct span text;    /* first UTF8String of statusString; or empty */
	uint32_t fail_info;  /* bit n of PKIFailureInfo as 1 << n */
	bool has_code;       /* of an error message: */
	struct span code;    /* errorCode, INTEGER content */
	struct span details; /* first UTF8String of errorDetails; or empty */
};
void cmp_status_read(struct der *c, struct cmp_status *out);
MUST_CHECK enum err cmp_error_read(struct span content, struct cmp_status *out);
void cmp_status_words(struct cmp_text *t, const struct cmp_status *s);
/* What a refusal means for the caller (RFC 9483 3.6.4): plain, or E_CMP_AGAIN; with words. */
MUST_CHECK enum err cmp_status_refused(const struct cmp_status *s, enum err plain, const char *by);
void cmp_put_status(struct derw *w, enum pki_status status, const char *text, uint32_t fail_info);
struct span cmp_free_text_read(struct der *c); /* first UTF8String of a PKIFreeText */

/* read.c: a PKIMessage taken apart, nothing believed; spans into the message. */
struct cmp_header {
	uint32_t pvno;
	struct span sender, recipient; /* GeneralName, DER */
	struct span sender_name;       /* Name, DER, if sender is a directoryName; or empty */
	bool has_time;
	int64_t time;
	struct span protection_alg; /* AlgorithmIdentifier, DER; or empty */
	struct span sender_kid, recip_kid;
	struct span transaction_id, sender_nonce, recip_nonce;
	struct span free_text;
	bool implicit_confirm;
	bool has_confirm_wait;
	int64_t confirm_wait;
	struct span profile; /* certProfile's first name */
};
struct cmp_message {
	struct span der;
	struct cmp_header header;
	unsigned body;               /* enum pki_body */
	struct span content;         /* the body without its tag, DER; empty when it is in a file */
	struct octets value;         /* the same, wherever it is */
	struct span header_and_body; /* content of ProtectedPart, in memory; or: */
	struct octets part;          /* wherever it is */
	bool has_protection;
	struct span protection;      /* octets */
	struct span certs[POOL_MAX]; /* extraCerts; more are passed over */
	size_t cert_count;
	size_t certs_ignored;
};
MUST_CHECK enum err cmp_read(struct span der, struct cmp_message *out);
/* The same of a genp that is not held: header, protection and extraCerts in the arena. E_TOO_BIG:
   another body, or more around it than is held. */
MUST_CHECK enum err cmp_read_octets(const struct octets *der, struct arena *a,
                                    struct cmp_message *out);
/* What is protected; its head in room. */
enum { CMP_PART_HEAD_MAX = 6 };
struct message cmp_protected_part(const struct cmp_message *m, uint8_t room[CMP_PART_HEAD_MAX]);

/* certrep.c: CertRepMessage and PollRepContent, as RFC 9483 narrows them. */
struct cmp_cert_rep {
	struct span ca_pubs[CA_PUBS_MAX];
	size_t ca_pubs_count, ca_pubs_ignored;
	int64_t cert_req_id;
	struct cmp_status status;
	struct span cert;      /* Certificate, DER; empty when there is none */
	bool delivers;         /* a private key comes along, in: */
	struct span enveloped; /* content of EnvelopedData */
};
MUST_CHECK enum err cmp_cert_rep_read(struct span content, struct cmp_cert_rep *out);
struct cmp_poll_rep {
	int64_t cert_req_id;
	int64_t check_after; /* seconds, 0..CMP_CHECK_AFTER_MAX_S */
	struct span reason;
};
MUST_CHECK enum err cmp_poll_rep_read(struct span content, struct cmp_poll_rep *out);

/* Certificates that verified earlier answers: later ones may come without (RFC 9483 3.3). */
struct cmp_kept {
	uint8_t bytes[CMP_KEPT_MAX];
	size_t size[CMP_KEPT_CERTS_MAX];
	size_t count;
};

/*
 * Where a transaction stands.  Plain bytes without pointers: what a journal has
 * to hold, so that it can be resumed after a reboot.
 */
struct cmp_txn {
	uint8_t id[CMP_ID_SIZE];
	uint8_t nonce[CMP_NONCE_SIZE];         /* senderNonce of our last message */
	uint8_t delayed_nonce[CMP_NONCE_SIZE]; /* ... of the request whose answer is delayed */
	bool delayed;
	uint8_t peer_nonce[CMP_NONCE_MAX]; /* senderNonce received last: next recipNonce */
	size_t peer_nonce_size;
	uint8_t peer[CMP_PEER_MAX]; /* sender received last: next recipient */
	size_t peer_size;
	int32_t poll_id; /* certReqId of our pollReq */
	unsigned polls;
	struct moment begun;
	struct cmp_kept kept;
};

struct cmp_session;

/* One kind of message we send: the body's tag and what writes its content. */
struct cmp_draft {
	uint8_t body;
	enum err (*put)(struct cmp_session *s, struct derw *w);
};

/* One row per PKI management operation (RFC 9483 4). */
struct cmp_op {
	struct cmp_draft ask;
	uint8_t answer;                  /* enum pki_body */
	const char *label, *short_label; /* RFC 9483 6.1, table 1; RFC 9482 2.1 */
	struct span info_type;           /* genm: InfoTypeAndValue's OID */
	struct span info_answer;         /* genp's, where it is another one; else empty */
	bool certifies;                  /* the answer is a CertRepMessage, and is confirmed */
	bool takes_profile;              /* RFC 9483 3.1: certProfile allowed */
	bool takes_ca_pubs;              /* RFC 9483 4.1: caPubs may bring an anchor */
	bool large;                      /* the answer may be too large to be held */
	bool by_mac;                     /* may be protected by MAC (RFC 9483 4.1.5) */
	/* Takes the status in that a final answer has in its body; NULL: it has none. */
	enum err (*read)(struct cmp_session *s);
};
extern const struct cmp_op CMP_OP_CA_CERTS, CMP_OP_TEMPLATE, CMP_OP_ROOT_UPDATE, CMP_OP_CRLS,
	CMP_OP_RR;
const struct cmp_op *cmp_request_op(enum cmp_request kind);

struct cmp_session {
	const struct cmp_client *client;
	const struct cmp_op *op;
	const struct cmp_params *params; /* of operations that ask for a certificate */
	enum cmp_request params_kind;
	struct span spki;         /* ... for this key; empty: the CA makes it */
	enum crl_reason reason;   /* of an rr */
	struct span info_request; /* genm: infoValue, DER; empty: absent */
	struct mac_key mac;       /* of client->secret, one for the whole operation */
	struct arena *arena;
	char path[URL_MAX];
	int64_t deadline; /* of this call, in clock_ticks() */
	int64_t patience; /* of the transaction, over all calls that go on with it */
	struct cmp_txn txn;

	uint32_t allowed;                /* BODY_BIT()s that may come now */
	bool opened;                     /* the CA knows the transaction */
	bool resent;                     /* the last message went out more than once */
	bool busy;                       /* the last answer was 503 or 429, and no message ... */
	int64_t retry_after;             /* ... with that, in seconds; -1: none */
	bool untimed;                    /* the journal cannot tell since when the pause lasts */
	bool resumed;                    /* begun by another process, without any answer since */
	struct cmp_message in;           /* the last one received, checked */
	bool authentic;                  /* false: an error without protection */
	bool by_signature;               /* not by MAC */
	struct path signer;              /* whose signature it bears */
	bool warned_of_role;             /* that nothing says what it is */
	struct cmp_cert_rep rep;         /* read from it, if op->certifies */
	struct cmp_status status;        /* of an error or a rejection */
	struct span new_cert;            /* once it came: its issuer may speak, too */
	struct span giver;               /* who signed the answer that brought it; or empty */
	const struct cmp_issued *issued; /* the same, all of it, while it is confirmed */
	enum err refused;                /* what is wrong with it, for certConf */
	enum hash cert_hash;             /* by which certConf calls it ... */
	bool names_hash;                 /* ... and whether it says which (RFC 9480 2.10) */
};

/* oids.c, content octets. */
extern const struct span IT_IMPLICIT_CONFIRM, IT_CONFIRM_WAIT_TIME, IT_CERT_PROFILE,
	REG_CTRL_ALG_ID, REG_CTRL_RSA_KEY_LEN, REG_CTRL_OLD_CERT_ID;
extern const struct span CE_SUBJECT_ALT_NAME, CE_KEY_USAGE, CE_EXT_KEY_USAGE, CE_REASON_CODE,
	CE_BASIC_CONSTRAINTS;
extern const struct span PKCS9_EXTENSION_REQUEST;

/* header.c, build.c: a message out, signed; in the arena. */
void cmp_put_header(struct derw *w, const struct cmp_session *s, unsigned body);
MUST_CHECK enum err cmp_build(struct cmp_session *s, const struct cmp_draft *d, struct span *out);

/* send.c: there and back. */
void cmp_tell(const struct cmp_session *s, enum cmp_event what, unsigned body, int64_t seconds);
int64_t cmp_time_left(const struct cmp_session *s); /* milliseconds; 0 when over */
void cmp_endpoint(struct cmp_session *s, const char *label);
MUST_CHECK enum err cmp_send(struct cmp_session *s, struct span message, struct octets *answer);

/* protect.c: by signature or by MAC, as the client is (RFC 9483 3.2). */
void cmp_put_sender(struct derw *w, const struct cmp_session *s);
void cmp_put_protection_alg(struct derw *w, const struct cmp_session *s);
struct span cmp_sender_kid(const struct cmp_session *s); /* or empty */
MUST_CHECK enum err cmp_protect(struct cmp_session *s, struct span part, struct span *protection);
/* Of s->in; sets s->authentic, and s->signer where it is signed. */
MUST_CHECK enum err cmp_check_protection(struct cmp_session *s);

/* pool.c: certificates that may help with a path. */
struct cmp_pool {
	struct span certs[CMP_POOL_MAX];
	size_t n;
};

/* check.c, signer.c: RFC 9483 3.5, on s->in. */
MUST_CHECK enum err cmp_check(struct cmp_session *s);
MUST_CHECK enum err cmp_check_signer(struct cmp_session *s);
/* One that signed an answer before, which is gone: whether it may still. Sets s->signer. */
MUST_CHECK enum err cmp_check_signer_again(struct cmp_session *s, struct span der,
                                           const struct cmp_pool *pool);
/* Nobody answers with a key of ours, the one to be certified included. E_CMP_SIGNER. */
MUST_CHECK enum err cmp_check_not_ours(const struct cmp_session *s, const struct cert *c);
/* The signer's path once more, now with a status for every certificate (RFC 9483 3.5). */
MUST_CHECK enum err cmp_check_signer_status(const struct cmp_session *s);

/* pool.c */
void cmp_pool_add(struct cmp_pool *p, const struct span *certs, size_t count);
void cmp_pool_fill(struct cmp_pool *p, const struct cmp_session *s);
void cmp_kept_add(struct cmp_kept *k, const struct path *p);

/* session.c */
int64_t cmp_least_pause(unsigned polls); /* seconds before the next one, after so many */
MUST_CHECK enum err cmp_session_new(const struct cmp_client *c, struct arena *a,
                                    const struct cmp_op *op, struct cmp_session **out);
/* Opens the transaction and brings the final answer, checked, into s->in. */
MUST_CHECK enum err cmp_open(struct cmp_session *s);
/* A further message of the transaction, the same way. */
MUST_CHECK enum err cmp_ask(struct cmp_session *s, const struct cmp_draft *d, unsigned answer);
/* The same for a message that went out before we were here, and was answered with
   `waiting`: after so many milliseconds it is polled for. */
MUST_CHECK enum err cmp_ask_resume(struct cmp_session *s, unsigned answer, int64_t milliseconds);

/* confirm.c: certConf, or the rejection that is due to an error; pkiConf. */
MUST_CHECK enum err cmp_confirm(struct cmp_session *s, enum err refused);
MUST_CHECK enum err cmp_confirm_resume(struct cmp_session *s, int64_t milliseconds);

/* journal.c: what outlives the process; nothing without client->journal. */
bool cmp_journal_there(const struct cmp_session *s);
MUST_CHECK enum err cmp_journal_waiting(struct cmp_session *s, int64_t milliseconds);
MUST_CHECK enum err cmp_journal_confirming(struct cmp_session *s);
MUST_CHECK enum err cmp_journal_ended(struct cmp_session *s);
struct cmp_state {
	enum cmp_request kind;
	int64_t pause_ms;   /* before the next poll */
	bool has_issued;    /* the certificate is there, what is open is its confirmation */
	struct span signer; /* of the answer that brought it with caPubs; or empty */
	struct cmp_issued issued;
	int64_t cert_req_id;
};
/* Into s->txn, s->path, s->patience and s->mac of a new session, and *out. E_CMP_GONE. */
MUST_CHECK enum err cmp_state_kind(struct span state, enum cmp_request *kind);
MUST_CHECK enum err cmp_state_restore(struct span state, struct cmp_session *s,
                                      struct cmp_state *out);

/* request.c: the params of an operation that certifies, completed and checked. */
MUST_CHECK enum err cmp_session_params(struct cmp_session *s, enum cmp_request kind,
                                       const struct cmp_params *w);

/* crmf.c: CertReqMessages for s->params. */
MUST_CHECK enum err cmp_put_cert_request(struct cmp_session *s, struct derw *w);
/* [n] in the place of a SEQUENCE's tag. */
MUST_CHECK enum err cmp_put_implicit(struct derw *w, uint8_t n, struct span sequence);

/* p10.c: CertificationRequest, for s->params; and one that is ready-made, taken apart. */
MUST_CHECK enum err cmp_put_p10_request(struct cmp_session *s, struct derw *w);
struct cmp_csr {
	struct span subject, spki, extensions; /* extensions: content of Extensions, or empty */
};
MUST_CHECK enum err cmp_csr_read(struct span der, struct cmp_csr *out);

/* answer.c: the final answer's status, by kind of operation. */
MUST_CHECK enum err cmp_read_cert_response(struct cmp_session *s);
MUST_CHECK enum err cmp_revocation_read(struct span content, struct cmp_status *out);
MUST_CHECK enum err cmp_read_revocation(struct cmp_session *s);

/* revoke.c: RevReqContent. */
MUST_CHECK enum err cmp_put_revocation(struct cmp_session *s, struct derw *w);

/* info.c: the one InfoTypeAndValue of a genp; an empty value when there is none. */
MUST_CHECK enum err cmp_info_value(const struct cmp_session *s, struct octets *value);
/* A whole genm and genp: what is asked with (DER, or empty), and what is said. */
struct cmp_info {
	struct octets value; /* empty when there is none; in memory but of op->large */
	bool refused;        /* with E_CMP_ERROR: by a message that is protected */
};
MUST_CHECK enum err cmp_ask_info(const struct cmp_client *c, struct arena *a,
                                 const struct cmp_op *op, struct span request,
                                 struct cmp_info *out);

/* rootupdate.c: RootCaKeyUpdateContent; whether it follows from the root that is trusted. */
MUST_CHECK enum err cmp_root_update_read(struct span value, struct cmp_root_update *out);
MUST_CHECK enum err cmp_root_update_prove(const struct cmp_client *client, struct span old_root,
                                          struct cmp_root_update *u);

/* crls.c: the one CRL of a genp; whether it is the one asked for. */
MUST_CHECK enum err cmp_crls_read(const struct octets *value, struct octets *crl);
MUST_CHECK enum err cmp_crl_prove(const struct cmp_client *client,
                                  const struct cmp_crl_param *param, const struct octets *crl);

/* keykind.c: by algId's AlgorithmIdentifier or rsaKeyLen's bits; false: none that we can make. */
bool cmp_key_kind_find(struct span alg_id, uint32_t rsa_bits, enum key_kind *out);
struct span cmp_key_alg(enum key_kind kind);   /* AlgorithmIdentifier, DER */
uint32_t cmp_key_rsa_bits(enum key_kind kind); /* 0: no RSA key */
bool cmp_key_is(struct span spki, enum key_kind kind);

/* keydelivery.c: the private key that came with the certificate s->rep.cert, which is for
   spki (RFC 9483 4.1.6). enveloped: EnvelopedData as SEQUENCE, DER. E_KEY_DELIVERY. */
MUST_CHECK enum err cmp_key_delivery(struct cmp_session *s, struct span enveloped, struct span spki,
                                     struct signer **key);

/* issued.c: the certificate in s->rep against s->params. */
MUST_CHECK enum err cmp_issued_check(struct cmp_session *s, const struct cmp_pool *pool,
                                     struct cmp_issued *out);
/* chain.c: a path for it; a root from caPubs, if its sender may give one. */
MUST_CHECK enum err cmp_issued_chain(struct cmp_session *s, const struct cert *cert,
                                     const struct cmp_pool *pool, struct cmp_issued *out);

#endif
