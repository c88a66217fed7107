/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/date.h"
#include "platform/base/heap.h"
#include "platform/codec/pem.h"
#include "platform/pki/name.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 22];
static struct arena arena;
static struct signer *keys[4];

/* Keys are made once: they are no secret. */
static void begin(void)
{
	arena = (struct arena)ARENA_ON(block);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		CHECK_OK(signer_generate(&keys[i], KEY_KIND_EC256));
}

static void end(void)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		signer_close(keys[i]);
		keys[i] = NULL;
	}
}

/* A CA of keys[own], issued under another name by keys[by]. */
static struct span ca(const char *subject, unsigned own, const char *issuer, unsigned by)
{
	return fake_x509(&arena, &(struct fake_parts){ .issuer = issuer,
	                                               .subject = subject,
	                                               .spki = signer_spki(keys[own]),
	                                               .extensions = X_CA X_KU_CA,
	                                               .key = keys[by] });
}

static struct span leaf(const char *issuer, unsigned by)
{
	return fake_x509(&arena, &(struct fake_parts){ .issuer = issuer,
	                                               .subject = "/CN=Leaf",
	                                               .spki = signer_spki(keys[3]),
	                                               .extensions = X_KU_SIGN,
	                                               .key = keys[by] });
}

struct question {
	struct cert target;
	struct anchors anchors;
	struct span pool[200];
	struct path_request r;
	struct path path;
};

static void ask_about(struct question *q, struct span target)
{
	*q = (struct question){ .r = { .now = x509_now } };
	q->r.target = &q->target;
	q->r.anchors = &q->anchors;
	q->r.pool = q->pool;
	CHECK_OK(cert_read(target, &q->target));
}

static void trust(struct question *q, struct span der)
{
	CHECK_OK(anchors_add(&q->anchors, ANCHOR_CERT, der));
}

static void offer(struct question *q, struct span der)
{
	q->pool[q->r.pool_count++] = der;
}

static enum err answer(struct question *q)
{
	return path_check(&q->r, &q->path);
}

static void finds_openssls_chain(void)
{
	struct question q;

	arena = (struct arena)ARENA_ON(block);
	struct span root = fake_x509_file(&arena, "root.der"),
		    sub = fake_x509_file(&arena, "sub.der");
	struct span end_entity = fake_x509_file(&arena, "leaf.der");

	ask_about(&q, end_entity);
	trust(&q, fake_x509_file(&arena, "other-root.der"));
	trust(&q, root);
	CHECK_ERR(answer(&q), E_CERT_CHAIN);
	CU_ASSERT(q.path.n == 0 && q.path.anchor == NULL);
	offer(&q, sub);
	CHECK_OK(answer(&q));
	CU_ASSERT_EQUAL(q.path.n, 3);
	CU_ASSERT(span_equal(q.path.certs[0], end_entity));
	CU_ASSERT(span_equal(q.path.certs[1], sub));
	CU_ASSERT(span_equal(q.path.certs[2], root));
	CU_ASSERT_PTR_EQUAL(q.path.anchor, &q.anchors.a[1]);
}

/* A sub-CA is a fine anchor; the nearest one ends the path. */
static void ends_at_the_nearest_anchor(void)
{
	struct question q;

	arena = (struct arena)ARENA_ON(block);
	struct span sub = fake_x509_file(&arena, "sub.der");

	ask_about(&q, fake_x509_file(&arena, "leaf.der"));
	trust(&q, fake_x509_file(&arena, "root.der"));
	trust(&q, sub);
	offer(&q, sub);
	CHECK_OK(answer(&q));
	CU_ASSERT_EQUAL(q.path.n, 2);
	CU_ASSERT_PTR_EQUAL(q.path.anchor, &q.anchors.a[1]);
}

