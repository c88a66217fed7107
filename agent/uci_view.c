/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link by which UCI shows what was reached. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/uci_view.h"
#include "platform/store/file.h"

static const char LINK[] = "/etc/config/onramp_state", OURS[] = "/live/onramp_state";

/* Relative, so that it holds below any root. */
static enum err paths(const struct settings *s, char link[PATH_NAME_MAX],
                      char target[PATH_NAME_MAX])
{
	enum err e = file_rooted(LINK, link, PATH_NAME_MAX);

	if (e == OK && (size_t)snprintf(target, PATH_NAME_MAX, "../..%s%s", s->state_dir, OURS) >=
	                       PATH_NAME_MAX)
		return err_because(E_SPACE, "the path %s is too long", s->state_dir);
	return e;
}

static bool is_ours(const char *to)
{
	size_t n = strlen(to), ours = sizeof OURS - 1;

	return n >= ours && strcmp(to + n - ours, OURS) == 0;
}

static enum uci_view missing(void)
{
	char dir[PATH_NAME_MAX];

	if (file_rooted("/etc/config", dir, sizeof dir) != OK)
		return VIEW_UNREADABLE;
	return access(dir, F_OK) == 0 ? VIEW_TO_MAKE : VIEW_NO_UCI;
}

static enum uci_view look(const char *link, const char *target)
{
	char to[PATH_NAME_MAX];
	ssize_t n = readlink(link, to, sizeof to - 1);

	if (n < 0 && errno == ENOENT)
		return missing();
	if (n < 0)
		return errno == EINVAL ? VIEW_FOREIGN : VIEW_UNREADABLE;
	to[n] = '\0';
	if (strcmp(to, target) == 0)
		return VIEW_THERE;
	return is_ours(to) ? VIEW_TO_MAKE : VIEW_FOREIGN;
}

enum uci_view uci_view_look(const struct settings *s)
{
	char link[PATH_NAME_MAX], target[PATH_NAME_MAX];

	return paths(s, link, target) == OK ? look(link, target) : VIEW_UNREADABLE;
}

void uci_view_show(const struct settings *s)
{
	char link[PATH_NAME_MAX], target[PATH_NAME_MAX];
	enum err e = paths(s, link, target);

	if (e == OK) {
		enum uci_view view = look(link, target);

		if (view == VIEW_FOREIGN)
			log_warning("%s is not the link to %s%s: left alone", link, s->state_dir,
			            OURS);
		if (view != VIEW_TO_MAKE)
			return;
		e = file_replace_link(link, target);
	}
	if (e != OK)
		log_warning("UCI does not show what was reached: %s", err_reason(e));
}
