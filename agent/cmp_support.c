/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp rr` and get...: revocation and support messages (RFC 9483 4.2, 4.3). */
#include <stdio.h>

#include "agent/cmp_tool.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"

/* ---- getcacerts */

struct ca_certs {
	struct span certs[POOL_MAX];
	size_t n;
};

static enum err try_ca_certs(struct cmp_tool *t, void *context)
{
	struct ca_certs *c = context;

	return cmp_get_ca_certs(&t->client, t->arena, c->certs, &c->n);
}

enum err tool_run_ca_certs(struct cmp_tool *t)
{
	struct ca_certs got = { .n = 0 };
	struct cert c;
	enum err e = tool_try(t, &(struct tool_attempt){ try_ca_certs, &got });

	if (e != OK)
		return e;
	tool_say_number(t, "CA certificates:", "count", (int64_t)got.n);
	for (size_t i = 0; i < got.n; i++)
		if (cert_read(got.certs[i], &c) == OK)
			tool_say_name(t, cert_self_issued(&c) ? "root" : "CA", NULL, c.subject);
	tool_say_list(t, "certificates", got.certs, got.n);
	return got.n > 0 ? tool_write_certs(t, t->cacertsout, got.certs, got.n) : OK;
}

/* ---- getcertreqtemplate */

static enum err try_template(struct cmp_tool *t, void *context)
{
	return cmp_get_template(&t->client, t->arena, context);
}

enum err tool_run_template(struct cmp_tool *t)
{
	struct cmp_template got;
	enum err e = tool_try(t, &(struct tool_attempt){ try_template, &got });

	if (e != OK)
		return e;
	tool_say_flag(t, "present", got.present);
	if (!got.present) {
		tool_say(t, "no template:", NULL, "the CA has no wishes");
		return OK;
	}
	tool_say_number(t, "template, octets:", NULL, (int64_t)got.bytes.n);
	if (got.subject.n > 0)
		tool_say_name(t, "subject", "subject", got.subject);
	if (got.issuer.n > 0)
		tool_say_name(t, "issuer", "issuer", got.issuer);
	tool_say(t, "key", "key", got.has_key_kind ? key_kind_name(got.key_kind) : "of any kind");
	tool_say_number(t, "extensions", "extensions_octets", (int64_t)got.extensions.n);
	tool_say_bytes(t, "template", got.bytes);
	return t->template_out != NULL ? file_replace(t->template_out, got.bytes, 0644) : OK;
}
