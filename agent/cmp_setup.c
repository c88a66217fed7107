/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the command line of `onramp cmp` to a client with a link it trusts. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/cmp_tool.h"
#include "agent/device.h"
#include "agent/settings.h"
#include "platform/base/date.h"
#include "platform/base/utf8.h"
#include "platform/codec/der.h"
#include "platform/codec/pem.h"
#include "platform/codec/pem_reader.h"
#include "platform/http/link_http.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"
#include "platform/store/target.h"
#include "voucher/voucher.h"

static enum err of_option(enum err e, const char *option, const char *path)
{
	return e == OK ? OK : err_because(e, "%s %s: %s", option, path, err_reason(e));
}

/* Who else may read it can ask for certificates in our name. */
static enum err check_private(const char *option, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_because(E_IDENTITY,
		                   "%s %s: readable by others (mode %03o); chmod 600 %s", option,
		                   path, (unsigned)(st.st_mode & 0777), path);
	return OK;
}

/* The first line of a file that is ours alone. */
static enum err read_first_line(struct cmp_tool *t, const char *option, const char *path,
                                struct span *line)
{
	struct span file;
	size_t n = 0;
	enum err e = check_private(option, path);

	if (e == OK)
		e = tool_read(t, option, path, PEM_FILE_MAX, &file);
	if (e != OK)
		return e;
	while (n < file.n && file.p[n] != '\n' && file.p[n] != '\r')
		n++;
	*line = (struct span){ file.p, n };
	return OK;
}

static enum err load_tls_identity(struct cmp_tool *t)
{
	struct signer *key = NULL;
	struct span file;
	enum err e;

	if (t->tls.cert == NULL)
		return OK;
	e = tool_load_key(t, "--tls-key", t->tls.key, &key);
	t->tls.identity.key = key;
	if (e == OK)
		e = tool_read(t, "--tls-cert", t->tls.cert, PEM_FILE_MAX, &file);
	if (e == OK)
		e = of_option(credential_from(t->arena, key, file, &t->tls.identity), "--tls-cert",
		              t->tls.cert);
	return e == OK ? credential_complete(&t->tls.identity, t->pool, t->pool_count) : e;
}

static enum err load_identity(struct cmp_tool *t)
{
	struct signer *key = NULL;
	struct span file;
	enum err e = OK;

	if (t->pass_file != NULL)
		e = read_first_line(t, "--pass-file", t->pass_file, &t->pass);
	if (e == OK && t->pass.n >= KEY_PASSWORD_MAX)
		e = err_because(E_USAGE, "--pass-file %s: a passphrase has 1 to %d octets",
		                t->pass_file, KEY_PASSWORD_MAX - 1);
	if (e != OK || t->cert == NULL)
		return e;
	e = tool_load_key(t, "--key", t->key, &key);
	t->identity.key = key;
	if (e == OK)
		e = tool_in_place_open(t);
	if (e == OK)
		e = tool_read(t, "--cert", t->cert, PEM_FILE_MAX, &file);
	if (e == OK)
		e = of_option(credential_from(t->arena, key, file, &t->identity), "--cert",
		              t->cert);
	if (e == OK)
		e = credential_complete(&t->identity, t->pool, t->pool_count);
	return e;
}

/* What stands in argv is seen by everybody who lists processes: not longer than needed. */
static enum err take_secret_text(struct cmp_tool *t, struct span *line)
{
	enum err e = arena_copy(t->arena, span_str(t->secret_text), line);

	wipe((char *)(uintptr_t)t->secret_text, line->n);
	return e;
}

static bool is_utf8(struct span s)
{
	uint32_t scalar;
	size_t n;

	for (; s.n > 0; s = (struct span){ s.p + n, s.n - n })
		if ((n = utf8_next(s, &scalar)) == 0)
			return false;
	return true;
}

static enum err choose_mac(const char *name, enum mac_scheme *out)
{
	*out = MAC_PBMAC1;
	if (name == NULL || strcmp(name, "pbmac1") == 0)
		return OK;
	*out = MAC_PASSWORD_BASED;
	return strcmp(name, "pbm") == 0 ? OK : err_because(E_USAGE, "--mac is pbmac1 or pbm");
}

static enum err load_secret(struct cmp_tool *t)
{
	enum err e = OK;

