/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `onramp cmp`: the CMP client by itself, driven from a command line against any
 * CA or RA.  Files are those of the operator, not of the device: --root does not
 * concern them.
 *
 * The way of a command: cmd_cmp.c finds the operation; cmp_options.c reads the line
 * and holds it against what the operation takes and needs; cmp_setup.c makes a client
 * of it (cmp_files.c: its files); cmp_enrol.c or cmp_support.c asks, through cmp_again.c, which tries again and
 * keeps the journal; cmp_watch.c shows what happens meanwhile; cmp_output.c writes the
 * files, and cmp_say.c the result.
 */
#ifndef ONRAMP_AGENT_CMP_TOOL_H
#define ONRAMP_AGENT_CMP_TOOL_H

#include "agent/options.h"
#include "cmp/cmp.h"
#include "platform/codec/json.h"
#include "platform/crypto/hash.h"

struct cmp_tool;

/* Operations as bits: which take an option, and which need it. */
enum {
	TOOL_IR = 1 << 0,
	TOOL_CR = 1 << 1,
	TOOL_KUR = 1 << 2,
	TOOL_P10CR = 1 << 3,
	TOOL_RR = 1 << 4,
	TOOL_CA_CERTS = 1 << 5,
	TOOL_ROOT_UPDATE = 1 << 6,
	TOOL_TEMPLATE = 1 << 7,
	TOOL_CRLS = 1 << 8,
	TOOL_CERTIFY = TOOL_IR | TOOL_CR | TOOL_KUR | TOOL_P10CR,
	TOOL_CRMF = TOOL_IR | TOOL_CR | TOOL_KUR,
	TOOL_SUPPORT = TOOL_CA_CERTS | TOOL_ROOT_UPDATE | TOOL_TEMPLATE | TOOL_CRLS,
	TOOL_BY_MAC = TOOL_IR | TOOL_CR | TOOL_P10CR | TOOL_SUPPORT, /* RFC 9483 4.1.5 */
	TOOL_ALL = TOOL_CERTIFY | TOOL_RR | TOOL_SUPPORT
};

struct tool_operation {
	const char *name;
	unsigned bit;
	enum err (*run)(struct cmp_tool *t);
	const char *brief;   /* a line of `onramp cmp --help` */
	const char *teaches; /* of `onramp cmp OPERATION --help` */
	const char *example;
};

/* The server's TLS, apart from CMP's trust and identity, and the way to it. */
struct tool_tls {
	struct text_list trusted_files;
	const char *cert, *key, *host;
	struct anchors anchors;
	struct credential identity;
};
struct tool_proxy {
	const char *url;
	struct text_list except;
};

/* cmp_offline.c: messages as files. */
struct tool_offline {
	struct text_list reqin, reqout, rspin, rspout;
	size_t sent, received;
};

/* cmp_terms.c: what is asked for besides names. */
struct tool_terms {
	const char *issuer, *eku, *key_usage;
	long days;
};

/* cmp_journal.c: what a waiting transaction is for. */
struct tool_bound {
	struct digest key, request;
};

/* cmp_inplace.c: kur whose results take the place of --key and --cert. */
struct tool_in_place {
	const char *option; /* which of them is --cert's: --certout or --fullchainout; or NULL */
	bool one_file;      /* --key and --cert are one */
	char key[PATH_NAME_MAX], cert[PATH_NAME_MAX];           /* behind their links */
	char next_key[PATH_NAME_MAX], next_cert[PATH_NAME_MAX]; /* until both are there */
};

struct cmp_tool {
	const struct tool_operation *operation;

