/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON, and what vouchers have in it. */
#include "agent/show.h"
#include "platform/codec/b64.h"
#include "platform/codec/der.h"
#include "platform/codec/json.h"

/* How a member's string is to be read. */
enum leaf { AS_IT_IS, BINARY, NONCE };

/* Members of vouchers and voucher-requests (RFC 8366 5.3, RFC 8995 3.4, 8366bis), and of
   telemetry (RFC 8995 5.7, 5.9.4). */
static const struct member {
	char name[44];
	uint8_t leaf;
} known[] = {
	{ "ietf-voucher:voucher", AS_IT_IS },
	{ "ietf-voucher-request:voucher", AS_IT_IS },
	{ "created-on", AS_IT_IS },
	{ "expires-on", AS_IT_IS },
	{ "last-renewal-date", AS_IT_IS },
	{ "assertion", AS_IT_IS },
	{ "serial-number", AS_IT_IS },
	{ "idevid-issuer", BINARY },
	{ "nonce", NONCE },
	{ "pinned-domain-cert", BINARY },
	{ "pinned-domain-pubk", BINARY },
	{ "pinned-domain-pubk-sha256", BINARY },
	{ "domain-cert-revocation-checks", AS_IT_IS },
	{ "prior-signed-voucher-request", BINARY },
	{ "proximity-registrar-cert", BINARY },
	{ "agent-signed-data", BINARY },
	{ "agent-provided-proximity-registrar-cert", BINARY },
	{ "agent-sign-cert", BINARY },
	{ "est-domain", AS_IT_IS },
	{ "additional-configuration-url", AS_IT_IS },
	{ "version", AS_IT_IS },
	{ "status", AS_IT_IS },
	{ "reason", AS_IT_IS },
	{ "reason-context", AS_IT_IS },
};

static const struct member *member_of(struct span name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_is(name, known[i].name))
			return &known[i];
	return NULL;
}

/* RFC 7951 6.6: base64; what it holds as what it is. */
static void show_binary(struct show *s, const struct member *m, struct span text)
{
	enum b64_kind kind = m->leaf == NONCE ? B64_ANY : B64_STRICT;
	size_t mark = arena_mark(s->arena);
	struct span octets;
	enum err e = b64_decode(s->arena, kind, text, &octets);

	if (e != OK) {
		view_text(s->view, m->name, text);
		show_fault(s, e, 0, "JSON", m->name);
		return;
	}
	if (octets.n > 0 && octets.p[0] == DER_SEQUENCE) {
		view_group(s->view, m->name);
		view_number(s->view, "octets", (int64_t)octets.n);
		show_der(s, m->name, octets);
		view_close(s->view);
	} else {
		view_hex(s->view, m->name, octets);
	}
	arena_rewind(s->arena, mark);
}

static void show_members(struct show *s, const struct json *object);

static void show_value(struct show *s, const char *name, const struct json_member *m)
{
	struct json_member element;
	void *at = NULL;

	switch (m->kind) {
	case 'o':
		view_group(s->view, name);
		show_members(s, m->value);
		view_close(s->view);
		break;
	case 'a':
		view_list(s->view, name);
		while (json_next(m->value, &at, &element))
			show_value(s, NULL, &element);
		view_close(s->view);
		break;
	case 's':
		view_text(s->view, name, m->text);
		break;
	case 'i':
		view_number(s->view, name, m->integer);
		break;
	case 't':
		view_bool(s->view, name, m->integer != 0);
		break;
	default:
		view_word(s->view, name, m->kind == 'n' ? "null" : "a real number");
	}
}

static void show_known(struct show *s, const struct member *k, const struct json_member *m)
{
	if (m->kind == 's' && k->leaf != AS_IT_IS)
		show_binary(s, k, m->text);
	else
		show_value(s, k->name, m);
}

/* Members by their names; names that we do not know are text of a peer's. */
static void show_members(struct show *s, const struct json *object)
{
	struct json_member m;
	size_t others = 0;

	for (void *at = NULL; json_next(object, &at, &m);) {
		const struct member *k = member_of(m.name);

		if (k != NULL)
			show_known(s, k, &m);
		else
			others++;
	}
	if (others == 0)
		return;
	view_list(s->view, "others");
	for (void *at = NULL; json_next(object, &at, &m);) {
		if (member_of(m.name) != NULL)
			continue;
		view_group(s->view, NULL);
		view_text(s->view, "name", m.name);
		show_value(s, "value", &m);
		view_close(s->view);
	}
	view_close(s->view);
}

void show_json(struct show *s, const char *name, struct span json)
{
	const struct json *root;
	struct json_member element;
	void *at = NULL;
	enum err e = json_open(json, &root);

	if (e != OK) {
		view_text(s->view, name, json);
		show_fault(s, e, 0, name, "");
		return;
	}
	if (json_members(root) > 0) {
		view_group(s->view, name);
		show_members(s, root);
	} else {
		view_list(s->view, name);
		while (json_next(root, &at, &element))
			show_value(s, NULL, &element);
	}
	view_close(s->view);
	json_close(root);
}
