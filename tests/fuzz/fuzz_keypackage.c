/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key_package_read, signer_from_pkcs8, cms_read_signed_data */
#include <stdlib.h>

#include "platform/pki/cms.h"
#include "platform/pki/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void take(struct span content)
{
	struct signer *key;
	struct public_key public;
	enum err e = key_package_read(content, &key);

	must((key != NULL) == (e == OK));
	must(err_verdict(e) == FINE || err_verdict(e) == NEXT);
	if (key != NULL)
		must(public_key_read(signer_spki(key), &public) == OK);
	signer_close(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct cms m;

	take((struct span){ p, n });
	if (cms_read_signed_data((struct span){ p, n }, &m) == OK)
		take(m.content);
	return 0;
}
