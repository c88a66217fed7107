/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all subcommands share: where the configuration is, how failures are said. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands.h"
#include "agent/device.h"
#include "platform/base/limits.h"

const char *config_path = "/etc/config/onramp";

struct arena command_arena(void)
{
	static uint8_t room[1024 * 1024];

	return (struct arena)ARENA_ON(room);
}

struct arena command_device_arena(void)
{
	static uint8_t room[192 * 1024];

	return (struct arena)ARENA_ON(room);
}

void command_settings(const struct settings *s)
{
	log_limit(s->log_level);
	clock_trust(s->trust_clock);
}

enum err command_device(struct device *d, struct arena *a)
{
	enum err e = device_load(d, a, config_path);

	if (e != OK)
		return e;
	command_settings(&d->settings);
	if ((e = device_open_store(d)) != OK)
		return e;
	return d->store.live != 0 ? OK
	                          : err_because(E_CONFIG, "this device is not enrolled: there is "
	                                                  "no certificate in use");
}

static bool reader_is_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

enum err command_flush(void)
{
	if ((fflush(stdout) == 0 && ferror(stdout) == 0) || reader_is_gone())
		return OK;
	return err_because(E_STORE, "standard output: cannot be written");
}

int command_failed(enum err e)
{
	fprintf(stderr, "onramp: %s\n", err_text(e));
	if (strcmp(err_reason(e), err_text(e)) != 0)
		fprintf(stderr, "        %s\n", err_reason(e));
	fprintf(stderr, "        (%s, exit status %d, see onramp(8))\n", err_name(e),
	        err_exit_status(e));
	return err_exit_status(e);
}

int command_usage(const char *command, const char *format, ...)
{
	char text[ERR_REASON_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fprintf(stderr, "onramp: %s\n        `onramp%s%s --help` tells how to use it\n", text,
	        *command ? " " : "", command);
	return err_exit_status(E_USAGE);
}
