/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New private keys, by the names of the configuration. */
#include "platform/base/log.h"
#include "platform/crypto/internal.h"

static const struct row {
	const char *name;
	enum key_family family;
	enum curve curve;
	unsigned bits;
} rows[] = {
	[KEY_KIND_EC256] = { "ec256", KEY_EC, CURVE_P256, 256 },
	[KEY_KIND_EC384] = { "ec384", KEY_EC, CURVE_P384, 384 },
	[KEY_KIND_EC521] = { "ec521", KEY_EC, CURVE_P521, 521 },
	[KEY_KIND_RSA2048] = { "rsa2048", KEY_RSA, CURVE_NONE, 2048 },
	[KEY_KIND_RSA3072] = { "rsa3072", KEY_RSA, CURVE_NONE, 3072 },
	[KEY_KIND_RSA4096] = { "rsa4096", KEY_RSA, CURVE_NONE, 4096 },
	[KEY_KIND_ED25519] = { "ed25519", KEY_ED25519, CURVE_NONE, 256 },
	[KEY_KIND_ED448] = { "ed448", KEY_ED448, CURVE_NONE, 448 },
};

const char *key_kind_name(enum key_kind k)
{
	return (unsigned)k < KEY_KINDS ? rows[k].name : "none";
}

enum err key_kind_from_name(const char *name, enum key_kind *out)
{
	for (size_t i = 0; i < KEY_KINDS; i++)
		if (strcmp(rows[i].name, name) == 0) {
			*out = (enum key_kind)i;
			return OK;
		}
	return err_because(E_CONFIG, "no kind of key is called %s",
	                   log_quote(&(struct quoted){ 0 }, span_str(name)));
}

bool key_kind_of(struct span spki, enum key_kind *out)
{
	struct public_key key;

	if (public_key_read(spki, &key) != OK)
		return false;
	for (size_t i = 0; i < KEY_KINDS; i++)
		if (rows[i].family == key.family && rows[i].bits == key.bits &&
		    (key.family != KEY_EC || rows[i].curve == key.curve)) {
			*out = (enum key_kind)i;
			return true;
		}
	return false;
}

bool key_kind_available(enum key_kind k)
{
	if ((unsigned)k >= KEY_KINDS || key_ops_of(rows[k].family)->generate == NULL)
		return false;
	return rows[k].family != KEY_EC || curve_available(rows[k].curve);
}

enum err signer_generate(struct signer **out, enum key_kind kind)
{
	uint8_t room[KEY_DER_MAX];
	struct derw w = DERW_ON(room);
	struct private_key key = { 0 };
	const struct row *r = &rows[kind];
	enum err e;

	*out = NULL;
	if (!key_kind_available(kind))
		return err_because(E_ALGORITHM, "this build of wolfSSL makes no %s keys",
		                   key_kind_name(kind));
	key.algorithm = key_algorithm_of(r->family, r->curve);
	e = key_algorithm_read(key.algorithm, &key.kind);
	if (e == OK)
		e = key_ops_of(r->family)->generate(r->curve, r->bits, &w);
	if (e == OK)
		e = derw_end(&w, &key.secret);
	if (e == OK)
		e = signer_adopt(out, &key);
	if (e == E_RANGE) /* these numbers are the library's own */
		e = err_because(E_CRYPTO, "%s", err_reason(e));
	wipe(room, sizeof room);
	return e;
}
