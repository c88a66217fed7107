/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `onramp cmp`: which operation takes what, needs what, and why. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"

struct tool_option {
	const char *name;
	enum option_kind kind;
	size_t at; /* in struct cmp_tool */
	const char *argument, *help;
	unsigned operations;
};
#define AT(member) offsetof(struct cmp_tool, member)

/* clang-format off */
static const struct tool_option options[] = {
	{ "The server:", OPTION_HEADING, 0, NULL, "", TOOL_ALL },
	{ "--server", OPTION_TEXT, AT(server), "URL",
	  "http:// or https://, with the path if it has one", TOOL_ALL },
	{ "--path", OPTION_TEXT, AT(path), "P", "instead of the URL's; default /.well-known/cmp",
	  TOOL_ALL },
	{ "--labels", OPTION_TEXT, AT(labels), "KIND",
	  "operation behind the path: long, short or none (long)", TOOL_ALL },
	{ "--label", OPTION_TEXT, AT(label), "NAME", "another word for this operation there",
	  TOOL_ALL },
	{ "--recipient", OPTION_TEXT, AT(recipient), "DN", "the CA's name, if known", TOOL_ALL },
	{ "--proxy", OPTION_TEXT, AT(proxy.url), "URL", "http://HOST:PORT, for http and https",
	  TOOL_ALL },
	{ "--no-proxy", OPTION_LIST, AT(proxy.except), "HOST", "not for it and what is below it",
	  TOOL_ALL },
	{ "--tls-trusted", OPTION_LIST, AT(tls.trusted_files), "FILE",
	  "anchors for the server's certificate (--trusted)", TOOL_ALL },
	{ "--tls-host", OPTION_TEXT, AT(tls.host), "NAME", "whose certificate it is (the URL's)",
	  TOOL_ALL },
	{ "--tls-cert", OPTION_TEXT, AT(tls.cert), "FILE", "our certificate there (--cert)",
	  TOOL_ALL },
	{ "--tls-key", OPTION_TEXT, AT(tls.key), "FILE", "its private key", TOOL_ALL },
	{ "--reqout", OPTION_LIST, AT(offline.reqout), "FILE", "our messages, one after the other",
	  TOOL_ALL },
	{ "--rspin", OPTION_LIST, AT(offline.rspin), "FILE",
	  "their answers, once they are there: no server", TOOL_ALL },
	{ "--reqin", OPTION_LIST, AT(offline.reqin), "FILE", "pass these on, no message of ours",
	  TOOL_ALL },
	{ "--rspout", OPTION_LIST, AT(offline.rspout), "FILE", "the server's answers", TOOL_ALL },
	{ "--profile", OPTION_TEXT, AT(profile), "NAME", "certificate profile to ask for",
	  TOOL_CERTIFY | TOOL_TEMPLATE },

	{ "Who we are, by signature or by shared secret:", OPTION_HEADING, 0, NULL, "",
	  TOOL_ALL },
	{ "--cert", OPTION_TEXT, AT(cert), "FILE", "our certificate and its chain, PEM", TOOL_ALL },
	{ "--key", OPTION_TEXT, AT(key), "FILE", "its private key, PEM or DER", TOOL_ALL },
	{ "--pass-file", OPTION_TEXT, AT(pass_file), "FILE",
	  "passphrase of encrypted keys, first line; else asked for", TOOL_ALL },
	{ "--ref", OPTION_TEXT, AT(ref), "TEXT", "by which the CA knows the secret", TOOL_BY_MAC },
	{ "--secret-file", OPTION_TEXT, AT(secret_file), "FILE",
	  "the secret is its first line; chmod 600", TOOL_BY_MAC },
	{ "--secret", OPTION_TEXT, AT(secret_text), "TEXT",
	  "the secret; others on this machine may see it", TOOL_BY_MAC },
	{ "--mac", OPTION_TEXT, AT(mac), "KIND", "pbmac1 (default), or pbm for old servers",
	  TOOL_BY_MAC },

	{ "Whom we believe:", OPTION_HEADING, 0, NULL, "", TOOL_ALL },
	{ "--trusted", OPTION_LIST, AT(trusted_files), "FILE",
	  "anchors for answers and the new certificate", TOOL_ALL },
	{ "--untrusted", OPTION_LIST, AT(untrusted_files), "FILE",
	  "CA certificates that may help with chains", TOOL_ALL },
	{ "--crl", OPTION_LIST, AT(crl_files), "FILE",
	  "revocation lists; an RA needs one to bring a new root", TOOL_ALL },
	{ "--accept-signed", OPTION_FLAG, AT(accept_signed), NULL,
	  "signed answers to a request with a secret, below --trusted", TOOL_BY_MAC },
	{ "--require-role", OPTION_FLAG, AT(require_role), NULL,
	  "signed answers only by id-kp-cmcRA or id-kp-cmcCA", TOOL_ALL },

	{ "What to ask for:", OPTION_HEADING, 0, NULL, "", TOOL_ALL & ~TOOL_CA_CERTS & ~TOOL_TEMPLATE },
	{ "--newkey", OPTION_TEXT, AT(newkey), "FILE", "the key to be certified; made if absent",
	  TOOL_CERTIFY },
	{ "--keytype", OPTION_TEXT, AT(keytype), "KIND",
	  "ec256, ec384, rsa2048, ed25519 and more (ec256)", TOOL_CERTIFY },
	{ "--central", OPTION_TEXT, AT(central), "KIND",
	  "the CA makes the key: `any`, or as --keytype", TOOL_CRMF },
	{ "--csr", OPTION_TEXT, AT(csr), "FILE",
	  "PKCS#10 request: to send, or (ir, cr) whose names to take", TOOL_IR | TOOL_CR | TOOL_P10CR },
	{ "--subject", OPTION_TEXT, AT(subject), "DN",
	  "/O=Org/CN=name; default: --cert's, or CN=ref", TOOL_CERTIFY & ~TOOL_KUR },
	{ "--san", OPTION_LIST, AT(san), "NAME", "DNS:, IP:, URI: or email: and a name, or by its looks", TOOL_CERTIFY & ~TOOL_KUR },
	{ "--key-usage", OPTION_TEXT, AT(terms.key_usage), "LIST",
	  "as in RFC 5280: digitalSignature,keyAgreement...", TOOL_CERTIFY & ~TOOL_KUR },
	{ "--eku", OPTION_TEXT, AT(terms.eku), "LIST",
	  "serverAuth,clientAuth... or object identifiers", TOOL_CERTIFY & ~TOOL_KUR },
	{ "--days", OPTION_NUMBER, AT(terms.days), "N", "validity to ask for", TOOL_CRMF },
	{ "--issuer", OPTION_TEXT, AT(terms.issuer), "DN", "the CA that is to issue it", TOOL_CRMF },
	{ "--follow-template", OPTION_FLAG, AT(follow_template), NULL,
	  "first get the CA's template, and fill it in", TOOL_CERTIFY & ~TOOL_KUR },
	{ "--revreason", OPTION_TEXT, AT(revreason), "NAME",
	  "as in RFC 5280: keyCompromise, superseded...", TOOL_RR },
	{ "--oldroot", OPTION_TEXT, AT(oldroot), "FILE", "the root CA certificate now trusted",
	  TOOL_ROOT_UPDATE },
	{ "--crl-issuer", OPTION_TEXT, AT(crl_issuer), "FILE",
	  "certificate of the CA whose list is wanted", TOOL_CRLS },
	{ "--oldcrl", OPTION_TEXT, AT(oldcrl), "FILE", "the list now held: only a newer one",
	  TOOL_CRLS },

	{ "How:", OPTION_HEADING, 0, NULL, "", TOOL_ALL },
	{ "--implicit-confirm", OPTION_FLAG, AT(implicit_confirm), NULL,
	  "offer to go without certConf", TOOL_CERTIFY },
	{ "--hash-alg", OPTION_FLAG, AT(hash_alg), NULL, "name the hash in certConf (CMP version 3)",
	  TOOL_CERTIFY },
	{ "--reject", OPTION_FLAG, AT(reject), NULL, "reject what comes, to try the CA; writes no files",
	  TOOL_CERTIFY },
	{ "--total-timeout", OPTION_NUMBER, AT(total_timeout), "SECONDS",
	  "for all of it, waiting included (4 days)", TOOL_ALL },
	{ "--retries", OPTION_NUMBER, AT(retries), "N",
	  "new transactions when the CA is in trouble (3)", TOOL_ALL },
	{ "--journal", OPTION_TEXT, AT(journal_file), "FILE",
	  "keeps a waiting transaction; run the same command again to resume", TOOL_CERTIFY },
	{ "--trust-clock", OPTION_TEXT, AT(trust_clock), "WORD",
	  "0: never, 1: always (1), auto: if it is synchronised", TOOL_ALL },

	{ "Results:", OPTION_HEADING, 0, NULL, "", TOOL_ALL },
	{ "--certout", OPTION_TEXT, AT(certout), "FILE", "the new certificate", TOOL_CERTIFY },
	{ "--fullchainout", OPTION_TEXT, AT(fullchainout), "FILE",
	  "the new certificate and the CAs above it, no root", TOOL_CERTIFY },
	{ "--chainout", OPTION_TEXT, AT(chainout), "FILE",
	  "the CAs above it, no root; of a root update the links", TOOL_CERTIFY | TOOL_ROOT_UPDATE },
	{ "--cacertsout", OPTION_TEXT, AT(cacertsout), "FILE",
	  "getcacerts: all; else new roots (caPubs)", TOOL_IR | TOOL_P10CR | TOOL_CA_CERTS },
	{ "--newkeyout", OPTION_TEXT, AT(newkeyout), "FILE", "the key that the CA made", TOOL_CRMF },
	{ "--rootout", OPTION_TEXT, AT(rootout), "FILE", "the new root CA certificate",
	  TOOL_ROOT_UPDATE },
	{ "--crlout", OPTION_TEXT, AT(crlout), "FILE", "the revocation list", TOOL_CRLS },
	{ "--template-out", OPTION_TEXT, AT(template_out), "FILE", "the template, DER",
	  TOOL_TEMPLATE },
	{ "--json", OPTION_FLAG, AT(json), NULL, "the result as one JSON object", TOOL_ALL },
	{ "--verbose", OPTION_FLAG, AT(verbose), NULL, "a line for every message", TOOL_ALL },
	{ "--dump", OPTION_TEXT, AT(dump), "DIR", "every message as .pki file, and index.txt",
	  TOOL_ALL },
};
/* clang-format on */
enum { OPTIONS = sizeof options / sizeof *options, RETRIES = 3 };

