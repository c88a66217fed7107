/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp`: a table of subcommands, and what all of them share. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands.h"
#include "platform/base/limits.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/crypto/features.h"
#include "platform/http/link_http.h"
#include "platform/net/names.h"
#include "platform/store/file.h"

extern char **environ;

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "run", cmd_run, "onboard this device, then stay (the service); --once exits when done" },
	{ "status", cmd_status, "what was reached, and what happens next; --json" },
	{ "check", cmd_check, "is this device ready to ship: identity, anchors, storage, clock" },
	{ "show", cmd_show,
	  "decode a CMP message, certificate, CRL, CMS, voucher, any DER; --json" },
	{ "verify", cmd_verify, "verify a voucher as the device would" },
	{ "cmp", cmd_cmp, "the CMP client by itself, against any CA or RA" },
	{ "renew", cmd_renew, "renew the certificate now" },
	{ "revoke", cmd_revoke, "have the CA revoke the certificate in use" },
	{ "reset", cmd_reset, "forget the owner: remove certificates and state" },
};

static void print_help(void)
{
	printf("Usage: onramp [--root DIR] [--config FILE] COMMAND [options]\n"
	       "\n"
	       "Brings a factory-new device onto its owner's network: finds a registrar, makes\n"
	       "it prove ownership with a voucher signed by the manufacturer (BRSKI, RFC 8995),\n"
	       "enrols a certificate with CMP (RFC 9483, RFC 9733), and puts key, certificate\n"
	       "and roots into the device's configuration: all of it, or nothing.\n"
	       "\n"
	       "Commands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].help);
	printf("\n"
	       "  --root DIR     look up every path of the device below DIR\n"
	       "  --config FILE  instead of /etc/config/onramp\n"
	       "  --version      version, libraries and what they can do\n"
	       "\n"
	       "`onramp COMMAND --help` tells more. Exit status: 0 done, 2 command line,\n"
	       "3 configuration, 4 identity, 5 storage, others by cause: onramp(8).\n");
}

static void print_version(void)
{
	printf("onramp %s\nwolfSSL %s:", ONRAMP_VERSION, crypto_library_version());
	for (const struct feature *f = crypto_features(); f->name != NULL; f++)
		printf(" %s%s", f->there ? "+" : "-", f->name);
	printf("\nTLS groups:");
	for (size_t i = 0; channel_groups(i) != NULL; i++)
		printf(" %s", channel_groups(i));
	printf("\n");
}

/*
 * The environment reaches libraries (proxies, certificate files, debug switches,
 * resolver options): only what a terminal needs stays.
 */
static void clean_environment(void)
{
	static const char *const keep[] = { "PATH=", "TERM=", "LANG=", "LC_", "TZ=" };
	size_t kept = 0;

	for (char **e = environ; e != NULL && *e != NULL; e++)
		for (size_t i = 0; i < sizeof keep / sizeof *keep; i++)
			if (strncmp(*e, keep[i], strlen(keep[i])) == 0) {
				environ[kept++] = *e;
				break;
			}
	if (environ != NULL)
		environ[kept] = NULL;
}

/* Options before the subcommand. The index of the subcommand, 0 when there is
   nothing left to run, -1 for a wrong line. */
static int global_options(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			return 0;
		}
		if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0) {
			print_version();
			return 0;
		}
		if (i + 1 < argc && strcmp(argv[i], "--root") == 0)
			file_root(argv[++i]);
		else if (i + 1 < argc && strcmp(argv[i], "--config") == 0)
			config_path = argv[++i];
		else
			return -1;
	}
	return i < argc ? i : -1;
}

/* Below --root, so far as its owner has put it there: it may be a place for tests, or
   the tree of a device whose network is the one we are in. */
static const char *in_root(const char *path, char room[PATH_NAME_MAX])
{
	return file_rooted(path, room, PATH_NAME_MAX) == OK && access(room, R_OK) == 0 ? room
	                                                                               : NULL;
}

static void look_for_name_files(void)
{
	static char resolv_conf[PATH_NAME_MAX], hosts[PATH_NAME_MAX];

	names_files(in_root("/etc/resolv.conf", resolv_conf), in_root("/etc/hosts", hosts));
}

static int run_command(int argc, char **argv)
{
	look_for_name_files();
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		enum err e;
		int status;

		if (strcmp(argv[0], commands[i].name) != 0)
			continue;
		if ((e = http_start()) != OK)
			return command_failed(e);
		status = commands[i].run(argc, argv);
		http_stop();
		return status;
	}
	return command_usage("", "there is no command \"%s\"", argv[0]);
}

int main(int argc, char **argv)
{
	int at;

	signal(SIGPIPE, SIG_IGN);
	clean_environment();
	at = global_options(argc, argv);
	if (at == 0)
		return err_exit_status(command_flush());
	if (at < 0)
		return command_usage("", argc > 1 ? "options before the command: --root DIR, "
		                                    "--config FILE, --version, --help"
		                                  : "which command?");
	return run_command(argc - at, argv + at);
}
