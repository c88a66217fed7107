/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates that may help with a path, from everywhere, each once. Nothing in
   the pool is trusted for being there (RFC 9483 3.3). */
#include "cmp/internal.h"

static bool holds(const struct cmp_pool *p, struct span cert)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_equal(p->certs[i], cert))
			return true;
	return false;
}

void cmp_pool_add(struct cmp_pool *p, const struct span *certs, size_t count)
{
	for (size_t i = 0; i < count && p->n < CMP_POOL_MAX; i++)
		if (certs[i].n <= CERT_SIZE_MAX && !holds(p, certs[i]))
			p->certs[p->n++] = certs[i];
}

static size_t kept_certs(const struct cmp_kept *k, struct span certs[CMP_KEPT_CERTS_MAX])
{
	size_t at = 0;

	for (size_t i = 0; i < k->count; at += k->size[i++])
		certs[i] = (struct span){ k->bytes + at, k->size[i] };
	return at;
}

/* In the order in which they are likely to be the signer. */
void cmp_pool_fill(struct cmp_pool *p, const struct cmp_session *s)
{
	const struct anchors *anchors = trusted_anchors(s->client->trusted);
	struct chain peer = trusted_chain(s->client->trusted);
	const struct credential *own = s->client->signer;
	struct span kept[CMP_KEPT_CERTS_MAX];

	kept_certs(&s->txn.kept, kept);
	cmp_pool_add(p, s->in.certs, s->in.cert_count);
	cmp_pool_add(p, kept, s->txn.kept.count);
	cmp_pool_add(p, peer.certs, peer.n);
	for (size_t i = 0; i < anchors->n; i++)
		if (anchors->a[i].kind == ANCHOR_CERT)
			cmp_pool_add(p, &anchors->a[i].der, 1);
	if (own != NULL && own->count > 1)
		cmp_pool_add(p, own->chain + 1, own->count - 1);
	cmp_pool_add(p, s->client->pool, s->client->pool_count);
}

/*
 * Only what verified a message is kept, never what merely came along: so a peer
 * cannot fill the room.  The anchor at the end is known anyway, unless it is the
 * signer itself and the anchor but a key.
 */
void cmp_kept_add(struct cmp_kept *k, const struct path *p)
{
	struct span certs[CMP_KEPT_CERTS_MAX];
	size_t used = kept_certs(k, certs);

	for (size_t i = 0; i < p->n && (i == 0 || i + 1 < p->n); i++) {
		bool known = false;

		for (size_t j = 0; j < k->count; j++)
			known = known || span_equal(certs[j], p->certs[i]);
		if (known)
			continue;
		if (k->count == CMP_KEPT_CERTS_MAX || p->certs[i].n > CMP_KEPT_MAX - used) {
			log_notice(
				"no room to keep the signer's chain: later answers must bring it");
			return;
		}
		memcpy(k->bytes + used, p->certs[i].p, p->certs[i].n);
		certs[k->count] = (struct span){ k->bytes + used, p->certs[i].n };
		k->size[k->count++] = p->certs[i].n;
		used += p->certs[i].n;
	}
}