static void needs_an_anchor(void)
{
	struct question q;

	begin();
	struct span root = ca("/CN=Root", 0, "/CN=Root", 0);

	ask_about(&q, leaf("/CN=Root", 0));
	CHECK_ERR(answer(&q), E_CERT_CHAIN);
	offer(&q, root);
	CHECK_ERR(answer(&q), E_CERT_CHAIN);
	trust(&q, ca("/CN=Root 2", 1, "/CN=Root 2", 1));
	CHECK_ERR(answer(&q), E_CERT_CHAIN);
	trust(&q, ca("/CN=Root", 1, "/CN=Root", 1)); /* the name, another key */
	CHECK_ERR(answer(&q), E_SIGNATURE);
	trust(&q, root);
	CHECK_OK(answer(&q));
	end();
}

/* All orders of a pool of five, with rubbish in it. */
static void takes_the_pool_in_any_order(void)
{
	struct question q;

	begin();
	struct span root = ca("/CN=Root", 0, "/CN=Root", 0);
	struct span members[5] = {
		ca("/CN=One", 1, "/CN=Root", 0), ca("/CN=Two", 2, "/CN=One", 1),
		ca("/CN=Two", 0, "/CN=One", 1),  /* a look-alike */
		test_hex(&arena, "3003 020100"), /* rubbish */
		ca("/CN=One", 1, "/CN=Two", 2),  /* a loop */
	};

	ask_about(&q, leaf("/CN=Two", 2));
	trust(&q, root);
	for (unsigned order = 0; order < 120; order++) {
		bool used[5] = { false };

		q.r.pool_count = 0;
		for (unsigned left = 5, rest = order; left > 0; rest /= left, left--) {
			unsigned skip = rest % left, i = 0;

			for (;; i++)
				if (!used[i] && skip-- == 0)
					break;
			used[i] = true;
			offer(&q, members[i]);
		}
		CHECK_OK(answer(&q));
		CU_ASSERT_EQUAL(q.path.n, 4);
	}
	end();
}

/* A path that fails is one of several: the root that ended gives way to the other. */
static void tries_another_path(void)
{
	struct question q;

	begin();
	struct span old = fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Root",
	                                                          .subject = "/CN=Root",
	                                                          .spki = signer_spki(keys[0]),
	                                                          .extensions = X_CA,
	                                                          .not_after = 1800000000,
	                                                          .key = keys[0] });
	struct span newer = ca("/CN=Root 2", 1, "/CN=Root 2", 1);

	ask_about(&q, leaf("/CN=Sub", 2));
	offer(&q, ca("/CN=Sub", 2, "/CN=Root", 0));
	trust(&q, old);
	CHECK_ERR(answer(&q), E_CERT_TIME);
	CU_ASSERT(strstr(err_reason(E_CERT_TIME), "CN=Root") != NULL);
	offer(&q, ca("/CN=Sub", 2, "/CN=Root 2", 1));
	trust(&q, newer);
	CHECK_OK(answer(&q));
	CU_ASSERT(span_equal(q.path.certs[2], newer));
	end();
}

/* The reason is that of the path that came farthest, not of the last one tried. */
static void names_the_fault_that_helps(void)
{
	struct question q;

	begin();
	ask_about(&q, leaf("/CN=Root", 0));
	trust(&q, ca("/CN=Root", 1, "/CN=Root", 1));
	trust(&q, fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Root",
	                                                  .subject = "/CN=Root",
	                                                  .spki = signer_spki(keys[0]),
	                                                  .extensions = X_NOT_CA,
	                                                  .key = keys[0] }));
	CHECK_ERR(answer(&q), E_CERT_CA);
	CU_ASSERT(strstr(err_reason(E_CERT_CA), "is no CA") != NULL);
	ask_about(&q, leaf("/CN=Root", 0));
	trust(&q, fake_x509(&arena, &(struct fake_parts){ .subject = "/CN=Root",
	                                                  .extensions = X_CA X_CA,
	                                                  .key = keys[0] }));
	CHECK_ERR(answer(&q), E_CERT_SYNTAX);
	CU_ASSERT(strstr(err_reason(E_CERT_SYNTAX), "there twice") != NULL);
	end();
}