static const struct tool_option *find(const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static bool is_given(const struct cmp_tool *t, const struct tool_option *o)
{
	const void *at = (const char *)t + o->at;

	switch (o->kind) {
	case OPTION_FLAG:
		return *(const bool *)at;
	case OPTION_TEXT:
		return *(const char *const *)at != NULL;
	case OPTION_LIST:
		return ((const struct text_list *)at)->n > 0;
	case OPTION_NUMBER: /* with a default: every operation takes it */
		return o->operations != TOOL_ALL && *(const long *)at != 0;
	case OPTION_HEADING:
		break;
	}
	return false;
}

size_t tool_option_texts(const struct cmp_tool *t, const char *name, const char **out)
{
	const struct tool_option *o = find(name);
	const void *at = (const char *)t + o->at;
	const struct text_list *list = at;

	if (o->kind == OPTION_LIST) {
		memcpy(out, list->s, list->n * sizeof *out);
		return list->n;
	}
	out[0] = *(const char *const *)at;
	return out[0] != NULL;
}

/* One of the names, ending with NULL. */
static bool any_given(const struct cmp_tool *t, const char *const *names)
{
	for (; *names != NULL; names++)
		if (is_given(t, find(*names)))
			return true;
	return false;
}

enum { WORDS = 6 };

/*
 * What the operations need: one of the options, where one of `when` is there (none
 * named: always).
 */
static const struct need {
	unsigned operations;
	const char *when[WORDS], *options[WORDS];
	const char *why;
} needs[] = {
	{ TOOL_ALL, { NULL }, { "--server", "--rspin" }, "the URL of the CA or RA, or files" },
	{ TOOL_ALL, { "--rspin" }, { "--reqout" }, "where the requests go" },
	{ TOOL_ALL, { "--reqin" }, { "--rspout" }, "where the answers go" },
	{ TOOL_ALL, { "--tls-cert" }, { "--tls-key" }, "the private key of --tls-cert" },
	{ TOOL_ALL, { "--tls-key" }, { "--tls-cert" }, "the certificate of --tls-key" },
	{ TOOL_KUR, { NULL }, { "--cert" }, "the certificate to be updated" },
	{ TOOL_RR, { NULL }, { "--cert" }, "the certificate to be revoked" },
	{ TOOL_ALL,
	  { NULL },
	  { "--cert", "--secret-file", "--secret" },
	  "what protects our messages" },
	{ TOOL_ALL, { "--cert" }, { "--key" }, "the private key of --cert" },
	{ TOOL_ALL, { "--key" }, { "--cert" }, "the certificate of --key" },
	{ TOOL_ALL,
	  { "--secret", "--secret-file" },
	  { "--ref" },
	  "the name by which the CA knows the secret" },
	{ TOOL_ALL,
	  { "--ref", "--mac" },
	  { "--secret-file", "--secret" },
	  "the secret it is about" },
	{ TOOL_ALL,
	  { "--accept-signed" },
	  { "--secret-file", "--secret" },
	  "a request that is signed wants a signed answer anyway" },
	{ TOOL_ALL, { "--accept-signed" }, { "--trusted" }, "the anchors for signed answers" },
	{ TOOL_CRMF,
	  { NULL },
	  { "--newkey", "--central", "--csr" },
	  "the key to be certified, or whether the CA is to make it" },
	{ TOOL_P10CR,
	  { NULL },
	  { "--csr", "--newkey" },
	  "the request, or the key to be certified" },
	{ TOOL_CRMF, { "--central" }, { "--newkeyout" }, "where the key goes" },
	{ TOOL_CRMF, { "--newkeyout" }, { "--central" }, "the key that it is for" },
	{ TOOL_ROOT_UPDATE, { NULL }, { "--oldroot" }, "the root that is to be replaced" },
	{ TOOL_CRLS, { NULL }, { "--crl-issuer" }, "the CA whose list is wanted" },
};

/* What excludes each other. */
static const struct clash {
	const char *option, *others[2 * WORDS];
	const char *why;
} clashes[] = {
	{ "--secret", { "--secret-file" }, "there is one secret" },
	{ "--label", { "--labels" }, "both say what stands behind the path" },
	{ "--central", { "--newkey", "--keytype" }, "the CA makes the key" },
	{ "--csr",
	  { "--keytype", "--subject", "--san", "--follow-template", "--key-usage", "--eku",
	    "--central" },
	  "the request says it already" },
	{ "--reject", { "--implicit-confirm" }, "a rejection is a certConf" },
	{ "--rspin",
	  { "--server", "--reqin", "--rspout", "--proxy", "--tls-trusted", "--tls-cert",
	    "--tls-host" },
	  "the answers are files" },
	{ "--reqin", { "--reqout" }, "the messages are those of the files" },
};

static enum err check_taken(const struct cmp_tool *t)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (is_given(t, &options[i]) && (options[i].operations & t->operation->bit) == 0)
			return err_because(E_USAGE, "%s takes no %s", t->operation->name,
			                   options[i].name);
	return OK;
}

