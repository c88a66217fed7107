/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp OPERATION`: one CMP operation (RFC 9483) from the command line. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "agent/commands.h"
#include "platform/codec/pem.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"

static bool is_address(const char *text)
{
	uint8_t b[16];

	return inet_pton(AF_INET, text, b) == 1 || inet_pton(AF_INET6, text, b) == 1;
}

/* --san NAME: an address or a DNS name, by its looks. */
static struct cmp_facts facts_of(const struct cmp_tool *t, struct text_list *dns,
                                 struct text_list *ip)
{
	for (size_t i = 0; i < t->san.n; i++) {
		struct text_list *to = is_address(t->san.s[i]) ? ip : dns;

		to->s[to->n++] = t->san.s[i];
	}
	return (struct cmp_facts){
		.idevid = &t->identity,
		.subject = t->subject,
		.dns_names = dns->s,
		.dns_count = dns->n,
		.ip_addresses = ip->s,
		.ip_count = ip->n,
	};
}

static enum err run_ir(struct cmp_tool *t)
{
	struct text_list dns = { .n = 0 }, ip = { .n = 0 };
	struct cmp_facts facts = facts_of(t, &dns, &ip);
	struct cmp_template template = { .present = false };
	struct cmp_wishes wishes = {
		.confirm = t->implicit_confirm ? CMP_CONFIRM_IMPLICIT : CMP_CONFIRM_EXPLICIT,
	};
	struct cmp_keep keep = { tool_keep, t };
	struct cmp_issued issued;
	enum err e = OK;

	if (t->follow_template)
		e = cmp_get_template(&t->client, t->arena, &template);
	if (e == OK)
		e = tool_key(t, template.has_key_kind ? template.key_kind : KEY_KIND_EC256);
	if (e == OK)
		e = cmp_apply_template(&template, &facts, t->arena, &wishes);
	wishes.key = t->new_key;
	if (e == OK)
		e = cmp_enrol(&t->client, CMP_IR, t->arena, &wishes, t->pool, t->pool_count, &keep,
		              &issued);
	return e == OK ? tool_say_issued(t, &issued) : e;
}

static enum err run_get_ca_certs(struct cmp_tool *t)
{
	struct span certs[POOL_MAX];
	struct quoted q;
	struct cert c;
	size_t n;
	enum err e = cmp_get_ca_certs(&t->client, t->arena, certs, &n);

	if (e != OK)
		return e;
	printf("%zu CA certificate%s\n", n, n == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++)
		if (cert_read(certs[i], &c) == OK)
			printf("  %s\n", name_text(&q, c.subject));
	return n > 0 ? tool_write_certs(t, t->cacertsout, certs, n) : OK;
}

static enum err run_get_template(struct cmp_tool *t)
{
	struct cmp_template template;
	struct quoted q;
	enum err e = cmp_get_template(&t->client, t->arena, &template);

	if (e != OK)
		return e;
	if (!template.present) {
		printf("the CA has no wishes\n");
		return OK;
	}
	printf("certificate request template, %zu octets\n", template.bytes.n);
	if (template.subject.n > 0)
		printf("  subject     %s\n", name_text(&q, template.subject));
	printf("  extensions  %zu octets\n", template.extensions.n);
	printf("  key         %s\n",
	       template.has_key_kind ? key_kind_name(template.key_kind) : "of any kind");
	return t->templateout != NULL ? file_replace(t->templateout, template.bytes, 0644) : OK;
}

static const struct operation {
	const char *name;
	enum err (*run)(struct cmp_tool *t);
	bool certifies;
} operations[] = {
	{ "ir", run_ir, true },
	{ "getcacerts", run_get_ca_certs, false },
	{ "getcertreqtemplate", run_get_template, false },
};

static const struct operation *find_operation(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof operations / sizeof *operations; i++)
		if (strcmp(argv[1], operations[i].name) == 0)
			return &operations[i];
	return NULL;
}

static enum err run_operation(const struct operation *o, struct cmp_tool *t)
{
	enum err e = OK;

	if (o->certifies && t->newkey == NULL)
		e = err_because(E_USAGE, "--newkey FILE is missing: the key to be certified, made "
		                         "if it is not there");
	if (e == OK)
		e = tool_open(t);
	if (e == OK)
		e = o->run(t);
	tool_close(t);
	return e;
}

static const char teaches[] =
	"Speaks CMP (RFC 9483) with a CA or RA, without a voucher: trust comes from\n"
	"--trusted. Messages are signed with --cert and --key, for example a device's\n"
	"IDevID or a certificate of the CA itself.\n"
	"\n"
	"  ir                   asks for a first certificate: signs, waits as long as the\n"
	"                       CA needs, checks what comes against what was asked, and\n"
	"                       confirms or rejects it\n"
	"  getcacerts           fetches the CA's certificates (candidates, not anchors)\n"
	"  getcertreqtemplate   fetches what the CA wants requests to look like";

static const char examples[] =
	"  onramp cmp ir --server http://ra.example:8080 --cert idevid.pem --key idevid.key\n"
	"         --trusted domain-root.pem --subject '/O=Example/CN=router 1'\n"
	"         --newkey new.key --certout new.pem --chainout chain.pem\n"
	"  onramp cmp ir --server http://127.0.0.1:18080/pkix/ --labels none ...   # openssl cmp "
	"-port\n"
	"  onramp cmp getcacerts --server https://registrar.example --cert idevid.pem\n"
	"         --key idevid.key --trusted domain-root.pem --cacertsout ca.pem\n";

static int run_line(struct cmp_tool *t, int argc, char **argv)
{
	const struct option_row rows[] = {
		{ "--server", OPTION_TEXT, &t->server, "URL", "http:// or https:// of the server" },
		{ "--path", OPTION_TEXT, &t->path, "P", "instead of the URL's, /.well-known/cmp" },
		{ "--labels", OPTION_TEXT, &t->labels, "KIND",
		  "operation behind the path: long, short or none" },
		{ "--cert", OPTION_TEXT, &t->cert, "FILE", "our certificate and its chain, PEM" },
		{ "--key", OPTION_TEXT, &t->key, "FILE", "its private key, PEM" },
		{ "--trusted", OPTION_LIST, &t->trusted_files, "FILE",
		  "anchors for answers and the new certificate" },
		{ "--untrusted", OPTION_LIST, &t->untrusted_files, "FILE",
		  "CA certificates that may help with chains" },
		{ "--crl", OPTION_LIST, &t->crl_files, "FILE",
		  "revocation lists; an RA needs one to bring a new root" },
		{ "--require-role", OPTION_FLAG, &t->require_role, NULL,
		  "answers only by id-kp-cmcRA or id-kp-cmcCA" },
		{ "--recipient", OPTION_TEXT, &t->recipient, "DN", "the CA's name, if known" },
		{ "--profile", OPTION_TEXT, &t->profile, "NAME", "certificate profile to ask for" },
		{ "--newkey", OPTION_TEXT, &t->newkey, "FILE",
		  "ir: key to be certified; made if absent" },
		{ "--keytype", OPTION_TEXT, &t->keytype, "KIND",
		  "ec256, ec384, ec521, rsa2048, rsa3072, rsa4096, ed25519, ed448" },
		{ "--subject", OPTION_TEXT, &t->subject, "DN",
		  "/O=Org/CN=name; default: --cert's" },
		{ "--san", OPTION_LIST, &t->san, "NAME", "DNS name or address to ask for" },
		{ "--follow-template", OPTION_FLAG, &t->follow_template, NULL,
		  "ir: ask for the CA's template first" },
		{ "--implicit-confirm", OPTION_FLAG, &t->implicit_confirm, NULL,
		  "ir: offer to go without certConf" },
		{ "--total-timeout", OPTION_NUMBER, &t->total_timeout, "SECONDS",
		  "for the operation, waiting included (4 days)" },
		{ "--certout", OPTION_TEXT, &t->certout, "FILE", "the new certificate" },
		{ "--chainout", OPTION_TEXT, &t->chainout, "FILE", "the CAs above it, no root" },
		{ "--cacertsout", OPTION_TEXT, &t->cacertsout, "FILE",
		  "getcacerts: all; ir: new roots (caPubs)" },
		{ "--templateout", OPTION_TEXT, &t->templateout, "FILE", "the template, DER" },
		{ "--dump", OPTION_TEXT, &t->dump, "DIR", "every message as a .pki file" },
		{ "--json", OPTION_FLAG, &t->json, NULL, "the result as JSON, no progress" },
		{ 0 },
	};
	const struct command_line line = { "onramp cmp OPERATION [options]", teaches, rows,
		                           examples };
	const struct operation *o;
	bool helped;
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	o = find_operation(argc, argv);
	if (e != OK || o == NULL)
		return command_usage(
			"cmp", "%s",
			e != OK ? err_reason(e)
				: "one operation: ir, getcacerts or getcertreqtemplate");
	e = run_operation(o, t);
	return e == OK ? 0 : command_failed(e);
}

int cmd_cmp(int argc, char **argv)
{
	struct arena a = command_arena();
	struct cmp_tool t = { .arena = &a };
	int status = run_line(&t, argc, argv);

	arena_reset(&a);
	return status;
}
