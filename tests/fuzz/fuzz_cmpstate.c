/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a transaction, read back from the disk: damage must not be gone on with. */
#include <stdlib.h>

#include "cmp/internal.h"
#include "platform/pki/trusted_make.h"

static uint8_t room[512 * 1024];

static struct moment now(void)
{
	return (struct moment){ TIME_SET, INT64_C(1800000000) };
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Nobody at the other end: what is judged good would be confirmed there. */
static enum err no_exchange(struct link *l, struct exchange *x, struct arena *a)
{
	(void)l;
	(void)x;
	(void)a;
	abort();
}

static struct chain no_chain(const struct link *l)
{
	(void)l;
	return (struct chain){ NULL, 0 };
}

static const struct link_ops ops = { .exchange = no_exchange, .peer_chain = no_chain };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct credential nobody;
	static const struct cmp_params params = { .subject = { (const uint8_t *)"\x30\x00", 2 } };
	struct arena a = ARENA_ON(room);
	static struct link link = { .ops = &ops };
	struct trusted trusted = { .link = &link, .authority = AUTHORITY_ANY };
	struct cmp_issued issued;
	struct cmp_client client = {
		.trusted = &trusted, .signer = &nobody, .path = "/", .now = now, .total_ms = 1000
	};
	struct span state = { p, n };
	struct cmp_state out;
	struct cmp_session *s;

	log_limit(LOG_LEVEL_ERROR);
	if (cmp_state_kind(state, &out.kind) != OK)
		return 0;
	must(out.kind <= CMP_P10CR);
	must(cmp_session_new(&client, &a, cmp_request_op(CMP_IR), &s) == OK);
	must(cmp_session_params(s, CMP_IR, &params) == OK);
	if (cmp_state_restore(state, s, &out) != OK)
		return 0;
	must(out.has_issued || s->txn.delayed);
	must(out.pause_ms >= 0 && out.pause_ms <= 1000 + cmp_time_left(s));
	must(memchr(s->path, '\0', sizeof s->path) != NULL);
	must(s->txn.peer_size <= CMP_PEER_MAX && s->txn.kept.count <= CMP_KEPT_CERTS_MAX);
	must(!out.has_issued || out.issued.cert.n > 0);
	/* below no anchor, nothing that it calls issued is */
	if (out.has_issued)
		must(cmp_resume(&client, state, &a, &params, NULL, &issued) != OK);
	return 0;
}
