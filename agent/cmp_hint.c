/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp`: what to try after a failure whose cause the other side rarely tells. */
#include "agent/cmp_tool.h"
#include "platform/base/log.h"
#include "platform/clock.h"

static bool refused_by_server(enum err e)
{
	return e == E_CMP_REJECTED || e == E_CMP_ERROR;
}

/* RFC 9483 3.3. What the CA says of it is rarely more than that it does not trust us. */
static void hint_at_chain(const struct cmp_tool *t, enum err e)
{
	if (refused_by_server(e) && t->client.signer != NULL && t->identity.count == 1 &&
	    !credential_is_complete(&t->identity))
		log_notice("--cert %s: sent without the CA certificates above it; if the server "
		           "finds no path, add them with --untrusted",
		           t->cert);
}

/* Servers from before RFC 9481 take the unknown algorithm for a signature, and look for its
   trust anchor. */
static void hint_at_mac(const struct cmp_tool *t, enum err e)
{
	if (refused_by_server(e) && t->client.secret != NULL && t->mac == NULL)
		log_notice("--mac: PBMAC1 was sent; if the server does not know it, try --mac pbm");
}

static void hint_at_journal(const struct cmp_tool *t, enum err e)
{
	if (e != OK && clock_stopped() && (t->operation->bit & TOOL_CERTIFY) != 0 &&
	    t->journal_file == NULL)
		log_notice("interrupted; without --journal this request is lost");
}

/* A server that signs with the key of another CA of that name, or after a key change. */
static void hint_at_trusted(const struct cmp_tool *t, enum err e)
{
	if (e == E_CMP_SIGNER && t->trusted_files.n > 0)
		log_notice("--trusted: if it has the CA's name with another key, it is another CA, "
		           "or an older root; CA certificates between are added with --untrusted");
}

static void hint_at_signed(const struct cmp_tool *t, enum err e)
{
	if (e == E_CMP_PROTECTION && t->client.secret != NULL && !t->accept_signed)
		log_notice("--accept-signed: takes answers that are signed, below --trusted, if "
		           "that is what this server does");
}

void tool_hint(const struct cmp_tool *t, enum err e)
{
	hint_at_chain(t, e);
	hint_at_mac(t, e);
	hint_at_signed(t, e);
	hint_at_journal(t, e);
	hint_at_trusted(t, e);
}
