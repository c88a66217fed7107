/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading what the device ships with, and what it has reached. */
#include <stdio.h>

#include "agent/device.h"
#include "platform/base/log.h"
#include "platform/codec/pem_reader.h"
#include "platform/store/file.h"
#include "platform/store/service_lock.h"

/* In whose files the fault is; the words stay.  E_STORE is of the state alone, and E_IDENTITY
   of the IDevID. */
static enum err of_files(enum err outer, enum err e, const char *what, const char *file)
{
	char where[PATH_NAME_MAX + 32];

	if (e == E_STORE || e == E_IDENTITY)
		e = err_because(outer, "%s", err_reason(e));
	snprintf(where, sizeof where, "%s %s", what, file);
	return err_within(outer, e, where);
}

/* A file named by the configuration, below the root. */
static enum err read_named(struct arena *a, const char *path, struct span *out)
{
	char rooted[PATH_NAME_MAX];
	enum err e = file_rooted(path, rooted, sizeof rooted);

	return e == OK ? file_read(a, rooted, PEM_FILE_MAX, out, NULL) : e;
}

static enum err read_serial_number(struct device *d)
{
	struct span s;

	if (!cert_serial_number(&d->idevid.leaf, &s))
		return err_because(E_IDENTITY, "its subject has no serialNumber (2.5.4.5), by "
		                               "which vouchers name a device");
	if (s.n == 0 || s.n > SERIAL_NUMBER_MAX || memchr(s.p, 0, s.n) != NULL)
		return err_because(E_IDENTITY, "a serialNumber has 1 to %d characters",
		                   (int)SERIAL_NUMBER_MAX);
	memcpy(d->serial_number, s.p, s.n);
	d->serial_number[s.n] = '\0';
	return OK;
}

enum err device_load_identity(struct device *d)
{
	char path[PATH_NAME_MAX];
	struct signer *key = NULL;
	struct span file;
	enum err e = OK;

	if (d->idevid.key != NULL)
		return OK;
	e = file_rooted(d->settings.idevid_key, path, sizeof path);
	if (e == OK)
		e = signer_from_file(&key, path);
	if (e != OK)
		return of_files(E_IDENTITY, e, "IDevID key", d->settings.idevid_key);
	e = read_named(d->arena, d->settings.idevid_cert, &file);
	if (e == OK)
		e = credential_from(d->arena, key, file, &d->idevid);
	if (e == OK)
		e = read_serial_number(d);
	if (e != OK) {
		signer_close(key);
		d->idevid.key = NULL;
	}
	return of_files(E_IDENTITY, e, "IDevID", d->settings.idevid_cert);
}

static enum err left_out(const struct named_file *file, size_t number, enum err e)
{
	if (e != OK)
		log_warning("%s %s: certificate %zu is left out: %s", file->what, file->path,
		            number, err_reason(e));
	return e;
}

enum err named_cert_read(const struct named_file *file, size_t number, struct span der,
                         struct cert *out)
{
	return left_out(file, number, cert_read(der, out));
}

struct adding {
	struct arena *a;
	const struct named_file *file;
	struct anchors *to;
	enum err fault; /* of one that is left out, and its words */
	char why[ERR_REASON_MAX];
};

/* A key that nobody here can verify with ends no path. */
static enum err add_anchor(void *context, size_t number, struct span der)
{
	struct adding *x = context;
	struct public_key key;
	struct cert c;
	struct span kept;
	enum err e = named_cert_read(x->file, number, der, &c);

	if (e == OK)
		e = left_out(x->file, number, public_key_read(c.spki, &key));
	if (e != OK) {
		x->fault = e;
		snprintf(x->why, sizeof x->why, "%s", err_reason(e));
		return OK;
	}
	if (x->to->n == ANCHORS_MAX)
		return err_because(E_TOO_BIG, "more than %d certificates", ANCHORS_MAX);
	e = arena_copy(x->a, der, &kept);
	if (e != OK)
		return err_because(E_TOO_BIG, "more certificates than there is memory for: %zu fit",
		                   number - 1);
	return anchors_add(x->to, ANCHOR_CERT, kept);
}

enum err anchors_from(struct arena *a, const struct named_file *file, struct anchors *to)
{
	struct adding x = { .a = a, .file = file, .to = to };
	const struct cert_taker taker = { add_anchor, &x };
	size_t before = to->n;
	enum err e = bundle_each(&file->octets, &taker);

	return e == OK && to->n == before ? err_because(x.fault, "%s", x.why) : e;
}

enum err anchors_from_file(struct arena *a, const char *what, const char *path, struct anchors *to)
{
	struct named_file file = { what, path, NO_OCTETS };
	enum err e = file_open(path, BUNDLE_FILE_MAX, &file.octets);

	if (e == OK)
		e = anchors_from(a, &file, to);
	octets_close(&file.octets);
	return e;
}

enum err device_load_anchors(struct device *d)
{
	const struct text_values *files = &d->settings.masa_trust;
	enum err e = OK;

	for (size_t i = 0; i < files->n && e == OK; i++) {
		char path[PATH_NAME_MAX];

		e = file_rooted(files->s[i], path, sizeof path);
		if (e == OK)
			e = anchors_from_file(d->arena, "masa_trust", path, &d->masa);
		e = of_files(E_CONFIG, e, "masa_trust", files->s[i]);
	}
	return e;
}

const char *device_signers_warning(const struct device *d)
{
	if (d->settings.masa_signers.n > 0 || !voucher_maker_signs(&d->idevid, &d->masa))
		return NULL;
	return "masa_trust: a CA in it also issued this device's IDevID, so every certificate of "
	       "that CA that is not a device's can sign vouchers; name the MASA's in list "
	       "masa_signer";
}

enum err device_load(struct device *d, struct arena *a, const char *config)
{
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(config, path, sizeof path);

	*d = (struct device){ .arena = a, .store = { .dir = -1, .lock = -1 } };
	return e == OK ? settings_load(a, path, &d->settings) : e;
}

void device_close(struct device *d)
{
	signer_close(d->idevid.key);
	d->idevid.key = NULL;
	store_close(&d->store);
}

void device_close_and_wake(struct device *d)
{
	char path[PATH_NAME_MAX];
	bool ours = d->store.lock >= 0;

	snprintf(path, sizeof path, "%s", d->store.path);
	device_close(d);
	if (ours)
		(void)service_wake(path);
}

enum err device_open_store(struct device *d)
{
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(d->settings.state_dir, path, sizeof path);

	return e == OK ? store_open(&d->store, path) : e;
}

enum err device_live_credential(const struct device *d, struct arena *a, struct credential *out)
{
	struct span key_file, cert_file;
	struct signer *key = NULL;
	enum err e = store_get(&d->store, a, "key.pem", &key_file);

	if (e == OK)
		e = store_get(&d->store, a, "fullchain.pem", &cert_file);
	if (e != OK)
		return e;
	if ((e = signer_from_bytes(&key, key_file)) != OK)
		return of_files(E_STORE, e, "live", "key.pem");
	e = credential_from(a, key, cert_file, out);
	if (e == OK)
		clock_raise_floor(out->leaf.not_before);
	else
		signer_close(key);
	return of_files(E_STORE, e, "live", "fullchain.pem");
}
