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
	X(E_USAGE,             HALT,   2, "the command line is not understood") \
	X(E_CONFIG,            HALT,   3, "the configuration is missing or wrong") \
	X(E_IDENTITY,          HALT,   4, "the device identity (IDevID) cannot be used") \
	X(E_STORE,             HALT,   5, "persistent storage cannot be read or written") \
	X(E_BUSY,              HALT,   6, "another onramp is at work on this state") \
	X(E_ENTROPY,           HALT,   7, "no secure random numbers") \
	X(E_CRYPTO,            HALT,   8, "the cryptographic library failed") \
	X(E_BUG,               HALT,   9, "onramp broke one of its own rules") \
	/* the way there */ \
	X(E_UNREACHABLE,       NEXT,  10, "no connection to the server") \
	X(E_TIMEOUT,           NEXT,  11, "no answer in time") \
	X(E_TLS,               NEXT,  12, "the TLS handshake failed") \
	X(E_TLS_REFUSED,       NEXT,  13, "the server refused our certificate") \
	X(E_PEER_CHANGED,      NEXT,  14, "the server came back with another certificate") \
	X(E_HTTP,              NEXT,  15, "the answer is not proper HTTP, or broke off") \
	X(E_TOO_BIG,           NEXT,  16, "the answer is larger than its limit") \
	X(E_REDIRECT,          NEXT,  17, "the server redirects where we must not follow") \
	X(E_MEDIA_TYPE,        NEXT,  18, "the answer is of a kind not asked for") \
	X(E_WAITING,           WAIT,  19, "the server asks us to come back later") \
	/* what the registrar says to a voucher request, RFC 8995 5.6 */ \
	X(E_REG_MALFORMED,     NEXT,  20, "the registrar finds our request malformed (400)") \
	X(E_REG_PROXIMITY,     NEXT,  21, "the registrar saw another peer certificate than ours (401)") \
	X(E_REG_FORBIDDEN,     NEXT,  22, "the registrar refuses this device (403)") \
	X(E_REG_UNKNOWN,       NEXT,  23, "registrar or MASA do not know this device (404)") \
	X(E_REG_FORMAT,        NEXT,  24, "the registrar does not take our voucher format (406, 415)") \
	X(E_REG_TROUBLE,      AGAIN,  25, "registrar or MASA are in trouble (5xx)") \
	X(E_REG_STATUS,        NEXT,  26, "the registrar answered with an unexpected status") \
	/* the voucher, RFC 8995 5.6.1 */ \
	X(E_VOUCHER_SYNTAX,    NEXT,  30, "the voucher is malformed") \
	X(E_VOUCHER_SIGNATURE, NEXT,  31, "the voucher's signature is not good") \
	X(E_VOUCHER_SIGNER,    NEXT,  32, "the voucher is not signed by our manufacturer's MASA") \
	X(E_VOUCHER_ASSERTION, NEXT,  33, "the voucher's assertion is not acceptable") \
	X(E_VOUCHER_SERIAL,    NEXT,  34, "the voucher is for another device") \
	X(E_VOUCHER_ISSUER,    NEXT,  35, "the voucher names another IDevID issuer") \
	X(E_VOUCHER_NONCE,     NEXT,  36, "the voucher's nonce is missing or not ours") \
	X(E_VOUCHER_EXPIRED,   NEXT,  37, "the voucher has expired") \
	X(E_VOUCHER_DATE,      NEXT,  38, "the voucher comes from the future") \
	X(E_VOUCHER_NO_PIN,    NEXT,  39, "the voucher pins nothing") \
	X(E_VOUCHER_REVOKED,   NEXT,  40, "the pinned certificate's revocation status cannot be had") \
	X(E_PIN,               NEXT,  41, "the registrar is not the one the voucher pins") \
	X(E_PIN_ROLE,          NEXT,  42, "the peer belongs to the domain but is no registrar") \
	/* certificates and signatures in general */ \
	X(E_CERT_SYNTAX,       NEXT,  50, "the certificate is malformed") \
	X(E_SIGNATURE,         NEXT,  51, "a signature is wrong") \
	X(E_CERT_TIME,         NEXT,  52, "a certificate is outside its validity") \
	X(E_CERT_CHAIN,        NEXT,  53, "no path to a trust anchor") \
	X(E_CERT_CA,           NEXT,  54, "an issuer is not a CA, or not for this") \
	X(E_CERT_NAMES,        NEXT,  55, "a name is outside its constraints, or not the expected one") \
	X(E_CERT_USAGE,        NEXT,  56, "a certificate is not for this use") \
	X(E_CERT_CRITICAL,     NEXT,  57, "a critical extension is not understood") \
	X(E_REVOKED,           NEXT,  58, "a certificate is revoked, or its status unknown") \
	X(E_ALGORITHM,         NEXT,  59, "an algorithm or key is not allowed or not available") \
	/* CMP, RFC 9483 3.5 */ \
	X(E_CMP_SYNTAX,        NEXT,  60, "the CMP message is malformed") \
	X(E_CMP_VERSION,       NEXT,  61, "the CMP version is not 2 or 3") \
	X(E_CMP_TRANSACTION,   NEXT,  62, "the CMP message belongs to another transaction") \
	X(E_CMP_BODY,          NEXT,  63, "the CMP message is of a kind not allowed here") \
	X(E_CMP_NONCE,         NEXT,  64, "a CMP nonce is missing, short or not ours") \
	X(E_CMP_PROTECTION,    NEXT,  65, "the CMP message's protection is missing or wrong") \
	X(E_CMP_SIGNER,        NEXT,  66, "the CMP message's signer is not trusted or not authorized") \
	X(E_CMP_TIME,          NEXT,  67, "the CMP message is not of this time") \
	X(E_CMP_CONTENT,       NEXT,  68, "the CMP message does not answer what was asked") \
	X(E_CMP_REJECTED,      NEXT,  69, "the CA rejected the request") \
	X(E_CMP_ERROR,         NEXT,  70, "the CA answered with an error message") \
	X(E_CMP_NONE,          NEXT,  71, "the server offers no CMP at this place") \
	X(E_CMP_TIMEOUT,       NEXT,  72, "the CA did not decide in time") \
	X(E_CMP_AGAIN,        AGAIN,  73, "the CA asks to try again") \
	X(E_CMP_TEMPLATE,      NEXT,  74, "the CA's template asks for what we cannot do") \
	/* the certificate that was issued */ \
	X(E_ISSUED_KEY,        NEXT,  75, "the issued certificate is for another key") \
	X(E_ISSUED_SUBJECT,    NEXT,  76, "the issued certificate has another subject") \
	X(E_ISSUED_SAN,        NEXT,  77, "the issued certificate has other alternative names") \
	X(E_ISSUED_USAGE,      NEXT,  78, "the issued certificate is for another use") \
	X(E_ISSUED_TIME,       NEXT,  79, "the issued certificate is not valid now") \
	X(E_ISSUED_CHAIN,      NEXT,  80, "the issued certificate does not chain to the domain") \
	X(E_CMP_GONE,          NEXT,  81, "the CMP transaction cannot be gone on with") \
	X(E_KEY_DELIVERY,      NEXT,  82, "the private key that the CA made cannot be taken") \
	X(E_ROOT_UPDATE,       NEXT,  83, "the new root CA certificate is not proved") \
	X(E_CRL,               NEXT,  84, "the certificate revocation list cannot be used") \
	X(E_ISSUED_UNWANTED,   NEXT,  85, "the issued certificate is not wanted") \
	/* encodings, where nobody named the object */ \
	X(E_TRUNCATED,         NEXT,  90, "an encoding ends inside an element") \
	X(E_UNEXPECTED,        NEXT,  91, "an element is not the one the syntax asks for") \
	X(E_NOT_DER,           NEXT,  92, "an encoding is valid BER but not DER") \
	X(E_RANGE,             NEXT,  93, "a value is outside the range we accept") \
	X(E_TRAILING,          NEXT,  94, "bytes are left over after the last element") \
	X(E_JSON,              NEXT,  95, "not the JSON we accept") \
	X(E_TEXT,              NEXT,  96, "not the text encoding we accept") \
	X(E_SPACE,             NEXT,  97, "a value does not fit its buffer")
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