	/* the command line; cmp_options.c has a row for each */
	const char *server, *path, *labels, *label, *profile, *recipient;
	const char *cert, *key, *pass_file, *ref, *secret_text, *secret_file, *mac;
	struct text_list trusted_files, untrusted_files, crl_files;
	bool require_role, accept_signed;
	const char *subject, *newkey, *keytype, *central, *csr;
	struct text_list san;
	struct tool_terms terms;
	struct tool_tls tls;
	struct tool_proxy proxy;
	struct tool_offline offline;
	bool follow_template, implicit_confirm, reject, hash_alg;
	const char *revreason, *oldroot, *crl_issuer, *oldcrl;
	long total_timeout, retries;
	const char *journal_file;
	const char *certout, *chainout, *fullchainout, *cacertsout, *newkeyout;
	const char *rootout, *crlout, *template_out, *dump;
	const char *trust_clock;
	bool json, verbose;

	/* what was made of it */
	struct arena *arena;
	char journal_path[PATH_NAME_MAX]; /* --journal behind its links */
	struct tool_in_place in_place;
	char url_path[URL_MAX];       /* below which the operations are */
	char operation_path[URL_MAX]; /* of this one: with --label */
	struct credential identity;
	struct span pass; /* of --pass-file */
	struct cmp_secret secret;
	struct signer *new_key;
	enum key_kind central_kind;
	struct anchors anchors;
	struct span pool[UNTRUSTED_MAX];
	size_t pool_count;
	struct octets crls[TEXT_LIST_MAX];
	struct spool spool; /* for answers that are not held; max 0: not open */
	struct link *link;
	struct trusted *trusted;
	struct cmp_watch watch;
	struct cmp_client client;
	struct cmp_journal journal;
	struct tool_bound bound;
	int journal_lock; /* -1: not held */
	int64_t ends;     /* ticks: --total-timeout is for all of it */

	/* what happens */
	bool on_terminal;
	bool unanswered;     /* the last message sent got none in return */
	unsigned messages;   /* dumped, in either direction */
	bool waits;          /* the journal holds a transaction */
	bool refused;        /* the CA knows that we rejected its certificate */
	bool stored;         /* the certificate is in its files, and not confirmed yet */
	bool saying;         /* the result has begun */
	bool results_beside; /* on the standard error: a file goes to the standard output */
	struct jsonw says;   /* it, with --json */
};

/* cmp_options.c: E_USAGE names the option that is missing, or senseless. */
struct tool_help {
	const char *usage, *teaches, *examples;
};
MUST_CHECK enum err tool_options(struct cmp_tool *t, const struct tool_help *h, int *argc,
                                 char **argv, bool *helped);
MUST_CHECK enum err tool_rules(const struct cmp_tool *t);
/* The values of a text option, as many as there are; at most TEXT_LIST_MAX. */
size_t tool_option_texts(const struct cmp_tool *t, const char *name, const char **out);

/*
 * cmp_files.c: no file is written that another option names (E_USAGE), and all can be
 * (E_STORE), before anything is sent; then each may be read and written, "-" too.
 * Reasons begin with the option.
 */
MUST_CHECK enum err tool_files(struct cmp_tool *t);
MUST_CHECK enum err tool_read(const struct cmp_tool *t, const char *option, const char *path,
                              size_t max, struct span *out);
/* No path, no file. */
MUST_CHECK enum err tool_write(const struct cmp_tool *t, const char *option, const char *path,
                               struct span content, unsigned mode);

/*
 * cmp_large.c: what is read and written by pieces.  A bundle, open; a list, DER or PEM, open as
 * DER; a file for answers, beside `path`, which is where they go; a list written as PEM.
 */
MUST_CHECK enum err tool_open_file(const struct cmp_tool *t, const char *option, const char *path,
                                   struct octets *out);
MUST_CHECK enum err tool_open_crl(const struct cmp_tool *t, const char *option, const char *path,
                                  struct octets *out);
MUST_CHECK enum err tool_spool(struct cmp_tool *t, const char *path);
void tool_spool_close(struct cmp_tool *t);
MUST_CHECK enum err tool_write_crl(const struct cmp_tool *t, const char *option, const char *path,
                                   const struct octets *crl);
