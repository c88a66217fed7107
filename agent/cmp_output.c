/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that `onramp cmp` writes: each whole or not at all. */
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"

static enum err write_pem(const struct cmp_tool *t, const char *path, const char *label,
                          const struct span *ders, size_t count)
{
	size_t mark = arena_mark(t->arena), n = 0, room = 0;
	enum err e = OK;
	char *text;

	/* base64 and its line ends, the lines around it */
	for (size_t i = 0; i < count; i++)
		room += ders[i].n / 2 * 3 + 2 * strlen(label) + 64;
	text = arena_take(t->arena, room);
	if (text == NULL)
		return err_because(E_SPACE, "no memory left to write %s", path);
	for (size_t i = 0; i < count && e == OK; i++)
		e = pem_write(text, room, &n, label, ders[i]);
	if (e == OK)
		e = file_replace(path, (struct span){ (const uint8_t *)text, n }, 0644);
	arena_rewind(t->arena, mark);
	return e;
}

enum err tool_write_certs(const struct cmp_tool *t, const char *path, const struct span *certs,
                          size_t count)
{
	return path != NULL ? write_pem(t, path, "CERTIFICATE", certs, count) : OK;
}

enum err tool_write_pem(const struct cmp_tool *t, const char *path, const char *label,
                        struct span der)
{
	return path != NULL ? write_pem(t, path, label, &der, 1) : OK;
}

static enum err write_delivered_key(const struct cmp_tool *t, const struct signer *key)
{
	size_t mark = arena_mark(t->arena);
	struct span pem;
	enum err e = signer_to_pem(key, t->arena, &pem);

	if (e == OK)
		e = file_replace(t->newkeyout, pem, 0600);
	arena_rewind(t->arena, mark);
	return e;
}

/* Before the CA hears that we have it; the certificate last, so that with it all is there. */
enum err tool_keep(void *context, const struct cmp_issued *issued)
{
	struct cmp_tool *t = context;
	enum err e = OK;

	if (t->reject)
		return err_because(E_ISSUED_UNWANTED, "--reject");
	if (issued->key != NULL)
		e = write_delivered_key(t, issued->key);
	if (e == OK)
		e = tool_write_certs(t, t->chainout, issued->chain, issued->chain_count);
	if (e == OK && issued->ca_pubs_count > 0)
		e = tool_write_certs(t, t->cacertsout, issued->ca_pubs, issued->ca_pubs_count);
	if (e == OK)
		e = tool_write_certs(t, t->certout, &issued->cert, 1);
	t->stored = e == OK;
	return e;
}
