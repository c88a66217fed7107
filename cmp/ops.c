/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked: one row per PKI management operation (RFC 9483 4). */
#include "cmp/internal.h"

/* id-it: 1.3.6.1.5.5.7.4.n (RFC 9480 A.2). */
#define ID_IT(n)                                              \
	{                                                     \
		0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x04, (n) \
	}
static const uint8_t it_ca_certs[] = ID_IT(17), it_root_ca_key_update[] = ID_IT(18),
		     it_cert_req_template[] = ID_IT(19), it_root_ca_cert[] = ID_IT(20),
		     it_crl_status_list[] = ID_IT(22), it_crls[] = ID_IT(23);

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

/* RFC 9483 4.1.1 to 4.1.4; caPubs: only 4.1.1, and 4.1.4 as it follows it. */
static const struct cmp_op requests[] = {
	[CMP_IR] = {
		.ask = { BODY_IR, cmp_put_cert_request },
		.answer = BODY_IP,
		.label = "initialization",
		.short_label = "ir",
		.certifies = true,
		.takes_profile = true,
		.takes_ca_pubs = true,
		.by_mac = true,
		.read = cmp_read_cert_response,
	},
	[CMP_CR] = {
		.ask = { BODY_CR, cmp_put_cert_request },
		.answer = BODY_CP,
		.label = "certification",
		.short_label = "cr",
		.certifies = true,
		.takes_profile = true,
		.by_mac = true,
		.read = cmp_read_cert_response,
	},
	[CMP_KUR] = {
		.ask = { BODY_KUR, cmp_put_cert_request },
		.answer = BODY_KUP,
		.label = "keyupdate",
		.short_label = "kur",
		.certifies = true,
		.takes_profile = true,
		.read = cmp_read_cert_response,
	},
	[CMP_P10CR] = {
		.ask = { BODY_P10CR, cmp_put_p10_request },
		.answer = BODY_CP,
		.label = "pkcs10",
		.short_label = "p10",
		.certifies = true,
		.takes_profile = true,
		.takes_ca_pubs = true,
		.by_mac = true,
		.read = cmp_read_cert_response,
	},
};

const struct cmp_op *cmp_request_op(enum cmp_request kind)
{
	return &requests[kind];
}

/* RFC 9483 4.2 */
const struct cmp_op CMP_OP_RR = {
	.ask = { BODY_RR, cmp_put_revocation },
	.answer = BODY_RP,
	.label = "revocation",
	.short_label = "rr",
	.read = cmp_read_revocation,
};

/* RFC 9483 4.3.1 */
const struct cmp_op CMP_OP_CA_CERTS = {
	.ask = { BODY_GENM, put_info_request },
	.answer = BODY_GENP,
	.label = "getcacerts",
	.short_label = "crts",
	.large = true,
	.by_mac = true,
	.info_type = { it_ca_certs, sizeof it_ca_certs },
};

/* RFC 9483 4.3.3 */
const struct cmp_op CMP_OP_TEMPLATE = {
	.ask = { BODY_GENM, put_info_request },
	.answer = BODY_GENP,
	.label = "getcertreqtemplate",
	.short_label = "att",
	.by_mac = true,
	.info_type = { it_cert_req_template, sizeof it_cert_req_template },
	.takes_profile = true,
};

/* RFC 9483 4.3.2 */
const struct cmp_op CMP_OP_ROOT_UPDATE = {
	.ask = { BODY_GENM, put_info_request },
	.answer = BODY_GENP,
	.label = "getrootupdate",
	.short_label = "rcu",
	.info_type = { it_root_ca_cert, sizeof it_root_ca_cert },
	.info_answer = { it_root_ca_key_update, sizeof it_root_ca_key_update },
	.by_mac = true,
};

/* RFC 9483 4.3.4 */
const struct cmp_op CMP_OP_CRLS = {
	.ask = { BODY_GENM, put_info_request },
	.answer = BODY_GENP,
	.label = "getcrls",
	.short_label = "crls",
	.large = true,
	.info_type = { it_crl_status_list, sizeof it_crl_status_list },
	.info_answer = { it_crls, sizeof it_crls },
	.by_mac = true,
};
