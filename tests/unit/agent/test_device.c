/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be loaded: the code says whose it is, the words which file and why. */
#include <stdio.h>

#include "agent/device.h"
#include "platform/base/log.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena arena = ARENA_ON(room);
static char key_path[600], cert_path[600];

static struct device device_at(const char *dir)
{
	arena_reset(&arena);
	snprintf(key_path, sizeof key_path, "%s/idevid.key", dir);
	snprintf(cert_path, sizeof cert_path, "%s/idevid.pem", dir);
	return (struct device){
		.settings = { .idevid_key = key_path, .idevid_cert = cert_path },
		.arena = &arena,
		.store = { .dir = -1, .lock = -1 },
	};
}

static struct span new_key(void)
{
	struct signer *key;
	struct span pem;

	CHECK_OK(signer_generate(&key, KEY_KIND_EC256));
	CHECK_OK(signer_to_pem(key, &arena, &pem));
	signer_close(key);
	return pem;
}

static void says(enum err e, const char *words)
{
	if (strstr(err_reason(e), words) == NULL)
		printf("said: %s\n", err_reason(e));
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(e), words));
}

static void a_missing_idevid_is_named(void)
{
	struct device d = device_at(test_tmpdir());

	CHECK_ERR(device_load_identity(&d), E_IDENTITY);
	says(E_IDENTITY, key_path);
	says(E_IDENTITY, "No such file");
	CHECK_OK(file_replace(key_path, new_key(), 0600));
	CHECK_ERR(device_load_identity(&d), E_IDENTITY);
	says(E_IDENTITY, cert_path);
	says(E_IDENTITY, "No such file");
	CHECK_OK(file_replace(cert_path, span_str("nothing"), 0600));
	CHECK_ERR(device_load_identity(&d), E_IDENTITY);
	says(E_IDENTITY, cert_path);
	CU_ASSERT_PTR_NULL(d.idevid.key);
	device_close(&d);
}

static void a_missing_anchor_is_named(void)
{
	struct device d = device_at(test_tmpdir());

	d.settings.masa_trust = (struct text_values){ { "/nowhere/masa.pem" }, 1 };
	CHECK_ERR(device_load_anchors(&d), E_CONFIG);
	says(E_CONFIG, "masa_trust /nowhere/masa.pem");
	says(E_CONFIG, "No such file");
	device_close(&d);
}

/* The device's own state, not its IDevID. */
static void a_damaged_live_one_is_of_the_store(void)
{
	struct device d = device_at(test_tmpdir());
	struct credential live;
	struct generation g;
	static char state[600];

	snprintf(state, sizeof state, "%s/state", test_tmpdir());
	d.settings.state_dir = state;
	CHECK_OK(device_open_store(&d));
	CHECK_OK(generation_begin(&d.store, &g));
	CHECK_OK(generation_put(&g, "fullchain.pem", FILE_PUBLIC, NO_BYTES));
	CHECK_OK(generation_adopt(&g));
	CHECK_ERR(device_live_credential(&d, &arena, &live), E_STORE);
	says(E_STORE, "key.pem: No such file");
	CHECK_OK(generation_put(&g, "key.pem", FILE_SECRET, span_str("nothing")));
	CHECK_ERR(device_live_credential(&d, &arena, &live), E_STORE);
	says(E_STORE, "live key.pem");
	CHECK_OK(generation_put(&g, "key.pem", FILE_SECRET, new_key()));
	CHECK_ERR(device_live_credential(&d, &arena, &live), E_STORE);
	says(E_STORE, "live fullchain.pem");
	generation_close(&g);
	device_close(&d);
}

static char logged[2048];

static void keep(void *context, enum log_level level, const char *line)
{
	size_t n = strlen(logged);

	(void)context;
	(void)level;
	snprintf(logged + n, sizeof logged - n, "%s\n", line);
}

#define BRAINPOOL                                                          \
	"305a 3014 0607 2a8648ce3d0201 0609 2b2403030208010107 0342 00 04" \
	"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" \
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define BROKEN "-----BEGIN CERTIFICATE-----\nM*MC\n-----END CERTIFICATE-----\n"

enum { GOOD, TWICE, WEAK, NO_CERT, BLOCK, KINDS };

/* A bundle of certificates of these kinds, in that order. */
static struct span bundle(const unsigned *kinds, size_t count)
{
	static char pem[16384];
	const struct fake_parts parts[KINDS] = {
		[GOOD] = { .extensions = X_CA },
		[TWICE] = { .extensions = X_CA X_CA },
		[WEAK] = { .extensions = X_CA, .spki_der = BRAINPOOL },
	};
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (kinds[i] == BLOCK) {
			n += (size_t)snprintf(pem + n, sizeof pem - n, "%s", BROKEN);
			continue;
		}
		CHECK_OK(pem_write(pem, sizeof pem, &n, "CERTIFICATE",
		                   kinds[i] == NO_CERT ? test_hex(&arena, "3003020101")
		                                       : fake_x509(&arena, &parts[kinds[i]])));
	}
	return (struct span){ (uint8_t *)pem, n };
}

/* What cannot be used is named in a warning and does not spoil the others; none left is an error. */
static void a_bad_anchor_spoils_no_other(void)
{
	static const struct {
		unsigned kinds[4], count;
		size_t good;
		const char *words;
	} rows[] = {
		{ { GOOD, GOOD }, 2, 2, "" },
		{ { TWICE, GOOD }, 2, 1, "certificate 1 is left out: certificate, extensions" },
		{ { GOOD, NO_CERT, GOOD }, 3, 2, "certificate 2 is left out: certificate, " },
		{ { GOOD, WEAK }, 2, 1, "certificate 2 is left out: EC curve" },
		{ { BLOCK, GOOD }, 2, 1, "block 1 of the file is left out: " },
		{ { TWICE, WEAK, BLOCK, GOOD }, 4, 1, "certificate 2 is left out: EC curve" },
		{ { TWICE }, 1, 0, "one is there twice" },
		{ { WEAK, BLOCK }, 2, 0, "EC curve" },
		{ { BLOCK, BLOCK }, 2, 0, "base64" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct device d = device_at(test_tmpdir());
		enum err e;

		CHECK_OK(file_replace(cert_path, bundle(rows[i].kinds, rows[i].count), 0600));
		d.settings.masa_trust = (struct text_values){ { cert_path }, 1 };
		logged[0] = '\0';
		log_to(keep, NULL);
		e = device_load_anchors(&d);
		log_to(NULL, NULL);
		CHECK_ERR(e, rows[i].good > 0 ? OK : E_CONFIG);
		CU_ASSERT_EQUAL(d.masa.n, rows[i].good);
		if (e != OK)
			says(e, rows[i].words);
		else if (strstr(logged, rows[i].words) == NULL)
			printf("logged: %s\n", logged);
		CU_ASSERT(e != OK || strstr(logged, rows[i].words) != NULL);
		device_close(&d);
	}
}

const struct test_suite suite_agent_device = {
	"agent/device",
	{
		{ "a missing IDevID is named", a_missing_idevid_is_named },
		{ "a missing anchor is named", a_missing_anchor_is_named },
		{ "a bad anchor spoils no other", a_bad_anchor_spoils_no_other },
		{ "a damaged live one is of the store", a_damaged_live_one_is_of_the_store },
	},
};