	if (t->secret_text == NULL && t->secret_file == NULL)
		return OK;
	t->secret.reference = span_str(t->ref);
	if (t->secret.reference.n == 0 || !is_utf8(t->secret.reference))
		return err_because(E_USAGE, "--ref is empty, or no UTF-8");
	e = t->secret_text != NULL
	            ? take_secret_text(t, &t->secret.value)
	            : read_first_line(t, "--secret-file", t->secret_file, &t->secret.value);
	if (e == OK && (t->secret.value.n == 0 || t->secret.value.n > CMP_SECRET_MAX))
		e = err_because(E_USAGE, "a secret has 1 to %d octets, this one has %zu",
		                CMP_SECRET_MAX, t->secret.value.n);
	return e == OK ? choose_mac(t->mac, &t->secret.scheme) : e;
}

struct pooling {
	struct cmp_tool *t;
	const struct named_file *file;
	enum err fault; /* of one that is left out, and its words */
	char why[ERR_REASON_MAX];
};

static enum err add_to_pool(void *context, size_t number, struct span der)
{
	struct pooling *p = context;
	struct cmp_tool *t = p->t;
	struct cert c;
	enum err e = named_cert_read(p->file, number, der, &c);

	if (e != OK) {
		p->fault = e;
		snprintf(p->why, sizeof p->why, "%s", err_reason(e));
		return OK;
	}
	if (t->pool_count == UNTRUSTED_MAX)
		return err_because(E_TOO_BIG, "more than %d certificates", UNTRUSTED_MAX);
	e = arena_copy(t->arena, der, &t->pool[t->pool_count]);
	t->pool_count += e == OK;
	return err_within(E_TOO_BIG, e, "certificates");
}

static enum err load_pool_file(struct cmp_tool *t, const char *path)
{
	struct named_file file = { "--untrusted", path, NO_OCTETS };
	struct pooling p = { .t = t, .file = &file };
	const struct cert_taker taker = { add_to_pool, &p };
	size_t before = t->pool_count;
	enum err e = tool_open_file(t, file.what, path, &file.octets);

	if (e == OK)
		e = of_option(bundle_each(&file.octets, &taker), file.what, path);
	if (e == OK && t->pool_count == before)
		e = of_option(err_because(p.fault, "%s", p.why), file.what, path);
	octets_close(&file.octets);
	return e;
}

static enum err load_pool(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->untrusted_files.n && e == OK; i++)
		e = load_pool_file(t, t->untrusted_files.s[i]);
	return e;
}

enum err tool_read_der(struct cmp_tool *t, const struct tool_pem *p, struct span *out)
{
	struct pem block = { NO_BYTES, NO_BYTES };
	struct span file;
	enum err e = tool_read(t, p->option, p->path, HTTP_BODY_MAX, &file);

	*out = file;
	if (e != OK || pem_is_der(file))
		return e;
	e = pem_next(t->arena, &file, &block);
	*out = block.der;
	if (e == OK && !span_is(block.label, p->label) && !span_is(block.label, p->other_label))
		e = err_because(E_TEXT, "no %s in it, neither PEM nor DER", p->label);
	return of_option(e, p->option, p->path);
}

enum err tool_read_cert(struct cmp_tool *t, const char *option, const char *path, struct cert *out)
{
	const struct tool_pem p = { option, path, "CERTIFICATE", "TRUSTED CERTIFICATE" };
	struct span der;
	enum err e = tool_read_der(t, &p, &der);

	if (e == OK)
		e = of_option(err_within(E_CERT_SYNTAX, cert_read(der, out), "certificate"), option,
		              path);
	return e;
}

static enum err load_crls(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->crl_files.n && e == OK; i++)
		e = tool_open_crl(t, "--crl", t->crl_files.s[i], &t->crls[i]);
	return e;
}

static enum err load_anchor_file(struct cmp_tool *t, const char *option, const char *path,
                                 struct anchors *to)
{
	struct named_file file = { option, path, NO_OCTETS };
	enum err e = tool_open_file(t, file.what, path, &file.octets);

	if (e == OK)
		e = of_option(anchors_from(t->arena, &file, to), file.what, path);
	octets_close(&file.octets);
	return e;
}

