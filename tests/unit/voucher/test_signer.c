/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who signs vouchers, where the manufacturer has one CA for everything. */
#include <stdio.h>

#include "platform/pki/name.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/fake/pki.h"
#include "tests/unit/test.h"
#include "voucher/internal.h"

static uint8_t room[524288];
static struct arena arena;
static struct signer *maker, *key;
static struct span maker_cert;
static struct fake_device device;
static struct voucher_signers signers;

#define PE_MASA_URL "2b 06 01 05 05 07 01 20"
#define OLD_URL     "2b 06 01 04 01 82 ee 52 02"
#define CE_EKU      "55 1d 25"
#define CLIENT      "06 08 2b 06 01 05 05 07 03 02"
#define SERVER      "06 08 2b 06 01 05 05 07 03 01"
#define EMAIL       "06 08 2b 06 01 05 05 07 03 04"
#define ANY_PURPOSE "06 04 55 1d 25 00"

/* One certificate of the maker's: a subject as text, or the DER of one; extensions. */
struct kind {
	const char *name, *subject, *subject_der;
	const char *oid, *value; /* of one extension */
	bool critical, ca;
	enum err want;
};

static struct span make_cert(const struct kind *k)
{
	struct span subject, extensions = NO_BYTES;

	if (k->subject_der != NULL)
		subject = test_hex(&arena, k->subject_der);
	else
		CHECK_OK(name_from_text(&arena, k->subject, &subject));
	if (k->oid != NULL)
		extensions = fake_extension(&arena, test_hex(&arena, k->oid), k->critical,
		                            test_hex(&arena, k->value));
	return fake_cert(&arena, &(struct fake_cert){
					 .subject_der = subject,
					 .issuer = "Maker CA",
					 .issuer_key = maker,
					 .spki = signer_spki(key),
					 .ca = k->ca,
					 .extensions = extensions,
					 .not_before = MASA_NOW - FAKE_DAY,
					 .not_after = MASA_NOW + FAKE_DAY,
					 .serial = 7,
				 });
}

