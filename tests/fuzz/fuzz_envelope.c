/* SPDX-License-Identifier: GPL-2.0-or-later */
/* envelope_read, envelope_open, key_transport_read */
#include <stdlib.h>

#include "platform/crypto/pbkdf2.h"
#include "platform/crypto/recipient.h"
#include "platform/pki/envelope.h"
#include "platform/pki/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void inside(struct span s, struct span der)
{
	must(s.n == 0 || (s.p >= der.p && s.p + s.n <= der.p + der.n));
}

/* The P-256 key with the private value 1..32, for which some of the corpus is encrypted. */
static struct signer *ours(void)
{
	static const uint8_t head[] = { 0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07,
		                        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
		                        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04,
		                        0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20 };
	static struct signer *key;
	uint8_t der[sizeof head + 32];

	if (key != NULL)
		return key;
	memcpy(der, head, sizeof head);
	for (uint8_t i = 0; i < 32; i++)
		der[sizeof head + i] = (uint8_t)(i + 1);
	must(signer_from_pkcs8(&key, SPAN(der)) == OK);
	return key;
}

/* The work is bounded, but a fuzzer should not do it all. */
static bool is_quick(const struct envelope *v)
{
	uint8_t room[512];
	struct derw w = DERW_ON(room);
	struct pbkdf2_params kdf;
	struct span der;

	derw_put(&w, DER_SEQUENCE, v->key_derivation);
	return derw_end(&w, &der) != OK || pbkdf2_params_read(der, &kdf) != OK ||
	       kdf.iterations <= 2048;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t room[1 << 17];
	struct arena a = ARENA_ON(room);
	struct span der = { p, n }, type, content;
	struct credential who = { .key = ours() };
	struct opener by = { .credential = &who };
	struct key_transport t;
	struct envelope v;
	enum err e;

	if (envelope_read(der, &v) != OK)
		return 0;
	inside(v.encrypted_key, der);
	inside(v.content, der);
	inside(v.originator, der);
	/* whoever it is for, we are */
	who.leaf.issuer = v.issuer;
	who.leaf.serial = v.serial;
	who.leaf.skid = v.skid;
	if (v.recipient == RECIPIENT_KEY_TRANSPORT)
		(void)!key_transport_read(v.key_alg, &t);
	if (v.recipient == RECIPIENT_PASSWORD)
		by = (struct opener){ .secret = span_str("secret") };
	if (v.recipient == RECIPIENT_PASSWORD && !is_quick(&v))
		return 0;
	e = envelope_open(&a, der, &by, &type, &content);
	must(e == OK ? content.n < v.content.n : a.used == 0);
	must(err_verdict(e) == FINE || err_verdict(e) == NEXT);
	return 0;
}
