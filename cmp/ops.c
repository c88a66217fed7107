/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked: one row per PKI management operation (RFC 9483 4). */
#include "cmp/internal.h"

/* id-it-caCerts, id-it-certReqTemplate: 1.3.6.1.5.5.7.4.17 and .19. */
static const uint8_t it_ca_certs[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x04, 17 };
static const uint8_t it_cert_req_template[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x04, 19 };

/*
 * GenMsgContent ::= SEQUENCE OF InfoTypeAndValue
 *
 * RFC 9483 4.3: one of them; its value absent where the operation has none.
 */
static enum err put_info_request(struct cmp_session *s, struct derw *w)
{
	IN (w, DER_SEQUENCE)
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, s->op->info_type);
			derw_raw(w, s->info_request);
		}
	return OK;
}

/* RFC 9483 4.1.1 */
const struct cmp_op CMP_OP_IR = {
	.ask = { BODY_IR, cmp_put_cert_request },
	.answer = BODY_IP,
	.label = "initialization",
	.short_label = "ir",
	.certifies = true,
	.takes_profile = true,
};

/* RFC 9483 4.3.1 */
const struct cmp_op CMP_OP_CA_CERTS = {
	.ask = { BODY_GENM, put_info_request },
	.answer = BODY_GENP,
	.label = "getcacerts",
	.short_label = "crts",
	.info_type = { it_ca_certs, sizeof it_ca_certs },
};

/* RFC 9483 4.3.3 */
const struct cmp_op CMP_OP_TEMPLATE = {
	.ask = { BODY_GENM, put_info_request },
	.answer = BODY_GENP,
	.label = "getcertreqtemplate",
	.short_label = "att",
	.info_type = { it_cert_req_template, sizeof it_cert_req_template },
	.takes_profile = true,
};
