/* SPDX-License-Identifier: GPL-2.0-or-later */
/* voucher_claim_read on JSON, voucher_check on what it says; voucher_verify on CMS */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/log.h"
#include "platform/codec/pem.h"
#include "voucher/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t room[262144], kept[16384];
static struct credential idevid;
static struct span serial_number;

static const struct nonce nonce = { { 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
	                              0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,
	                              0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57 },
	                            24 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void drop(void *context, enum log_level level, const char *line)
{
	(void)context;
	(void)level;
	(void)line;
}

/* The device whose serial number the corpus' vouchers name. */
static void load_device(void)
{
	static uint8_t file[8192];
	struct arena a = ARENA_ON(kept);
	FILE *f;
	size_t n;

	if (serial_number.n > 0)
		return;
	log_to(drop, NULL);
	f = fopen("tests/vectors/voucher/idevid.pem", "rb");
	must(f != NULL);
	n = fread(file, 1, sizeof file, f);
	fclose(f);
	must(pem_certificates(&a, (struct span){ file, n }, idevid.chain, 1, &n) == OK);
	must(cert_read(idevid.chain[0], &idevid.leaf) == OK);
	must(cert_serial_number(&idevid.leaf, &serial_number));
}

static struct voucher_facts facts(const struct anchors *masa, enum confidence clock)
{
	return (struct voucher_facts){
		.idevid = &idevid,
		.nonce = &nonce,
		.masa = masa,
		.now = { clock, clock == TIME_UNSET ? 0 : 1795510800 },
		.accept_nonceless = clock == TIME_FLOOR,
	};
}

/* What passed is for this device, for this attempt unless it has no nonce, and pins something. */
static void must_be_ours(const struct voucher *v)
{
	const struct voucher_claim *c = voucher_says(v);

	must(span_equal(c->serial_number, serial_number));
	must(c->nonce_text.n == 0 || span_equal(c->nonce, (struct span){ nonce.b, nonce.n }));
	must(v->pin.der.n > 0 && c->assertion != ASSERTION_UNKNOWN);
	must(!c->has_revocation_checks || !c->revocation_checks);
}

static void check(const struct voucher_claim *claim)
{
	struct anchors none = { .n = 0 };

	for (enum confidence clock = TIME_UNSET; clock <= TIME_SET; clock++) {
		struct voucher_facts f = facts(&none, clock);
		struct voucher v = { .claim = *claim };
		enum err e = voucher_check(&f, &v);

		must(err_verdict(e) == FINE || err_verdict(e) == NEXT);
		if (e == OK)
			must_be_ours(&v);
	}
}

static void read_json(struct span json)
{
	for (enum voucher_root root = ROOT_VOUCHER; root <= ROOT_REQUEST; root++) {
		struct arena a = ARENA_ON(room);
		struct voucher_claim claim;

		if (voucher_claim_read(&a, json, root, &claim) == OK)
			check(&claim);
		else
			must(a.used == 0 && claim.serial_number.n == 0);
	}
}

/* With its own first certificate as the MASA, so that some pass the signature. */
static void verify_cms(struct span cms)
{
	static struct cms m;
	struct arena a = ARENA_ON(room);
	struct anchors masa = { .n = 0 };
	struct voucher_facts f = facts(&masa, TIME_SET);
	const struct voucher *v;

	if (cms_read(cms, &m) == OK && m.cert_count > 0)
		must(anchors_add(&masa, ANCHOR_CERT, m.certs[0]) == OK);
	if (voucher_verify(&a, cms, &f, &v) == OK) {
		must_be_ours(v);
		must(span_equal(voucher_bytes(v), cms));
	} else {
		must(v == NULL && a.used == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	load_device();
	read_json((struct span){ p, n });
	verify_cms((struct span){ p, n });
	return 0;
}
