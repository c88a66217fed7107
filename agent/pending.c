/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal's content, to JSON and back. */
#include <stdio.h>

#include "agent/pending.h"
#include "platform/codec/b64.h"
#include "platform/codec/json.h"

static const char *const errands[] = {
	[ERRAND_ONBOARD] = "onboard",
	[ERRAND_RENEW] = "renew",
	[ERRAND_REENROL] = "re-enrol",
	[ERRAND_REVOKE] = "revoke",
};

/*
 * { "errand": text, "registrar": text, "origin": text, ? "path": text,
 *   ? "nonce": B64, ? "request": B64, ? "chain": B64, ? "waited": seconds,
 *   ? "accepted": seconds, ? "clock": "set" | "floor",
 *   ? "reason": text, ? "confirmed": true, ? "cmp": B64 }
 */
static void put(struct jsonw *w, const struct pending *p)
{
	jsonw_open(w, NULL, '{');
	jsonw_string(w, "errand", span_str(errands[p->errand]));
	jsonw_string(w, "registrar", span_str(p->registrar));
	jsonw_string(w, "origin", span_str(p->origin));
	if (p->path[0] != '\0')
		jsonw_string(w, "path", span_str(p->path));
	if (p->nonce.n > 0)
		jsonw_base64(w, "nonce", (struct span){ p->nonce.b, p->nonce.n });
	if (p->request.n > 0) {
		jsonw_base64(w, "request", p->request);
		jsonw_base64(w, "chain", p->chain);
		jsonw_integer(w, "waited", p->waited_s);
	}
	if (p->accepted.confidence != TIME_UNSET) {
		jsonw_integer(w, "accepted", p->accepted.seconds);
		jsonw_string(w, "clock",
		             span_str(p->accepted.confidence == TIME_SET ? "set" : "floor"));
	}
	if (p->errand == ERRAND_REVOKE)
		jsonw_string(w, "reason", span_str(crl_reason_name(p->reason)));
	if (p->confirmed)
		jsonw_bool(w, "confirmed", true);
	if (p->state.n > 0)
		jsonw_base64(w, "cmp", p->state);
	jsonw_close(w, '}');
}

enum err pending_write(struct arena *a, const struct pending *p, struct span *json)
{
	/* 512: names, brackets, numbers, nonce and digest; six octets for each of a URL that is escaped */
	size_t cap = 512 + 3 * 6 * URL_MAX + B64_SIZE(p->request.n) + B64_SIZE(p->state.n);
	char *buf = arena_take(a, cap);
	struct jsonw w = { .buf = buf, .cap = buf != NULL ? cap : 0, .nest = 1 };

	put(&w, p);
	return jsonw_end(&w, json);
}

static enum err wrong(const char *name)
{
	return err_because(E_RANGE, "member \"%s\" is not what was written", name);
}

static enum err read_errand(const struct json *v, enum errand *out)
{
	struct span text;

	if (json_string(v, "errand", &text) != JSON_FOUND)
		return wrong("errand");
	for (size_t i = 0; i < sizeof errands / sizeof *errands; i++)
		if (span_is(text, errands[i])) {
			*out = (enum errand)i;
			return OK;
		}
	return wrong("errand");
}

static enum err read_url(const struct json *v, const char *name, char out[URL_MAX])
{
	struct span text;

	if (json_string(v, name, &text) != JSON_FOUND || text.n == 0 || text.n >= URL_MAX)
		return wrong(name);
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return OK;
}

static enum err read_path(const struct json *v, char out[URL_MAX])
{
	struct span text;

	out[0] = '\0';
	return json_string(v, "path", &text) == JSON_ABSENT ? OK : read_url(v, "path", out);
}

static enum err read_flag(const struct json *v, const char *name, bool *out)
{
	*out = false;
	return json_bool(v, name, out) == JSON_WRONG ? wrong(name) : OK;
}

static enum err read_octets(struct arena *a, const struct json *v, const char *name, size_t max,
                            struct span *out)
{
	struct span text;
	enum json_found found = json_string(v, name, &text);
	enum err e;

	*out = NO_BYTES;
	if (found == JSON_ABSENT)
		return OK;
	if (found == JSON_WRONG)
		return wrong(name);
	e = b64_decode(a, B64_STRICT, text, out);
	if (e == OK && (out->n == 0 || out->n > max))
		return wrong(name);
	return err_within(e, e, name);
}

/* All three, or none. */
static enum err read_request(struct arena *a, const struct json *v, struct pending *out)
{
	enum err e = read_octets(a, v, "request", PVR_SIZE_MAX, &out->request);

	if (e == OK)
		e = read_octets(a, v, "chain", hash_size(HASH_SHA256), &out->chain);
	if (e != OK || (out->request.n == 0 && out->chain.n == 0))
		return e;
	if (out->request.n == 0)
		return wrong("request");
	if (out->chain.n != hash_size(HASH_SHA256))
		return wrong("chain");
	if (json_integer(v, "waited", &out->waited_s) != JSON_FOUND || out->waited_s < 0 ||
	    out->waited_s > WAITING_MAX_S)
		return wrong("waited");
	return OK;
}

/* Both, or none. */
static enum err read_accepted(const struct json *v, struct pending *out)
{
	enum json_found found = json_integer(v, "accepted", &out->accepted.seconds);
	struct span clock = NO_BYTES;

	if (json_string(v, "clock", &clock) == JSON_ABSENT && found == JSON_ABSENT)
		return OK;
	if (found != JSON_FOUND || out->accepted.seconds < 0)
		return wrong("accepted");
	if (!span_is(clock, "set") && !span_is(clock, "floor"))
		return wrong("clock");
	out->accepted.confidence = span_is(clock, "set") ? TIME_SET : TIME_FLOOR;
	return OK;
}

/* Of a revocation alone, and always. */
static enum err read_reason(const struct json *v, struct pending *out)
{
	char name[32];
	struct span text;

	if (out->errand != ERRAND_REVOKE)
		return OK;
	if (json_string(v, "reason", &text) != JSON_FOUND || text.n >= sizeof name)
		return wrong("reason");
	memcpy(name, text.p, text.n);
	name[text.n] = '\0';
	return crl_reason_from_name(name, &out->reason) == OK ? OK : wrong("reason");
}

static enum err read_members(struct arena *a, const struct json *v, struct pending *out)
{
	struct span nonce;
	enum err e = read_errand(v, &out->errand);

	if (e == OK)
		e = read_url(v, "registrar", out->registrar);
	if (e == OK)
		e = read_url(v, "origin", out->origin);
	if (e == OK)
		e = read_path(v, out->path);
	if (e == OK)
		e = read_flag(v, "confirmed", &out->confirmed);
	if (e == OK)
		e = read_octets(a, v, "nonce", NONCE_MAX, &nonce);
	if (e == OK && nonce.n > 0) {
		memcpy(out->nonce.b, nonce.p, nonce.n);
		out->nonce.n = nonce.n;
	}
	if (e == OK)
		e = read_request(a, v, out);
	if (e == OK)
		e = read_accepted(v, out);
	if (e == OK)
		e = read_reason(v, out);
	return e == OK ? read_octets(a, v, "cmp", CMP_STATE_MAX, &out->state) : e;
}

enum err pending_read(struct arena *a, struct span json, struct pending *out)
{
	const struct json *v;
	enum err e = json_open(json, &v);

	*out = (struct pending){ .errand = ERRAND_ONBOARD };
	if (e != OK)
		return e;
	e = read_members(a, v, out);
	json_close(v);
	return e;
}