MUST_CHECK enum err tool_write_ca_certs(const struct cmp_tool *t, const char *option,
                                        const char *path, const struct octets *list);
/* With --json: octets of any number as base64; the result so far goes out. */
void tool_say_octets(struct cmp_tool *t, const char *member, const struct octets *octets);
void tool_say_flush(struct cmp_tool *t);

/*
 * cmp_inplace.c: key and certificate change together or not at all.  The key is staged
 * before it is asked for, the certificate before it is confirmed; then both take their
 * places.  What was interrupted in between is brought to its end by the next line that
 * names the same --cert and --key.
 */
MUST_CHECK enum err tool_in_place_open(struct cmp_tool *t);
MUST_CHECK enum err tool_in_place_stage(struct cmp_tool *t, const struct cmp_issued *issued);
MUST_CHECK enum err tool_in_place_commit(struct cmp_tool *t);

/* cmp_setup.c: identity, anchors, connection, client; tool_close() whatever came of it. */
MUST_CHECK enum err tool_open(struct cmp_tool *t);
void tool_close(struct cmp_tool *t);
/* Our certificate may still ask for what it is about: kur, rr. E_CERT_TIME. */
MUST_CHECK enum err tool_in_force(const struct cmp_tool *t);
/* The new key: from its file, or made and written there. */
MUST_CHECK enum err tool_key(struct cmp_tool *t, enum key_kind kind);
/* The one certificate of an option's file, PEM or DER. */
MUST_CHECK enum err tool_read_cert(struct cmp_tool *t, const char *option, const char *path,
                                   struct cert *out);
/* DER itself, or the first PEM block with one of two labels. */
struct tool_pem {
	const char *option, *path, *label, *other_label;
};
MUST_CHECK enum err tool_read_der(struct cmp_tool *t, const struct tool_pem *p, struct span *out);

/* cmp_names.c: --san, into facts whose lists are n's. E_USAGE. */
struct tool_names {
	struct text_list of[CMP_NAME_KINDS];
};
MUST_CHECK enum err tool_names(const struct cmp_tool *t, struct tool_names *n,
                               struct cmp_facts *out);

/*
 * cmp_offline.c.  A link whose answers are files: each message goes to the next --reqout,
 * its answer is the next --rspin, waited for until it is there whole.  With a server the
 * messages are copied, or (--reqin) passed on as they are.
 */
bool tool_is_offline(const struct cmp_tool *t);
MUST_CHECK enum err tool_offline_open(struct cmp_tool *t, struct link **out);
void tool_offline_copy(struct cmp_tool *t, enum cmp_event what, const struct octets *message);
MUST_CHECK enum err tool_relay(struct cmp_tool *t);

/* cmp_pass.c: a private key, whose passphrase is asked for where it has one. */
MUST_CHECK enum err tool_load_key(struct cmp_tool *t, const char *option, const char *path,
                                  struct signer **out);

/* cmp_terms.c: --issuer, --days, --eku, --key-usage. E_USAGE. */
MUST_CHECK enum err tool_terms_read(const struct cmp_tool *t, struct cmp_facts *out);

/* cmp_enrol.c, cmp_support.c: the operations. */
enum err tool_run_ir(struct cmp_tool *t);
enum err tool_run_cr(struct cmp_tool *t);
enum err tool_run_kur(struct cmp_tool *t);
enum err tool_run_p10cr(struct cmp_tool *t);
enum err tool_run_rr(struct cmp_tool *t);
enum err tool_run_ca_certs(struct cmp_tool *t);
enum err tool_run_root_update(struct cmp_tool *t);
enum err tool_run_template(struct cmp_tool *t);
enum err tool_run_crls(struct cmp_tool *t);

/*
 * cmp_again.c: the operation, in new transactions while the CA asks for that (RFC 9483
 * 3.6.4), at most --retries more and within --total-timeout.
 */
