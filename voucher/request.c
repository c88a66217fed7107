/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The voucher-request of a pledge (RFC 8995 5.2). */
#include "platform/base/date.h"
#include "platform/codec/b64.h"
#include "platform/codec/json.h"
#include "voucher/voucher.h"

/*
 * { "ietf-voucher-request:voucher": {				(RFC 8995 3.4)
 *	"assertion": "proximity", "nonce": B64, "serial-number": text,
 *	? "created-on": date-and-time, "proximity-registrar-cert": B64 } }
 *
 * No other member: a registrar in the field refuses those it does not know.
 * Nor does created-on have a fraction, for the same reason.
 */
static void put_request(struct jsonw *w, const struct nonce *nonce, struct span serial,
                        struct span registrar_cert, struct moment now)
{
	struct date_text date;

	jsonw_open(w, NULL, '{');
	jsonw_open(w, "ietf-voucher-request:voucher", '{');
	jsonw_string(w, "assertion", span_str("proximity"));
	jsonw_base64(w, "nonce", (struct span){ nonce->b, nonce->n });
	jsonw_string(w, "serial-number", serial);
	if (now.confidence == TIME_SET)
		jsonw_string(w, "created-on", span_str(date_to_rfc3339(&date, now.seconds)));
	jsonw_base64(w, "proximity-registrar-cert", registrar_cert);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static enum err write_json(struct arena *a, const struct nonce *nonce, struct span serial,
                           struct span registrar_cert, struct moment now, struct span *out)
{
	/* 256: names, brackets, nonce and date; six octets for each that is escaped */
	size_t cap = 256 + 6 * serial.n + B64_SIZE(registrar_cert.n);
	char *buf = arena_take(a, cap);
	struct jsonw w = { .buf = buf, .cap = buf != NULL ? cap : 0, .nest = 1 };

	put_request(&w, nonce, serial, registrar_cert, now);
	return jsonw_end(&w, out);
}

enum err voucher_request_write(struct arena *a, const struct credential *idevid,
                               struct span registrar_cert, struct moment now,
                               struct voucher_request *out)
{
	struct span serial, json;
	enum err e;

	*out = (struct voucher_request){ .nonce = { .n = NONCE_SIZE } };
	if (!cert_serial_number(&idevid->leaf, &serial))
		return err_because(E_IDENTITY, "the IDevID's subject has no serialNumber");
	/* RFC 8995 5.2: strong, and another one for every attempt */
	e = rng_bytes(out->nonce.b, out->nonce.n);
	if (e == OK)
		e = write_json(a, &out->nonce, serial, registrar_cert, now, &json);
	if (e == OK)
		e = cms_sign(a, idevid, OID_CT_ANIMA_JSON_VOUCHER, json, now, &out->bytes);
	if (e != OK)
		wipe(out, sizeof *out);
	return e;
}
