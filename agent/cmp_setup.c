/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the command line of `onramp cmp` to a client with a link it trusts. */
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "agent/device.h"
#include "platform/codec/der.h"
#include "platform/codec/pem.h"
#include "platform/http/link_http.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"
#include "voucher/voucher.h"

static enum err required(const char *value, const char *option)
{
	return value != NULL ? OK : err_because(E_USAGE, "%s is missing", option);
}

static enum err load_identity(struct cmp_tool *t)
{
	struct signer *key = NULL;
	struct span file;
	enum err e = signer_from_file(&key, t->key);

	t->identity.key = key;
	if (e == OK)
		e = file_read(t->arena, t->cert, PEM_FILE_MAX, &file, NULL);
	if (e == OK)
		e = credential_from(t->arena, key, file, &t->identity);
	return e;
}

static enum err load_pool(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->untrusted_files.n && e == OK; i++) {
		struct span file;
		size_t n = 0;

		e = file_read(t->arena, t->untrusted_files.s[i], PEM_FILE_MAX, &file, NULL);
		if (e == OK)
			e = pem_certificates(t->arena, file, t->pool + t->pool_count,
			                     POOL_MAX - t->pool_count, &n);
		t->pool_count += n;
	}
	return e;
}

/* A CertificateList, DER or the first block of a PEM file. */
static enum err load_crl(struct cmp_tool *t, const char *path, struct span *out)
{
	struct pem block = { NO_BYTES, NO_BYTES };
	struct span file;
	enum err e = file_read(t->arena, path, PEM_FILE_MAX, &file, NULL);

	*out = file;
	if (e != OK || (file.n > 0 && file.p[0] == DER_SEQUENCE))
		return e;
	e = pem_next(t->arena, &file, &block);
	*out = block.der;
	if (e == OK && !span_is(block.label, "X509 CRL"))
		e = err_because(E_TEXT, "%s holds no X509 CRL", path);
	return e;
}

static enum err load_crls(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->crl_files.n && e == OK; i++)
		e = load_crl(t, t->crl_files.s[i], &t->crls[i]);
	return e;
}

static enum err load_anchors(struct cmp_tool *t)
{
	enum err e = OK;

	for (size_t i = 0; i < t->trusted_files.n && e == OK; i++)
		e = anchors_from_file(t->arena, t->trusted_files.s[i], &t->anchors);
	return e;
}

/* The path of --path, or of the URL; RFC 9483 6.1 has the default. */
static enum err choose_path(struct cmp_tool *t)
{
	struct url u;
	enum err e = url_read(t->server, &u);

	if (e != OK)
		return err_within(E_USAGE, e, "--server");
	if (t->path != NULL)
		snprintf(t->url_path, sizeof t->url_path, "%s", t->path);
	else if (u.path[0] != '\0' && strcmp(u.path, "/") != 0)
		snprintf(t->url_path, sizeof t->url_path, "%s", u.path);
	else
		snprintf(t->url_path, sizeof t->url_path, "/.well-known/cmp");
	return OK;
}

static enum err choose_labels(const char *name, enum cmp_labels *out)
{
	static const char *const names[] = {
		[CMP_LABELS_LONG] = "long", [CMP_LABELS_SHORT] = "short", [CMP_LABELS_NONE] = "none"
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum cmp_labels)i;
			return OK;
		}
	return err_because(E_USAGE, "--labels is long, short or none");
}

/* https: the judge of pin_by_operator() decides before the first byte is sent. */
static enum err connect_server(struct cmp_tool *t)
{
	const struct link_request r = {
		.url = t->server,
		.client = &t->identity,
		.name_is_ours = true,
	};
	enum err e = link_http_open(&t->link, &r);

	return e != OK ? e
	               : pin_by_operator(t->arena, &t->anchors, t->link,
	                                 t->require_role ? AUTHORITY_BY_EKU : AUTHORITY_ANY,
	                                 &t->trusted);
}

static enum err make_client(struct cmp_tool *t)
{
	struct cmp_client *c = &t->client;
	enum err e = OK;

	t->watch = (struct cmp_watch){ tool_event, tool_dump, t };
	*c = (struct cmp_client){
		.trusted = t->trusted,
		.signer = &t->identity,
		.path = t->url_path,
		.profile = t->profile != NULL ? span_str(t->profile) : NO_BYTES,
		.now = clock_now,
		.total_ms = (int64_t)t->total_timeout * 1000,
		.watch = &t->watch,
		.crls = t->crls,
		.crl_count = t->crl_files.n,
	};
	if (t->labels != NULL)
		e = choose_labels(t->labels, &c->labels);
	if (e == OK && t->recipient != NULL)
		e = err_within(E_USAGE, name_from_text(t->arena, t->recipient, &c->recipient),
		               "--recipient");
	return e;
}

enum err tool_open(struct cmp_tool *t)
{
	enum err e = required(t->server, "--server");

	if (e == OK)
		e = required(t->cert, "--cert");
	if (e == OK)
		e = required(t->key, "--key");
	if (e == OK)
		e = required(t->trusted_files.n > 0 ? "" : NULL, "--trusted");
	if (e == OK)
		e = choose_path(t);
	if (e == OK)
		e = load_identity(t);
	if (e == OK)
		e = load_anchors(t);
	if (e == OK)
		e = load_pool(t);
	if (e == OK)
		e = load_crls(t);
	if (e == OK && t->dump != NULL)
		e = file_make_directory(t->dump);
	if (e == OK)
		e = connect_server(t);
	return e == OK ? make_client(t) : e;
}

void tool_close(struct cmp_tool *t)
{
	link_close(t->link);
	signer_close(t->new_key);
	signer_close(t->identity.key);
}

static enum err make_key(struct cmp_tool *t, enum key_kind kind)
{
	struct span pem;
	enum err e = OK;

	if (t->keytype != NULL)
		e = key_kind_from_name(t->keytype, &kind);
	if (e == OK)
		e = signer_generate(&t->new_key, kind);
	if (e == OK)
		e = signer_to_pem(t->new_key, t->arena, &pem);
	return e == OK ? file_replace(t->newkey, pem, 0600) : e;
}

enum err tool_key(struct cmp_tool *t, enum key_kind kind)
{
	struct span file;
	bool absent;
	enum err e = file_read(t->arena, t->newkey, PEM_FILE_MAX, &file, &absent);

	if (e != OK)
		return e;
	return absent ? make_key(t, kind) : signer_from_file(&t->new_key, t->newkey);
}
