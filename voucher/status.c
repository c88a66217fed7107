/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we tell the registrar about its voucher and our enrolment. */
#include "platform/codec/json.h"
#include "voucher/voucher.h"

/*
 * voucherstatus-post, enrollstatus-post = {		(RFC 8995 5.7, 5.9.4)
 *	"version": uint,
 *	"status": bool,
 *	? "reason": text,
 *	? "reason-context": { $$arbitrary-map } }
 *
 * The peer may be the attacker.  The reason is a sentence of the error table,
 * by the caller's choice, and there is no reason-context: neither says what we
 * compared with what.
 */
enum err status_write(struct arena *a, const char *reason_or_null, struct span *json)
{
	char *buf = arena_take(a, STATUS_SIZE_MAX);
	struct jsonw w = { .buf = buf, .cap = buf != NULL ? STATUS_SIZE_MAX : 0, .nest = 1 };

	jsonw_open(&w, NULL, '{');
	jsonw_integer(&w, "version", 1);
	jsonw_bool(&w, "status", reason_or_null == NULL);
	if (reason_or_null != NULL)
		jsonw_string(&w, "reason", span_str(reason_or_null));
	jsonw_close(&w, '}');
	return jsonw_end(&w, json);
}
