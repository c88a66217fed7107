/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feeds files to a fuzz target without a fuzzer.  Usage: TARGET FILE|DIRECTORY...
 * Each input stands in a block of its exact size, so that the sanitizer sees
 * one byte too far.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static unsigned fed;

static int feed_file(const char *path, size_t n)
{
	uint8_t *p = malloc(n > 0 ? n : 1);
	FILE *f = fopen(path, "rb");
	int bad = p == NULL || f == NULL || fread(p, 1, n, f) != n;

	if (f != NULL)
		fclose(f);
	if (bad) {
		fprintf(stderr, "%s: cannot be read\n", path);
	} else {
		LLVMFuzzerTestOneInput(p, n);
		fed++;
	}
	free(p);
	return bad;
}

static int feed(const char *path);

static int feed_directory(const char *path)
{
	char below[4096];
	DIR *d = opendir(path);
	int bad = d == NULL;

	for (struct dirent *entry; !bad && (entry = readdir(d)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
		bad = feed(below);
	}
	if (d != NULL)
		closedir(d);
	return bad;
}

static int feed(const char *path)
{
	struct stat s;

	if (stat(path, &s) != 0) {
		fprintf(stderr, "%s: is not here\n", path);
		return 1;
	}
	return S_ISDIR(s.st_mode) ? feed_directory(path) : feed_file(path, (size_t)s.st_size);
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= feed(argv[i]);
	printf("%u inputs\n", fed);
	return bad || fed == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
