/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIStatusInfo and error messages: read, written, and in words. */
#include "cmp/internal.h"
#include "cmp/syntax.h"

/* PKIFailureInfo, bit by bit, and PKIStatus (RFC 9480 A.2). */
const char PKI_FAILURE_NAMES[] = "badAlg\0badMessageCheck\0badRequest\0badTime\0badCertId\0"
				 "badDataFormat\0wrongAuthority\0incorrectData\0"
				 "missingTimeStamp\0badPOP\0certRevoked\0certConfirmed\0"
				 "wrongIntegrity\0badRecipientNonce\0timeNotAvailable\0"
				 "unacceptedPolicy\0unacceptedExtension\0addInfoNotAvailable\0"
				 "badSenderNonce\0badCertTemplate\0signerNotTrusted\0"
				 "transactionIdInUse\0unsupportedVersion\0notAuthorized\0"
				 "systemUnavail\0systemFailure\0duplicateCertReq\0";
const char PKI_STATUS_NAMES[] = "accepted\0grantedWithMods\0rejection\0waiting\0"
				"revocationWarning\0revocationNotification\0keyUpdateWarning\0";

/* PKIFreeText ::= SEQUENCE SIZE (1..MAX) OF UTF8String */
struct span cmp_free_text_read(struct der *c)
{
	struct der list = der_enter(c, DER_SEQUENCE);
	struct span first = der_get(&list, DER_UTF8);

	while (der_more(&list))
		der_get(&list, DER_UTF8);
	return first;
}

/*
 * PKIStatusInfo ::= SEQUENCE {
 *	status        PKIStatus,
 *	statusString  PKIFreeText     OPTIONAL,
 *	failInfo      PKIFailureInfo  OPTIONAL }
 */
void cmp_status_read(struct der *c, struct cmp_status *out)
{
	struct der info = der_enter(c, DER_SEQUENCE);

	*out = (struct cmp_status){ .status = der_uint(&info) };
	if (der_at(&info, DER_SEQUENCE))
		out->text = cmp_free_text_read(&info);
	if (der_at(&info, DER_BIT_STRING))
		out->fail_info = der_flags(&info);
	der_end(&info);
}

/*
 * ErrorMsgContent ::= SEQUENCE {
 *	pKIStatusInfo  PKIStatusInfo,
 *	errorCode      INTEGER      OPTIONAL,
 *	errorDetails   PKIFreeText  OPTIONAL }
 */
enum err cmp_error_read(struct span content, struct cmp_status *out)
{
	enum err e;
	struct der c = der_open(content, &e);
	struct der error = der_enter(&c, DER_SEQUENCE);

	cmp_status_read(&error, out);
	out->has_code = der_at(&error, DER_INTEGER);
	if (out->has_code)
		out->code = der_integer(&error);
	if (der_at(&error, DER_SEQUENCE))
		out->details = cmp_free_text_read(&error);
	der_end(&error);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, "error message");
}

static void say_fail_info(struct cmp_text *t, uint32_t fail_info)
{
	const char *before = " (";

	for (unsigned bit = 0; bit < 32; bit++) {
		const char *name = view_nth(PKI_FAILURE_NAMES, bit);

		if ((fail_info >> bit & 1) == 0)
			continue;
		if (name != NULL)
			cmp_say(t, "%s%s", before, name);
		else
			cmp_say(t, "%sbit %u", before, bit);
		before = ", ";
	}
	if (fail_info != 0)
		cmp_say(t, ")");
}

/* `rejection (badRequest): "text of the CA"`. */
void cmp_status_words(struct cmp_text *t, const struct cmp_status *s)
{
	const char *name = view_nth(PKI_STATUS_NAMES, s->status);
	struct quoted q;

	if (name != NULL)
		cmp_say(t, "%s", name);
	else
		cmp_say(t, "status %u", s->status);
	say_fail_info(t, s->fail_info);
	if (s->text.n > 0)
		cmp_say(t, ": %s", log_quote(&q, s->text));
	if (s->has_code)
		cmp_say(t, ", error code 0x%s", log_hex(&q, s->code));
	if (s->details.n > 0)
		cmp_say(t, ", %s", log_quote(&q, s->details));
}

/*
 * RFC 9483 3.6.4: systemUnavail and systemFailure ask for a new transaction
 * after some time, transactionIdInUse for one at once (session.c sees to that;
 * when it goes on, a pause is all that is left).
 */
enum err cmp_status_refused(const struct cmp_status *s, enum err plain, const char *by)
{
	const uint32_t passing = FAIL_TRANSACTION_ID_IN_USE | FAIL_SYSTEM_UNAVAIL |
	                         FAIL_SYSTEM_FAILURE;
	char words[ERR_REASON_MAX];
	struct cmp_text t = CMP_TEXT_ON(words);

	cmp_status_words(&t, s);
	return err_because((s->fail_info & passing) != 0 ? E_CMP_AGAIN : plain, "%s: %s", by,
	                   words);
}

void cmp_put_status(struct derw *w, enum pki_status status, const char *text, uint32_t fail_info)
{
	IN (w, DER_SEQUENCE) {
		derw_uint(w, (uint32_t)status);
		if (text != NULL)
			IN (w, DER_SEQUENCE)
				derw_text(w, DER_UTF8, text);
		if (fail_info != 0)
			derw_flags(w, fail_info);
	}
}
