/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp reset`: back to the factory-new state, by the operator's word alone. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/device.h"
#include "agent/options.h"
#include "platform/store/file.h"

static enum err reset(struct device *d, struct arena *a)
{
	char path[PATH_NAME_MAX];
	enum err e = file_rooted(config_path, path, sizeof path);

	if (e == OK)
		e = settings_load(a, path, &d->settings);
	if (e == OK)
		e = device_open_store(d);
	if (e == OK)
		e = store_wipe(&d->store);
	store_close(&d->store);
	return e;
}

int cmd_reset(int argc, char **argv)
{
	struct arena a = command_arena();
	struct device d = { .arena = &a, .store = { .dir = -1, .lock = -1 } };
	bool yes = false, helped;
	const struct option_row rows[] = {
		{ "--yes", OPTION_FLAG, &yes, NULL, "really" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp reset --yes",
		.teaches = "Removes the operational key, certificates and roots, and whatever is "
			   "under way:\n"
			   "the device is as new and can be onboarded again, by whoever its "
			   "manufacturer\n"
			   "vouches for. The IDevID, the MASA anchors and the configuration stay. "
			   "The\n"
			   "certificate is not revoked.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc > 1)
		return command_usage("reset", "%s",
		                     e != OK ? err_reason(e) : "`reset` takes no operands");
	if (!yes)
		return command_usage("reset", "nothing was removed: say --yes to mean it");
	if ((e = reset(&d, &a)) != OK)
		return command_failed(e);
	printf("The state in %s is removed: the device is as new.\n", d.settings.state_dir);
	return 0;
}
