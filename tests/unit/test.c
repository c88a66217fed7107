/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests share: errors shown in words, files, vectors, bytes from hex. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/clock.h"
#include "tests/unit/runner.h"

enum { PATH_BYTES = 1024, PATHS_KEPT = 8, TMP_DIRS = 256 };

bool test_check_err(enum err got, enum err want, const char *expr, const char *file, int line)
{
	char words[1024];

	snprintf(words, sizeof words, "%s: %s (%s), expected %s", expr, err_name(got),
	         err_reason(got), err_name(want));
	return CU_assertImplementation(got == want, (unsigned)line, words, file, "", CU_FALSE) !=
	       CU_FALSE;
}

/* A failure that ends the test: what it stands on is not there. */
static void give_up(const char *what, const char *path)
{
	char words[2 * PATH_BYTES];

	snprintf(words, sizeof words, "%s: %s", what, path);
	CU_assertImplementation(CU_FALSE, __LINE__, words, __FILE__, "", CU_TRUE);
}

static bool skipped;

void test_begins(void)
{
	skipped = false;
	err_forget();
	clock_pretend_no_more(); /* what one test pretends is not the next one's time */
	clock_trust(CLOCK_AUTO);
}

bool test_has_skipped(void)
{
	return skipped;
}

void test_skip(const char *reason)
{
	if (!skipped)
		printf("skipped: %s\n", reason);
	skipped = true;
}

/* Several paths may be in use in one statement, so they are kept in turns. */
static const char *path_of(const char *directory, const char *name)
{
	static char paths[PATHS_KEPT][PATH_BYTES];
	static unsigned turn;
	char *path = paths[turn++ % PATHS_KEPT];

	snprintf(path, PATH_BYTES, "%s/%s", directory, name);
	return path;
}

bool test_file_exists(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0;
}

static const char *if_there(const char *root, const char *name)
{
	const char *path = path_of(root, name);
	char reason[PATH_BYTES];

	if (test_file_exists(path))
		return path;
	snprintf(reason, sizeof reason, "%s is not here", name);
	test_skip(reason);
	return NULL;
}

const char *test_vectors(const char *name)
{
	const char *root = getenv("ONRAMP_VECTORS");

	return if_there(root != NULL ? root : "../shared/vectors", name);
}

const char *test_field(const char *name)
{
	const char *root = getenv("ONRAMP_FIELD");

	return if_there(root != NULL ? root : "../shared/field", name);
}

const char *test_own_vectors(const char *name)
{
	const char *path = path_of("tests/vectors", name);

	if (!test_file_exists(path))
		give_up("is missing", path);
	return path;
}

struct span test_file(struct arena *a, const char *path)
{
	struct span rest = arena_rest(a);
	FILE *f = fopen(path, "rb");
	size_t n = 0;
	bool whole;

	if (f == NULL) {
		give_up("cannot be opened", path);
		return NO_BYTES;
	}
	n = fread(a->base + a->used, 1, rest.n, f);
	whole = n < rest.n ? feof(f) != 0 : fgetc(f) == EOF;
	fclose(f);
	if (!whole)
		give_up("cannot be read, or not into this arena", path);
	arena_keep(a, n);
	return (struct span){ rest.p, n };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool regular(const char *directory, const char *name)
{
	char path[PATH_BYTES];
	struct stat s;

	return snprintf(path, sizeof path, "%s/%s", directory, name) < PATH_BYTES &&
	       stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

static size_t regular_files(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	if (d == NULL)
		return 0;
	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		n += regular(path, entry->d_name);
	closedir(d);
	return n;
}

char **test_directory(struct arena *a, const char *path, size_t *count)
{
	size_t most = regular_files(path);
	char **names = arena_take(a, most * sizeof *names);
	DIR *d = opendir(path);

	*count = 0;
	if (d == NULL || names == NULL) {
		give_up("cannot be listed", path);
		return NULL;
	}
	for (struct dirent *entry; (entry = readdir(d)) != NULL && *count < most;) {
		size_t n = strlen(entry->d_name) + 1;

		if (!regular(path, entry->d_name))
			continue;
		names[*count] = arena_take(a, n);
		if (names[*count] == NULL)
			break;
		memcpy(names[(*count)++], entry->d_name, n);
	}
	closedir(d);
	if (*count < most)
		give_up("has more names than the arena takes", path);
	qsort(names, *count, sizeof *names, by_name);
	return names;
}

static char tmp_root[sizeof "build/tmp/unit-XXXXXX"];

bool test_tmpdirs_begin(void)
{
	mkdir("build", 0755);
	mkdir("build/tmp", 0755);
	snprintf(tmp_root, sizeof tmp_root, "build/tmp/unit-XXXXXX");
	if (mkdtemp(tmp_root) != NULL)
		return true;
	perror(tmp_root);
	return false;
}

const char *test_tmpdir(void)
{
	static char tmp_dirs[TMP_DIRS][PATH_BYTES];
	static unsigned tmp_count;
	char *path = tmp_dirs[tmp_count];

	if (tmp_count == TMP_DIRS - 1)
		give_up("too many of them", "test_tmpdir()");
	snprintf(path, PATH_BYTES, "%s/XXXXXX", tmp_root);
	if (mkdtemp(path) == NULL)
		give_up("cannot be made", path);
	else
		tmp_count++;
	return path;
}

static void remove_tree(const char *path)
{
	char below[PATH_BYTES];
	struct stat s;
	DIR *d;

	if (lstat(path, &s) != 0)
		return;
	if (!S_ISDIR(s.st_mode)) {
		unlink(path);
		return;
	}
	chmod(path, 0700);
	d = opendir(path);
	if (d == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < PATH_BYTES)
			remove_tree(below);
	}
	closedir(d);
	rmdir(path);
}

void test_tmpdirs_remove(void)
{
	remove_tree(tmp_root);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct span test_hex(struct arena *a, const char *hex)
{
	size_t n = 0, most = strlen(hex) / 2;
	uint8_t *out = arena_take(a, most);

	if (out == NULL)
		give_up("does not fit the arena", hex);
	for (const char *c = hex; out != NULL && *c != '\0'; c++) {
		if (isspace((unsigned char)*c))
			continue;
		if (n == most || hex_digit(c[0]) < 0 || hex_digit(c[1]) < 0) {
			give_up("is not hex", hex);
			break;
		}
		out[n++] = (uint8_t)(hex_digit(c[0]) << 4 | hex_digit(c[1]));
		c++;
	}
	return (struct span){ out, n };
}
