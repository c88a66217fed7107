/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mac_params_read, mac_params_write, mac_verify */
#include <stdlib.h>

#include "platform/crypto/mac.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What is taken is inside the limits, and written again says the same. */
static void hold(const struct mac_params *p)
{
	uint8_t room[256], other_room[256];
	struct derw w = DERW_ON(room), v = DERW_ON(other_room);
	struct mac_params again;
	struct span der, same;

	must(p->salt_size >= MAC_SALT_MIN && p->salt_size <= MAC_SALT_MAX);
	must(p->iterations >= MAC_ITERATIONS_MIN && p->iterations <= MAC_ROUNDS_MAX);
	must(p->key_size == 0 || (p->key_size >= MAC_KEY_MIN && p->key_size <= MAC_KEY_LENGTH_MAX));
	must(hash_size(p->kdf) > 0 && hash_size(p->hmac) > 0);
	must(p->scheme == MAC_PASSWORD_BASED || p->hmac != HASH_SHA1);
	mac_params_write(&w, p);
	must(derw_end(&w, &der) == OK);
	must(mac_params_read(der, &again) == OK);
	mac_params_write(&v, &again);
	must(derw_end(&v, &same) == OK && span_equal(der, same));
}

/* The work is bounded, but a fuzzer should not do it all. */
static bool is_quick(const struct mac_params *p)
{
	return p->iterations <= 200 && p->key_size <= 300;
}

static void verify(struct span der, const struct mac_params *p)
{
	struct span secret = span_str("secret"), data = span_str("data");
	struct mac_key key;
	struct digest d;

	must(mac_key_derive(p, secret, &key) == OK);
	must(mac_of(&key, data, &d) == OK && d.n == hash_size(p->hmac));
	must(mac_verify(der, secret, NULL, data, digest_span(&d)) == OK);
	must(mac_verify(der, secret, &key, data, digest_span(&d)) == OK);
	d.b[0] ^= 1;
	must(mac_verify(der, secret, NULL, data, digest_span(&d)) == E_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span der = { p, n };
	struct mac_params params;

	if (mac_params_read(der, &params) != OK)
		return 0;
	hold(&params);
	if (is_quick(&params))
		verify(der, &params);
	return 0;
}
