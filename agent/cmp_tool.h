/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `onramp cmp`: the CMP client by itself, driven from a command line against any
 * CA or RA.  Files are those of the operator, not of the device: --root does not
 * concern them.
 */
#ifndef ONRAMP_AGENT_CMP_TOOL_H
#define ONRAMP_AGENT_CMP_TOOL_H

#include "agent/options.h"
#include "cmp/cmp.h"

struct cmp_tool {
	/* the command line */
	const char *server, *path, *labels, *profile, *recipient;
	const char *cert, *key;
	struct text_list trusted_files, untrusted_files, crl_files;
	bool require_role;
	const char *subject, *newkey, *keytype;
	struct text_list san;
	bool implicit_confirm, follow_template;
	long total_timeout;
	const char *certout, *chainout, *cacertsout, *templateout, *dump;
	bool json;

	/* what was made of it */
	struct arena *arena;
	char url_path[URL_MAX];
	struct credential identity;
	struct signer *new_key;
	struct anchors anchors;
	struct span pool[POOL_MAX];
	size_t pool_count;
	struct span crls[TEXT_LIST_MAX];
	struct link *link;
	struct trusted *trusted;
	struct cmp_watch watch;
	struct cmp_client client;
	unsigned dumped;
};

/* cmp_setup.c: identity, anchors, connection, client; tool_close() whatever came of it. */
MUST_CHECK enum err tool_open(struct cmp_tool *t);
void tool_close(struct cmp_tool *t);
/* The new key: from its file, or made and written there; kind: where --keytype is absent. */
MUST_CHECK enum err tool_key(struct cmp_tool *t, enum key_kind kind);

/* cmp_output.c */
MUST_CHECK enum err tool_write_certs(const struct cmp_tool *t, const char *path,
                                     const struct span *certs, size_t count);
MUST_CHECK enum err tool_keep(void *context, const struct cmp_issued *issued);
MUST_CHECK enum err tool_say_issued(const struct cmp_tool *t, const struct cmp_issued *issued);
void tool_event(void *context, enum cmp_event what, const char *message_type, int64_t seconds);
void tool_dump(void *context, enum cmp_event what, struct span der);

#endif
