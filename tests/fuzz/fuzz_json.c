/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_open, json_next, json_close and the getters; jsonw_* on what was read */
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void copy(struct jsonw *w, const struct json *v, bool named);

/* Writes a member as it was read; reals are not ours to write. */
static void copy_member(struct jsonw *w, const struct json_member *m, bool named)
{
	static char name[JSON_SIZE_MAX + 1];
	const char *as = named ? memcpy(name, m->name.p, m->name.n) : NULL;

	if (named)
		name[m->name.n] = '\0';
	if (m->kind == 's')
		jsonw_string(w, as, m->text);
	else if (m->kind == 'i')
		jsonw_integer(w, as, m->integer);
	else if (m->kind == 't')
		jsonw_bool(w, as, m->integer != 0);
	else if (m->kind == 'o' || m->kind == 'a') {
		jsonw_open(w, as, m->kind == 'o' ? '{' : '[');
		copy(w, m->value, m->kind == 'o');
		jsonw_close(w, m->kind == 'o' ? '}' : ']');
	} else {
		jsonw_base64(w, as, m->text);
	}
}

static void copy(struct jsonw *w, const struct json *v, bool named)
{
	struct json_member m;
	void *at = NULL;

	while (json_next(v, &at, &m))
		copy_member(w, &m, named);
}

static void look_up(const struct json *root)
{
	const struct json *o;
	struct span s;
	int64_t i;
	bool b;

	must(json_object(root, "a", &o) != JSON_FOUND || json_members(o) < JSON_NODES_MAX);
	must(json_string(root, "a", &s) != JSON_FOUND || s.n < JSON_SIZE_MAX);
	(void)json_integer(root, "a", &i);
	(void)json_bool(root, "a", &b);
}

/* What we write of what we read is read again, with as many members. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static char buf[8 * JSON_SIZE_MAX];
	struct jsonw w = JSONW_ON(buf);
	const struct json *root, *again;
	struct span out;

	if (json_open((struct span){ p, n }, &root) != OK)
		return 0;
	look_up(root);
	if (json_members(root) > 0) {
		jsonw_open(&w, NULL, '{');
		copy(&w, root, true);
		jsonw_close(&w, '}');
		must(jsonw_end(&w, &out) == OK);
		if (out.n <= JSON_SIZE_MAX) {
			must(json_open(out, &again) == OK);
			must(json_members(again) == json_members(root));
			json_close(again);
		}
	}
	json_close(root);
	return 0;
}