/* RFC 8995 5.6.2: an end entity or a key may be equal to the target, and issues nothing. */
static void lets_no_end_entity_issue(void)
{
	struct question q;

	begin();
	struct span pin = fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Elsewhere",
	                                                          .subject = "/CN=Pin",
	                                                          .spki = signer_spki(keys[0]),
	                                                          .key = keys[1] });

	for (int equality = 0; equality < 2; equality++) {
		ask_about(&q, leaf("/CN=Pin", 0));
		q.r.equality = equality;
		trust(&q, pin);
		CHECK_ERR(answer(&q), E_CERT_CA);
		q.anchors = (struct anchors){ .n = 0 };
		CHECK_OK(anchors_add(&q.anchors, ANCHOR_KEY, signer_spki(keys[0])));
		offer(&q, pin);
		CHECK_ERR(answer(&q), E_CERT_CHAIN);
	}
	end();
}

static struct span renewed(unsigned key, const char *extensions)
{
	return fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Elsewhere",
	                                               .subject = "/CN=Pin",
	                                               .serial = "020102",
	                                               .spki = signer_spki(keys[key]),
	                                               .extensions = extensions,
	                                               .key = keys[1] });
}

static void compares_with_anchors(void)
{
	struct question q;
	struct digest d;

	begin();
	struct span pin = renewed(0, NULL), again = renewed(0, X_KU_SIGN);

	ask_about(&q, pin);
	trust(&q, pin);
	CHECK_OK(answer(&q)); /* byte for byte */
	CU_ASSERT(q.path.n == 1 && q.path.anchor == &q.anchors.a[0]);
	ask_about(&q, again);
	trust(&q, pin);
	CHECK_ERR(answer(&q), E_CERT_CHAIN); /* only the key: a matter of equality */
	q.r.equality = true;
	CHECK_OK(answer(&q));
	CU_ASSERT(q.path.n == 1 && span_equal(q.path.certs[0], again));
	ask_about(&q, renewed(2, X_KU_SIGN));
	trust(&q, pin);
	q.r.equality = true;
	CHECK_ERR(answer(&q), E_CERT_CHAIN); /* another key, the same name */

	ask_about(&q, again);
	CHECK_OK(anchors_add(&q.anchors, ANCHOR_KEY, signer_spki(keys[0])));
	CHECK_OK(answer(&q));
	CU_ASSERT_EQUAL(q.path.n, 1);
	CHECK_OK(hash_of(HASH_SHA256, signer_spki(keys[0]), &d));
	ask_about(&q, again);
	CHECK_OK(anchors_add(&q.anchors, ANCHOR_KEY_SHA256, digest_span(&d)));
	CHECK_OK(answer(&q));
	for (size_t bit = 0; bit < 8 * d.n; bit++) {
		d.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_ERR(answer(&q), E_CERT_CHAIN);
		d.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	q.anchors.a[0].der.n = 0;
	CHECK_ERR(answer(&q), E_CERT_CHAIN);
	end();
}

/* What is pinned is still judged: dates, use, what is critical. */
static void judges_what_is_pinned(void)
{
	struct question q;

	begin();
	ask_about(&q, renewed(0, X_KU_CRL));
	CHECK_OK(anchors_add(&q.anchors, ANCHOR_KEY, signer_spki(keys[0])));
	CHECK_OK(answer(&q));
	q.r.key_usage = KU_DIGITAL_SIGNATURE;
	CHECK_ERR(answer(&q), E_CERT_USAGE);
	q.r.key_usage = 0;
	q.r.now.seconds = INT64_C(2500000000);
	CHECK_ERR(answer(&q), E_CERT_TIME);
	ask_about(&q, renewed(0, X_CRITICAL));
	CHECK_OK(anchors_add(&q.anchors, ANCHOR_KEY, signer_spki(keys[0])));
	CHECK_ERR(answer(&q), E_CERT_CRITICAL);
	end();
}

/* Equality first, whatever the anchor is; when no key is equal, the path is searched. */
static void searches_when_no_key_is_equal(void)
{
	struct question q;

	begin();
	struct span root = ca("/CN=Root", 0, "/CN=Root", 0);

	ask_about(&q, leaf("/CN=Root", 0));
	trust(&q, root);
	q.r.equality = true;
	CHECK_OK(answer(&q));
	CU_ASSERT_EQUAL(q.path.n, 2);
	ask_about(&q, root);
	trust(&q, root);
	CHECK_OK(answer(&q));
	CU_ASSERT_EQUAL(q.path.n, 1);
	end();
}

static struct span root_until(int64_t end)
{
	return fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Root",
	                                               .subject = "/CN=Root",
	                                               .serial = "020102",
	                                               .spki = signer_spki(keys[0]),
	                                               .extensions = X_CA X_KU_CA,
	                                               .not_after = end,
	                                               .key = keys[0] });
}