struct tool_attempt {
	enum err (*run)(struct cmp_tool *t, void *context);
	void *context;
};
MUST_CHECK enum err tool_try(struct cmp_tool *t, const struct tool_attempt *a);
/* A request for a certificate the same way, gone on with where --journal left it. */
MUST_CHECK enum err tool_enrol(struct cmp_tool *t, enum cmp_request kind,
                               const struct cmp_params *w, struct cmp_issued *out);

/*
 * cmp_journal.c: --journal is bound to key, request, operation, server and results: with
 * others E_USAGE.  Also hung into the client; empty: nothing waits.
 */
MUST_CHECK enum err tool_journal_bind(struct cmp_tool *t, const struct cmp_params *w);
MUST_CHECK enum err tool_journal_read(struct cmp_tool *t, struct span *state);
/* Before a key is made: E_USAGE where a transaction waits, for one that is there. */
MUST_CHECK enum err tool_journal_wants_key(struct cmp_tool *t, const char *path);
/* After the operation ended with e, which is returned: what is decided is forgotten. */
MUST_CHECK enum err tool_journal_close(const struct cmp_tool *t, enum err e);

/* cmp_output.c: files, each whole or not at all; no path, no file. */
MUST_CHECK enum err tool_write_certs(const struct cmp_tool *t, const char *option, const char *path,
                                     const struct span *certs, size_t count);
MUST_CHECK enum err tool_write_pem(const struct cmp_tool *t, const struct tool_pem *p,
                                   struct span der);
/* The same into the arena. */
MUST_CHECK enum err tool_pem(const struct cmp_tool *t, const char *label, const struct span *ders,
                             size_t count, struct span *out);
/* The new certificate, and with it the CAs above it where `full`; room for CHAIN_MAX + 1. */
size_t tool_chain(const struct cmp_issued *issued, bool full, struct span *out);
MUST_CHECK enum err tool_keep(void *context, const struct cmp_issued *issued);

/* cmp_watch.c: struct cmp_watch's functions; --dump's index; a line for it and for people. */
MUST_CHECK enum err tool_dump_open(struct cmp_tool *t);
void tool_event(void *context, enum cmp_event what, const char *message_type, int64_t seconds);
void tool_message(void *context, enum cmp_event what, const struct octets *der);
void tool_index(const struct cmp_tool *t, const char *line);
void tool_note(struct cmp_tool *t, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * cmp_say.c: the result, as lines for people or as one JSON object.  label NULL: in
 * JSON alone; member NULL: for people alone.
 */
void tool_say(struct cmp_tool *t, const char *label, const char *member, const char *text);
void tool_say_name(struct cmp_tool *t, const char *label, const char *member, struct span name);
void tool_say_date(struct cmp_tool *t, const char *label, const char *member, int64_t seconds);
void tool_say_number(struct cmp_tool *t, const char *label, const char *member, int64_t n);
void tool_say_flag(struct cmp_tool *t, const char *member, bool yes);
void tool_say_bytes(struct cmp_tool *t, const char *member, struct span octets);
/* Members of one certificate, inside `member` where that is named. */
void tool_say_cert(struct cmp_tool *t, const struct cert *c);
void tool_say_list(struct cmp_tool *t, const char *member, const struct span *certs, size_t n);
/* The same one by one. */
void tool_say_list_open(struct cmp_tool *t, const char *member);
void tool_say_entry(struct cmp_tool *t, struct span cert);
void tool_say_list_close(struct cmp_tool *t);
/* A line that is not understood: how to use it, and with --json the object as well. */
int tool_say_usage(struct cmp_tool *t, enum err e);
/* cmp_hint.c: what the operator may try after this failure, where its cause is rarely told. */
void tool_hint(const struct cmp_tool *t, enum err e);

/* How it ended; the exit status. */
int tool_say_end(struct cmp_tool *t, enum err e);

#endif
