/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this registrar ours? From bytes to a yes that cannot be faked.
 *
 *	voucher_request_write()  what we ask (RFC 8995 5.2, 8366)
 *	voucher_verify()         answer -> struct voucher, or the check that failed
 *	pin_by_voucher()         voucher + the link's chain -> struct trusted
 *	pin_by_owner()           what an enrolment left + link -> struct trusted
 *	pin_by_operator()        configured anchors + link -> struct trusted
 *
 * A struct voucher only comes out of verification, a struct trusted only out of
 * pinning: nothing else makes either.  All memory is the caller's arena; nothing
 * is to be freed.  Failures come back as codes with a reason in words.
 */
#ifndef ONRAMP_VOUCHER_VOUCHER_H
#define ONRAMP_VOUCHER_VOUCHER_H

#include "platform/clock.h"
#include "platform/pki/cms.h"
#include "platform/pki/trusted.h"

struct nonce {
	uint8_t b[NONCE_MAX];
	size_t n;
};

/* What one attempt sends: journalled, resent byte for byte after 202. */
struct voucher_request {
	struct nonce nonce;
	struct span bytes; /* CMS, media type MEDIA_VOUCHER_CMS */
};
#define MEDIA_VOUCHER_CMS "application/voucher-cms+json"

/*
 * A fresh nonce, assertion proximity, the registrar's first certificate byte for
 * byte, our serial number, created-on only with a set clock; CMS-signed by the
 * IDevID (RFC 8995 5.2), and no other member.
 */
MUST_CHECK enum err voucher_request_write(struct arena *a, const struct credential *idevid,
                                          struct span registrar_cert, struct moment now,
                                          struct voucher_request *out);

/* What a voucher says (parsed, nothing believed). Spans in the arena. */
enum assertion {
	ASSERTION_ABSENT,
	ASSERTION_VERIFIED,
	ASSERTION_LOGGED,
	ASSERTION_PROXIMITY,
	ASSERTION_AGENT_PROXIMITY,
	ASSERTION_UNKNOWN
};
struct voucher_claim {
	enum assertion assertion;
	struct span assertion_text;
	struct span serial_number;
	struct span nonce, nonce_text; /* octets (empty when not decodable), as written */
	struct span idevid_issuer;
	struct span pinned_cert, pinned_key, pinned_key_sha256;
	struct span proximity_cert, prior_request; /* of a request */
	bool has_created_on, has_expires_on, has_last_renewal;
	int64_t created_on, expires_on, last_renewal;
	bool has_revocation_checks, revocation_checks;
	struct span est_domain, additional_configuration_url;
	unsigned ignored; /* members we do not know */
};
enum voucher_root {
	ROOT_VOUCHER, /* ietf-voucher:voucher */
	ROOT_REQUEST  /* ietf-voucher-request:voucher */
};
MUST_CHECK enum err voucher_claim_read(struct arena *a, struct span json, enum voucher_root root,
                                       struct voucher_claim *out);

/*
 * Who may sign vouchers below the anchors: list masa_signer.  Empty: everybody but
 * devices and TLS clients.  E_CONFIG.
 */
struct voucher_signer {
	bool by_key;
	uint8_t key[32];     /* SHA-256 of the SubjectPublicKeyInfo */
	const char *subject; /* the whole of it, as `onramp show` prints it */
};
struct voucher_signers {
	struct voucher_signer s[ANCHORS_MAX];
	size_t n;
};
MUST_CHECK enum err voucher_signers_add(struct voucher_signers *to, const char *text);

/*
 * Whether a MASA anchor leads to the device's own certificate, too: then all that
 * its maker's CA certifies, but for devices, can sign vouchers, unless signers are
 * named.  For a warning.
 */
bool voucher_maker_signs(const struct credential *idevid, const struct anchors *masa);

/* Policy and facts a voucher is held against. */
struct voucher_facts {
	const struct credential *idevid;       /* serial number, AKI */
	const struct nonce *nonce;             /* of this attempt; NULL: none was sent */
	const struct anchors *masa;            /* manufacturer-installed, nothing else */
	const struct voucher_signers *signers; /* who of those below them may; NULL: none named */
	struct moment now;
	struct moment accepted; /* when it was found good before; TIME_UNSET: never, so far */
	bool accept_nonceless;  /* the operator's word; else only with expires-on and a set clock */
};

/* A verified voucher: signature, assertion, serial, issuer, nonce, dates, pin. */
struct voucher;

/*
 * RFC 8995 5.6.1, 8366; the order of checks is fixed and the first failure ends
 * it: container, signature to a MASA anchor, who signed, root member, assertion,
 * serial-number, idevid-issuer, nonce, expires-on, created-on, revocation, pin.
 * A voucher that was accepted in its time has done its part: expires-on is judged by
 * that moment, all else by now.
 * E_CERT_TIME: the signer leads to a MASA anchor, but not at this time.
 */
MUST_CHECK enum err voucher_verify(struct arena *a, struct span cms, const struct voucher_facts *f,
                                   const struct voucher **out);

const struct voucher_claim *voucher_says(const struct voucher *v);
struct span voucher_bytes(const struct voucher *v); /* the CMS, to keep */
struct anchor voucher_pin(const struct voucher *v); /* the one of its pins that counts */

/*
 * RFC 8995 5.6.2: the link's chain against the pin.  First equality of the public
 * key; else, when the pin is a CA, the chain must lead to it and the end entity
 * must have id-kp-cmcRA, or a name or address equal to host_by_operator (NULL when it
 * did not come from the operator) and no EKU without serverAuth.  Afterwards the link accepts, on reconnect,
 * only the same chain or another that passes the same test.
 * E_PIN, E_PIN_ROLE, E_CERT_TIME.
 */
MUST_CHECK enum err pin_by_voucher(struct arena *a, const struct voucher *v, struct link *link,
                                   const char *host_by_operator, struct moment now,
                                   struct trusted **out);

/* Whom such a pin accepts: for another connection to its peer.  Lives as long as that. */
struct judge pin_judge(struct trusted *t);

/*
 * The owner of an enrolled device, as its enrolment left him: the roots of his domain,
 * and what the voucher pinned.  A later server of his shows the pinned key, or a chain
 * to a root (or to a pinned CA) and the same role as for pin_by_voucher(); a plain
 * http link, which only the operator can have asked for, shows nothing, and CMP
 * protects itself (RFC 9483 6.1).  E_PIN, E_PIN_ROLE, E_CERT_TIME.
 */
struct owner {
	struct anchors roots;
	struct anchor pin;
	bool has_pin;
	struct octets crl; /* CertificateList of his CA, DER, maybe in a file; or empty */
};
MUST_CHECK enum err pin_by_owner(struct arena *a, const struct owner *o, struct link *link,
                                 const char *host_by_operator, struct moment now,
                                 struct trusted **out);

/*
 * Anchors that the operator configured for this server: `onramp cmp`.  For an https link
 * the chain must lead to them, or to those of tls, and match the host.  What is pointed
 * at outlives the link.
 */
struct operator_trust {
	const struct anchors *anchors; /* for answers */
	const struct anchors *tls;     /* for the server's certificate; NULL: the same */
	const char *host;              /* whose it is; NULL: the link's */
	enum authority authority;
};
MUST_CHECK enum err pin_by_operator(struct arena *a, const struct operator_trust *o,
                                    struct link *link, struct trusted **out);

/* Telemetry bodies, RFC 8995 5.7 and 5.9.4. reason_or_null: none for success. */
MUST_CHECK enum err status_write(struct arena *a, const char *reason_or_null, struct span *json);

#endif
