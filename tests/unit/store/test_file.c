/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: capped when read, atomic when replaced, never through a surprise. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/store/file.h"
#include "tests/unit/fake/calls.h"
#include "tests/unit/test.h"

static uint8_t room[4096];
static struct arena arena = ARENA_ON(room);

static const char *in_tmp(const char *name)
{
	static char path[600];

	snprintf(path, sizeof path, "%s/%s", test_tmpdir(), name);
	return path;
}

static void what_is_written_is_read(void)
{
	const char *path = in_tmp("f");
	struct span got;
	bool absent;

	arena_reset(&arena);
	CHECK_OK(file_replace(path, span_str("one"), 0600));
	CHECK_OK(file_replace(path, span_str("two"), 0644));
	CHECK_OK(file_read(&arena, path, 100, &got, &absent));
	CU_ASSERT(!absent && span_is(got, "two"));
}

static void one_at_a_time(void)
{
	const char *path = in_tmp("held");
	char name[700];
	int first, second;

	snprintf(name, sizeof name, "%s.lock", path);
	CHECK_OK(file_lock(path, &first));
	CHECK_ERR(file_lock(path, &second), E_BUSY);
	CU_ASSERT(second == -1 && access(name, F_OK) == 0);
	file_unlock(path, &first);
	CU_ASSERT(first == -1 && access(name, F_OK) != 0);
	CHECK_OK(file_lock(path, &first));
	/* Somebody took the file away: whoever comes then is not kept out by what we hold. */
	unlink(name);
	CHECK_OK(file_lock(path, &second));
	file_unlock(path, &first);
	file_unlock(path, &second);
	CHECK_ERR(file_lock(in_tmp("nowhere/held"), &second), E_STORE);
}

static void a_missing_file_is_told_from_a_broken_one(void)
{
	char dir[600];
	struct span got;
	bool absent;

	arena_reset(&arena);
	snprintf(dir, sizeof dir, "%s", test_tmpdir());
	CHECK_OK(file_read(&arena, "/nowhere/at/all", 100, &got, &absent));
	CU_ASSERT(absent && got.n == 0);
	CHECK_ERR(file_read(&arena, "/nowhere/at/all", 100, &got, NULL), E_STORE);
	CHECK_ERR(file_read(&arena, dir, 100, &got, &absent), E_STORE);
	CU_ASSERT(!absent);
	CHECK_ERR(file_read(&arena, "/dev/zero", 100, &got, &absent), E_STORE);
}

static void a_file_is_capped(void)
{
	const char *path = in_tmp("f");
	struct span got;

	arena_reset(&arena);
	CHECK_OK(file_replace(path, span_str("0123456789"), 0600));
	CHECK_OK(file_read(&arena, path, 10, &got, NULL));
	CHECK_ERR(file_read(&arena, path, 9, &got, NULL), E_TOO_BIG);
	struct arena small = { room, 5, 0 };

	CHECK_ERR(file_read(&small, path, 100, &got, NULL), E_TOO_BIG);
}

/* A link planted where we write is replaced, not followed. */
static void a_planted_link_is_not_followed(void)
{
	char link[600], tmp[600], victim[600];
	struct span got;

	arena_reset(&arena);
	snprintf(victim, sizeof victim, "%s", in_tmp("victim"));
	snprintf(link, sizeof link, "%s", in_tmp("f"));
	snprintf(tmp, sizeof tmp, "%s", in_tmp("f.tmp"));
	CHECK_OK(file_replace(victim, span_str("mine"), 0600));
	CU_ASSERT_EQUAL(symlink(victim, tmp), 0);
	CU_ASSERT_EQUAL(symlink(victim, link), 0);
	CHECK_OK(file_replace(link, span_str("new"), 0600));
	CHECK_OK(file_read(&arena, victim, 100, &got, NULL));
	CU_ASSERT(span_is(got, "mine"));
	CHECK_OK(file_read(&arena, link, 100, &got, NULL));
	CU_ASSERT(span_is(got, "new"));
}

/* In a directory where others may write: a file of theirs comes between the removal of an
   old temporary file and the making of ours, to be read while it has the secret. */
static void a_temporary_file_is_our_own(void)
{
	const char *path = in_tmp("key");

	fake_calls = (struct fake_calls){ .plants = "key.tmp", .content = "theirs" };
	CHECK_ERR(file_replace(path, span_str("secret"), 0600), E_STORE);
	fake_calls = (struct fake_calls){ .plants = NULL };
	CU_ASSERT(!test_file_exists(path));
}

static void a_temporary_file_is_private(void)
{
	mode_t mask = umask(0);

	fake_calls = (struct fake_calls){ .plants = NULL };
	CHECK_OK(file_replace(in_tmp("public"), span_str("x"), 0644));
	CU_ASSERT_EQUAL(fake_calls.mode_before & 0777, 0600);
	umask(mask);
}

static void directories_are_made_private(void)
{
	char path[600];
	struct stat st;

	snprintf(path, sizeof path, "%s", in_tmp("a/b/c"));
	CHECK_OK(file_make_directory(path));
	CHECK_OK(file_make_directory(path));
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777u, 0700);
}

static void lines_are_added(void)
{
	const char *path = in_tmp("log");
	struct span got;
	struct stat st;

	arena_reset(&arena);
	CHECK_OK(file_append(path, span_str("one\n"), 0600));
	CHECK_OK(file_append(path, span_str("two\n"), 0644));
	CHECK_OK(file_read(&arena, path, 100, &got, NULL));
	CU_ASSERT(span_is(got, "one\ntwo\n"));
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	CHECK_ERR(file_append("/nowhere/at/all", span_str("x"), 0600), E_STORE);
}

static void what_is_removed_is_gone(void)
{
	const char *path = in_tmp("gone");
	struct span got;
	bool absent;

	arena_reset(&arena);
	CHECK_OK(file_replace(path, span_str("x"), 0600));
	CHECK_OK(file_remove(path));
	CHECK_OK(file_read(&arena, path, 100, &got, &absent));
	CU_ASSERT(absent);
	CHECK_OK(file_remove(path));
	CHECK_ERR(file_remove(test_tmpdir()), E_STORE);
	CHECK_ERR(file_remove("/nowhere/at/all"), E_STORE);
}

static void paths_are_rooted(void)
{
	char out[32];

	file_root("/prefix");
	CHECK_OK(file_rooted("/etc/x", out, sizeof out));
	CU_ASSERT_STRING_EQUAL(out, "/prefix/etc/x");
	CHECK_ERR(file_rooted("/a/path/that/is/far/too/long/for/it", out, sizeof out), E_SPACE);
	file_root("");
	CHECK_OK(file_rooted("/etc/x", out, sizeof out));
	CU_ASSERT_STRING_EQUAL(out, "/etc/x");
}

const struct test_suite suite_store_file = {
	"store/file",
	{
		{ "what is written is read", what_is_written_is_read },
		{ "a lock is held by one at a time", one_at_a_time },
		{ "a missing file is told from a broken one",
	          a_missing_file_is_told_from_a_broken_one },
		{ "a file is capped", a_file_is_capped },
		{ "a planted link is not followed", a_planted_link_is_not_followed },
		{ "a temporary file is our own", a_temporary_file_is_our_own },
		{ "a temporary file is private before its mode is set",
	          a_temporary_file_is_private },
		{ "directories are made private", directories_are_made_private },
		{ "lines are added", lines_are_added },
		{ "what is removed is gone", what_is_removed_is_gone },
		{ "paths are rooted", paths_are_rooted },
	},
};
