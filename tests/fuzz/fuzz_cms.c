/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cms_read, cms_verify with each certificate inside as the anchor */
#include <stdlib.h>

#include "platform/pki/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void inside(struct span part, struct span whole)
{
	must(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void look_at_signer(const struct cms_signer *s, struct span whole)
{
	inside(s->issuer, whole);
	inside(s->serial, whole);
	inside(s->skid, whole);
	inside(s->digest_alg, whole);
	inside(s->sig_alg, whole);
	inside(s->signed_attrs, whole);
	inside(s->signature, whole);
	inside(s->content_type, whole);
	inside(s->message_digest, whole);
	must((s->skid.n > 0) != (s->issuer.n > 0));
	must(!s->has_signed_attrs || s->signed_attrs.n > 0);
}

static void verify(const struct cms *m, struct span anchor, struct moment now)
{
	struct anchors anchors = { .n = 0 };
	struct cert signer = { .version = 0 };
	enum err e = anchors_add(&anchors, ANCHOR_CERT, anchor);

	must(e == OK);
	e = cms_verify(m,
	               &(struct cms_rules){
			       .content_types = &m->content_type,
			       .content_type_count = 1,
			       .anchors = &anchors,
			       .now = now,
		       },
	               &signer);
	must(err_verdict(e) == FINE || err_verdict(e) == NEXT);
	must((signer.der.n > 0) == (e == OK));
	must(e != OK || (m->signer_count > 0 && m->signers[0].has_signed_attrs));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct cms m;
	struct span whole = { p, n };

	if (cms_read(whole, &m) != OK) {
		must(m.content.n == 0 && m.signer_count == 0 && m.cert_count == 0);
		return 0;
	}
	must(m.signer_count <= CMS_SIGNERS_MAX && m.cert_count <= POOL_MAX);
	inside(m.content, whole);
	for (size_t i = 0; i < m.signer_count; i++)
		look_at_signer(&m.signers[i], whole);
	for (size_t i = 0; i < m.cert_count; i++) {
		inside(m.certs[i], whole);
		verify(&m, m.certs[i], (struct moment){ TIME_UNSET, 0 });
	}
	return 0;
}
