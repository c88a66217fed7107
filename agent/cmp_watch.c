/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens on the way: on a terminal, and in the directory of --dump. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/base/date.h"
#include "platform/base/log.h"
#include "platform/store/file.h"

enum { INDEX_LINE_MAX = ERR_REASON_MAX + 64, MESSAGES_MAX = 1000000 };

/* A dump that fails spoils nothing else. */
void tool_index(const struct cmp_tool *t, const char *line)
{
	struct moment now = clock_now();
	char path[PATH_NAME_MAX], text[INDEX_LINE_MAX];
	struct date_text date;
	int n;

	if (t->dump == NULL)
		return;
	snprintf(path, sizeof path, "%s/index.txt", t->dump);
	n = snprintf(text, sizeof text - 1, "%s %s",
	             now.confidence == TIME_SET ? date_to_rfc3339(&date, now.seconds)
	                                        : "no time known       ",
	             line);
	if (n >= (int)sizeof text - 1)
		n = (int)sizeof text - 2;
	text[n++] = '\n';
	if (file_append(path, (struct span){ (const uint8_t *)text, (size_t)n }, 0600) != OK)
		log_warning("dump: %s", err_reason(E_STORE));
}

/* "07-sent.pki": 7; 0: no message of a dump. */
static unsigned number_of(const char *name)
{
	char *end;
	unsigned long n = name[0] >= '0' && name[0] <= '9' ? strtoul(name, &end, 10) : 0;

	return n > 0 && n < MESSAGES_MAX &&
	                       (strcmp(end, "-sent.pki") == 0 || strcmp(end, "-received.pki") == 0)
	               ? (unsigned)n
	               : 0;
}

/* Where earlier calls have dumped, this one numbers on. */
static enum err count_messages(struct cmp_tool *t)
{
	DIR *dir = opendir(t->dump);
	struct dirent *entry;

	if (dir == NULL)
		return err_because(E_STORE, "--dump %s: %s", t->dump, strerror(errno));
	while ((entry = readdir(dir)) != NULL)
		if (number_of(entry->d_name) > t->messages)
			t->messages = number_of(entry->d_name);
	closedir(dir);
	return OK;
}

enum err tool_dump_open(struct cmp_tool *t)
{
	char path[PATH_NAME_MAX];
	enum err e = file_make_directory(t->dump);

	if (strlen(t->dump) + sizeof "/0000000000-received.pki" > sizeof path)
		return err_because(E_STORE, "--dump %s: the path is too long", t->dump);
	snprintf(path, sizeof path, "%s/index.txt", t->dump);
	if (e == OK)
		e = count_messages(t);
	if (e == OK)
		e = file_append(path, NO_BYTES, 0600);
	if (e == OK)
		tool_note(t, "%s at %s, path %s", t->operation->name,
		          t->server != NULL ? t->server : "files", t->operation_path);
	return e;
}

void tool_note(struct cmp_tool *t, const char *format, ...)
{
	char line[ERR_REASON_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	tool_index(t, line);
	if (t->on_terminal || t->verbose)
		fprintf(stderr, "%s\n", line);
}

void tool_event(void *context, enum cmp_event what, const char *message_type, int64_t seconds)
{
	struct cmp_tool *t = context;

	switch (what) {
	case CMP_SENT:
		t->unanswered = true;
		tool_note(t, "-> %s", message_type);
		break;
	case CMP_RECEIVED:
		t->unanswered = false;
		tool_note(t, "<- %s", message_type);
		break;
	case CMP_WAITING:
		if (seconds == 0)
			tool_note(t, "   the CA needs time: asking how much");
		else
			tool_note(t, "   the CA needs time: asking again in %" PRId64 " s",
			          seconds);
		break;
	case CMP_REFUSED:
		t->refused = true;
		break;
	case CMP_CONFIRMING:
		break;
	}
}

/* RFC 9483 6.4: one message a file, extension .pki. */
void tool_message(void *context, enum cmp_event what, const struct octets *der)
{
	struct cmp_tool *t = context;
	char name[32], path[PATH_NAME_MAX], line[64];

	tool_offline_copy(t, what, der);
	if (t->dump == NULL)
		return;
	snprintf(name, sizeof name, "%02u-%s.pki", ++t->messages,
	         what == CMP_SENT ? "sent" : "received");
	snprintf(path, sizeof path, "%s/%s", t->dump, name);
	if (file_replace_octets(path, der, 0600) != OK)
		log_warning("dump: %s", err_reason(E_STORE));
	snprintf(line, sizeof line, "   %s, %zu octets", name, der->n);
	tool_index(t, line);
}
