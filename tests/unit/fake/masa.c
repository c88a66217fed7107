/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A MASA in the test. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/codec/b64.h"
#include "platform/codec/json.h"
#include "platform/codec/pem.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"

const struct nonce masa_nonce = { { 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
	                            0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,
	                            0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57 },
	                          24 };

const struct fake_voucher masa_good = {
	.assertion = "proximity",
	.serial = MASA_SERIAL,
	.nonce = MASA_NONCE,
	.created_on = "2026-11-24T08:00:00Z",
	.pin_cert = "domain-root",
};

static struct signer *keys[SIGNERS_MAX];
static size_t key_count;

void masa_close(void)
{
	while (key_count > 0)
		signer_close(keys[--key_count]);
}

static const char *path_of(const char *name, const char *suffix)
{
	char file[128];

	snprintf(file, sizeof file, "voucher/%s%s", name, suffix);
	return test_own_vectors(file);
}

struct span masa_file(struct arena *a, const char *name)
{
	return test_file(a, path_of(name, ""));
}

struct span masa_cert(struct arena *a, const char *name)
{
	struct span der = NO_BYTES;
	size_t n;

	CHECK_OK(pem_certificates(a, test_file(a, path_of(name, ".pem")), &der, 1, &n));
	return der;
}

struct span masa_spki(struct arena *a, const char *name)
{
	struct cert c;

	CHECK_OK(cert_read(masa_cert(a, name), &c));
	return c.spki;
}

struct anchors masa_anchors(struct arena *a, const char *name)
{
	struct anchors anchors = { .n = 0 };

	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, masa_cert(a, name)));
	return anchors;
}

struct credential masa_credential(struct arena *a, const char *name)
{
	struct credential c = { .key = NULL };
	const char *chain = path_of(name, "-chain.pem");

	if (CHECK_OK(signer_from_bytes(&keys[key_count], test_file(a, path_of(name, ".key")))))
		CHECK_OK(credential_from(a, keys[key_count++], test_file(a, chain), &c));
	return c;
}

static void put_text(struct jsonw *w, const char *name, const char *text)
{
	if (text != NULL)
		jsonw_string(w, name, span_str(text));
}

static void put_pins(struct jsonw *w, struct arena *a, const struct fake_voucher *v)
{
	struct digest d;

	if (v->pin_cert != NULL)
		jsonw_base64(w, "pinned-domain-cert", masa_cert(a, v->pin_cert));
	if (v->pin_key != NULL)
		jsonw_base64(w, "pinned-domain-pubk", masa_spki(a, v->pin_key));
	if (v->pin_key_hash == NULL)
		return;
	CHECK_OK(hash_of(HASH_SHA256, masa_spki(a, v->pin_key_hash), &d));
	jsonw_base64(w, "pinned-domain-pubk-sha256", digest_span(&d));
}

/* `more` goes in front of the brackets that end the text. */
static struct span insert(struct arena *a, struct span json, const char *more)
{
	size_t n = json.n + strlen(more) + 2;
	char *text = arena_take(a, n);

	CU_ASSERT_FATAL(text != NULL && json.n > 2);
	snprintf(text, n, "%.*s,%s}}", (int)json.n - 2, (const char *)json.p, more);
	return span_str(text);
}

struct span fake_voucher_json(struct arena *a, const struct fake_voucher *v)
{
	size_t cap = 8192;
	struct jsonw w = { .buf = arena_take(a, cap), .cap = cap, .nest = 1 };
	struct span json = NO_BYTES;

	CU_ASSERT_FATAL(w.buf != NULL);
	jsonw_open(&w, NULL, '{');
	jsonw_open(&w, "ietf-voucher:voucher", '{');
	put_text(&w, "assertion", v->assertion);
	put_text(&w, "serial-number", v->serial);
	put_text(&w, "nonce", v->nonce);
	put_text(&w, "created-on", v->created_on);
	put_text(&w, "expires-on", v->expires_on);
	if (v->issuer.n > 0)
		jsonw_base64(&w, "idevid-issuer", v->issuer);
	put_pins(&w, a, v);
	jsonw_close(&w, '}');
	jsonw_close(&w, '}');
	CHECK_OK(jsonw_end(&w, &json));
	return v->more != NULL ? insert(a, json, v->more) : json;
}

struct span masa_sign(struct arena *a, const char *signer, struct span json)
{
	struct credential by = masa_credential(a, signer);
	struct span cms = NO_BYTES;

	CHECK_OK(cms_sign(a, &by, OID_CT_ANIMA_JSON_VOUCHER, json, masa_now, &cms));
	masa_close();
	return cms;
}

struct span fake_voucher(struct arena *a, const struct fake_voucher *v)
{
	return masa_sign(a, "masa", fake_voucher_json(a, v));
}

void fake_device(struct fake_device *d, struct arena *a, const char *idevid)
{
	*d = (struct fake_device){ .masa = masa_anchors(a, "masa-root") };
	d->facts = (struct voucher_facts){
		.idevid = &d->idevid,
		.nonce = &masa_nonce,
		.masa = &d->masa,
		.now = masa_now,
	};
	CHECK_OK(cert_read(masa_cert(a, idevid), &d->idevid.leaf));
}

static void write_file(const char *path, struct span s)
{
	FILE *f = fopen(path, "wb");

	CU_ASSERT_FATAL(f != NULL);
	CU_ASSERT_EQUAL(fwrite(s.p, 1, s.n, f), s.n);
	fclose(f);
}

bool openssl_is_here(void)
{
	bool here = system("openssl version > /dev/null 2>&1") == 0;

	if (!here)
		test_skip("the openssl command is not here");
	return here;
}

bool openssl_verifies(struct arena *a, struct span cms, const char *anchor, struct span *content)
{
	const char *dir = test_tmpdir();
	char command[2048], in[512], out[512];

	*content = NO_BYTES;
	snprintf(in, sizeof in, "%s/in", dir);
	snprintf(out, sizeof out, "%s/out", dir);
	write_file(in, cms);
	snprintf(command, sizeof command,
	         "openssl cms -verify -binary -purpose any -no_check_time -partial_chain "
	         "-inform DER -in '%s' -CAfile '%s' -out '%s' > '%s/log' 2>&1",
	         in, path_of(anchor, ".pem"), out, dir);
	if (system(command) != 0)
		return false;
	*content = test_file(a, out);
	return true;
}
