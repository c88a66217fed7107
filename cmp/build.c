/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PKIMessage out: header and body written, protected, our certificates added. */
#include "cmp/internal.h"

/* RFC 9483 3.3: the protection certificate first, its chain behind it; a self-signed
   certificate is left out, unless it is the protection certificate. None with a MAC. */
static void put_extra_certs(struct derw *w, const struct credential *c)
{
	struct cert cert;

	if (c == NULL)
		return;
	IN (w, DER_CONTEXT(1))
		IN (w, DER_SEQUENCE)
			for (size_t i = 0; i < c->count; i++)
				if (i == 0 || (cert_read(c->chain[i], &cert) == OK &&
				               !cert_self_issued(&cert)))
					derw_raw(w, c->chain[i]);
}

/* ProtectedPart ::= SEQUENCE { header PKIHeader, body PKIBody } */
static enum err write_part(struct cmp_session *s, const struct cmp_draft *d, struct derw *w,
                           struct span *out)
{
	enum err e = OK;

	IN (w, DER_SEQUENCE) {
		cmp_put_header(w, s, d->body);
		IN (w, DER_CONTEXT(d->body))
			e = d->put(s, w);
	}
	return e != OK ? e : derw_end(w, out);
}

/*
 * ProtectedPart and PKIMessage are SEQUENCEs that begin alike, with header and
 * body.  The first is written to be protected; the second takes over its content
 * and adds the protection and our certificates.
 */
static enum err write_message(const struct cmp_session *s, struct derw *w, struct span part,
                              struct span protection, struct span *out)
{
	enum err e;
	struct der c = der_open(part, &e);
	struct span header_and_body = der_get(&c, DER_SEQUENCE);

	IN (w, DER_SEQUENCE) {
		derw_raw(w, header_and_body);
		IN (w, DER_CONTEXT(0))
			derw_bits(w, protection);
		put_extra_certs(w, s->client->signer);
	}
	return e != OK ? e : derw_end(w, out);
}

enum err cmp_build(struct cmp_session *s, const struct cmp_draft *d, struct span *out)
{
	struct derw w = derw_in(s->arena, CMP_REQUEST_MAX);
	struct derw room = derw_in(s->arena, CMP_PART_MAX);
	struct span part, protection;
	enum err e = rng_bytes(s->txn.nonce, sizeof s->txn.nonce);

	if (e == OK)
		e = write_part(s, d, &room, &part);
	if (e == OK)
		e = cmp_protect(s, part, &protection);
	if (e == OK)
		e = write_message(s, &w, part, protection, out);
	/* of what was taken, only the message stays */
	if (e == OK)
		arena_rewind(s->arena, (size_t)(out->p - s->arena->base) + out->n);
	return e;
}
