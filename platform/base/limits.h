/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything a peer, a file or an operator may make us hold or wait for, in one
 * list, each with its reason.
 */
#ifndef ONRAMP_BASE_LIMITS_H
#define ONRAMP_BASE_LIMITS_H

enum {
	/* errors and logs */
	ERR_REASON_MAX = 320, /* one log line, with a quoted peer text in it */
	LOG_LINE_MAX = 1024,  /* a reason, a step and a few names; syslog takes as much */
	LOG_QUOTE_MAX = 80,   /* peer text in a log line; an error page is not a log */

	/* encodings */
	DER_DEPTH_MAX = 24, /* deepest real message: CMS in CMP, about 16 */
	BER_DEPTH_MAX = 24, /* the same */
	BER_SIZE_MAX =
		65535, /* a KGA's SignedData: a key, five certificates with RSA-4096: 12 kB */
	JSON_SIZE_MAX = 36864, /* the journal: CMP_STATE_MAX as base64; vouchers are under 8 kB */
	JSON_DEPTH_MAX = 8,    /* vouchers nest two deep, telemetry three */
	JSON_NODES_MAX = 512,  /* `,` `:` `[` `{`: heap of the JSON library is 264 x input */
	PEM_FILE_MAX = 65536,  /* held in memory: a chain of 9 RSA certificates is 20 kB */
	PEM_LABEL_MAX = 64,    /* "CERTIFICATE"; the longest of RFC 7468 has 21 */
	BUNDLE_FILE_MAX = 67108864, /* read by pieces: certificates, a CRL of CRL_SIZE_MAX as PEM */

	/* what `onramp show` reads and writes */
	SHOW_FILE_MAX = 196608,      /* the largest answer (HTTP_BODY_MAX) as PEM is 177 kB */
	VIEW_LARGE_MAX = 1073741824, /* of a larger file: a CRL of CRL_SIZE_MAX makes 0.3 GB */
	VIEW_SIZE_MAX = 4194304,     /* a CRL of SHOW_FILE_MAX makes 0.5 MB, hostile DER more */
	VIEW_DEPTH_MAX = 62,         /* DER_DEPTH_MAX elements, two levels each, and a frame */
	VIEW_STRING_MAX = 1024,      /* octets shown of one string: a screen of it */
	VIEW_HEX_MAX = 80,           /* digests, key identifiers and P-256 points whole, no RSA */
	SYNTAX_WHERE_MAX = 160,      /* "PKIMessage.extraCerts[2].tbsCertificate.validity..." */
	SYNTAX_NODES_MAX = 768,      /* types and fields of our own modules: 541 */
	SHOW_NESTED_MAX = 4,         /* a prior request is in a request is in a request */

	/* what is read by pieces, out of files */
	OCTETS_WINDOW = 16384, /* one piece: the largest certificate twice over */

