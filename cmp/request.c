/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be asked for, completed from what the caller gave and found sound. */
#include "cmp/internal.h"

/* A ready-made request says itself what is requested, so that the answer is held against it. */
static enum err from_csr(struct cmp_session *s, struct cmp_params *w)
{
	struct cmp_csr csr;
	enum err e = cmp_csr_read(w->csr, &csr);

	if (e != OK)
		return e;
	w->subject = csr.subject;
	w->extensions = csr.extensions;
	s->spki = csr.spki;
	return OK;
}

static enum err sound(const struct cmp_session *s, enum cmp_request kind,
                      const struct cmp_params *w)
{
	if (kind != CMP_P10CR && w->csr.n > 0)
		return err_because(E_BUG, "a PKCS #10 request goes with p10cr alone");
	if (kind == CMP_P10CR && s->spki.n == 0)
		return err_because(E_CONFIG, "a p10cr is made with a key of our own: the CA makes "
		                             "keys for ir, cr and kur (RFC 9483 4.1.6)");
	if (w->subject.n == 0)
		return err_because(E_BUG, "a request without a subject");
	return OK;
}

/*
 * RFC 9481 7: operations use "algorithms of at least that strength" which the new key
 * has.  A device has the identity it was made with, so this is said and not refused.
 */
static void compare_strength(const struct cmp_session *s)
{
	struct public_key ours, requested;

	if (s->client->signer == NULL || s->spki.n == 0 ||
	    public_key_read(signer_spki(s->client->signer->key), &ours) != OK ||
	    public_key_read(s->spki, &requested) != OK)
		return;
	if (public_key_strength(&ours) < public_key_strength(&requested))
		log_notice("the request for a key of %u bits of security is protected by one of "
		           "%u (RFC 9481 7)",
		           public_key_strength(&requested), public_key_strength(&ours));
}

enum err cmp_session_params(struct cmp_session *s, enum cmp_request kind,
                            const struct cmp_params *w)
{
	struct cmp_params *own = arena_take(s->arena, sizeof *own);
	enum err e = OK;

	if (own == NULL)
		return err_because(E_SPACE, "no memory left for a request");
	*own = *w;
	s->params = own;
	s->params_kind = kind;
	s->spki = w->key != NULL ? signer_spki(w->key) : NO_BYTES;
	if (w->csr.n > 0 && kind == CMP_P10CR)
		e = from_csr(s, own);
	if (e == OK)
		e = sound(s, kind, own);
	if (e == OK)
		compare_strength(s);
	return e;
}

/*
 * RFC 9483 4.1.3: "the certTemplate ... SHOULD contain only subject and/or
 * subjectAltName and publicKey", identical to those of the old certificate.
 */
enum err cmp_update_params(const struct cert *old, struct arena *a, struct cmp_params *out)
{
	struct derw w = derw_in(a, old->san.n + 64);
	struct span value;
	bool critical;

	out->subject = old->subject;
	out->extensions = out->issuer = out->validity = NO_BYTES;
	if (!cert_extension(old, CE_SUBJECT_ALT_NAME, &critical, &value))
		return OK;
	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, CE_SUBJECT_ALT_NAME);
		if (critical)
			derw_bool(&w, true);
		derw_put(&w, DER_OCTET_STRING, value);
	}
	return derw_end(&w, &out->extensions);
}