/* RFC 5280 6.1: self-issued, signed by the key of the anchor, which is its own. */
static void follows_a_root_renewed_with_its_key(void)
{
	struct question q;

	begin();
	struct span old = ca("/CN=Root", 0, "/CN=Root", 0);
	struct span newer = root_until(INT64_C(2500000000));

	ask_about(&q, newer);
	trust(&q, old);
	CHECK_OK(answer(&q));
	CU_ASSERT_EQUAL(q.path.n, 2);
	CU_ASSERT_PTR_EQUAL(q.path.anchor, &q.anchors.a[0]);
	/* what the anchor was given ends with the anchor, whatever comes beside it */
	ask_about(&q, leaf("/CN=Root", 0));
	trust(&q, root_until(1800000000));
	offer(&q, newer);
	CHECK_ERR(answer(&q), E_CERT_TIME);
	/* the other key signed nothing */
	ask_about(&q, newer);
	trust(&q, ca("/CN=Root", 1, "/CN=Root", 1));
	CHECK_ERR(answer(&q), E_SIGNATURE);
	end();
}

static void bounds_depth(void)
{
	struct question q;
	char name[32], issuer[32] = "/CN=Root";

	begin();
	struct span root = ca("/CN=Root", 0, "/CN=Root", 0);

	ask_about(&q, root);
	trust(&q, root);
	for (int depth = 3; depth <= PATH_DEPTH_MAX + 1; depth++) {
		struct question next;

		snprintf(name, sizeof name, "/CN=%d", depth);
		offer(&q, ca(name, 0, issuer, 0));
		next = q;
		CHECK_OK(cert_read(leaf(name, 0), &next.target));
		next.r.target = &next.target;
		CHECK_ERR(answer(&next), depth <= PATH_DEPTH_MAX ? OK : E_CERT_CHAIN);
		CU_ASSERT_EQUAL(next.path.n, depth <= PATH_DEPTH_MAX ? (size_t)depth : 0);
		memcpy(issuer, name, sizeof issuer);
	}
	end();
}

/* A hundred look-alikes cost PATH_STEPS_MAX signatures, and may hide the right one ... */
static void bounds_steps(void)
{
	struct question q;

	begin();
	ask_about(&q, leaf("/CN=X", 0));
	trust(&q, ca("/CN=X", 3, "/CN=X", 3));
	for (int i = 0; i < 100; i++) {
		char serial[16];

		snprintf(serial, sizeof serial, "0202 01%02x", i);
		offer(&q, fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=X",
		                                                  .subject = "/CN=X",
		                                                  .serial = serial,
		                                                  .extensions = X_CA,
		                                                  .key = keys[0] }));
	}
	CHECK_ERR(answer(&q), E_SIGNATURE);
	/* the right one comes too late */
	offer(&q, ca("/CN=X", 0, "/CN=X", 3));
	CHECK_ERR(answer(&q), E_SIGNATURE);
	q.pool[0] = q.pool[q.r.pool_count - 1];
	CHECK_OK(answer(&q));
	end();
}

#define SKI(x) "300b 0603551d0e 0404 0402" x
#define AKI(x) "300d 0603551d23 0406 3004 8002" x

