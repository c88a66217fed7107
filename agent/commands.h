/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands of `onramp`: argv[0] is the subcommand; the exit status is returned. */
#ifndef ONRAMP_AGENT_COMMANDS_H
#define ONRAMP_AGENT_COMMANDS_H

#include "platform/base/arena.h"

int cmd_run(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_cmp(int argc, char **argv);
int cmd_renew(int argc, char **argv);
int cmd_revoke(int argc, char **argv);
int cmd_reset(int argc, char **argv);

/* Where the operator's configuration lies; `--config FILE` before the subcommand. */
extern const char *config_path;

/* The memory of the one command that a process runs: 1 MB, the most that any takes. */
struct arena command_arena(void);

/* The same for what lives as long as the device: settings, identity, anchors. */
struct arena command_device_arena(void);

/* What settings mean for the process: log level, and what the clock is worth. */
struct settings;
void command_settings(const struct settings *s);

/* The enrolled device, its store open and locked; E_CONFIG when it is not enrolled.  The
   caller closes it, whatever came of it. */
struct device;
MUST_CHECK enum err command_device(struct device *d, struct arena *a);

/* What was printed is written.  Whoever reads no more (`| head`) wants no more: that is OK. */
MUST_CHECK enum err command_flush(void);

/* Says on stderr what failed and what to do, and returns the exit status. */
int command_failed(enum err e);

/* A wrong command line: the message, and where help is. Returns the status of E_USAGE. */
int command_usage(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