	/* certificates and CMS */
	CERT_SIZE_MAX = 8192,     /* RSA-4096 with many names is under 4 kB */
	CERT_EXTENSIONS_MAX = 32, /* seen: at most 14 */
	CERT_SERIAL_MAX = 32,   /* octets of a serial number: RFC 5280 has 20, digests are longer */
	CERT_NAMES_MAX = 64,    /* names compared with constraints: work is the product */
	CHAIN_MAX = 9,          /* what wolfSSL takes in a handshake */
	PATH_DEPTH_MAX = 10,    /* certificates in a path, leaf and anchor included */
	PATH_STEPS_MAX = 64,    /* signatures checked per path: loops among look-alikes */
	POOL_MAX = 32,          /* candidate certificates of one message, or one chain file */
	ANCHORS_MAX = 512,      /* trust anchors at once: systems' bundles have 150 */
	UNTRUSTED_MAX = 512,    /* certificates of --untrusted */
	CA_PUBS_MAX = 16,       /* trust anchors of one ip (caPubs), or of a UCI list */
	CMS_SIGNED_MAX = 1024,  /* signed attributes: 110 octets, with S/MIME capabilities 250 */
	CMS_CANDIDATES_MAX = 4, /* certificates one identifier names: a path search each */
	CRL_SIZE_MAX = 33554432, /* 1,000,000 entries; 1 to 5 MB are common */
	CRL_ISSUERS_MAX = 4,     /* other keys of its issuer tried: each may cost a path search */
	CRL_HEAD_MAX = 4096,     /* of it held in memory: what is before the entries ... */
	CRL_TAIL_MAX = 4096,     /* ... the extensions behind them, and the signature */
	RSA_BITS_MIN = 2048,     /* NIST SP 800-131A */
	RSA_BITS_MAX = 4096,     /* SP_INT_BITS of the library */
	RSA_EXPONENT_MAX = 8,    /* octets; 65537 is three, a long one makes verifying slow */
	SIGNATURE_MAX = 512,     /* RSA-4096 */
	SPKI_MAX = 600,          /* RSA-4096 is 550 */
	KEY_DER_MAX = 2560,      /* PKCS#8 of RSA-4096 is 2374 */
	KEY_PEM_MAX = 3584,      /* KEY_DER_MAX as PEM is 3.5 kB */
	KEY_FILE_MAX = 16384,    /* RSA-4096 as PEM is 3.3 kB; with its chain in the same file */
	NAME_MAX_DER = 1024,     /* a distinguished name */
	NAME_RDNS_MAX = 32,      /* RDNs of a name that the operator writes */
	NAME_RDN_MAX = 8,        /* attributes of one RDN; seen: 2. Compared each with each */
	NAME_SUBTREES_MAX = 64,  /* name constraints of one CA: work is the product with names */

	/* TLS and TCP */
	TLS_CHAIN_SIZE_MAX = 24576, /* a chain, all of it; wolfSSL takes a message of 18.5 kB */
	TLS_RECORD_MAX = 16384,     /* RFC 8446 5.1: so a request is one record, if it fits */
	TLS_TURN_OCTETS = 16384,    /* read at one go, then deadline and stop are looked at */
	TLS_USELESS_MAX = 65536,    /* octets without application data, in the handshake and after
	                               it: the longest chain and 200 names of CAs are 45 kB */
	ADDRESSES_MAX = 32,         /* of one name: more, 250 ms apart, do not begin in time */

	/* names */
	DNS_TRY_MS = 2000,    /* then the next server is asked: the second, or the first again */
	DNS_TRIES = 2,        /* of each server, and all within the time to connect */
	DNS_TURN_READS = 8,   /* of what came, then deadline and stop are looked at */
	DNS_SOCKETS_MAX = 16, /* of c-ares: UDP and TCP with the servers of resolv.conf */
	DNS_OTHER_FAMILY_MS = 1000, /* RFC 8305 3; not 50 ms: its addresses are asked for once */
	HOSTS_LINE_MAX = 1024,      /* of /etc/hosts */
	CONNECT_STAGGER_MS = 250,   /* RFC 8305 5: before the next address is tried, too */

	/* HTTP */
	URL_MAX = 256,           /* registrar addresses are origins, redirects little more */
	PROXY_HEAD_MAX = 8192,   /* of an answer to CONNECT; an error page is not read */
	HTTP_HEADER_MAX = 16384, /* all header bytes of one answer */
	HTTP_FIELD_MAX = 2048,   /* one field that we read; a Location has URL_MAX */
	HTTP_BODY_MAX = 131072,  /* held in memory: a chain in an ip is 20 kB; what is larger goes
	                            to a file, where that may be (struct spool) */
	HTTP_LARGE_MS = 900000,  /* such an answer: CRL_SIZE_MAX at 40 kB/s */
	HTTP_FRAMING_MAX = 8,    /* octets on the wire for one of the body: a chunk of one is six */
	HTTP_CONNECT_MS = 10000, /* TCP and TLS each, one candidate must not hold the others */
	HTTP_TOTAL_MS = 60000,   /* a registrar asks its MASA meanwhile */
	HTTP_SLOW_BYTES = 64,    /* bytes per second under which an answer is too slow ... */
	HTTP_SLOW_SECONDS = 30,  /* ... for so long; a silent MASA look-up takes that */
	MEDIA_TYPE_MAX = 64,
	REDIRECTS_MAX = 5, /* within one origin; to another one: 1 (RFC 8995 5.6) */

