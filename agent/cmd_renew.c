/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp renew` and `onramp revoke`: what the service would do, or never does, now. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/life.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "platform/base/date.h"
#include "platform/pki/name.h"

static enum err say_live(const struct device *d, struct arena *a)
{
	struct credential live;
	struct date_text date;
	struct quoted q;
	enum err e = device_live_credential(d, a, &live);

	if (e != OK)
		return e;
	printf("renewed: %s, valid until %s, in %s/live\n", name_text(&q, live.leaf.subject),
	       date_to_rfc3339(&date, live.leaf.not_after), d->settings.state_dir);
	signer_close(live.key);
	return OK;
}

int cmd_renew(int argc, char **argv)
{
	struct arena of_device = command_device_arena(), a = command_arena();
	struct device d = { .store = { .dir = -1, .lock = -1 } };
	struct onboard_limits limits = { 1, 0 };
	long patience = 0;
	bool helped;
	const struct option_row rows[] = {
		{ "--patience", OPTION_NUMBER, &patience, "SECONDS",
		  "give up after so long (0: when the CA has had four days)" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp renew [--patience SECONDS]",
		.teaches = "Renews the certificate now, whatever its age: a new key, certified by "
			   "the\n"
			   "owner's CA (CMP kur), becomes live together with its certificate. One "
			   "that has\n"
			   "ended is replaced with the help of the IDevID (CMP ir), at the owner's "
			   "server.\n"
			   "When it fails, what is in use stays in use.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc > 1)
		return command_usage("renew", "%s",
		                     e != OK ? err_reason(e) : "`renew` takes no operands");
	progress_start(NULL);
	limits.patience_ms = patience * INT64_C(1000);
	e = command_device(&d, &of_device);
	if (e == OK)
		e = life_renew(&d, &a, &limits);
	if (e == OK)
		e = say_live(&d, &a);
	device_close_and_wake(&d);
	return e == OK ? 0 : command_failed(e);
}

int cmd_revoke(int argc, char **argv)
{
	struct arena of_device = command_device_arena(), a = command_arena();
	struct device d = { .store = { .dir = -1, .lock = -1 } };
	const struct onboard_limits once = { 1, 0 };
	enum crl_reason reason = REASON_UNSPECIFIED;
	const char *name = NULL;
	bool helped;
	const struct option_row rows[] = {
		{ "--reason", OPTION_TEXT, &name, "NAME",
		  "of RFC 5280 5.3.1: keyCompromise, superseded, ... (unspecified)" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp revoke [--reason NAME]",
		.teaches = "Has the CA revoke the certificate in use (CMP rr). Its files stay, so "
			   "that\n"
			   "what uses them does not break; the state says revoked, and the device "
			   "neither\n"
			   "renews nor enrols by itself again: `onramp reset --yes` makes it as "
			   "new.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e == OK && name != NULL)
		e = crl_reason_from_name(name, &reason);
	if (e != OK || argc > 1)
		return command_usage("revoke", "%s",
		                     e != OK ? err_reason(e) : "`revoke` takes no operands");
	progress_start(NULL);
	e = command_device(&d, &of_device);
	if (e == OK)
		e = life_revoke(&d, &a, &once, reason);
	if (e == OK)
		printf("revoked: %s\n", crl_reason_name(reason));
	device_close_and_wake(&d);
	return e == OK ? 0 : command_failed(e);
}