/* ... unless key identifiers tell it apart: they are tried first, and bind nobody. */
static void prefers_by_key_identifier(void)
{
	struct question q;
	struct fake_parts end_entity = {
		.issuer = "/CN=X", .subject = "/CN=Leaf", .extensions = AKI("0101"), .key = keys[0]
	};

	begin();
	end_entity.key = keys[0];
	struct span root = ca("/CN=Root", 3, "/CN=Root", 3);
	struct fake_parts right = { .issuer = "/CN=Root",
		                    .subject = "/CN=X",
		                    .spki = signer_spki(keys[0]),
		                    .extensions = X_CA SKI("0101"),
		                    .key = keys[3] };

	ask_about(&q, fake_x509(&arena, &end_entity));
	trust(&q, root);
	for (int i = 0; i < 100; i++)
		offer(&q, fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Root",
		                                                  .subject = "/CN=X",
		                                                  .extensions = X_CA SKI("0202"),
		                                                  .key = keys[1] }));
	offer(&q, fake_x509(&arena, &right));
	CHECK_OK(answer(&q));
	right.extensions = X_CA SKI("0303");
	q.pool[0] = fake_x509(&arena, &right);
	q.r.pool_count = 1;
	CHECK_OK(answer(&q));
	end();
}

static void bounds_anchors(void)
{
	struct anchors to = { .n = 0 };

	for (int i = 0; i < ANCHORS_MAX; i++)
		CHECK_OK(anchors_add(&to, ANCHOR_KEY, NO_BYTES));
	CHECK_ERR(anchors_add(&to, ANCHOR_KEY, NO_BYTES), E_SPACE);
	CU_ASSERT_EQUAL(to.n, ANCHORS_MAX);
}

