/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts (RFC 8446 6, RFC 5246 7.2): which of them mean that our certificate is not wanted. */
#include "platform/tls/internal.h"

static const struct alert {
	int code;
	bool refuses; /* while a certificate is looked at: that one, or that there is none */
	const char *name;
} alerts[] = {
	{ 10, false, "unexpected_message" },
	{ 20, false, "bad_record_mac" },
	{ 22, false, "record_overflow" },
	{ 40, true, "handshake_failure" }, /* no suitable one, RFC 5246 7.4.6 */
	{ 41, true, "no_certificate" },    /* reserved, yet sent by some */
	{ 42, true, "bad_certificate" },
	{ 43, true, "unsupported_certificate" },
	{ 44, true, "certificate_revoked" },
	{ 45, true, "certificate_expired" },
	{ 46, true, "certificate_unknown" },
	{ 47, false, "illegal_parameter" },
	{ 48, true, "unknown_ca" },
	{ 49, true, "access_denied" },
	{ 50, false, "decode_error" },
	{ 51, false, "decrypt_error" },
	{ 70, false, "protocol_version" },
	{ 71, false, "insufficient_security" },
	{ 80, false, "internal_error" },
	{ 86, false, "inappropriate_fallback" },
	{ 90, false, "user_canceled" },
	{ 109, false, "missing_extension" },
	{ 112, false, "unrecognized_name" },
	{ 116, true, "certificate_required" },
	{ 120, false, "no_application_protocol" },
};

static struct alert alert_of(int code)
{
	for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
		if (alerts[i].code == code)
			return alerts[i];
	return (struct alert){ code, false, "alert" };
}

enum err alert_received(WOLFSSL *ssl, bool looking, enum err otherwise)
{
	WOLFSSL_ALERT_HISTORY history;
	struct alert a;

	if (wolfSSL_get_alert_history(ssl, &history) != WOLFSSL_SUCCESS ||
	    history.last_rx.level != alert_fatal)
		return OK;
	a = alert_of(history.last_rx.code);
	return err_because(a.refuses && looking ? E_TLS_REFUSED : otherwise,
	                   "the server's alert: %s (%d)", a.name, a.code);
}
