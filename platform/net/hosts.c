/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hosts file: hosts(5). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "platform/net/internal.h"

static const char BLANKS[] = " \t\r\n";

/* One line of it, or the beginning of one that is longer; the rest is passed over. */
static bool next_line(FILE *f, char *line, int cap)
{
	size_t n;
	int c;

	if (fgets(line, cap, f) == NULL)
		return false;
	n = strlen(line);
	if (n > 0 && line[n - 1] != '\n')
		while ((c = fgetc(f)) != '\n' && c != EOF)
			;
	line[strcspn(line, "#")] = '\0';
	return true;
}

/* The next word; *rest is behind it. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS);
	size_t n = strcspn(word, BLANKS);

	*rest = word + n + (word[n] != '\0');
	word[n] = '\0';
	return word;
}

/* IP_address canonical_hostname [aliases...] */
static void read_line(char *line, const char *name, struct addresses *out)
{
	struct address a;
	const char *word = next_word(&line);

	if (!literal_read(word, &a))
		return;
	while (*(word = next_word(&line)) != '\0')
		if (strcasecmp(word, name) == 0) {
			addresses_add(out, &a);
			return;
		}
}

void hosts_find(const char *path, const char *name, struct addresses *out)
{
	char line[HOSTS_LINE_MAX];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return;
	while (next_line(f, line, sizeof line))
		read_line(line, name, out);
	fclose(f);
}
