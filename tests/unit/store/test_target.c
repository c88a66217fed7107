/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator's path leads to: written through, never replaced by something else. */
#define _DEFAULT_SOURCE /* mknod(2) */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/store/target.h"
#include "tests/unit/test.h"

static uint8_t room[4096];
static struct arena a = ARENA_ON(room);

static const char *at(const char *name)
{
	static char paths[8][PATH_NAME_MAX];
	static const char *dir;
	static unsigned next;
	char *path = paths[next++ % 8];

	if (dir == NULL)
		dir = test_tmpdir();
	snprintf(path, sizeof paths[0], "%s/target-%s", dir, name);
	return path;
}

static void a_file_has(const char *path, const char *text)
{
	struct span got;

	arena_reset(&a);
	CHECK_OK(target_read(&a, path, 100, &got, NULL));
	CU_ASSERT(span_is(got, text));
}

static enum err put(const char *path, const char *text)
{
	return target_write(path, span_str(text), 0644, clock_ticks() + 200);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_mode : 0;
}

static void links_are_followed(void)
{
	CU_ASSERT_FATAL(symlink("target-two", at("one")) == 0);
	CU_ASSERT_FATAL(symlink("./target-three", at("two")) == 0);
	CHECK_OK(put(at("one"), "made"));
	a_file_has(at("three"), "made");
	CHECK_OK(put(at("one"), "replaced"));
	a_file_has(at("three"), "replaced");
	CU_ASSERT(S_ISLNK(mode_of(at("one"))) && S_ISLNK(mode_of(at("two"))));
	CU_ASSERT(target_same(at("one"), at("three")));
	CU_ASSERT_FATAL(symlink("target-loop", at("loop")) == 0);
	CHECK_ERR(put(at("loop"), "x"), E_STORE);
	CU_ASSERT(S_ISLNK(mode_of(at("loop"))));
}

static void a_mode_stays_but_for_a_key(void)
{
	CHECK_OK(put(at("mode"), "x"));
	CU_ASSERT_EQUAL(mode_of(at("mode")) & 07777, 0644);
	CU_ASSERT(chmod(at("mode"), 0664) == 0);
	CHECK_OK(put(at("mode"), "y"));
	CU_ASSERT_EQUAL(mode_of(at("mode")) & 07777, 0664);
	CHECK_OK(target_write(at("mode"), span_str("key"), 0600, 0));
	CU_ASSERT_EQUAL(mode_of(at("mode")) & 07777, 0600);
}

/* A fifo without a reader is waited for, not replaced. */
static void a_fifo_stays(void)
{
	const char *fifo = at("fifo");

	CU_ASSERT_FATAL(mkfifo(fifo, 0600) == 0);
	CHECK_OK(target_check(fifo));
	CHECK_ERR(put(fifo, "x"), E_STORE);
	CU_ASSERT(S_ISFIFO(mode_of(fifo)));
	CU_ASSERT(!target_same(fifo, fifo));
	CHECK_ERR(target_resolve(fifo, (char[PATH_NAME_MAX]){ 0 }), E_STORE);
}

/* Never the machine's own: a test that fails must cost nobody else a device. */
static const char *null_device(void)
{
	const char *node = at("null");

	if (geteuid() != 0)
		return "/dev/null"; /* ours to write to, not to replace */
	if (mknod(node, S_IFCHR | 0666, makedev(1, 3)) != 0 || access(node, W_OK) != 0)
		return NULL;
	return node;
}

static void a_device_stays(void)
{
	const char *node = null_device();

	if (node == NULL) {
		test_skip("no device can be made here");
		return;
	}
	CHECK_OK(target_check(node));
	CHECK_OK(put(node, "x"));
	CU_ASSERT(S_ISCHR(mode_of(node)));
	CU_ASSERT(!target_same(node, node));
}

/* /proc/self/fd/N of a file without a name: nothing is made that has its old one. */
static void a_file_without_a_name(void)
{
	char link[64];
	int fd = open(at("gone"), O_RDWR | O_CREAT, 0600);
	char got[4] = "";

	CU_ASSERT_FATAL(fd >= 0 && unlink(at("gone")) == 0);
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	CHECK_OK(put(link, "x"));
	CU_ASSERT(pread(fd, got, 1, 0) == 1 && got[0] == 'x');
	CU_ASSERT(mode_of(at("gone")) == 0 && mode_of(at("gone (deleted)")) == 0);
	close(fd);
}

static void what_cannot_be_written_is_told_before(void)
{
	CHECK_ERR(target_check(test_tmpdir()), E_STORE);
	CHECK_ERR(target_check(at("no/such/place")), E_STORE);
	CHECK_ERR(target_check(""), E_STORE);
	CHECK_OK(target_check(at("new")));
	CU_ASSERT(mode_of(at("new")) == 0);
	CHECK_OK(target_check(TARGET_STANDARD));
}

static void one_file_by_two_names(void)
{
	CHECK_OK(put(at("a"), "x"));
	CU_ASSERT_FATAL(link(at("a"), at("b")) == 0);
	CU_ASSERT(target_same(at("a"), at("b")));
	CU_ASSERT(!target_same(at("a"), at("none")));
	CU_ASSERT(target_same(at("none"), at("none")));
	CU_ASSERT(!target_same(at("none"), at("other")));
	CU_ASSERT(target_same("-", "-") && !target_same("-", at("a")));
}

/* What lies beside a file is somebody's. */
static void names_beside_are_left_alone(void)
{
	CHECK_OK(put(at("beside.tmp"), "mine"));
	CHECK_OK(put(at("beside"), "x"));
	a_file_has(at("beside.tmp"), "mine");
}

static void reading_has_a_limit(void)
{
	struct span got;
	bool absent;

	CHECK_OK(put(at("long"), "0123456789"));
	arena_reset(&a);
	CHECK_OK(target_read(&a, at("long"), 10, &got, NULL));
	CHECK_ERR(target_read(&a, at("long"), 9, &got, NULL), E_TOO_BIG);
	CHECK_ERR(target_read(&a, "/dev/zero", 100, &got, NULL), E_TOO_BIG);
	CHECK_ERR(target_read(&a, at("absent"), 9, &got, NULL), E_STORE);
	CHECK_OK(target_read(&a, at("absent"), 9, &got, &absent));
	CU_ASSERT(absent);
}

const struct test_suite suite_store_target = {
	"store/target",
	{
		{ "links are followed", links_are_followed },
		{ "a mode stays, but for a key", a_mode_stays_but_for_a_key },
		{ "a fifo stays", a_fifo_stays },
		{ "a device stays", a_device_stays },
		{ "a file without a name", a_file_without_a_name },
		{ "what cannot be written is told before", what_cannot_be_written_is_told_before },
		{ "one file by two names", one_file_by_two_names },
		{ "names beside are left alone", names_beside_are_left_alone },
		{ "reading has a limit", reading_has_a_limit },
	},
};