static enum err load_anchors(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->trusted_files.n && e == OK; i++)
		e = load_anchor_file(t, "--trusted", t->trusted_files.s[i], &t->anchors);
	for (size_t i = 0; i < t->tls.trusted_files.n && e == OK; i++)
		e = load_anchor_file(t, "--tls-trusted", t->tls.trusted_files.s[i],
		                     &t->tls.anchors);
	return e;
}

/* With --label this operation has a place of its own. */
static enum err label_path(struct cmp_tool *t)
{
	const char *label = t->label != NULL ? t->label : "";
	size_t n = strlen(t->url_path);

	while (t->label != NULL && n > 0 && t->url_path[n - 1] == '/')
		n--;
	label += strspn(label, "/");
	if ((size_t)snprintf(t->operation_path, sizeof t->operation_path, "%.*s%s%s", (int)n,
	                     t->url_path, t->label != NULL ? "/" : "",
	                     label) >= sizeof t->operation_path)
		return err_because(E_USAGE, "the path with --label has more than %d octets",
		                   URL_MAX - 1);
	return OK;
}

/* The path of --path, or of the URL; RFC 9483 6.1 has the default. */
static enum err choose_path(struct cmp_tool *t)
{
	struct url u;
	enum err e = t->server != NULL ? url_read(t->server, &u) : OK;
	const char *path = "/.well-known/cmp";

	if (e != OK)
		return err_within(E_USAGE, e, "--server");
	if (t->path != NULL)
		path = t->path;
	else if (t->server != NULL && u.path[0] != '\0' && strcmp(u.path, "/") != 0)
		path = u.path;
	snprintf(t->url_path, sizeof t->url_path, "%s", path);
	if (strlen(path) >= sizeof t->url_path)
		return err_because(E_USAGE, "--path has more than %d octets", URL_MAX - 1);
	return label_path(t);
}

static enum err choose_labels(const char *name, enum cmp_labels *out)
{
	static const char *const names[] = {
		[CMP_LABELS_LONG] = "long", [CMP_LABELS_SHORT] = "short", [CMP_LABELS_NONE] = "none"
	};

	*out = CMP_LABELS_LONG;
	for (size_t i = 0; name != NULL && i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum cmp_labels)i;
			return OK;
		}
	return name == NULL ? OK : err_because(E_USAGE, "--labels is long, short or none");
}

/* Ours for TLS: that of --tls-cert, or of --cert. */
static const struct credential *tls_identity(const struct cmp_tool *t)
{
	if (t->tls.cert != NULL)
		return &t->tls.identity;
	return t->cert != NULL ? &t->identity : NULL;
}

static enum err open_link(struct cmp_tool *t)
{
	const struct link_request r = {
		.url = t->server,
		.deadline = t->ends,
		.client = tls_identity(t),
		.proxy = t->proxy.url,
		.no_proxy = t->proxy.except.s,
		.no_proxy_count = t->proxy.except.n,
	};
	enum err e = OK;

	if (tool_is_offline(t))
		return tool_offline_open(t, &t->link);
	if (t->proxy.url != NULL)
		e = proxy_check(t->proxy.url);
	if (e != OK)
		return err_because(E_USAGE, "--proxy: %s", err_reason(e));
	return link_http_open(&t->link, &r);
}

/* https: the judge of pin_by_operator() decides before the first byte is sent. */
static enum err connect_server(struct cmp_tool *t)
{
	const struct operator_trust trust = {
		.anchors = &t->anchors,
		.tls = t->tls.anchors.n > 0 ? &t->tls.anchors : NULL,
		.host = t->tls.host,
		.authority = t->require_role ? AUTHORITY_BY_EKU : AUTHORITY_ANY,
	};
	enum err e = open_link(t);

	return e == OK ? pin_by_operator(t->arena, &trust, t->link, &t->trusted) : e;
}

/* Before anything is asked, so that a slip of the pen is called one. */
static enum err read_name(struct cmp_tool *t, const char *option, const char *text,
                          struct span *out)
{
	enum err e = text != NULL ? name_from_text(t->arena, text, out) : OK;

	return e == E_CONFIG ? err_because(E_USAGE, "%s: %s", option, err_reason(e)) : e;
}

static enum err make_client(struct cmp_tool *t)
{
	struct cmp_client *c = &t->client;
	enum err e;