static enum err missing(const struct cmp_tool *t, const struct need *n)
{
	char names[ERR_REASON_MAX];
	size_t used = 0;

	for (size_t i = 0; n->options[i] != NULL && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
		                         i > 0 ? " or " : "", n->options[i]);
	return err_because(E_USAGE, "%s needs %s: %s", t->operation->name, names, n->why);
}

/* Said last: a line that is wrong in other ways is told so first. */
static enum err check_kept(const struct cmp_tool *t)
{
	static const struct need kept = {
		TOOL_CERTIFY,
		{ NULL },
		{ "--certout", "--fullchainout", "--json", "--journal", "--reject" },
		"where the certificate goes; one that nobody keeps is not confirmed"
	};

	return (kept.operations & t->operation->bit) == 0 || any_given(t, kept.options)
	               ? OK
	               : missing(t, &kept);
}

static enum err check_needs(const struct cmp_tool *t)
{
	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
		const struct need *n = &needs[i];

		if ((n->operations & t->operation->bit) == 0 ||
		    (n->when[0] != NULL && !any_given(t, n->when)) || any_given(t, n->options))
			continue;
		return missing(t, n);
	}
	return OK;
}

/* A ready-made request is sent as it is; made into an ir or cr, its key signs once more. */
static enum err check_csr(const struct cmp_tool *t)
{
	if (t->operation->bit == TOOL_P10CR && t->csr != NULL && t->newkey != NULL)
		return err_because(E_USAGE, "--csr and --newkey do not go together: the request "
		                            "says it already");
	return OK;
}

