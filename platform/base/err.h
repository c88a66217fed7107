/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One error type for the whole agent.  Each code states what the caller is to
 * do about it, so that the flow in agent/onboard.c never lists single codes,
 * and the exit status by which the command reports it (docs/onramp.8).
 *
 *   AGAIN   transient: the same step after a pause, a few times
 *   WAIT    the registrar is thinking: the same step when it said, as often as it says
 *   NEXT    this registrar is of no use: try the next candidate
 *   HALT    our own configuration, identity or storage is wrong: stop and say so
 *
 * A code is detected once.  Who detects it says in words what was wrong and
 * what was expected, with err_because(); everybody above passes the code on
 * untouched, or names the object it happened in (err_within()).
 */
#ifndef ONRAMP_BASE_ERR_H
#define ONRAMP_BASE_ERR_H

#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum verdict { FINE, AGAIN, WAIT, NEXT, HALT };

/* code, verdict, exit status, text.  Exit statuses are part of the interface. */
/* clang-format off */
#define ERR_TABLE(X) \
	X(OK,                  FINE,   0, "ok") \
	/* ourselves */ \
	X(E_USAGE,             HALT,   2, "invalid command line") \
	X(E_CONFIG,            HALT,   3, "configuration missing or invalid") \
	X(E_IDENTITY,          HALT,   4, "device identity (IDevID) not usable") \
	X(E_STORE,             HALT,   5, "reading or writing storage failed") \
	X(E_BUSY,              HALT,   6, "state directory in use by another onramp process") \
	X(E_ENTROPY,           HALT,   7, "no secure random numbers available") \
	X(E_CRYPTO,            HALT,   8, "cryptographic library failed") \
	X(E_BUG,               HALT,   9, "internal error") \
	X(E_MEMORY,            HALT,  98, "out of memory") \
	/* the way there */ \
	X(E_UNREACHABLE,       NEXT,  10, "cannot connect to the server") \
	X(E_TIMEOUT,           NEXT,  11, "no answer in time") \
	X(E_TLS,               NEXT,  12, "TLS handshake failed") \
	X(E_TLS_REFUSED,       NEXT,  13, "server refused our certificate") \
	X(E_PEER_CHANGED,      NEXT,  14, "server certificate changed on reconnection") \
	X(E_HTTP,              NEXT,  15, "HTTP answer invalid or incomplete") \
	X(E_TOO_BIG,           NEXT,  16, "answer larger than its limit") \
	X(E_REDIRECT,          NEXT,  17, "redirect not allowed") \
	X(E_MEDIA_TYPE,        NEXT,  18, "unexpected media type in the answer") \
	X(E_WAITING,           WAIT,  19, "server asks to retry later") \
	/* what the registrar says to a voucher request, RFC 8995 5.6 */ \
	X(E_REG_MALFORMED,     NEXT,  20, "registrar rejects the request as malformed (400)") \
	X(E_REG_PROXIMITY,     NEXT,  21, "registrar saw another peer certificate than ours (401)") \
	X(E_REG_FORBIDDEN,     NEXT,  22, "registrar refuses this device (403)") \
	X(E_REG_UNKNOWN,       NEXT,  23, "404 from the registrar: wrong path, or this device is not known") \
	X(E_REG_FORMAT,        NEXT,  24, "registrar does not support the voucher format (406, 415)") \
	X(E_REG_TROUBLE,      AGAIN,  25, "registrar or MASA failed (5xx)") \
	X(E_REG_STATUS,        NEXT,  26, "unexpected HTTP status from the registrar") \
	/* the voucher, RFC 8995 5.6.1 */ \
	X(E_VOUCHER_SYNTAX,    NEXT,  30, "voucher malformed") \
	X(E_VOUCHER_SIGNATURE, NEXT,  31, "voucher signature invalid") \
	X(E_VOUCHER_SIGNER,    NEXT,  32, "voucher not signed by the manufacturer's MASA") \
	X(E_VOUCHER_ASSERTION, NEXT,  33, "voucher assertion not acceptable") \
	X(E_VOUCHER_SERIAL,    NEXT,  34, "voucher is for another device") \
	X(E_VOUCHER_ISSUER,    NEXT,  35, "voucher names another IDevID issuer") \
	X(E_VOUCHER_NONCE,     NEXT,  36, "voucher nonce missing or wrong") \
	X(E_VOUCHER_EXPIRED,   NEXT,  37, "voucher expired") \
	X(E_VOUCHER_DATE,      NEXT,  38, "voucher created-on is in the future") \
	X(E_VOUCHER_NO_PIN,    NEXT,  39, "voucher pins no certificate or key") \
	X(E_VOUCHER_REVOKED,   NEXT,  40, "revocation status of the pinned certificate not available") \
	X(E_PIN,               NEXT,  41, "registrar is not the one pinned by the voucher") \
	X(E_PIN_ROLE,          NEXT,  42, "peer belongs to the domain but is not a registrar") \
	/* certificates and signatures in general */ \
	X(E_CERT_SYNTAX,       NEXT,  50, "certificate malformed") \
	X(E_SIGNATURE,         NEXT,  51, "signature invalid") \
	X(E_CERT_TIME,         NEXT,  52, "certificate outside its validity period") \
	X(E_CERT_CHAIN,        NEXT,  53, "no certification path to a trust anchor") \
	X(E_CERT_CA,           NEXT,  54, "issuer is not a CA, or not for this purpose") \
	X(E_CERT_NAMES,        NEXT,  55, "name outside its constraints, or not the expected one") \
	X(E_CERT_USAGE,        NEXT,  56, "certificate not valid for this purpose") \
	X(E_CERT_CRITICAL,     NEXT,  57, "unknown critical extension") \
	X(E_REVOKED,           NEXT,  58, "certificate revoked, or revocation status unknown") \
	X(E_ALGORITHM,         NEXT,  59, "algorithm or key not allowed or not available") \
	/* CMP, RFC 9483 3.5 */ \
	X(E_CMP_SYNTAX,        NEXT,  60, "CMP message malformed") \
	X(E_CMP_VERSION,       NEXT,  61, "CMP version is not 2 or 3") \
	X(E_CMP_TRANSACTION,   NEXT,  62, "CMP message belongs to another transaction") \
	X(E_CMP_BODY,          NEXT,  63, "CMP message type not allowed here") \
	X(E_CMP_NONCE,         NEXT,  64, "CMP nonce missing, short or wrong") \
	X(E_CMP_PROTECTION,    NEXT,  65, "CMP message protection missing or invalid") \
	X(E_CMP_SIGNER,        NEXT,  66, "CMP message signer not trusted or not authorized") \
	X(E_CMP_TIME,          NEXT,  67, "CMP messageTime outside the allowed window") \
	X(E_CMP_CONTENT,       NEXT,  68, "CMP answer does not match the request") \
	X(E_CMP_REJECTED,      NEXT,  69, "CA rejected the request") \
	X(E_CMP_ERROR,         NEXT,  70, "CA answered with an error message") \
	X(E_CMP_NONE,          NEXT,  71, "no CMP service at this URL") \
	X(E_CMP_TIMEOUT,       NEXT,  72, "no decision from the CA in time") \
	X(E_CMP_AGAIN,        AGAIN,  73, "CA asks to try again") \
	X(E_CMP_TEMPLATE,      NEXT,  74, "CA's request template asks for something not supported") \
	/* the certificate that was issued */ \
	X(E_ISSUED_KEY,        NEXT,  75, "issued certificate is for another key") \
	X(E_ISSUED_SUBJECT,    NEXT,  76, "issued certificate has another subject") \
	X(E_ISSUED_SAN,        NEXT,  77, "issued certificate has other alternative names") \
	X(E_ISSUED_USAGE,      NEXT,  78, "issued certificate is for another purpose") \
	X(E_ISSUED_TIME,       NEXT,  79, "issued certificate not valid now") \
	X(E_ISSUED_CHAIN,      NEXT,  80, "issued certificate does not chain to the domain") \
	X(E_CMP_GONE,          NEXT,  81, "CMP transaction cannot be resumed") \
	X(E_KEY_DELIVERY,      NEXT,  82, "private key generated by the CA not acceptable") \
	X(E_ROOT_UPDATE,       NEXT,  83, "new root CA certificate not proved") \
	X(E_CRL,               NEXT,  84, "certificate revocation list not usable") \
	X(E_ISSUED_UNWANTED,   NEXT,  85, "issued certificate rejected by request") \
	/* encodings, where nobody named the object */ \
	X(E_TRUNCATED,         NEXT,  90, "encoding ends inside an element") \
	X(E_UNEXPECTED,        NEXT,  91, "element not allowed by the syntax") \
	X(E_NOT_DER,           NEXT,  92, "encoding is BER but not DER") \
	X(E_RANGE,             NEXT,  93, "value outside the accepted range") \
	X(E_TRAILING,          NEXT,  94, "trailing octets after the last element") \
	X(E_JSON,              NEXT,  95, "JSON not acceptable") \
	X(E_TEXT,              NEXT,  96, "text encoding not acceptable") \
	X(E_SPACE,             NEXT,  97, "value does not fit its buffer") \
	/* no failure */ \
	X(E_STOPPED,           HALT,  99, "stopped before it was done")
/* clang-format on */

#define X(code, verdict, status, text) code,
enum err { ERR_TABLE(X) ERR_COUNT };
#undef X

enum verdict err_verdict(enum err e);
int err_exit_status(enum err e);
const char *err_name(enum err e); /* "E_VOUCHER_SERIAL" */
const char *err_text(enum err e); /* the sentence of the table */

/*
 * Keeps, beside the code, what was wrong and what was expected, in words.
 * Peer text in the arguments must have passed log_quote().  Returns e, so that
 * `return err_because(E_RANGE, "pathLen %u", n);` is one statement.  The text
 * is cut at ERR_REASON_MAX and stands until the next err_because() or
 * err_forget(): one process, no threads.
 */
enum err err_because(enum err e, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * The fault e happened inside an object of which the caller knows more: the
 * outer code is returned, and the reason becomes "WHAT: reason of e".
 * Returns OK when e is OK.  HALT codes keep their own code, and
 * gain the words: a full disk stays a full disk wherever it is met.
 */
MUST_CHECK enum err err_within(enum err outer, enum err e, const char *what);

/* The words kept for the last failure; the code's own text if there were none. */
const char *err_reason(enum err e);
void err_forget(void);

#endif