	t->watch = (struct cmp_watch){ tool_event, tool_message, t };
	*c = (struct cmp_client){
		.trusted = t->trusted,
		.path = t->operation_path,
		.profile = t->profile != NULL ? span_str(t->profile) : NO_BYTES,
		.outlasts_busy = t->journal_file == NULL,
		.accept_signed = t->accept_signed,
		.hash_alg = t->hash_alg,
		.now = clock_now,
		.watch = &t->watch,
		.crls = t->crls,
		.crl_count = t->crl_files.n,
		.pool = t->pool,
		.pool_count = t->pool_count,
	};
	if (t->secret.value.n > 0)
		c->secret = &t->secret;
	else
		c->signer = &t->identity;
	e = choose_labels(t->labels, &c->labels);
	if (t->label != NULL)
		c->labels = CMP_LABELS_NONE;
	if (e == OK)
		e = read_name(t, "--recipient", t->recipient, &c->recipient);
	if (e == OK)
		e = read_name(t, "--subject", t->subject, &(struct span){ 0 });
	if (e == OK)
		e = tool_names(t, &(struct tool_names){ 0 }, &(struct cmp_facts){ 0 });
	if (e == OK)
		e = tool_terms_read(t, &(struct cmp_facts){ 0 });
	return e;
}

/* Who calls the tool answers for this machine's clock, unless told otherwise. */
static enum err trust_clock(const struct cmp_tool *t)
{
	enum clock_trust trust = CLOCK_ALWAYS;
	enum err e = t->trust_clock != NULL ? settings_clock_trust(t->trust_clock, &trust) : OK;

	clock_trust(trust);
	return e == OK ? OK : err_because(E_USAGE, "--trust-clock: %s", err_reason(e));
}

enum err tool_open(struct cmp_tool *t)
{
	int64_t seconds = t->total_timeout > 0 ? t->total_timeout : WAITING_MAX_S;
	enum err e = trust_clock(t);

	t->ends = clock_ticks() + seconds * 1000;
	if (e == OK && t->journal_file != NULL)
		e = file_lock(t->journal_file, &t->journal_lock);
	if (e == OK)
		e = choose_path(t);
	if (e == OK)
		e = load_secret(t);
	if (e == OK)
		e = load_anchors(t);
	if (e == OK)
		e = load_pool(t);
	if (e == OK)
		e = load_identity(t);
	if (e == OK)
		e = load_tls_identity(t);
	if (e == OK)
		e = load_crls(t);
	if (e == OK)
		e = make_client(t);
	if (e == OK && t->dump != NULL)
		e = tool_dump_open(t);
	if (e == OK)
		e = connect_server(t);
	t->client.trusted = t->trusted;
	return e;
}

void tool_close(struct cmp_tool *t)
{
	for (size_t i = 0; i < TEXT_LIST_MAX; i++)
		octets_close(&t->crls[i]);
	tool_spool_close(t);
	link_close(t->link);
	signer_close(t->new_key);
	signer_close(t->identity.key);
	if (t->journal_file != NULL)
		file_unlock(t->journal_file, &t->journal_lock);
}

/* RFC 9483 4.1.3, 4.2: it "MUST NOT" be expired. Without a clock the CA will tell. */
enum err tool_in_force(const struct cmp_tool *t)
{
	const struct cert *c = &t->identity.leaf;
	struct date_text date;

	if (!time_over(clock_now(), c->not_after))
		return OK;
	return err_because(E_CERT_TIME,
	                   "%s has expired on %s, and cannot speak for itself any more", t->cert,
	                   date_to_rfc3339(&date, c->not_after));
}

static enum err make_key(struct cmp_tool *t, const char *path, enum key_kind kind)
{
	size_t mark = arena_mark(t->arena);
	struct span pem;
	enum err e = signer_generate(&t->new_key, kind);

	if (e == OK)
		e = signer_to_pem(t->new_key, t->arena, &pem);
	if (e == OK)
		e = tool_write(t, "--newkey", path, pem, 0600);
	arena_rewind(t->arena, mark);
	return e;
}

enum err tool_key(struct cmp_tool *t, enum key_kind kind)
{
	const char *path = t->in_place.option != NULL ? t->in_place.next_key : t->newkey;

	enum err e = OK;

	if (target_is_there(path))
		return tool_load_key(t, "--newkey", path, &t->new_key);
	e = tool_journal_wants_key(t, path);
	return e == OK ? make_key(t, path, kind) : e;
}
