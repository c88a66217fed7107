/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `onramp cmp kur` whose results take the place of --key and --cert.
 *
 * Two files cannot change at one moment, so both new ones are there, whole and on the
 * disk, before the first takes its place: FILE.renewing beside each.  The key goes first.
 * Between the two the key in place fits the staged certificate alone; whoever comes next
 * sees that and puts it in place, too (tool_in_place_open()).  In one file they change at
 * once.
 */
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"
#include "platform/store/target.h"

#define STAGED ".renewing"

static enum err name_next(const char *path, char out[PATH_NAME_MAX])
{
	if ((size_t)snprintf(out, PATH_NAME_MAX, "%s" STAGED, path) >= PATH_NAME_MAX)
		return err_because(E_STORE, "%s" STAGED ": the path is too long", path);
	return OK;
}

/* ---- what an earlier line has left */

static bool fits(struct cmp_tool *t, struct span file, const struct signer *key)
{
	struct span certs[CHAIN_MAX + 1];
	struct cert c;
	size_t n;

	return pem_certificates(t->arena, file, certs, CHAIN_MAX + 1, &n) == OK &&
	       cert_read(certs[0], &c) == OK && public_key_equal(c.spki, signer_spki(key));
}

/* The key in place is that of the staged certificate: this one follows. */
static enum err finish(struct cmp_tool *t, const struct signer *key)
{
	size_t mark = arena_mark(t->arena);
	struct tool_in_place *p = &t->in_place;
	struct span file;
	enum err e = target_read(t->arena, p->next_cert, PEM_FILE_MAX, &file, NULL);
	bool interrupted = e == OK && fits(t, file, key);

	if (interrupted && !p->one_file) {
		log_notice("%s: completing a renewal that was interrupted", p->cert);
		e = target_write(p->cert, file, 0644, t->ends);
	}
	arena_rewind(t->arena, mark);
	if (e == OK && interrupted)
		e = file_remove(p->next_key);
	return e == OK && interrupted ? file_remove(p->next_cert) : e;
}

enum err tool_in_place_open(struct cmp_tool *t)
{
	struct tool_in_place *p = &t->in_place;
	enum err e;

	if (t->cert == NULL || target_resolve(t->cert, p->cert) != OK ||
	    target_resolve(t->key, p->key) != OK)
		return p->option == NULL ? OK : E_STORE;
	p->one_file = target_same(p->cert, p->key);
	e = name_next(p->cert, p->next_cert);
	if (e == OK)
		e = name_next(p->key, p->next_key);
	if (e == OK && p->one_file)
		e = name_next(p->next_key, p->next_cert);
	if (e != OK)
		return p->option == NULL ? OK : e;
	return target_is_there(p->next_cert) ? finish(t, t->identity.key) : OK;
}

/* ---- both new ones beside the old */

/* As many as the file has now: where it has our chain, it keeps it. */
static enum err cert_pem(const struct cmp_tool *t, const struct cmp_issued *issued,
                         struct span *out)
{
	struct span certs[PATH_DEPTH_MAX + 1];
	bool full = t->identity.count > 1 || strcmp(t->in_place.option, "--fullchainout") == 0;

	return tool_pem(t, "CERTIFICATE", certs, tool_chain(issued, full, certs), out);
}

enum err tool_in_place_stage(struct cmp_tool *t, const struct cmp_issued *issued)
{
	size_t mark = arena_mark(t->arena);
	struct tool_in_place *p = &t->in_place;
	struct span key, certs;
	enum err e = OK;

	if (issued->key != NULL) {
		e = signer_to_pem(issued->key, t->arena, &key);
		if (e == OK)
			e = file_replace(p->next_key, key, 0600);
	}
	if (e == OK)
		e = cert_pem(t, issued, &certs);
	if (e == OK)
		e = file_replace(p->next_cert, certs, 0600);
	arena_rewind(t->arena, mark);
	return e;
}

/* ---- into their places */

static enum err write_one_file(struct cmp_tool *t, struct span key, struct span certs)
{
	uint8_t *both = arena_take(t->arena, key.n + certs.n);

	if (both == NULL)
		return err_because(E_SPACE, "no memory left to write %s", t->in_place.key);
	memcpy(both, key.p, key.n);
	memcpy(both + key.n, certs.p, certs.n);
	return target_write(t->in_place.key, (struct span){ both, key.n + certs.n }, 0600, t->ends);
}

/* The key, then the certificate; where that fails the old key comes back. */
static enum err write_both(struct cmp_tool *t, struct span key, struct span certs)
{
	const struct tool_in_place *p = &t->in_place;
	char why[ERR_REASON_MAX];
	struct span old;
	enum err e = target_read(t->arena, p->key, PEM_FILE_MAX, &old, NULL);

	if (e == OK)
		e = target_write(p->key, key, 0600, t->ends);
	if (e != OK)
		return e;
	e = target_write(p->cert, certs, 0644, t->ends);
	if (e == OK)
		return OK;
	snprintf(why, sizeof why, "%s", err_reason(e));
	if (target_write(p->key, old, 0600, t->ends) != OK)
		return err_because(e, "%s; the new key is in %s, its certificate in %s", why,
		                   p->key, p->next_cert);
	return err_because(e, "%s; key and certificate are the old ones, the new ones in *" STAGED,
	                   why);
}

enum err tool_in_place_commit(struct cmp_tool *t)
{
	size_t mark = arena_mark(t->arena);
	const struct tool_in_place *p = &t->in_place;
	struct span key, certs;
	enum err e = OK;

	if (p->option == NULL)
		return OK;
	e = target_read(t->arena, p->next_key, PEM_FILE_MAX, &key, NULL);
	if (e == OK)
		e = target_read(t->arena, p->next_cert, PEM_FILE_MAX, &certs, NULL);
	if (e == OK)
		e = p->one_file ? write_one_file(t, key, certs) : write_both(t, key, certs);
	if (e == OK)
		e = file_remove(p->next_key);
	if (e == OK) /* the last: it tells whoever comes next of the other */
		e = file_remove(p->next_cert);
	arena_rewind(t->arena, mark);
	return e;
}