	/* vouchers */
	VOUCHER_SIZE_MAX = 65536,
	PVR_SIZE_MAX = 16384, /* request with an IDevID chain of 4 */
	NONCE_MIN = 8,
	NONCE_MAX = 32,            /* RFC 8366 YANG */
	NONCE_SIZE = 24,           /* fits SZTP's 16..32 too, base64 without padding */
	SERIAL_NUMBER_MAX = 64,    /* ub-serial-number of X.520 */
	VOUCHER_AHEAD_S = 86400,   /* a MASA's clock in another time zone, not in another week */
	STATUS_SIZE_MAX = 512,     /* telemetry: a sentence of the error table */
	RETRY_AFTER_MAX_S = 60,    /* RFC 8995 5.6 */
	RETRY_AFTER_MIN_S = 5,     /* no busy loop by a registrar's word */
	WAITING_MAX_S = 4 * 86400, /* RFC 8995 5.6: four days */

	/* CMP */
	CMP_MESSAGE_MAX = HTTP_BODY_MAX,
	CMP_REQUEST_MAX = 24576,      /* ir with a chain of 9 */
	CMP_NONCE_MIN = 16,           /* RFC 9483 3.1: 128 bits */
	CMP_NONCE_MAX = 64,           /* what we echo back */
	CMP_CHECK_AFTER_MAX_S = 3600, /* checkAfter is hostile input */
	CMP_POLLS_MAX = 2000,         /* by their least pauses: more than WAITING_MAX_S */
	CMP_RESTARTS_MAX = 3,         /* new transactions for transactionIdInUse */
	CMP_PROFILE_MAX = 128,        /* certProfile's name */
	CMP_TEMPLATE_MAX = 4096,      /* CertReqTemplateContent we keep */
	CMP_KEY_SPECS_MAX = 16,       /* entries of a keySpec looked at */
	CMP_PART_MAX = 12288, /* header and body of a request: a full template, names, a key */
	CMP_PEER_MAX = NAME_MAX_DER + 8, /* an answer's sender, the next recipient */
	CMP_KEPT_MAX = CERT_SIZE_MAX,    /* an RA's chain of three with RSA-4096 is 6 kB */
	CMP_KEPT_CERTS_MAX = 8,
	CA_CERTS_MAX = 512, /* of caCerts, held as candidates for paths: more is an error */
	CA_CERTS_SIZE_MAX = 4194304, /* ... octets of the answer, on flash for a moment */
	CMP_POOL_MAX = 1280, /* extraCerts, caCerts, what is kept, TLS chain, anchors: each whole */
	CMP_SIGNERS_MAX = 4, /* certificates of one key tried: each may cost a path search */
	CMP_RESENDS_MAX = 2, /* of certConf or pollReq after a lost answer (RFC 9483 6) */
	CMP_PAUSE_S = 5,     /* before asking again where the peer names no time */
	CMP_CHECK_AFTER_MIN_S = 1, /* no busy loop by checkAfter 0 */
	CMP_POLLS_QUICK = 40,      /* polls that may follow each other so closely ... */
	CMP_POLL_SLOW_S = 30,      /* ... then each: the journal is written for every one; */
	CMP_POLLS_SLOWLY = 500,    /* from here on ... */
	CMP_POLL_RARELY_S = 240,   /* ... who has thought for hours may take days */
	CMP_STATE_MAX = 24576,     /* a transaction on disk: signers, a certificate, numbers */
	CMP_SECRET_MAX = 1024,     /* a shared secret, octets */

