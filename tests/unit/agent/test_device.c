/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be loaded: the code says whose it is, the words which file and why. */
#include <stdio.h>

#include "agent/device.h"
#include "platform/store/file.h"
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

const struct test_suite suite_agent_device = {
	"agent/device",
	{
		{ "a missing IDevID is named", a_missing_idevid_is_named },
		{ "a missing anchor is named", a_missing_anchor_is_named },
		{ "a damaged live one is of the store", a_damaged_live_one_is_of_the_store },
	},
};
