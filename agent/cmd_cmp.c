/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp OPERATION`: one CMP operation (RFC 9483) from the command line. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "agent/commands.h"
#include "platform/base/log.h"

#define SERVER  "--server http://ra.example"
#define BY_CERT "\\\n         --cert idevid.pem --key idevid.key --trusted root.pem"
#define BY_OURS "\\\n         --cert our.pem --key our.key --trusted root.pem"

static const struct tool_operation operations[] = {
	{ "ir", TOOL_IR, tool_run_ir, "asks for a first certificate",
	  "Asks for a first certificate at this CA (RFC 9483 4.1.1): makes the key where\n"
	  "--newkey is not there, signs or MACs the request, waits as long as the CA needs,\n"
	  "holds what comes against what was asked, writes it, and confirms or rejects it.\n"
	  "With --central the CA makes the key (RFC 9483 4.1.6).",
	  "  onramp cmp ir " SERVER " " BY_CERT " \\\n"
	  "         --newkey our.key --subject '/O=Example/CN=router 1' --fullchainout our.pem\n"
	  "  onramp cmp ir " SERVER " --ref 4711 --secret-file secret \\\n"
	  "         --newkey new.key --certout new.pem --cacertsout roots.pem\n" },
	{ "cr", TOOL_CR, tool_run_cr, "asks for a further certificate",
	  "Asks for a further certificate (RFC 9483 4.1.2): as ir, with a certificate of the\n"
	  "CA itself, and without taking new roots.",
	  "  onramp cmp cr " SERVER " " BY_OURS " \\\n"
	  "         --newkey second.key --san router1.example --certout second.pem\n" },
	{ "kur", TOOL_KUR, tool_run_kur, "renews a certificate, for a new key",
	  "Renews --cert (RFC 9483 4.1.3): the same subject and alternative names for a new\n"
	  "key. The request is signed with --cert, which must be valid still. Where the results\n"
	  "are the files of --key and --cert, both change together or not at all.",
	  "  onramp cmp kur " SERVER " " BY_OURS " \\\n"
	  "         --newkey our.key --fullchainout our.pem\n"
	  "  onramp cmp kur " SERVER " " BY_OURS " \\\n"
	  "         --newkey next.key --certout next.pem\n" },
	{ "p10cr", TOOL_P10CR, tool_run_p10cr, "asks for a certificate with a PKCS#10 request",
	  "Asks for a certificate with a PKCS#10 request (RFC 9483 4.1.4): the one of --csr\n"
	  "as it is, or one made for --newkey.",
	  "  onramp cmp p10cr " SERVER " " BY_CERT " \\\n"
	  "         --csr request.pem --certout new.pem\n" },
	{ "rr", TOOL_RR, tool_run_rr, "has our certificate revoked",
	  "Has --cert revoked (RFC 9483 4.2). The request is signed with it.",
	  "  onramp cmp rr " SERVER " " BY_OURS " \\\n"
	  "         --revreason keyCompromise\n" },
	{ "getcacerts", TOOL_CA_CERTS, tool_run_ca_certs, "fetches the CA's certificates",
	  "Fetches the CA's certificates (RFC 9483 4.3.1): they help with chains, and are not\n"
	  "to be trusted for having come.",
	  "  onramp cmp getcacerts " SERVER " " BY_CERT " \\\n"
	  "         --cacertsout ca.pem\n" },
	{ "getrootupdate", TOOL_ROOT_UPDATE, tool_run_root_update,
	  "fetches the root that replaces ours",
	  "Fetches the root CA certificate that is to replace --oldroot (RFC 9483 4.3.2). It\n"
	  "is given out only if the old root vouches for it: by a certificate for the new\n"
	  "key, or by the hash of it that the old root announced (RFC 8649).",
	  "  onramp cmp getrootupdate " SERVER " " BY_OURS " \\\n"
	  "         --oldroot root.pem --rootout newroot.pem\n" },
	{ "getcertreqtemplate", TOOL_TEMPLATE, tool_run_template,
	  "fetches what the CA wants requests to look like",
	  "Fetches the template for requests (RFC 9483 4.3.3), of --profile if that is named.\n"
	  "ir, cr and p10cr fill it in by themselves with --follow-template.",
	  "  onramp cmp getcertreqtemplate " SERVER " " BY_CERT " \\\n"
	  "         --profile tls-server --template-out template.der\n" },
	{ "getcrls", TOOL_CRLS, tool_run_crls, "fetches a revocation list",
	  "Fetches the revocation list of --crl-issuer (RFC 9483 4.3.4), if there is one newer\n"
	  "than --oldcrl. It is given out only if that CA signed it and leads to --trusted.",
	  "  onramp cmp getcrls " SERVER " " BY_OURS " \\\n"
	  "         --crl-issuer ca.pem --oldcrl ca.crl --crlout ca.crl\n" },
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

static const struct tool_operation *find_operation(const char *name)
{
	for (size_t i = 0; name != NULL && i < OPERATIONS; i++)
		if (strcmp(name, operations[i].name) == 0)
			return &operations[i];
	return NULL;
}

/* Before options are read: only the first word counts, the rest may be values. */
static struct tool_help help_for(const struct tool_operation *o, char *room, size_t cap)
{
	size_t n = 0;

	if (o != NULL) {
		snprintf(room, cap, "onramp cmp %s [options]", o->name);
		return (struct tool_help){ room, o->teaches, o->example };
	}
	n += (size_t)snprintf(
		room, cap,
		"Speaks CMP (RFC 9483) with a CA or RA, without a voucher: trust comes from\n"
		"--trusted, or from a shared secret.\n\n");
	for (size_t i = 0; i < OPERATIONS && n < cap; i++)
		n += (size_t)snprintf(room + n, cap - n, "  %-20s %s\n", operations[i].name,
		                      operations[i].brief);
	if (n < cap)
		snprintf(room + n, cap - n,
		         "\n`onramp cmp OPERATION --help` tells what it needs, with an example.\n"
		         "The exit status names the cause of a failure: onramp(8).");
	return (struct tool_help){
		"onramp cmp OPERATION [options]",
		room,
		"  onramp cmp ir --server http://ra.example/.well-known/cmp/p/profile ...\n"
		"  onramp cmp ir --server https://ejbca.example/ejbca/publicweb/cmp/alias\n"
		"         --labels none ...\n"
		"  onramp cmp ir --server "
		"http://trustpoint/.well-known/cmp/p/domain/profile\n"
		"         --labels short ...\n"
		"  onramp cmp ir --server http://localhost:8080/pkix/ --labels none ...\n"
		"                                        # openssl cmp -port, Insta\n",
	};
}

/* A signal ends waiting and what the network does; a second one ends the process. */
static void on_signal(int signal_number)
{
	(void)signal_number;
	clock_stop();
}

static void watch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
}

static int run(struct cmp_tool *t, enum err e)
{
	t->on_terminal = isatty(STDERR_FILENO) == 1;
	if (t->verbose)
		log_limit(LOG_LEVEL_INFO);
	watch_signals();
	if (e == OK)
		e = tool_open(t);
	if (e == OK)
		e = t->offline.reqin.n > 0 ? tool_relay(t) : t->operation->run(t);
	return tool_say_end(t, e);
}

/* An operand beside the operation, or none at all. */
static enum err wrong_operands(int argc, char **argv)
{
	char names[ERR_REASON_MAX];
	size_t n = 0;

	if (argc > 2)
		return err_because(E_USAGE, "one operation, not \"%s\" and \"%s\"", argv[1],
		                   argv[2]);
	for (size_t i = 0; i < OPERATIONS && n < sizeof names; i++)
		n += (size_t)snprintf(names + n, sizeof names - n, " %s", operations[i].name);
	if (argc == 2)
		return err_because(E_USAGE, "there is no operation \"%s\", but%s", argv[1], names);
	return err_because(E_USAGE, "which operation? One of%s", names);
}

/* Before the options are read, which may end before it. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int run_line(struct cmp_tool *t, int argc, char **argv)
{
	char room[2048];
	struct tool_help help;
	bool helped, json = wants_json(argc, argv);
	enum err e;

	t->operation = find_operation(argc > 1 ? argv[1] : NULL);
	help = help_for(t->operation, room, sizeof room);
	e = tool_options(t, &help, &argc, argv, &helped);
	if (helped)
		return err_exit_status(command_flush());
	t->json = json;
	if (e == OK) {
		t->operation = find_operation(argc == 2 ? argv[1] : NULL);
		e = t->operation != NULL ? tool_rules(t) : wrong_operands(argc, argv);
	}
	if (e == OK)
		e = tool_files(t);
	return e == E_USAGE ? tool_say_usage(t, e) : run(t, e);
}

int cmd_cmp(int argc, char **argv)
{
	struct arena a = command_arena();
	struct cmp_tool t = { .arena = &a, .journal_lock = -1 };
	int status = run_line(&t, argc, argv);

	tool_close(&t);
	arena_reset(&a);
	return status;
}
