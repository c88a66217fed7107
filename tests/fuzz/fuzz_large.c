/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmp_read_octets, cmp_ca_certs_each, cmp_crls_read, crl_read, bundle_each: of a file they
   say what they say of the same octets in memory */
#include <stdlib.h>
#include <unistd.h>

#include "cmp/internal.h"
#include "platform/codec/pem_reader.h"
#include "platform/pki/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t room[1 << 20];

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* One file for all inputs: what is behind an input is none of its business. */
static struct octets in_file(const uint8_t *p, size_t n)
{
	static int fd = -1;

	if (fd < 0) {
		char name[] = "/tmp/fuzz_large.XXXXXX";

		fd = mkstemp(name);
		must(fd >= 0 && unlink(name) == 0);
	}
	must(pwrite(fd, p, n, 0) == (ssize_t)n);
	return octets_in(fd, 0, n);
}

static bool same(const struct octets *file, const struct octets *memory)
{
	struct window w = NO_WINDOW;
	size_t at = 0;
	struct span piece;

	if (file->n != memory->n)
		return false;
	while (at < file->n) {
		size_t from = at;

		must(octets_next(file, &w, &at, &piece) == OK);
		if (memcmp(piece.p, memory->p + from, piece.n) != 0)
			return false;
	}
	return true;
}

struct sum {
	size_t count, octets;
};

static enum err add_cert(void *context, struct span der)
{
	struct sum *s = context;

	s->count++;
	s->octets += der.n;
	return OK;
}

static enum err add_numbered(void *context, size_t number, struct span der)
{
	struct sum *s = context;

	must(number == s->count + 1 && der.n <= CERT_SIZE_MAX);
	return add_cert(context, der);
}

/* What is larger than a window, or held around a body, is too large in a file alone. */
static bool agree(enum err file, enum err memory)
{
	return file == E_TOO_BIG || file == memory;
}

static void messages(const struct octets *file, const struct octets *memory)
{
	struct arena a = ARENA_ON(room);
	struct cmp_message f, m;
	enum err of_memory = cmp_read_octets(memory, &a, &m);
	enum err of_file = cmp_read_octets(file, &a, &f);

	must(agree(of_file, of_memory));
	if (of_file != OK)
		return;
	must(f.body == BODY_GENP && m.body == BODY_GENP);
	must(same(&f.part, &m.part) && same(&f.value, &m.value));
	must(f.has_protection == m.has_protection && span_equal(f.protection, m.protection));
	must(f.cert_count == m.cert_count);
	must(span_equal(f.header.transaction_id, m.header.transaction_id));
}

static void values(const struct octets *file, const struct octets *memory)
{
	struct sum f = { 0, 0 }, m = { 0, 0 };
	const struct cmp_taker of = { add_cert, &f }, om = { add_cert, &m };
	struct octets list, same_list;
	enum err of_memory = cmp_ca_certs_each(memory, &om);
	enum err of_file = cmp_ca_certs_each(file, &of);

	must(agree(of_file, of_memory));
	must(of_file != OK || (f.count == m.count && f.octets == m.octets && f.count > 0));
	of_memory = cmp_crls_read(memory, &same_list);
	of_file = cmp_crls_read(file, &list);
	must(of_file == of_memory && same(&list, &same_list));
}

static void lists(const struct octets *file, const struct octets *memory)
{
	static struct crl f, m;
	enum err of_memory = crl_read(memory, &m), of_file = crl_read(file, &f);

	/* what is held of a file has its limits: then it is refused, too */
	must(of_memory == OK || of_file != OK);
	if (of_file != OK)
		return;
	must(of_memory == OK && f.this_update == m.this_update && f.next_update == m.next_update);
	must(same(&f.tbs, &m.tbs) && same(&f.entries, &m.entries) && f.usable == m.usable);
	must(span_equal(f.issuer, m.issuer) && span_equal(f.signature, m.signature));
}

static void bundles(const struct octets *file, const struct octets *memory)
{
	struct sum f = { 0, 0 }, m = { 0, 0 };
	const struct cert_taker of = { add_numbered, &f }, om = { add_numbered, &m };

	must(bundle_each(file, &of) == bundle_each(memory, &om));
	must(f.count == m.count && f.octets == m.octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct octets memory = octets_of((struct span){ p, n }), file;

	log_limit(LOG_LEVEL_ERROR);
	if (n == 0)
		return 0;
	file = in_file(p, n);
	messages(&file, &memory);
	values(&file, &memory);
	lists(&file, &memory);
	bundles(&file, &memory);
	return 0;
}
