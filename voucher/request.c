/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The voucher-request of a pledge (RFC 8995 5.2). */
#include "platform/base/date.h"
#include "platform/codec/b64.h"
#include "platform/codec/json.h"
#include "voucher/voucher.h"

struct draft {
	struct nonce nonce;
	struct span serial_number, registrar_cert;
	struct moment now;
};

/*
 * { "ietf-voucher-request:voucher": {				(RFC 8995 3.4)
 *	"assertion": "proximity", "nonce": B64, "serial-number": text,
 *	? "created-on": date-and-time, "proximity-registrar-cert": B64 } }
 *
 * No other member: a registrar in the field refuses those it does not know.
 * Nor does created-on have a fraction, for the same reason.
 */
static void put_request(struct jsonw *w, const struct draft *d)
{
	struct date_text date;

	jsonw_open(w, NULL, '{');
	jsonw_open(w, "ietf-voucher-request:voucher", '{');
	jsonw_string(w, "assertion", span_str("proximity"));
	jsonw_base64(w, "nonce", (struct span){ d->nonce.b, d->nonce.n });
	jsonw_string(w, "serial-number", d->serial_number);
	if (d->now.confidence == TIME_SET)
		jsonw_string(w, "created-on", span_str(date_to_rfc3339(&date, d->now.seconds)));
	jsonw_base64(w, "proximity-registrar-cert", d->registrar_cert);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static enum err write_json(struct arena *a, const struct draft *d, struct span *out)
{
	/* 256: names, brackets, nonce and date; six octets for each that is escaped */
	size_t cap = 256 + 6 * d->serial_number.n + B64_SIZE(d->registrar_cert.n);
	char *buf = arena_take(a, cap);
	struct jsonw w = { .buf = buf, .cap = buf != NULL ? cap : 0, .nest = 1 };

	put_request(&w, d);
	return jsonw_end(&w, out);
}

enum err voucher_request_write(struct arena *a, const struct credential *idevid,
                               struct span registrar_cert, struct moment now,
                               struct voucher_request *out)
{
	struct draft d = { .registrar_cert = registrar_cert, .now = now };
	struct span json, bytes = NO_BYTES;
	enum err e;

	*out = (struct voucher_request){ .bytes = NO_BYTES };
	if (!cert_serial_number(&idevid->leaf, &d.serial_number))
		return err_because(E_IDENTITY, "the IDevID's subject has no serialNumber");
	/* RFC 8995 5.2: strong, and another one for every attempt */
	d.nonce.n = NONCE_SIZE;
	e = rng_bytes(d.nonce.b, d.nonce.n);
	if (e == OK)
		e = write_json(a, &d, &json);
	if (e == OK)
		e = cms_sign(a, idevid, OID_CT_ANIMA_JSON_VOUCHER, json, now, &bytes);
	if (e == OK)
		*out = (struct voucher_request){ d.nonce, bytes };
	return e;
}