static enum err check_clashes(const struct cmp_tool *t)
{
	for (size_t i = 0; i < sizeof clashes / sizeof *clashes; i++) {
		const struct clash *c = &clashes[i];

		for (const char *const *other = c->others; *other != NULL; other++)
			if (is_given(t, find(c->option)) && is_given(t, find(*other)))
				return err_because(E_USAGE, "%s and %s do not go together: %s",
				                   c->option, *other, c->why);
	}
	return OK;
}

/* Without anchors only a shared secret can say who is to be believed, and TLS has none. */
static enum err check_trust(const struct cmp_tool *t)
{
	bool secret = t->secret_text != NULL || t->secret_file != NULL;
	bool plain = t->server == NULL || strncmp(t->server, "https:", strlen("https:")) != 0;
	bool anchors = t->trusted_files.n > 0 || (secret && t->tls.trusted_files.n > 0);

	if (!anchors && !(secret && plain))
		return err_because(E_USAGE, "%s needs --trusted: the anchors for %s",
		                   t->operation->name, secret ? "https" : "signed answers");
	if (plain && (t->tls.trusted_files.n > 0 || t->tls.cert != NULL || t->tls.host != NULL))
		return err_because(E_USAGE, "--tls-trusted, --tls-cert and --tls-host are for "
		                            "https:// alone");
	if (secret && plain && t->cert != NULL)
		return err_because(E_USAGE, "--cert and --secret do not go together over http: "
		                            "one of them protects the messages");
	return OK;
}

