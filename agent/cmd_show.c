/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp show FILE`: what is in it, whatever it is. */
#include <stdio.h>

#include "agent/cmp_tool.h"
#include "agent/commands.h"
#include "agent/options.h"
#include "agent/show.h"
#include "platform/codec/pem_reader.h"
#include "platform/store/file.h"

static void to_stdout(void *to, const char *s, size_t n)
{
	fwrite(s, 1, n, to);
}

/* A long list is what may be larger than there is memory for its text. */
static enum err open_document(const char *path, struct octets *out)
{
	struct octets list;
	bool der = true;
	enum err e = file_open(path, BUNDLE_FILE_MAX, out);

	if (e == OK && out->n > SHOW_FILE_MAX)
		e = octets_are_der(out, &der);
	if (e != OK || der || tool_open_crl(NULL, "show", path, &list) != OK)
		return e;
	octets_close(out);
	*out = list;
	return OK;
}

static enum err show_octets(const struct octets *o, bool json)
{
	struct arena a = command_arena();
	struct grammar syntax;
	struct span file;
	struct view v;
	enum err e = octets_map(o, &file);

	if (e != OK)
		return e;
	e = show_syntax(&a, &syntax);
	if (e == OK) {
		view_begin(&v, json ? &VIEW_JSON : &VIEW_TEXT, to_stdout, stdout);
		if (file.n > SHOW_FILE_MAX)
			v.left = VIEW_LARGE_MAX;
		e = show_file(&v, &a, &syntax, file);
		view_end(&v);
	}
	octets_unmap(o, file);
	return e;
}

static enum err show(const char *path, bool json)
{
	struct octets file = NO_OCTETS;
	enum err e = open_document(path, &file);

	if (e == OK)
		e = show_octets(&file, json);
	octets_close(&file);
	return command_flush() == OK ? e : E_STORE;
}

int cmd_show(int argc, char **argv)
{
	bool helped, json = false;
	const struct option_row rows[] = {
		{ "--json", OPTION_FLAG, &json, NULL, "for programs" },
		{ 0 },
	};
	const struct command_line line = {
		.usage = "onramp show FILE [--json]",
		.teaches =
			"Shows what FILE holds: a CMP message (PKIMessage), certificate, CRL, "
			"PKCS#10\n"
			"request, CMS message, certificate request template, voucher or "
			"voucher-request,\n"
			"other JSON, other DER as a tree; in DER, PEM or base64. Broken ones are "
			"shown as\n"
			"far as they can be read; the last line then says where and why, and so "
			"does the\n"
			"exit status. Nothing is verified: `onramp verify` does that.",
		.rows = rows,
		.examples = "  onramp show voucher.vcj\n"
			    "  onramp show answer.pki\n"
			    "  onramp show --json cert.pem | jq -r "
			    ".PEM[].Certificate.tbsCertificate.subject\n",
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc != 2)
		return command_usage("show", "%s",
		                     e != OK ? err_reason(e) : "`show` wants one file");
	e = show(argv[1], json);
	return e == OK ? 0 : command_failed(e);
}
