/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp verify FILE`: a voucher held against what a device would hold it against. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/device.h"
#include "agent/options.h"
#include "platform/base/date.h"
#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"
#include "voucher/voucher.h"

struct params {
	const char *idevid, *nonce, *at;
	struct text_list masa, signers;
	bool nonceless;
};

/* Signers go with their anchors: those of the configuration are not for others. */
static enum err gather_signers(const struct params *w, struct voucher_signers *to)
{
	enum err e = OK;

	if (w->masa.n > 0 || w->signers.n > 0)
		to->n = 0;
	for (size_t i = 0; i < w->signers.n && e == OK; i++)
		e = voucher_signers_add(to, w->signers.s[i]);
	return e == OK ? OK : err_because(E_USAGE, "--masa-signer: %s", err_reason(e));
}

/* From options, or where an option is missing, from the device's configuration. */
static enum err gather(struct arena *a, const struct params *w, struct device *d)
{
	char path[PATH_NAME_MAX];
	enum err e = OK;

	if (w->idevid == NULL || w->masa.n == 0) {
		e = file_rooted(config_path, path, sizeof path);
		if (e == OK)
			e = settings_load(a, path, &d->settings);
		if (e == OK)
			clock_trust(d->settings.trust_clock);
	}
	for (size_t i = 0; i < w->masa.n && e == OK; i++)
		e = anchors_from_file(a, "--masa", w->masa.s[i], &d->masa);
	if (w->masa.n == 0 && e == OK)
		e = device_load_anchors(d);
	return e == OK ? gather_signers(w, &d->settings.masa_signers) : e;
}

/* Only the certificate matters here: a voucher names serial number and issuer. */
static enum err read_idevid(struct arena *a, const char *path, struct credential *out)
{
	struct span file;
	size_t n;
	enum err e = file_read(a, path, PEM_FILE_MAX, &file, NULL);

	if (e == OK)
		e = pem_certificates(a, file, out->chain, CHAIN_MAX, &n);
	if (e != OK)
		return e;
	out->count = n;
	return cert_read_own(out->chain[0], &out->leaf);
}

static enum err read_nonce(struct arena *a, const char *text, struct nonce *out)
{
	struct span octets;
	enum err e = b64_decode(a, B64_ANY, span_str(text), &octets);

	if (e != OK || octets.n < NONCE_MIN || octets.n > NONCE_MAX)
		return err_because(E_USAGE, "--nonce wants base64 of %d to %d octets",
		                   (int)NONCE_MIN, (int)NONCE_MAX);
	memcpy(out->b, octets.p, octets.n);
	out->n = octets.n;
	return OK;
}

static enum err pretend(const char *date)
{
	int64_t seconds;

	if (date_from_rfc3339(span_str(date), &seconds) != OK)
		return err_because(E_USAGE, "--at wants a date like 2026-11-23T09:00:00Z");
	clock_pretend((struct moment){ TIME_SET, seconds });
	return OK;
}

static enum err verify(struct arena *a, const char *file, const struct params *w)
{
	struct device d = { .arena = a, .store = { .dir = -1, .lock = -1 } };
	char path[PATH_NAME_MAX];
	struct nonce nonce;
	const struct voucher *v;
	struct span bytes;
	enum err e = gather(a, w, &d);

	if (e == OK && w->at != NULL)
		e = pretend(w->at);
	if (e == OK && w->nonce != NULL)
		e = read_nonce(a, w->nonce, &nonce);
	if (e == OK && w->idevid == NULL)
		e = file_rooted(d.settings.idevid_cert, path, sizeof path);
	if (e == OK)
		e = read_idevid(a, w->idevid != NULL ? w->idevid : path, &d.idevid);
	if (e == OK)
		e = file_read(a, file, VOUCHER_SIZE_MAX, &bytes, NULL);
	if (e != OK)
		return e;
	struct voucher_facts facts = {
		.idevid = &d.idevid,
		.nonce = w->nonce != NULL ? &nonce : NULL,
		.masa = &d.masa,
		.signers = &d.settings.masa_signers,
		.now = clock_now(),
		.accept_nonceless = w->nonceless,
	};

	if (device_signers_warning(&d) != NULL)
		log_warning("%s", device_signers_warning(&d));
	e = voucher_verify(a, bytes, &facts, &v);
	if (e == OK)
		printf("voucher valid\n");
	return e;
}

int cmd_verify(int argc, char **argv)
{
	struct arena a = command_arena();
	struct params w = { .nonceless = false };
	bool helped;
	const struct option_row rows[] = {
		{ "--masa", OPTION_LIST, &w.masa, "FILE",
		  "MASA trust anchors; default: configured" },
		{ "--masa-signer", OPTION_LIST, &w.signers, "WHO",
		  "who signs: sha256:HEX of its SubjectPublicKeyInfo, or its subject" },
		{ "--idevid", OPTION_TEXT, &w.idevid, "FILE",
		  "the device's certificate; default: configured" },
		{ "--nonce", OPTION_TEXT, &w.nonce, "BASE64", "the nonce of the voucher-request" },
		{ "--at", OPTION_TEXT, &w.at, "DATE", "judge dates as of then (RFC 3339)" },
		{ "--accept-nonceless", OPTION_FLAG, &w.nonceless, NULL,
		  "as the option of the configuration" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp verify FILE [options]",
		.teaches = "Verifies a voucher (CMS-signed JSON) as the device would: MASA "
			   "signature,\n"
			   "assertion, serial number, IDevID issuer, nonce, dates, pin. The exit "
			   "status\n"
			   "names the check that failed. Changes nothing, talks to nobody.",
		.rows = rows,
		.examples = "  onramp verify --masa masa.pem --idevid idevid.pem --nonce "
			    "'-_XE9zK9q8Ll1qyl'\n"
			    "                --at 2021-06-01T00:00:00Z voucher.vcj\n",
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc != 2)
		return command_usage("verify", "%s",
		                     e != OK ? err_reason(e) : "`verify` wants one file");
	e = verify(&a, argv[1], &w);
	return e == OK ? 0 : command_failed(e);
}