	/* keys from a shared secret (RFC 9481 6.1, 4.4) */
	MAC_SALT_SIZE = 16,
	MAC_SALT_MIN = 8, /* RFC 8018 4.1, RFC 4211 4.4 */
	MAC_SALT_MAX = 64,
	MAC_ITERATIONS = 10000,    /* ours (RFC 9045 4.3: SHOULD be at least that) */
	MAC_ITERATIONS_MIN = 100,  /* theirs (RFC 9045 4.3) */
	MAC_KEY_MIN = 16,          /* a key of one octet is guessed */
	MAC_KEY_MAX = 128,         /* the longest block of a hash: HMAC hashes longer keys */
	MAC_KEY_LENGTH_MAX = 4096, /* what some peers write as keyLength, in octets or bits */
	MAC_KEY_BITS_MIN = 256,    /* from here on a keyLength may be meant as bits */
	MAC_ROUNDS_MAX = 1300000,  /* work an unproved peer may ask for, by PBMAC1 or by
	                            PasswordBasedMac: iterations times hashes in the key, as
	                            10000 for 4096 octets; 1.6 s of a PC's CPU */

	/* our own keys under a password */
	KEY_SALT_MAX = 128,
	KEY_ITERATIONS_MAX = 10000000, /* 10 s of a PC's CPU; common are 2,048 to 600,000 */
	KEY_PASSWORD_MAX = 1024,       /* what OpenSSL takes */

	/* what is encrypted for us (RFC 9481 4.1, 4.2) */
	EC_SECRET_MAX = 66,    /* a coordinate of P-521 */
	SHARED_INFO_MAX = 320, /* of ECDH: a ukm of 256 octets; seen: none */

	/* the flow */
	CANDIDATES_MAX = 16,  /* registrars of one round */
	TRIES_MAX = 3,        /* AGAIN at one step before the next candidate */
	TURN_MAX_MS = 120000, /* from connecting to the voucher, whatever the exchanges: others
	                         have their turn then */
	BACKOFF_FIRST_S = 5,
	BACKOFF_MAX_S = 3600,   /* RFC 8995 4.1 */
	NO_NETWORK_MAX_S = 60,  /* ... before anybody was reached: an uplink is noticed soon */
	WAITED_EVERY_S = 3600,  /* how much of the four days of 202 a power cut gives back */
	RESUME_ROUNDS_MAX = 12, /* of back-off, three hours: then others get their turn */

	/* the life of a certificate */
	LIFE_LOOK_S = 3600,          /* how late a clock that gets set may be noticed */
	LIFE_BLIND_S = 3600,         /* after the start, without a clock: NTP has had its time */
	LIFE_BUSY_S = 60,            /* another onramp has the store: it is done soon */
	ROOTS_EVERY_S = 7 * 86400,   /* a root is announced months before it is needed */
	ROOTS_MAX = CA_PUBS_MAX - 1, /* of an owner; the pin is an anchor beside them */
	CRL_EVERY_S = 86400,         /* where a CRL names no nextUpdate */
	NEWS_RARELY_S = 7 * 86400,   /* from a server that has none */
	RENEW_MARGIN_MAX_S = 400 * 86400, /* longer than certificates of devices last */

	/* the clock */
	CLOCK_SKEW_MAX_S = 600, /* between clocks that both are right: crystals, no NTP. Whatever is
	                           dated may be as far ahead; replays are the nonces' task */
	RTC_CLOCKS_MAX = 8,     /* battery clocks looked at; boards have one or two */

	/* files */
	UCI_FILE_MAX = 65536,
	UCI_LINE_MAX = 1024,
	UCI_OPTIONS_MAX = 512,
	PATH_NAME_MAX = 256,
	STORE_RESERVE = 65536,    /* bytes left free on the state's file system */
	STORED_FILE_MAX = 131072, /* held in memory: roots and chains as PEM, vouchers */
	CRL_KEPT_MAX = 8388608,   /* of the owner's CA, on flash: twice for a moment, of 16 MB
	                             that a small router has */
	GENERATION_FILES_MAX = 12,
	JOURNAL_MAX = 65536
};

#endif
