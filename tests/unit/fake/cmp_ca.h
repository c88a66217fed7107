/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CA for the CMP client's tests: answers by script, every field of an answer
 * can be bent, and every request is held against RFC 9483 3.1, 3.2 and 4.1.1.
 *
 * The root "Root" issues "RA" (cmcRA), "CA signer" (cmcCA), "No role" and what is
 * asked for.  The client's identity "Device 1" comes from "Maker".  "Stranger" is
 * the root of another PKI.
 */
#ifndef ONRAMP_TESTS_UNIT_FAKE_CMP_CA_H
#define ONRAMP_TESTS_UNIT_FAKE_CMP_CA_H

#include "cmp/internal.h"
#include "platform/pki/trusted_make.h"
#include "tests/unit/fake/link.h"
#include "tests/unit/fake/pki.h"

enum fake_reply {
	REPLY_NONE, /* the end of the script */
	REPLY_GRANT,
	REPLY_REJECTION, /* in an ip */
	REPLY_WAITING,   /* in an ip */
	REPLY_ERROR,
	REPLY_ERROR_WAITING,
	REPLY_POLL_REP,
	REPLY_PKI_CONF,
	REPLY_INFO,   /* genp that answers what was asked, with ca->info as its value */
	REPLY_REVOKED /* rp with ca->status */
};

/* An answer, before it is written; what is not bent is as it should be. */
struct fake_message {
	uint32_t pvno;
	struct span sender; /* Name, DER */
	struct span kid, id, sender_nonce, recip_nonce;
	bool has_time;
	int64_t time;
	bool implicit;
	int64_t retry_after; /* seconds; 0: not said */
	unsigned body;
	struct span content;

	bool unprotected;
	bool spoiled; /* one bit of the protection turned over */
	const struct signer *key;
	const struct sig_alg *alg; /* NULL: the key's own */
	struct span alg_id;        /* protectionAlg, DER, as it would not be written */
	bool by_mac;               /* as the request was; with these */
	struct mac_params mac;
	struct span secret;
	struct span certs[40];
	size_t cert_count;

	unsigned status; /* HTTP */
	const char *media_type;
	struct span instead; /* of the whole message */
	enum err failure;    /* of the transport */
};

struct fake_ca;
struct fake_row {
	enum fake_reply reply;
	void (*bend)(struct fake_ca *ca, struct fake_message *m);
};

struct fake_ca {
	struct arena *arena; /* the test's own; the client has another */
	struct signer *root_key, *ra_key, *device_key, *new_key, *stranger_key;
	struct span root, ra, ca_signer, no_role, stranger;
	struct credential device;
	struct fake_link link;
	struct trusted trusted;
	struct cmp_client client;
	struct cmp_params params;
	enum cmp_request kind;    /* of fake_ca_enrol() */
	struct cmp_secret secret; /* "pledge-1", "shared"; for client.secret */

	/* what a test wants */
	const struct fake_row *script;
	bool refuse_implicit; /* not granted even where it was asked for */
	struct span ca_pubs[4];
	size_t ca_pubs_count;
	uint32_t status; /* of REPLY_GRANT, instead of accepted */
	uint32_t fail_info;
	const char *text;
	int64_t check_after;
	int64_t cert_req_id; /* of the CertResponse and the pollRep */
	struct span info;
	struct span info_type;  /* empty: the one asked for */
	struct fake_cert issue; /* what a certificate has that the request does not say */
	struct span issued;     /* the certificate; set beforehand: this one */
	struct span enveloped;  /* the private key that comes along: EncryptedKey, DER; or empty */
	enum hash cert_hash;    /* by which certConf names it; HASH_NONE: SHA-256 */

	/* what happened */
	size_t at;
	struct cmp_message request;
	uint8_t nonce[CMP_NONCE_SIZE], before[CMP_NONCE_SIZE]; /* ours: the last two */
	struct span opening, opening_nonce; /* content and senderNonce of the first request */
	uint32_t confirmed;                 /* PKIStatus of the certConf, 99 until one came */
	uint32_t confirmed_fail_info;
	int64_t confirmed_id;
	bool confirmed_with_alg;
	struct mac_params mac; /* of the request */
	struct span controls;  /* of the certificate request; content; or empty */
	bool without_popo, without_key;
	size_t transactions;
	bool asked_implicit;
	struct span info_asked; /* infoValue of the genm, DER; empty where it has none */
};

/* Keys and certificates made, client and params filled in; an empty script. */
void fake_ca_open(struct fake_ca *ca, struct arena *a);
void fake_ca_close(struct fake_ca *ca);

/* The script again from its beginning. */
void fake_ca_plays(struct fake_ca *ca, const struct fake_row *script);

/* A certificate of the root for some key, for bends. */
struct span fake_ca_cert(struct fake_ca *ca, const char *subject, const char *purpose,
                         const struct signer *key);
/* One answer's bytes to a request, without a link. */
struct span fake_ca_answer(struct fake_ca *ca, struct span request, const struct fake_row *row);

extern struct moment fake_time; /* what the client's clock says: FAKE_NOW, set */

#endif
