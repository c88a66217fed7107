/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp reset`: back to the factory-new state, by the operator's word alone. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/life.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "platform/store/file.h"

/* A device that has no certificate, or a revoked one, has nothing to ask for. */
static enum err revoke_live(struct device *d, struct arena *a)
{
	const struct onboard_limits once = { 1, 0 };
	struct life life = { .revoked = false };
	enum err e;

	if (d->store.live == 0)
		return OK;
	e = life_look(d, a, &life);
	arena_reset(a);
	return e != OK || life.revoked ? e
	                               : life_revoke(d, a, &once, REASON_CESSATION_OF_OPERATION);
}

/* The CA first: without key and certificate nobody can ask it any more. */
static enum err revoke(struct arena *a)
{
	struct arena of_device = command_device_arena();
	struct device d;
	enum err e = device_load(&d, &of_device, config_path);

	if (e == OK) {
		command_settings(&d.settings);
		e = device_open_store(&d);
	}
	if (e == OK)
		e = revoke_live(&d, a);
	device_close(&d);
	return e;
}

static enum err reset(struct device *d, struct arena *a)
{
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(config_path, path, sizeof path);

	if (e == OK)
		e = settings_load(a, path, &d->settings);
	if (e == OK)
		e = file_rooted(d->settings.state_dir, path, sizeof path);
	if (e == OK)
		e = store_open_to_wipe(&d->store, path);
	if (e == OK)
		e = store_wipe(&d->store);
	device_close_and_wake(d);
	return e;
}

int cmd_reset(int argc, char **argv)
{
	struct arena a = command_arena();
	struct device d = { .arena = &a, .store = { .dir = -1, .lock = -1 } };
	bool yes = false, with_revoke = false, force = false, helped;
	const struct option_row rows[] = {
		{ "--yes", OPTION_FLAG, &yes, NULL, "really" },
		{ "--revoke", OPTION_FLAG, &with_revoke, NULL,
		  "have the CA revoke the certificate first, or remove nothing" },
		{ "--force", OPTION_FLAG, &force, NULL,
		  "with --revoke: remove all the same when it fails" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp reset --yes [--revoke [--force]]",
		.teaches = "Removes the operational key, certificates and roots, and whatever is "
			   "under way:\n"
			   "the device is as new and can be onboarded again, by whoever its "
			   "manufacturer\n"
			   "vouches for. The IDevID, the MASA anchors and the configuration stay. "
			   "The\n"
			   "certificate is revoked only with --revoke.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc > 1)
		return command_usage("reset", "%s",
		                     e != OK ? err_reason(e) : "`reset` takes no operands");
	if (force && !with_revoke)
		return command_usage("reset", "--force goes with --revoke");
	if (!yes)
		return command_usage("reset", "nothing was removed: say --yes to mean it");
	progress_start(NULL);
	if (with_revoke && (e = revoke(&a)) != OK && !force) {
		fprintf(stderr, "onramp: nothing was removed: not revoked (--force removes)\n");
		return command_failed(e);
	}
	if (e != OK)
		log_warning("not revoked: %s", err_reason(e));
	if ((e = reset(&d, &a)) != OK)
		return command_failed(e);
	printf("The state in %s is removed: the device is as new.\n", d.settings.state_dir);
	return 0;
}