static void begin(void)
{
	arena = (struct arena)ARENA_ON(room);
	CHECK_OK(signer_generate(&maker, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	maker_cert = fake_cert(&arena, &(struct fake_cert){
					       .subject = "Maker CA",
					       .issuer = "Maker CA",
					       .issuer_key = maker,
					       .spki = signer_spki(maker),
					       .ca = true,
					       .not_before = MASA_NOW - FAKE_DAY,
					       .not_after = MASA_NOW + FAKE_DAY,
				       });
	fake_device(&device, &arena, "idevid");
	device.masa = (struct anchors){ .n = 0 };
	CHECK_OK(anchors_add(&device.masa, ANCHOR_CERT, maker_cert));
	signers = (struct voucher_signers){ .n = 0 };
	device.facts.signers = &signers;
}

static void end(void)
{
	signer_close(maker);
	signer_close(key);
}

static enum err verify(const struct kind *k)
{
	struct credential by = { .key = key, .count = 1 };
	const struct voucher *v;
	struct span cms = NO_BYTES;

	by.chain[0] = make_cert(k);
	CHECK_OK(cert_read(by.chain[0], &by.leaf));
	CHECK_OK(cms_sign(&arena, &by, OID_CT_ANIMA_JSON_VOUCHER,
	                  fake_voucher_json(&arena, &masa_good), masa_now, &cms));
	return voucher_verify(&arena, cms, &device.facts, &v);
}

static void each(const struct kind *k, size_t n)
{
	for (; n > 0; k++, n--) {
		begin();
		if (!CHECK_ERR(verify(k), k->want))
			printf("%s\n", k->name);
		end();
	}
}

#define EACH(kinds) each((kinds), sizeof(kinds) / sizeof *(kinds))

/* Seen to onboard: another device's key signed for this one. */
static void a_device_signs_no_voucher(void)
{
	static const struct kind kinds[] = {
		{ "a router", .subject = "/CN=Router/serialNumber=SN-0002",
		  .want = E_VOUCHER_SIGNER },
		{ "a serialNumber alone", .subject = "/serialNumber=1", .want = E_VOUCHER_SIGNER },
		{ "beside a name in one RDN", .subject = "CN=Router+serialNumber=SN-0002,O=Maker",
		  .want = E_VOUCHER_SIGNER },
		{ "two of them", .subject = "/serialNumber=1/CN=Router/serialNumber=2",
		  .want = E_VOUCHER_SIGNER },
		{ "an empty one", .subject_der = "30 0b 31 09 30 07 06 03 55 04 05 0c 00",
		  .want = E_VOUCHER_SIGNER },
		{ "MASA URL", .subject = "/CN=Router", .oid = PE_MASA_URL, .value = "16 01 61",
		  .want = E_VOUCHER_SIGNER },
		{ "MASA URL in UTF-8", .subject = "/CN=Router", .oid = PE_MASA_URL,
		  .value = "0c 01 61", .want = E_VOUCHER_SIGNER },
		{ "an empty MASA URL", .subject = "/CN=Router", .oid = PE_MASA_URL,
		  .value = "16 00", .critical = true, .want = E_VOUCHER_SIGNER },
		{ "MASA URL of before RFC 8995", .subject = "/CN=Router", .oid = OLD_URL,
		  .value = "0c 01 61", .want = E_VOUCHER_SIGNER },
		{ "a CA with a serialNumber", .subject = "/CN=Signing CA/serialNumber=3",
		  .ca = true, .want = OK },
		{ "a MASA", .subject = "/CN=MASA", .want = OK },
		{ "an X.509 serial in its name", .subject = "/CN=serialNumber\\=3", .want = OK },
	};

	EACH(kinds);
}

/* MASAs of the field have no EKU, serverAuth, or both critical. */
static void a_client_signs_no_voucher(void)
{
	static const struct kind kinds[] = {
		{ "a client", .subject = "/CN=x", .oid = CE_EKU, .value = "30 0a" CLIENT,
		  .want = E_VOUCHER_SIGNER },
		{ "a client, critical", .subject = "/CN=x", .oid = CE_EKU, .value = "30 0a" CLIENT,
		  .critical = true, .want = E_VOUCHER_SIGNER },
		{ "a client twice", .subject = "/CN=x", .oid = CE_EKU,
		  .value = "30 14" CLIENT CLIENT, .want = E_VOUCHER_SIGNER },
		{ "a CA for clients", .subject = "/CN=x", .oid = CE_EKU, .value = "30 0a" CLIENT,
		  .ca = true, .want = E_VOUCHER_SIGNER },
		{ "a server", .subject = "/CN=x", .oid = CE_EKU, .value = "30 0a" SERVER },
		{ "a server and client", .subject = "/CN=x", .oid = CE_EKU,
		  .value = "30 14" SERVER CLIENT, .critical = true },
		{ "a client and server", .subject = "/CN=x", .oid = CE_EKU,
		  .value = "30 14" CLIENT SERVER, .critical = true },
		{ "a client that signs mail", .subject = "/CN=x", .oid = CE_EKU,
		  .value = "30 14" CLIENT EMAIL },
		{ "for anything", .subject = "/CN=x", .oid = CE_EKU,
		  .value = "30 10" CLIENT ANY_PURPOSE },
	};

	EACH(kinds);
}

static const struct kind masa = { .subject = "O=Maker\\, Inc.,CN=MASA" };
static const struct kind router = { .subject = "/CN=Router/serialNumber=SN-0002" };
static const struct kind client = { .subject = "/CN=MASA", .oid = CE_EKU, .value = "30 0a" CLIENT };

static const char *key_text(struct span spki)
{
	static char text[80];
	struct quoted q;
	struct digest d;

	CHECK_OK(hash_of(HASH_SHA256, spki, &d));
	snprintf(text, sizeof text, "sha256:%s", log_hex(&q, digest_span(&d)));
	return text;
}

static void name_one(const char *text)
{
	CHECK_OK(voucher_signers_add(&signers, text));
}

/* The operator knows whose key it is: then nothing else is asked. */
static void a_signer_named_by_its_key(void)
{
	const struct kind *kinds[] = { &masa, &router, &client };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		begin();
		name_one(key_text(signer_spki(key)));
		CHECK_OK(verify(kinds[i]));
		signers.n = 0;
		name_one(key_text(signer_spki(maker)));
		CHECK_ERR(verify(kinds[i]), E_VOUCHER_SIGNER);
		name_one(key_text(signer_spki(key)));
		CHECK_OK(verify(kinds[i]));
		end();
	}
}

/* A name that is on the list narrows, and makes no MASA of a device. */
static void a_signer_named_by_its_subject(void)
{
	static const struct {
		const char *name;
		const struct kind *kind;
		enum err want;
	} rows[] = {
		{ "CN=MASA,O=Maker\\, Inc.", &masa, OK },
		{ "CN=MASA,O=Maker\\\\, Inc.", &masa, OK }, /* as it stands on the screen */
		{ "CN=MASA,O=Maker, Inc.", &masa, E_VOUCHER_SIGNER },
		{ "O=Maker\\, Inc.,CN=MASA", &masa, E_VOUCHER_SIGNER },
		{ "CN=MASA", &masa, E_VOUCHER_SIGNER },
		{ "CN=MASA,O=Maker\\, Inc.,OU=x", &masa, E_VOUCHER_SIGNER },
		{ "CN=masa,O=Maker\\, Inc.", &masa, E_VOUCHER_SIGNER },
		{ "CN=Router,serialNumber=SN-0002", &router, E_VOUCHER_SIGNER },
		{ "CN=MASA", &client, E_VOUCHER_SIGNER },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		name_one(rows[i].name);
		if (!CHECK_ERR(verify(rows[i].kind), rows[i].want))
			printf("%s\n", rows[i].name);
		end();
	}
}

/* What the log cuts is compared to its end. */
static void long_names_are_compared_whole(void)
{
	char text[2][512];
	struct kind k = { .subject = text[0] };

	for (int i = 0; i < 2; i++) {
		memset(text[i], 'a', 400);
		memcpy(text[i], "CN=", 3);
		strcpy(text[i] + 400, i == 0 ? "x" : "y");
	}
	begin();
	name_one(text[0]);
	CHECK_OK(verify(&k));
	k.subject = text[1];
	CHECK_ERR(verify(&k), E_VOUCHER_SIGNER);
	signers.n = 0;
	text[0][80] = '\0';
	strcat(text[0], "...");
	name_one(text[0]);
	CHECK_ERR(verify(&k), E_VOUCHER_SIGNER);
	end();
}

/* Octets that no screen shows are written as `show` escapes them. */
static void names_with_escapes(void)
{
	struct kind k = { .subject_der = "30 0f 31 0d 30 0b 06 03 55 04 03 0c 04 4d 1b 22 41" };

	begin();
	name_one("CN=M\\x1b\\\"A");
	CHECK_OK(verify(&k));
	signers.n = 0;
	name_one("CN=M\x1b\"A");
	CHECK_OK(verify(&k));
	signers.n = 0;
	name_one("CN=M");
	CHECK_ERR(verify(&k), E_VOUCHER_SIGNER);
	end();
}

/* Nobody but this device has its key, and it does not vouch for itself. */
static void our_own_key_signs_no_voucher(void)
{
	begin();
	device.idevid.leaf.spki = signer_spki(key);
	CHECK_ERR(verify(&masa), E_VOUCHER_SIGNER);
	name_one(key_text(signer_spki(key)));
	CHECK_ERR(verify(&masa), E_VOUCHER_SIGNER);
	end();
}

static void what_names_nobody_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"MASA",
		"/CN=MASA",
		"sha256:",
		"sha256:00",
		"sha256:zz00000000000000000000000000000000000000000000000000000000000000",
		"sha256:000000000000000000000000000000000000000000000000000000000000000",
		"sha256:00000000000000000000000000000000000000000000000000000000000000000",
		"SHA256:0000000000000000000000000000000000000000000000000000000000000000",
	};
	struct voucher_signers list = { .n = 0 };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (!CHECK_ERR(voucher_signers_add(&list, bad[i]), E_CONFIG))
			printf("%s\n", bad[i]);
	CU_ASSERT_EQUAL(list.n, 0);
	for (size_t i = 0; i < ANCHORS_MAX; i++)
		CHECK_OK(voucher_signers_add(&list, "CN=MASA"));
	CHECK_ERR(voucher_signers_add(&list, "CN=MASA"), E_CONFIG);
}

