/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp show FILE`: what is in it, whatever it is. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/options.h"
#include "agent/show.h"
#include "cmp/cmp.h"
#include "platform/base/log.h"
#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "platform/store/file.h"

enum { TEXT_MAX = 128 * 1024 };

static const char DER_FIRST = 0x30;

static enum err show_pem(struct arena *a, struct span file)
{
	struct cert c;
	struct pem block;
	enum err e = pem_next(a, &file, &block);

	if (e == OK && block.label.n == 0)
		return err_because(E_TEXT, "neither DER, PEM, base64 nor JSON");
	while (e == OK && block.label.n > 0) {
		struct quoted q;

		printf("PEM %s\n", log_quote(&q, block.label));
		if (span_is(block.label, "CERTIFICATE") && (e = cert_read(block.der, &c)) == OK)
			show_certificate(&c);
		if (e == OK)
			e = pem_next(a, &file, &block);
	}
	return e;
}

/* A certificate, a CMS message, or a PKIMessage: the first that it is. */
static enum err show_der(struct arena *a, struct span der)
{
	static struct cms cms;
	struct cert c;
	char *text;

	if (cert_read(der, &c) == OK) {
		printf("certificate\n");
		show_certificate(&c);
		return OK;
	}
	if (cms_read(der, &cms) == OK) {
		show_cms(a, &cms);
		return OK;
	}
	if ((text = arena_take(a, TEXT_MAX)) == NULL)
		return err_because(E_SPACE, "no memory to show a CMP message");
	enum err e = cmp_show(der, text, TEXT_MAX);

	if (e == OK)
		printf("%s", text);
	return e;
}

static enum err show(struct arena *a, struct span file)
{
	struct span octets;

	if (file.n > 0 && file.p[0] == DER_FIRST)
		return show_der(a, file);
	if (file.n > 0 && file.p[0] == '{')
		return show_voucher_json(a, file);
	if (b64_decode(a, B64_LINES, file, &octets) == OK && octets.n > 0)
		return show_der(a, octets);
	return show_pem(a, file);
}

int cmd_show(int argc, char **argv)
{
	struct arena a = command_arena();
	struct span file;
	bool helped;
	const struct option_row rows[] = { { 0 } };
	const struct command_line line = {
		.usage = "onramp show FILE",
		.teaches = "Shows in words what FILE holds: a voucher or voucher-request (CMS or "
			   "bare JSON),\n"
			   "a certificate, a CMP message (PKIMessage); DER, PEM or base64. Nothing "
			   "is\n"
			   "verified: `onramp verify` does that.",
		.rows = rows,
	};
	enum err e = options_read(&line, &argc, argv, &helped);

	if (helped)
		return 0;
	if (e != OK || argc != 2)
		return command_usage("show", "%s",
		                     e != OK ? err_reason(e) : "`show` wants one file");
	e = file_read(&a, argv[1], HTTP_BODY_MAX, &file, NULL);
	if (e == OK)
		e = show(&a, file);
	return e == OK ? 0 : command_failed(e);
}
