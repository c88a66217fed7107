/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp check`: is this device ready to ship? One line a subject, all of them tried. */
#include <stdio.h>
#include <unistd.h>

#include "agent/commands.h"
#include "agent/device.h"
#include "agent/options.h"
#include "agent/uci_view.h"
#include "platform/base/date.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"

/* Prints the outcome; the first fault is what the command ends with. */
struct tally {
	enum err first;
};

static bool tell(struct tally *t, const char *what, enum err e, const char *good)
{
	printf("%-4s %-10s %s\n", e == OK ? "ok" : "FAIL", what, e == OK ? good : err_reason(e));
	if (t->first == OK)
		t->first = e;
	return e == OK;
}

static void note(const char *what, const char *text)
{
	printf("note %-10s %s\n", what, text);
}

static void warn(const char *what, const char *text)
{
	printf("warn %-10s %s\n", what, text);
}

static void check_identity(struct device *d, struct tally *t)
{
	struct quoted q;
	char good[400];
	const struct cert *c = &d->idevid.leaf;

	if (!tell(t, "identity", device_load_identity(d), d->settings.idevid_cert))
		return;
	snprintf(good, sizeof good, "%s, serial number %s, %zu certificates",
	         name_text(&q, c->subject), d->serial_number, d->idevid.count);
	note("identity", good);
	if (c->masa_url.n == 0)
		note("identity", "no MASA URL (1.3.6.1.5.5.7.1.32): registrars must know the MASA "
		                 "by other means");
	else
		note("masa url", log_quote(&q, c->masa_url));
	if (c->akid.n == 0)
		note("identity", "no authorityKeyIdentifier: registrars will generate one");
	if (c->not_after < DATE_NEVER)
		note("identity", "notAfter is not 99991231235959Z (802.1AR): it will end");
}

static void check_anchors(struct device *d, struct tally *t)
{
	char good[64];
	enum err e = device_load_anchors(d);

	if (e == OK && d->masa.n == 0)
		e = err_because(E_CONFIG, "no certificate in the masa_trust files");
	snprintf(good, sizeof good, "%zu MASA trust anchors, %zu voucher signers named", d->masa.n,
	         d->settings.masa_signers.n);
	if (tell(t, "anchors", e, good) && device_signers_warning(d) != NULL)
		warn("anchors", device_signers_warning(d));
}

/* Of a device in use, or one that is being onboarded just now, nothing is touched. */
static void check_storage(struct device *d, struct tally *t)
{
	char path[PATH_NAME_MAX], text[64];
	enum err e = file_rooted(d->settings.state_dir, path, sizeof path);

	if (e == OK)
		e = store_look(&d->store, path);
	if (e == OK)
		e = store_probe(path);
	tell(t, "storage", e, d->settings.state_dir);
	snprintf(text, sizeof text, "not factory-new: generation %u is in use", d->store.live);
	if (e == OK && d->store.live != 0)
		note("storage", text);
	store_close(&d->store);
}

static void check_view(const struct device *d)
{
	static const char *const words[] = {
		[VIEW_THERE] = NULL,
		[VIEW_TO_MAKE] = NULL,
		[VIEW_NO_UCI] = "there is no /etc/config: UCI will not show what was reached",
		[VIEW_FOREIGN] = "/etc/config/onramp_state is not our link, and is left alone",
		[VIEW_UNREADABLE] = "/etc/config/onramp_state cannot be looked at",
	};
	enum uci_view view = uci_view_look(&d->settings);

	if (words[view] != NULL)
		note("uci", words[view]);
}

static void check_clock(const struct device *d, struct tally *t)
{
	struct moment now;
	struct date_text date;
	char good[200];

	clock_trust(d->settings.trust_clock);
	now = clock_now();
	snprintf(good, sizeof good, "%s %s: %s",
	         now.confidence == TIME_SET ? "believed," : "not believed, at least",
	         date_to_rfc3339(&date, now.seconds), clock_basis_text(clock_basis()));
	tell(t, "clock", OK, good);
	if (now.confidence != TIME_SET)
		note("clock", "what is over is refused; whether something has begun is not judged");
}

static void check_entropy(struct tally *t)
{
	uint8_t b[32];

	tell(t, "entropy", rng_bytes(b, sizeof b), "the kernel's pool is seeded");
	wipe(b, sizeof b);
}

static void check_registrars(const struct device *d, struct tally *t)
{
	char good[64];
	enum err e = OK;

	if (d->settings.registrar_count == 0)
		e = err_because(E_CONFIG, "no registrar is configured, and discovery is not there");
	snprintf(good, sizeof good, "%zu configured", d->settings.registrar_count);
	tell(t, "registrars", e, good);
	if (!d->settings.enabled)
		note("enabled", "not enabled (option enabled '0'): `onramp run` waits for SIGHUP");
}

static void check_all(struct tally *t)
{
	struct arena a = command_arena();
	struct device d = { .arena = &a, .store = { .dir = -1, .lock = -1 } };
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(config_path, path, sizeof path);

	if (e == OK)
		e = settings_load(&a, path, &d.settings);
	if (!tell(t, "config", e, config_path))
		return;
	check_identity(&d, t);
	check_anchors(&d, t);
	check_registrars(&d, t);
	check_storage(&d, t);
	check_view(&d);
	check_clock(&d, t);
	check_entropy(t);
	device_close(&d);
}

int cmd_check(int argc, char **argv)
{
	struct tally t = { OK };
	bool helped;
	const struct option_row rows[] = { { 0 } };
	const struct command_line line = {
		.usage = "onramp check",
		.teaches = "Tells whether this device is ready to ship: configuration, IDevID and "
			   "its key,\n"
			   "MASA anchors, registrars, storage (a file is written there and "
			   "removed), clock,\n"
			   "random numbers. Changes nothing else, talks to nobody, and may be run "
			   "beside the\n"
			   "service. The exit status is that of the first fault.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc > 1)
		return command_usage("check", "%s",
		                     e != OK ? err_reason(e) : "`check` takes no operands");
	check_all(&t);
	return err_exit_status(t.first);
}