/* No bit of any certificate of the chain can be another one. */
static void refuses_every_flipped_bit(void)
{
	struct question q;

	begin();
	struct span root = ca("/CN=Root", 0, "/CN=Root", 0);
	struct span sub = ca("/CN=Sub", 1, "/CN=Root", 0);
	struct span copy;

	ask_about(&q, leaf("/CN=Sub", 1));
	CHECK_OK(arena_copy(&arena, sub, &copy));
	trust(&q, root);
	offer(&q, copy);
	CHECK_OK(answer(&q));
	for (size_t bit = 0; bit < 8 * copy.n; bit++) {
		block[copy.p - block + bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_NOT_EQUAL(answer(&q), OK);
		block[copy.p - block + bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < copy.n; n++) {
		q.pool[0].n = n;
		CHECK_ERR(answer(&q), E_CERT_CHAIN);
	}
	q.pool[0].n = copy.n;
	CHECK_OK(answer(&q));
	end();
}

static struct span pem_file(const char *name)
{
	struct span der = NO_BYTES;
	const char *path = test_vectors(name);
	size_t n;

	if (path != NULL)
		CHECK_OK(pem_certificates(&arena, test_file(&arena, path), &der, 1, &n));
	return der;
}

/* CVE-2026-93302: name, key identifier and signature octets of the CA, another key. */
static void refuses_a_cloned_ca(void)
{
	struct question q;

	arena = (struct arena)ARENA_ON(block);
	struct span root = pem_file("ca-clone/ca.pem"), genuine = pem_file("ca-clone/s.pem");
	static const char *const clones[] = { "ca-clone/evil.pem", "ca-clone/evil0.pem" };

	if (root.n == 0)
		return;
	ask_about(&q, genuine);
	q.r.now.seconds = INT64_C(1796000000);
	trust(&q, root);
	CHECK_OK(answer(&q));
	CU_ASSERT(cert_matches_host(&q.target, "localhost"));
	for (size_t i = 0; i < sizeof clones / sizeof *clones; i++) {
		struct span clone = pem_file(clones[i]);

		for (int equality = 0; equality < 2; equality++) {
			ask_about(&q, clone);
			q.r.now.seconds = INT64_C(1796000000);
			q.r.equality = equality;
			trust(&q, root);
			offer(&q, root);
			offer(&q, clone);
			CHECK_ERR(answer(&q), E_SIGNATURE);
		}
		/* nor does it issue, when it comes beside the CA */
		ask_about(&q, genuine);
		q.r.now.seconds = INT64_C(1796000000);
		trust(&q, clone);
		CHECK_ERR(answer(&q), E_SIGNATURE);
	}
}

static void finds_rfc8995s_paths(void)
{
	static const struct {
		const char *target, *anchor;
		enum err want;
	} rows[] = {
		{ "rfc8995/idevid_00-D0-E5-F2-00-02.crt", "rfc8995/vendor.crt", OK },
		{ "rfc8995/masa.crt", "rfc8995/vendor.crt", OK },
		{ "rfc8995/masa.crt", "rfc8995/masa.crt", OK },
		{ "rfc8995/jrc_prime256v1.crt", "rfc8995/ownerca_secp384r1.crt", OK },
		{ "rfc8995/jrc_prime256v1.crt", "rfc8995/vendor.crt", E_CERT_CHAIN },
		{ "rfc8995/idevid_00-D0-E5-F2-00-02.crt", "rfc8366bis/vendor-00-D0-E5-F2-00-02.crt",
		  E_ALGORITHM },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct question q;
		struct span target, anchor;

		arena = (struct arena)ARENA_ON(block);
		target = pem_file(rows[i].target);
		if (target.n == 0)
			return;
		anchor = pem_file(rows[i].anchor);
		ask_about(&q, target);
		CHECK_OK(date_from_rfc3339(span_str("2021-06-01T00:00:00Z"), &q.r.now.seconds));
		trust(&q, anchor);
		test_check_err(answer(&q), rows[i].want, rows[i].target, __FILE__, __LINE__);
	}
}

static unsigned asked, fails;

static void *failing(void *p, size_t n)
{
	return n > 0 && ++asked == fails ? NULL : realloc(p, n);
}

/* Another certificate of the same name and key does not hide what could not be computed. */
static void a_failed_allocation_is_no_missing_path(void)
{
	struct question q;
	enum err e;

	begin();
	ask_about(&q, leaf("/CN=Sub", 1));
	CHECK_OK(anchors_add(&q.anchors, ANCHOR_CERT, ca("/CN=Root", 0, "/CN=Root", 0)));
	q.pool[0] = ca("/CN=Sub", 1, "/CN=Root", 0);
	/* gets further than a signature that was not computed: it is no CA's */
	q.pool[1] = fake_x509(&arena, &(struct fake_parts){ .issuer = "/CN=Root",
	                                                    .subject = "/CN=Sub",
	                                                    .spki = signer_spki(keys[1]),
	                                                    .extensions = X_KU_SIGN,
	                                                    .key = keys[0] });
	q.r.anchors = &q.anchors;
	q.r.pool = q.pool;
	q.r.pool_count = 2;
	CHECK_OK(path_check(&q.r, &q.path));
	fails = 0;
	do {
		fails++;
		asked = 0;
		heap_use(failing);
		e = path_check(&q.r, &q.path);
		heap_use(NULL);
		CU_ASSERT(e == OK || e == E_MEMORY);
	} while (asked >= fails);
	CHECK_OK(e);
	CU_ASSERT(fails > 3);
	end();
}

const struct test_suite suite_pki_path = {
	"pki/path",
	{
		{ "openssl's chain is found", finds_openssls_chain },
		{ "the nearest anchor ends the path", ends_at_the_nearest_anchor },
		{ "an anchor is needed", needs_an_anchor },
		{ "the pool may be in any order", takes_the_pool_in_any_order },
		{ "another path is tried", tries_another_path },
		{ "the fault named is the one that helps", names_the_fault_that_helps },
		{ "a failed allocation is no missing path",
	          a_failed_allocation_is_no_missing_path },
		{ "no end entity issues", lets_no_end_entity_issue },
		{ "anchors are compared", compares_with_anchors },
		{ "what is pinned is judged", judges_what_is_pinned },
		{ "the search goes on when no key is equal", searches_when_no_key_is_equal },
		{ "a root renewed with its key", follows_a_root_renewed_with_its_key },
		{ "depth is bounded", bounds_depth },
		{ "steps are bounded", bounds_steps },
		{ "key identifiers give an order", prefers_by_key_identifier },
		{ "anchors are counted", bounds_anchors },
		{ "every flipped bit is refused", refuses_every_flipped_bit },
		{ "a cloned CA is refused", refuses_a_cloned_ca },
		{ "RFC 8995's paths are found", finds_rfc8995s_paths },
	}
};
