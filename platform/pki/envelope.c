/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a CMS EnvelopedData: its recipient's key first, then the content. */
#include "platform/pki/envelope.h"
#include "platform/crypto/pbkdf2.h"
#include "platform/crypto/recipient.h"
#include "platform/pki/internal.h"

/* The content-encryption key, of the size that the content's algorithm has. */
struct content_key {
	uint8_t b[AES_KEY_SIZE_MAX];
	size_t n;
};

/* Octet for octet, as the sender found it in our certificate. */
static bool is_for(const struct envelope *v, const struct credential *c)
{
	if (v->skid.n > 0)
		return span_equal(v->skid, credential_kid(c));
	return span_equal(v->serial, c->leaf.serial) && span_equal(v->issuer, c->leaf.issuer);
}

static enum err with_transport(const struct envelope *v, const struct opener *by,
                               struct content_key *key)
{
	struct key_transport t;
	enum err e = key_transport_read(v->key_alg, &t);

	if (e != OK)
		return e;
	return signer_decrypt(by->credential->key, &t, v->encrypted_key, key->b, key->n);
}

/* RFC 5753 3.1.3. That the sizes of both keys are the same (RFC 9481 4.3.1) is left to
   the sender: a shorter one is its loss of strength, and nothing that we could mend. */
static enum err with_agreement(const struct envelope *v, const struct opener *by,
                               struct content_key *key)
{
	uint8_t kek[AES_KEY_SIZE_MAX];
	struct key_agreement a;
	enum err e = key_agreement_read(v->key_alg, &a);

	if (e == OK)
		e = signer_agree(by->credential->key, &a, v->originator, v->ukm, kek);
	if (e == OK)
		e = key_unwrap(&a.wrap, (struct span){ kek, a.wrap.key_size }, v->encrypted_key,
		               key->b, key->n);
	wipe(kek, sizeof kek);
	return e;
}

/* [0] KeyDerivationAlgorithmIdentifier, IMPLICIT: a SEQUENCE under another tag. */
static enum err read_derivation(const struct envelope *v, uint8_t *room, size_t cap,
                                struct pbkdf2_params *out)
{
	struct derw w = { room, cap, 0, 0, OK };
	struct span der;
	enum err e;

	derw_put(&w, DER_SEQUENCE, v->key_derivation);
	e = err_within(E_RANGE, derw_end(&w, &der), "keyDerivationAlgorithm");
	return e == OK ? pbkdf2_params_read(der, out) : e;
}

static enum err with_password(const struct envelope *v, const struct opener *by,
                              struct content_key *key)
{
	uint8_t kek[AES_KEY_SIZE_MAX], room[4 * MAC_SALT_MAX];
	struct pbkdf2_params kdf;
	struct key_wrap wrap;
	enum err e = read_derivation(v, room, sizeof room, &kdf);

	if (e == OK)
		e = key_wrap_read(v->key_alg, &wrap);
	if (e == OK && kdf.key_size != 0 && kdf.key_size != wrap.key_size)
		e = err_because(E_RANGE, "a key of %zu octets derived for a wrap with %zu",
		                kdf.key_size, wrap.key_size);
	if (e == OK)
		e = pbkdf2_derive(&kdf, by->secret, kek, wrap.key_size);
	if (e == OK)
		e = key_unwrap(&wrap, (struct span){ kek, wrap.key_size }, v->encrypted_key, key->b,
		               key->n);
	wipe(kek, sizeof kek);
	return e;
}

/* "if and only if": what we protected the request with says what it may be encrypted for. */
static enum err find_key(const struct envelope *v, const struct opener *by, struct content_key *key)
{
	if ((v->recipient == RECIPIENT_PASSWORD) != (by->credential == NULL))
		return err_because(E_UNEXPECTED, "it is encrypted for %s, but we have %s",
		                   v->recipient == RECIPIENT_PASSWORD ? "a secret" : "a key",
		                   by->credential == NULL ? "a secret" : "a key");
	if (v->recipient == RECIPIENT_PASSWORD)
		return with_password(v, by, key);
	if (!is_for(v, by->credential))
		return err_because(E_UNEXPECTED, "it is encrypted for another certificate");
	return v->recipient == RECIPIENT_KEY_TRANSPORT ? with_transport(v, by, key)
	                                               : with_agreement(v, by, key);
}

static enum err open_content(struct arena *a, const struct envelope *v, const struct aes_cbc *cbc,
                             const struct content_key *key, struct span *content)
{
	size_t mark = arena_mark(a), n;
	uint8_t *out = arena_take(a, v->content.n);
	enum err e;

	if (out == NULL)
		return err_because(E_SPACE, "no room for a content of %zu octets", v->content.n);
	e = aes_cbc_open(cbc, (struct span){ key->b, key->n }, v->content, out, &n);
	if (e == OK)
		*content = (struct span){ out, n };
	else
		arena_rewind(a, mark);
	return e;
}

enum err envelope_open(struct arena *a, struct span der, const struct opener *by,
                       struct span *content_type, struct span *content)
{
	struct envelope v;
	struct aes_cbc cbc;
	struct content_key key = { { 0 }, 0 };
	enum err e = envelope_read(der, &v);

	*content_type = *content = NO_BYTES;
	if (e == OK)
		e = aes_cbc_read(v.content_alg, &cbc);
	if (e != OK)
		return e;
	key.n = cbc.key_size;
	e = find_key(&v, by, &key);
	if (e == OK)
		e = open_content(a, &v, &cbc, &key, content);
	if (e == OK)
		*content_type = v.content_type;
	wipe(&key, sizeof key);
	return e;
}
