/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a CMS SignedData with one signer (RFC 5652 5). */
#include "platform/pki/cms.h"

/* What the writer puts together before it knows the signature. */
struct draft {
	const struct credential *by;
	struct span content_type, content;
	enum hash hash;
	struct span attributes; /* SET OF Attribute, DER */
	struct span signature;
};

/* Attribute ::= SEQUENCE { attrType, attrValues SET OF AttributeValue } */
static void put_attribute(struct derw *w, struct span type, uint8_t tag, struct span value)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, type);
		IN (w, DER_SET)
			derw_put(w, tag, value);
	}
}

static void put_signing_time(struct derw *w, int64_t seconds)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, OID_CMS_SIGNING_TIME);
		IN (w, DER_SET)
			derw_time(w, seconds);
	}
}

/* RFC 5652 5.4: signed are the attributes as a SET OF, in DER's order. */
static enum err make_attributes(struct draft *d, struct moment now, struct derw *w)
{
	struct digest digest;
	size_t mark;
	enum err e = hash_of(d->hash, d->content, &digest);

	if (e != OK)
		return e;
	mark = derw_open(w, DER_SET);
	put_attribute(w, OID_CMS_CONTENT_TYPE, DER_OID, d->content_type);
	put_attribute(w, OID_CMS_MESSAGE_DIGEST, DER_OCTET_STRING, digest_span(&digest));
	if (now.confidence == TIME_SET)
		put_signing_time(w, now.seconds);
	derw_sort_set(w, mark);
	derw_close(w, mark);
	return derw_end(w, &d->attributes);
}

/* signedAttrs [0] IMPLICIT SignedAttributes: another tag on the same content. */
static void put_attributes(struct derw *w, const struct draft *d)
{
	enum err e;
	struct der c = der_open(d->attributes, &e);

	derw_put(w, DER_CONTEXT(0), der_get(&c, DER_SET));
}

/* SignerInfo, version 1 because of its issuerAndSerialNumber (RFC 5652 5.3). */
static void put_signer(struct derw *w, const struct draft *d)
{
	IN (w, DER_SEQUENCE) {
		derw_uint(w, 1);
		IN (w, DER_SEQUENCE) {
			derw_raw(w, d->by->leaf.issuer);
			derw_put(w, DER_INTEGER, d->by->leaf.serial);
		}
		hash_alg_write_cms(w, signer_alg(d->by->key));
		put_attributes(w, d);
		sig_alg_write(w, signer_alg(d->by->key));
		derw_put(w, DER_OCTET_STRING, d->signature);
	}
}

/* CertificateSet: RFC 8366 5.4 wants everything up to the root. */
static void put_certificates(struct derw *w, const struct credential *by)
{
	size_t mark = derw_open(w, DER_CONTEXT(0));

	for (size_t i = 0; i < by->count; i++)
		derw_raw(w, by->chain[i]);
	derw_sort_set(w, mark);
	derw_close(w, mark);
}

/* RFC 5652 5.1: version 3 for any content but id-data, else 1. */
static void put_signed_data(struct derw *w, const struct draft *d)
{
	IN (w, DER_SEQUENCE) {
		derw_uint(w, span_equal(d->content_type, OID_CMS_DATA) ? 1 : 3);
		IN (w, DER_SET)
			hash_alg_write_cms(w, signer_alg(d->by->key));
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, d->content_type);
			IN (w, DER_CONTEXT(0))
				derw_put(w, DER_OCTET_STRING, d->content);
		}
		put_certificates(w, d->by);
		IN (w, DER_SET)
			put_signer(w, d);
	}
}

/* What the message may take: its parts, and their frames. */
static size_t room_for(const struct draft *d)
{
	size_t frames = 256, n = frames + d->content_type.n + d->content.n + d->attributes.n +
	                         d->by->leaf.issuer.n + d->by->leaf.serial.n + d->signature.n;

	for (size_t i = 0; i < d->by->count; i++)
		n += d->by->chain[i].n;
	return n;
}

enum err cms_sign(struct arena *a, const struct credential *by, struct span content_type,
                  struct span content, struct moment now, struct span *out)
{
	uint8_t room[CMS_SIGNED_MAX], signature[SIGNATURE_MAX + 16];
	struct arena small = ARENA_ON(signature);
	struct derw attributes = DERW_ON(room);
	struct draft d = {
		.by = by,
		.content_type = content_type,
		.content = content,
		.hash = sig_alg_cert_hash(signer_alg(by->key)),
	};
	enum err e = make_attributes(&d, now, &attributes);

	*out = NO_BYTES;
	if (e == OK)
		e = signer_sign(by->key, d.attributes, &small, &d.signature);
	if (e != OK)
		return e;

	struct derw w = derw_in(a, room_for(&d));

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, OID_CMS_SIGNED_DATA);
		IN (&w, DER_CONTEXT(0))
			put_signed_data(&w, &d);
	}
	return derw_end(&w, out);
}
