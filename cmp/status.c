/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIStatusInfo and error messages: read, written, and in words. */
#include "cmp/internal.h"
#include "cmp/syntax.h"

/* RFC 9480 A.2; `onramp show` reads them with the rest of the syntax. */
static const char failure_text[] =
	"PKIFailureInfo ::= BIT STRING {"
	" badAlg(0), badMessageCheck(1), badRequest(2), badTime(3), badCertId(4),"
	" badDataFormat(5), wrongAuthority(6), incorrectData(7), missingTimeStamp(8), badPOP(9),"
	" certRevoked(10), certConfirmed(11), wrongIntegrity(12), badRecipientNonce(13),"
	" timeNotAvailable(14), unacceptedPolicy(15), unacceptedExtension(16),"
	" addInfoNotAvailable(17), badSenderNonce(18), badCertTemplate(19),"
	" signerNotTrusted(20), transactionIdInUse(21), unsupportedVersion(22),"
	" notAuthorized(23), systemUnavail(24), systemFailure(25), duplicateCertReq(26) }";
static const char status_text[] =
	"PKIStatus ::= INTEGER {"
	" accepted(0), grantedWithMods(1), rejection(2), waiting(3), revocationWarning(4),"
	" revocationNotification(5), keyUpdateWarning(6) }";
const struct syntax_module CMP_STATUS = { .text = status_text };
const struct syntax_module CMP_FAILURE = { .text = failure_text };

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
		struct span name = syntax_word(failure_text, bit);

		if ((fail_info >> bit & 1) == 0)
			continue;
		if (name.n > 0)
			cmp_say(t, "%s%.*s", before, (int)name.n, (const char *)name.p);
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
	struct span name = syntax_word(status_text, s->status);
	struct quoted q;

	if (name.n > 0)
		cmp_say(t, "%.*s", (int)name.n, (const char *)name.p);
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
