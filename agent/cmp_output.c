/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that `onramp cmp` writes: each whole or not at all. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "platform/codec/pem.h"

enum err tool_pem(const struct cmp_tool *t, const char *label, const struct span *ders,
                  size_t count, struct span *out)
{
	size_t n = 0, room = 0;
	enum err e = OK;
	char *text;

	/* base64 and its line ends, the lines around it */
	for (size_t i = 0; i < count; i++)
		room += ders[i].n / 2 * 3 + 2 * strlen(label) + 64;
	text = arena_take(t->arena, room);
	if (text == NULL)
		return err_because(E_SPACE, "no memory left to write a %s", label);
	for (size_t i = 0; i < count && e == OK; i++)
		e = pem_write(text, room, &n, label, ders[i]);
	*out = (struct span){ (const uint8_t *)text, n };
	return e;
}

static enum err write_pem(const struct cmp_tool *t, const struct tool_pem *p,
                          const struct span *ders, size_t count)
{
	size_t mark = arena_mark(t->arena);
	struct span text;
	enum err e = OK;

	if (p->path == NULL)
		return OK;
	e = tool_pem(t, p->label, ders, count, &text);
	if (e == OK)
		e = tool_write(t, p->option, p->path, text, 0644);
	arena_rewind(t->arena, mark);
	return e;
}

enum err tool_write_certs(const struct cmp_tool *t, const char *option, const char *path,
                          const struct span *certs, size_t count)
{
	const struct tool_pem p = { option, path, "CERTIFICATE", NULL };

	return write_pem(t, &p, certs, count);
}

enum err tool_write_pem(const struct cmp_tool *t, const struct tool_pem *p, struct span der)
{
	return write_pem(t, p, &der, 1);
}

size_t tool_chain(const struct cmp_issued *issued, bool full, struct span *out)
{
	size_t n = 0;

	out[n++] = issued->cert;
	for (size_t i = 0; full && i < issued->chain_count; i++)
		out[n++] = issued->chain[i];
	return n;
}

static enum err write_delivered_key(const struct cmp_tool *t, const struct signer *key)
{
	size_t mark = arena_mark(t->arena);
	struct span pem;
	enum err e = signer_to_pem(key, t->arena, &pem);

	if (e == OK)
		e = tool_write(t, "--newkeyout", t->newkeyout, pem, 0600);
	arena_rewind(t->arena, mark);
	return e;
}

/* What takes no other's place: there before the CA hears that we have it. */
static enum err write_results(const struct cmp_tool *t, const struct cmp_issued *issued)
{
	struct span full[PATH_DEPTH_MAX + 1];
	size_t n = tool_chain(issued, true, full);
	const char *replaces = t->in_place.option != NULL ? t->in_place.option : "";
	enum err e = OK;

	if (issued->key != NULL && t->in_place.option == NULL)
		e = write_delivered_key(t, issued->key);
	if (e == OK)
		e = tool_write_certs(t, "--chainout", t->chainout, issued->chain,
		                     issued->chain_count);
	if (e == OK && issued->ca_pubs_count > 0)
		e = tool_write_certs(t, "--cacertsout", t->cacertsout, issued->ca_pubs,
		                     issued->ca_pubs_count);
	if (e == OK && strcmp(replaces, "--fullchainout") != 0)
		e = tool_write_certs(t, "--fullchainout", t->fullchainout, full, n);
	if (e == OK && strcmp(replaces, "--certout") != 0)
		e = tool_write_certs(t, "--certout", t->certout, full, 1);
	return e;
}

/* Where --json alone keeps it, somebody has to read that. */
static enum err check_reader(const struct cmp_tool *t)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	bool alone = t->json && t->certout == NULL && t->fullchainout == NULL;

	if (alone && (poll(&out, 1, 0) < 0 || (out.revents & (POLLERR | POLLNVAL)) != 0))
		return err_because(E_STORE, "--json: nobody reads the standard output");
	return OK;
}

/* The certificate last, so that with it all is there. */
enum err tool_keep(void *context, const struct cmp_issued *issued)
{
	struct cmp_tool *t = context;
	enum err e;

	if (t->reject)
		return err_because(E_ISSUED_UNWANTED, "--reject");
	e = check_reader(t);
	if (e == OK)
		e = write_results(t, issued);
	if (e == OK && t->in_place.option != NULL)
		e = tool_in_place_stage(t, issued);
	t->stored = e == OK;
	return e;
}