/* For the warning: whether the maker's CA is what vouchers are held against. */
static void the_maker_of_the_device(void)
{
	struct credential idevid = { .count = 1 };

	begin();
	idevid.chain[0] = make_cert(&router);
	CHECK_OK(cert_read(idevid.chain[0], &idevid.leaf));
	CU_ASSERT(voucher_maker_signs(&idevid, &device.masa));
	device.masa = masa_anchors(&arena, "masa-root");
	CU_ASSERT(!voucher_maker_signs(&idevid, &device.masa));
	device.masa.n = 0;
	CU_ASSERT(!voucher_maker_signs(&idevid, &device.masa));
	idevid = (struct credential){ .count = 0 };
	CU_ASSERT(!voucher_maker_signs(&idevid, &device.masa));
	end();
}

const struct test_suite suite_voucher_signer = {
	"voucher/signer",
	{
		{ "a device signs no voucher", a_device_signs_no_voucher },
		{ "a client signs no voucher", a_client_signs_no_voucher },
		{ "a signer named by its key", a_signer_named_by_its_key },
		{ "a signer named by its subject", a_signer_named_by_its_subject },
		{ "long names are compared whole", long_names_are_compared_whole },
		{ "names with escapes", names_with_escapes },
		{ "our own key signs no voucher", our_own_key_signs_no_voucher },
		{ "what names nobody is refused", what_names_nobody_is_refused },
		{ "the maker of the device", the_maker_of_the_device },
	},
};
