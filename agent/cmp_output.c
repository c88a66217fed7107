/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `onramp cmp` leaves behind: files, dumps, lines for people or JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/base/date.h"
#include "platform/codec/json.h"
#include "platform/codec/pem.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"

enum { JSON_ROOM = 8192 };

enum err tool_write_certs(const struct cmp_tool *t, const char *path, const struct span *certs,
                          size_t count)
{
	size_t mark = arena_mark(t->arena), n = 0;
	char *text = arena_take(t->arena, PEM_FILE_MAX);
	enum err e = OK;

	if (path == NULL)
		return OK;
	if (text == NULL)
		return err_because(E_SPACE, "no memory left to write %s", path);
	for (size_t i = 0; i < count && e == OK; i++)
		e = pem_write(text, PEM_FILE_MAX, &n, "CERTIFICATE", certs[i]);
	if (e == OK)
		e = file_replace(path, (struct span){ (const uint8_t *)text, n }, 0644);
	arena_rewind(t->arena, mark);
	return e;
}

/* Before the CA hears that we have it. */
enum err tool_keep(void *context, const struct cmp_issued *issued)
{
	const struct cmp_tool *t = context;
	enum err e = tool_write_certs(t, t->certout, &issued->cert, 1);

	if (e == OK)
		e = tool_write_certs(t, t->chainout, issued->chain, issued->chain_count);
	if (e == OK && issued->ca_pubs_count > 0)
		e = tool_write_certs(t, t->cacertsout, issued->ca_pubs, issued->ca_pubs_count);
	return e;
}

static enum err say_in_json(const struct cert *c, const struct cmp_issued *issued)
{
	char room[JSON_ROOM];
	struct jsonw w = JSONW_ON(room);
	struct quoted subject, issuer, serial;
	struct date_text from, to;
	struct span json;
	enum err e;

	jsonw_open(&w, NULL, '{');
	jsonw_string(&w, "status",
	             span_str(issued->with_modifications ? "grantedWithMods" : "accepted"));
	jsonw_string(&w, "confirmed",
	             span_str(issued->confirmed_implicitly ? "implicit" : "explicit"));
	jsonw_string(&w, "subject", span_str(name_text(&subject, c->subject)));
	jsonw_string(&w, "issuer", span_str(name_text(&issuer, c->issuer)));
	jsonw_string(&w, "serial", span_str(log_hex(&serial, c->serial)));
	jsonw_string(&w, "not_before", span_str(date_to_rfc3339(&from, c->not_before)));
	jsonw_string(&w, "not_after", span_str(date_to_rfc3339(&to, c->not_after)));
	jsonw_integer(&w, "chain", (int64_t)issued->chain_count);
	jsonw_integer(&w, "ca_pubs", (int64_t)issued->ca_pubs_count);
	jsonw_base64(&w, "certificate", issued->cert);
	jsonw_close(&w, '}');
	e = jsonw_end(&w, &json);
	if (e == OK)
		printf("%.*s\n", (int)json.n, (const char *)json.p);
	return e;
}

enum err tool_say_issued(const struct cmp_tool *t, const struct cmp_issued *issued)
{
	struct quoted subject, issuer;
	struct date_text to;
	struct cert c;
	enum err e = cert_read(issued->cert, &c);

	if (e != OK)
		return e;
	if (t->json)
		return say_in_json(&c, issued);
	printf("certificate for %s\n  issued by     %s%s\n  valid until   %s\n"
	       "  confirmed     %s\n  chain         %zu certificate%s above it, and its root\n",
	       name_text(&subject, c.subject), name_text(&issuer, c.issuer),
	       issued->with_modifications ? ", with modifications of the request" : "",
	       date_to_rfc3339(&to, c.not_after),
	       issued->confirmed_implicitly ? "implicitly" : "by certConf", issued->chain_count,
	       issued->chain_count == 1 ? "" : "s");
	if (issued->ca_pubs_count > 0)
		printf("  new roots     %zu\n", issued->ca_pubs_count);
	return OK;
}

void tool_event(void *context, enum cmp_event what, const char *message_type, int64_t seconds)
{
	const struct cmp_tool *t = context;

	if (t->json)
		return;
	switch (what) {
	case CMP_SENT:
		fprintf(stderr, "-> %s\n", message_type);
		break;
	case CMP_RECEIVED:
		fprintf(stderr, "<- %s\n", message_type);
		break;
	case CMP_WAITING:
		fprintf(stderr, "   the CA needs time: asking again in %" PRId64 " s\n", seconds);
		break;
	case CMP_CONFIRMING:
		break;
	}
}

/* RFC 9483 6.4: one message a file, extension .pki. A dump that fails spoils nothing else. */
void tool_dump(void *context, enum cmp_event what, struct span der)
{
	struct cmp_tool *t = context;
	char path[PATH_NAME_MAX];

	if (t->dump == NULL)
		return;
	snprintf(path, sizeof path, "%s/%02u-%s.pki", t->dump, ++t->dumped,
	         what == CMP_SENT ? "sent" : "received");
	if (file_replace(path, der, 0600) != OK)
		log_warning("dump: %s", err_reason(E_STORE));
}
