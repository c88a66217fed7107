/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmp_crls_read, cmp_crl_prove, cert_crl_point: the input is the issuer's certificate, an
   anchor, and behind it the infoValue of the genp */
#include <stdlib.h>

#include "cmp/internal.h"
#include "platform/pki/crl.h"
#include "platform/pki/trusted_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct moment now(void)
{
	return (struct moment){ TIME_SET, INT64_C(1800000000) };
}

static void prove(struct span anchor, const struct cert *issuer, struct span point,
                  const struct octets *crl)
{
	struct trusted trusted = { .authority = AUTHORITY_ANY };
	struct cmp_client client = { .trusted = &trusted, .now = now };
	struct cmp_crl_param param = { .issuer = issuer->subject, .dpn = point };
	enum err e;

	must(anchors_add(&trusted.anchors, ANCHOR_CERT, anchor) == OK);
	e = cmp_crl_prove(&client, &param, crl);
	must(e == OK || e == E_CRL);
	if (e != OK)
		return;
	must(issuer->is_ca);
	/* an older one would not do, nor would another's */
	param.this_update = now().seconds + 1;
	must(cmp_crl_prove(&client, &param, crl) == E_CRL);
	param.this_update = 0;
	trusted.anchors.n = 0;
	must(cmp_crl_prove(&client, &param, crl) == E_CRL);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span input = { p, n };
	struct octets value, crl;
	enum err e;
	struct der c = der_open(input, &e);
	struct span anchor = der_element(&c), name;
	struct cert issuer;

	log_limit(LOG_LEVEL_ERROR);
	value = octets_of((struct span){ c.p, e == OK ? c.n : 0 });
	e = cmp_crls_read(&value, &crl);
	must(e == OK ? crl.n >= 2 : crl.n == 0);
	if (cert_read(anchor, &issuer) != OK)
		return 0;
	if (cert_crl_point(&issuer, &name) != OK)
		must(name.n == 0);
	else
		must(name.n == 0 || (name.p >= p && name.p + name.n <= p + n));
	if (e == OK)
		prove(anchor, &issuer, name, &crl);
	return 0;
}