/* What passes messages on needs none of what makes them. */
static enum err check_relay(const struct cmp_tool *t)
{
	if (t->server == NULL || t->offline.reqin.n != t->offline.rspout.n)
		return err_because(E_USAGE, "--reqin needs --server, and a --rspout for each");
	if (strncmp(t->server, "https:", strlen("https:")) == 0 && t->trusted_files.n == 0 &&
	    t->tls.trusted_files.n == 0)
		return err_because(E_USAGE, "--reqin over https needs --tls-trusted: the anchors "
		                            "for the server");
	return OK;
}

enum err tool_rules(const struct cmp_tool *t)
{
	enum err e = check_taken(t);

	if (e == OK && t->offline.reqin.n > 0)
		return check_relay(t);
	if (e == OK)
		e = check_needs(t);
	if (e == OK)
		e = check_clashes(t);
	if (e == OK)
		e = check_csr(t);
	if (e == OK)
		e = check_trust(t);
	return e == OK ? check_kept(t) : e;
}

/* All of them are understood, those of the operation are shown; `to` points into t. */
static void rows_for(struct cmp_tool *t, struct option_row *rows)
{
	unsigned shown = t->operation != NULL ? t->operation->bit : TOOL_ALL;

	for (size_t i = 0; i < OPTIONS; i++) {
		const struct tool_option *o = &options[i];

		rows[i] = (struct option_row){
			.name = o->name,
			.kind = o->kind,
			.to = (char *)t + o->at,
			.argument = o->argument,
			.help = (o->operations & shown) != 0 ? o->help : NULL,
		};
	}
	rows[OPTIONS] = (struct option_row){ .name = NULL };
}

enum err tool_options(struct cmp_tool *t, const struct tool_help *h, int *argc, char **argv,
                      bool *helped)
{
	struct option_row rows[OPTIONS + 1];
	const struct command_line line = { h->usage, h->teaches, rows, h->examples };

	t->retries = RETRIES;
	rows_for(t, rows);
	return options_read(&line, argc, argv, helped);
}
