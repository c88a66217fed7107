/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result of `onramp cmp`: lines for people, or one JSON object. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "agent/commands.h"
#include "platform/base/date.h"
#include "platform/pki/name.h"

/* The largest message that is held in base64, and as many names as it can hold. */
enum { JSON_ROOM = 2 * HTTP_BODY_MAX };

/* A line may fail before it has either of the two. */
static void begin(struct cmp_tool *t)
{
	static char room[JSON_ROOM];

	if (t->saying)
		return;
	t->saying = true;
	t->says = (struct jsonw)JSONW_ON(room);
	jsonw_open(&t->says, NULL, '{');
	jsonw_string(&t->says, "operation",
	             span_str(t->operation != NULL ? t->operation->name : ""));
	jsonw_string(&t->says, "server", span_str(t->server != NULL ? t->server : ""));
}

/* The first line of all stands out. */
static void line(struct cmp_tool *t, const char *label, const char *text)
{
	FILE *to = t->results_beside ? stderr : stdout;

	if (t->saying)
		fprintf(to, "  %-13s %s\n", label, text);
	else
		fprintf(to, "%s %s\n", label, text);
	t->saying = true;
}

/* Quotes are for people: JSON has its own. */
static struct span unquoted(const char *text)
{
	size_t n = strlen(text);

	return n >= 2 && text[0] == '"' && text[n - 1] == '"'
	               ? (struct span){ (const uint8_t *)text + 1, n - 2 }
	               : span_str(text);
}

void tool_say(struct cmp_tool *t, const char *label, const char *member, const char *text)
{
	if (!t->json && label != NULL)
		line(t, label, text);
	if (!t->json || member == NULL)
		return;
	begin(t);
	jsonw_string(&t->says, member, unquoted(text));
}

void tool_say_name(struct cmp_tool *t, const char *label, const char *member, struct span name)
{
	tool_say(t, label, NULL, name_text(&(struct quoted){ 0 }, name));
	if (!t->json || member == NULL)
		return;
	begin(t);
	jsonw_string(&t->says, member, name_plain(&(struct name_line){ { 0 } }, name));
}

void tool_say_date(struct cmp_tool *t, const char *label, const char *member, int64_t seconds)
{
	tool_say(t, label, member, date_to_rfc3339(&(struct date_text){ 0 }, seconds));
}

void tool_say_number(struct cmp_tool *t, const char *label, const char *member, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, n);
	tool_say(t, label, NULL, text);
	if (!t->json || member == NULL)
		return;
	begin(t);
	jsonw_integer(&t->says, member, n);
}

void tool_say_flag(struct cmp_tool *t, const char *member, bool yes)
{
	if (!t->json)
		return;
	begin(t);
	jsonw_bool(&t->says, member, yes);
}

void tool_say_bytes(struct cmp_tool *t, const char *member, struct span octets)
{
	if (!t->json)
		return;
	begin(t);
	jsonw_base64(&t->says, member, octets);
}

void tool_say_cert(struct cmp_tool *t, const struct cert *c)
{
	tool_say_name(t, NULL, "subject", c->subject);
	tool_say_name(t, NULL, "issuer", c->issuer);
	tool_say(t, NULL, "serial", log_hex(&(struct quoted){ 0 }, c->serial));
	tool_say_date(t, NULL, "not_before", c->not_before);
	tool_say_date(t, NULL, "not_after", c->not_after);
	tool_say_bytes(t, "certificate", c->der);
}

/* What was said so far needs no room any more. */
void tool_say_flush(struct cmp_tool *t)
{
	if (!t->json || t->says.err != OK)
		return;
	fwrite(t->says.buf, 1, t->says.n, stdout);
	t->says.n = 0;
}

void tool_say_octets(struct cmp_tool *t, const char *member, const struct octets *octets)
{
	enum { PIECE = 3 * 4096 };
	struct window w = NO_WINDOW;
	struct span piece;

	if (!t->json)
		return;
	begin(t);
	jsonw_base64_open(&t->says, member);
	for (size_t at = 0; at < octets->n; at += PIECE) {
		size_t left = octets->n - at;

		/* the file was read before, from end to end */
		if (octets_part(octets, &w, at, left < PIECE ? left : PIECE, &piece) != OK)
			break;
		jsonw_base64_add(&t->says, piece);
		tool_say_flush(t);
	}
	jsonw_base64_close(&t->says);
}

/* One of a list.  A certificate that cannot be read came all the same. */
void tool_say_entry(struct cmp_tool *t, struct span cert)
{
	struct cert c;

	if (!t->json)
		return;
	jsonw_open(&t->says, NULL, '{');
	if (cert_read(cert, &c) == OK)
		tool_say_cert(t, &c);
	else
		tool_say_bytes(t, "certificate", cert);
	jsonw_close(&t->says, '}');
}

void tool_say_list_open(struct cmp_tool *t, const char *member)
{
	if (!t->json)
		return;
	begin(t);
	jsonw_open(&t->says, member, '[');
}

void tool_say_list_close(struct cmp_tool *t)
{
	if (t->json)
		jsonw_close(&t->says, ']');
}

void tool_say_list(struct cmp_tool *t, const char *member, const struct span *certs, size_t n)
{
	tool_say_list_open(t, member);
	for (size_t i = 0; i < n; i++)
		tool_say_entry(t, certs[i]);
	tool_say_list_close(t);
}

static enum err print_json(struct cmp_tool *t, enum err e)
{
	struct span json;
	enum err written;

	begin(t);
	jsonw_bool(&t->says, "ok", e == OK);
	jsonw_integer(&t->says, "exit_status", err_exit_status(e));
	jsonw_bool(&t->says, "limit_reached", e == E_TOO_BIG);
	if (e != OK) {
		jsonw_string(&t->says, "error", span_str(err_name(e)));
		jsonw_string(&t->says, "reason", span_str(err_reason(e)));
	}
	jsonw_close(&t->says, '}');
	written = jsonw_end(&t->says, &json);
	if (written == OK)
		printf("%.*s\n", (int)json.n, (const char *)json.p);
	return e == OK ? written : e;
}

static const char *where_stored(const struct cmp_tool *t)
{
	if (t->in_place.option != NULL)
		return t->in_place.next_cert;
	return t->certout != NULL ? t->certout : t->fullchainout != NULL ? t->fullchainout : "hand";
}

int tool_say_end(struct cmp_tool *t, enum err e)
{
	int status = 0;

	if (t->json)
		e = print_json(t, e);
	if (e == OK)
		e = command_flush();
	tool_hint(t, e);
	if (e != OK && t->stored)
		log_warning("the certificate in %s was not confirmed", where_stored(t));
	if (e != OK)
		status = command_failed(e);
	tool_index(t, e == OK ? "ended well" : err_reason(e));
	return status;
}

int tool_say_usage(struct cmp_tool *t, enum err e)
{
	char command[64], why[ERR_REASON_MAX];

	snprintf(why, sizeof why, "%s", err_reason(e));
	if (t->json && print_json(t, e) == e)
		(void)fflush(stdout);
	snprintf(command, sizeof command, "cmp%s%s", t->operation != NULL ? " " : "",
	         t->operation != NULL ? t->operation->name : "");
	return command_usage(command, "%s", why);
}
